package domain

import "fmt"

// TLP is a label of FIRST's Traffic Light Protocol 2.0, or the lack of one. The values are stored and are
// ordered by strictness: an edition for audience A carries what is labelled <= A. The zero value is in no
// edition at all.
type TLP int

// The labels. Inside is an item without a label from a source that sets no default: it leaves in no output.
const (
	Clear       TLP = 10
	Green       TLP = 20
	Amber       TLP = 30
	AmberStrict TLP = 40
	Red         TLP = 50
	Inside      TLP = 90
)

var tlpNames = []struct {
	level TLP
	name  string
}{{Clear, "clear"}, {Green, "green"}, {Amber, "amber"}, {AmberStrict, "amber+strict"}, {Red, "red"}, {Inside, "unlabelled"}}

// String gives the name used in the configuration: "amber+strict".
func (t TLP) String() string {
	for _, n := range tlpNames {
		if n.level == t {
			return n.name
		}
	}
	return fmt.Sprintf("tlp(%d)", int(t))
}

// Label gives the marking as FIRST writes it: "TLP:AMBER+STRICT". Inside and unknown values have none.
func (t TLP) Label() string {
	switch t {
	case Clear:
		return "TLP:CLEAR"
	case Green:
		return "TLP:GREEN"
	case Amber:
		return "TLP:AMBER"
	case AmberStrict:
		return "TLP:AMBER+STRICT"
	case Red:
		return "TLP:RED"
	}
	return ""
}

// ParseTLP reads a name as String writes it; "white" is the name that TLP 1 had for clear.
func ParseTLP(name string) (TLP, bool) {
	if name == "white" {
		return Clear, true
	}
	for _, n := range tlpNames {
		if n.name == name && n.level != Inside {
			return n.level, true
		}
	}
	return 0, false
}

// For says whether something labelled t may be read by audience. It is the one rule of the gate.
func (t TLP) For(audience TLP) bool {
	return t >= Clear && t < Red && audience >= Clear && audience < Red && t <= audience
}
