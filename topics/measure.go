package topics

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"askahead/store"
)

// Verdict says how a topic stands across the communities. Asking shows salience, not agreement.
type Verdict string

// The verdicts.
const (
	Shared          Verdict = "shared"           // several communities ask it
	SingleCommunity Verdict = "single-community" // one asks it clearly more often than all the others together
	None            Verdict = "none"             // neither can be said
	NoData          Verdict = "no data"          // fewer than two communities are above the floor: nothing to compare
)

// Options are the thresholds of the verdicts. They stand in the configuration and in every edition.
type Options struct {
	Floor          int     // a community with fewer askers since the session opened is "no data"; 5
	Z              float64 // width of the Wilson interval in standard deviations; 1.2816
	MinAskers      int     // askers that a community needs on a topic to count as asking it; 2
	MinCommunities int     // communities that must ask it before it is shared; 2
}

// DefaultOptions are the thresholds that an organiser who sets none gets.
func DefaultOptions() Options { return Options{Floor: 5, Z: 1.2816, MinAskers: 2, MinCommunities: 2} }

// Validate refuses thresholds that would let a concern rest on one asker, on one community, or on no interval.
func (o Options) Validate() error {
	switch {
	case o.Floor < 1:
		return fmt.Errorf("floor: %d is not a number of askers (at least 1)", o.Floor)
	case o.MinAskers < 2:
		return fmt.Errorf("min askers: %d lets one asker make a concern (at least 2)", o.MinAskers)
	case o.MinCommunities < 2:
		return fmt.Errorf("min communities: %d is not several (at least 2)", o.MinCommunities)
	case math.IsNaN(o.Z) || o.Z <= 0 || o.Z > 10:
		return errors.New("z: not a number of standard deviations (above 0, at most 10)")
	}
	return nil
}

// Concerns is what was measured: every figure with the N that it is a share of.
type Concerns struct {
	Options     Options
	Askers      int         // distinct askers of the session, of whatever community
	Voices      int         // questions that counted
	Communities []Community // by name, domain.Unknown last
	Topics      []Concern   // shared ones first, ranked; then single-community ones, by lo; then the others, by askers
	Shared      int         // how many of Topics are shared concerns
	Single      int         // how many are single-community concerns
	Discounted  []Discount  // the first MaxDiscounted, in order of publication
	NotCounted  int         // how many voices did not count in all
}

// Community is how many people of a community asked anything.
type Community struct {
	Name   string
	Askers int  // n_g: distinct askers
	Voices int  // questions that counted
	Data   bool // at least Options.Floor askers, and not domain.Unknown
}

// Share is how many askers of a community are on a topic.
type Share struct {
	Community string
	Askers    int  // a_gt
	Of        int  // n_g
	Interval       // of Askers in Of
	Data      bool // the community is above the floor
	Asks      bool // it has data and at least Options.MinAskers on the topic
}

// Concern is one topic with its verdict, and all that is needed to say why.
type Concern struct {
	Topic      string
	Verdict    Verdict
	Askers     int     // distinct askers on the topic, of whatever community
	Voices     int     // questions on it that counted
	NotCounted int     // questions on it that did not: see Discount
	Shares     []Share // one per community, in the order of Concerns.Communities
	WithData   int     // communities above the floor
	Asking     int     // communities that ask it
	SmallestLo float64 // smallest lo among those that ask it, which ranks shared concerns; 0 if none does
	Lead       Share   // of the communities that ask it, the one with the highest lo; zero if none does
	Others     Share   // all other communities with data together; an asker of several of them counts once
	Leads      bool    // Lead's lo is above Others' hi; makes a single-community concern unless it is shared
}

// Measure counts the voices of one session in the order of publication, ties by question id, however they are
// given. See Counter for what counts.
func Measure(voices []store.Voice, o Options) Concerns {
	voices = slices.Clone(voices)
	slices.SortStableFunc(voices, compareVoices)
	c := NewCounter()
	for _, v := range voices {
		c.add(v)
	}
	return c.Concerns(o)
}

// Concerns judges what was counted so far.
func (c *Counter) Concerns(o Options) Concerns {
	r := Concerns{
		Options: o, Askers: len(c.all), Voices: c.counted, Communities: c.communities(o),
		Discounted: c.discounted, NotCounted: c.notCounted,
	}
	for _, on := range c.order {
		t := c.concern(on, r.Communities, o)
		switch t.Verdict {
		case Shared:
			r.Shared++
		case SingleCommunity:
			r.Single++
		}
		r.Topics = append(r.Topics, t)
	}
	slices.SortFunc(r.Topics, compareConcerns)
	return r
}

// concern judges one topic.
func (c *Counter) concern(on *topicCount, communities []Community, o Options) Concern {
	t := Concern{Topic: on.id, Askers: len(on.askers), Voices: on.voices, NotCounted: on.notCounted, Verdict: None}
	for _, g := range communities {
		a := len(on.by[g.Name])
		s := Share{Community: g.Name, Askers: a, Of: g.Askers, Interval: Wilson(a, g.Askers, o.Z), Data: g.Data}
		s.Asks = g.Data && a >= o.MinAskers
		t.Shares = append(t.Shares, s)
		if g.Data {
			t.WithData++
		}
		if !s.Asks {
			continue
		}
		t.Asking++
		if t.Asking == 1 || s.Lo < t.SmallestLo {
			t.SmallestLo = s.Lo
		}
		if t.Asking == 1 || s.Lo > t.Lead.Lo {
			t.Lead = s
		}
	}
	if t.Asking > 0 {
		t.Others = c.others(on, t, o)
		t.Leads = t.WithData >= 2 && t.Lead.Lo > t.Others.Hi
	}
	switch {
	case t.WithData < 2:
		t.Verdict = NoData
	case t.Asking >= o.MinCommunities:
		t.Verdict = Shared
	case t.Leads:
		t.Verdict = SingleCommunity
	}
	return t
}

// others is the share of all communities with data but the leading one, taken together.
func (c *Counter) others(on *topicCount, t Concern, o Options) Share {
	asked, all := map[string]bool{}, map[string]bool{}
	for _, s := range t.Shares {
		if !s.Data || s.Community == t.Lead.Community {
			continue
		}
		for a := range on.by[s.Community] {
			asked[a] = true
		}
		for a := range c.askers[s.Community] {
			all[a] = true
		}
	}
	return Share{Askers: len(asked), Of: len(all), Interval: Wilson(len(asked), len(all), o.Z), Data: len(all) > 0}
}

// compareConcerns orders shared concerns first, ranked by the smallest lo, then by how many ask it; what is
// left equal goes by askers, then by id.
func compareConcerns(a, b Concern) int {
	d := cmp.Compare(rank(a.Verdict), rank(b.Verdict))
	switch {
	case d == 0 && a.Verdict == Shared:
		d = cmp.Or(cmp.Compare(b.SmallestLo, a.SmallestLo), cmp.Compare(b.Asking, a.Asking))
	case d == 0 && a.Verdict == SingleCommunity:
		d = cmp.Compare(b.Lead.Lo, a.Lead.Lo)
	}
	return cmp.Or(d, cmp.Compare(b.Askers, a.Askers), cmp.Compare(a.Topic, b.Topic))
}

func rank(v Verdict) int {
	switch v {
	case Shared:
		return 0
	case SingleCommunity:
		return 1
	}
	return 2
}
