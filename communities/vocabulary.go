package communities

import (
	"fmt"
	"strings"

	"askahead/domain"
)

// Community is a stakeholder group.
type Community struct {
	ID    string
	Title string
	Names []string // how its people name it when they introduce themselves; the built-in ones have theirs in data/declared.tsv
}

// The built-in communities, as IGF counts them, and academia.
const (
	Government        = "government"
	Intergovernmental = "intergovernmental"
	CivilSociety      = "civil-society"
	Technical         = "technical"
	PrivateSector     = "private-sector"
	Academia          = "academia"
)

// Vocabulary lists the built-in communities with the titles to show.
func Vocabulary() []Community {
	return []Community{
		{ID: CivilSociety, Title: "Civil society"},
		{ID: Technical, Title: "Technical community"},
		{ID: Government, Title: "Government"},
		{ID: Intergovernmental, Title: "Intergovernmental organisations"},
		{ID: PrivateSector, Title: "Private sector"},
		{ID: Academia, Title: "Academia"},
	}
}

// Region is a regional group of UN member states.
type Region struct{ ID, Title string }

// The regional groups.
const (
	African         = "african"
	AsiaPacific     = "asia-pacific"
	EasternEuropean = "eastern-european"
	Grulac          = "grulac"
	Weog            = "weog"
)

// Regions lists the regional groups with the titles to show.
func Regions() []Region {
	return []Region{
		{African, "African Group"},
		{AsiaPacific, "Asia-Pacific Group"},
		{EasternEuropean, "Eastern European Group"},
		{Grulac, "Latin American and Caribbean Group"},
		{Weog, "Western European and Others Group"},
	}
}

// Themes lists the built-in themes, with the words that questions about them say: the headings of the IGF 2018 messages on
// cybersecurity, trust and privacy. They are what organisers may tag with; a session is searched for their words
// where it asks for that.
func Themes() ([]domain.AgendaPoint, error) {
	var all []domain.AgendaPoint
	err := eachRow("data/themes.tsv", func(f []string) error {
		if len(f) != 3 {
			return fmt.Errorf("data/themes.tsv: a row of %d columns", len(f))
		}
		all = append(all, domain.AgendaPoint{ID: f[0], Title: f[1], Words: strings.Split(f[2], "|")})
		return nil
	})
	return all, err
}
