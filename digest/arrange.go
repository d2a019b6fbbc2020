package digest

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"askahead/topics"
)

// gathered is what an edition is arranged from: the questions that passed the gate, oldest first, and what was
// measured of those who may be counted for this audience.
type gathered struct {
	quotes   []quote
	measured topics.Concerns
	palette  palette
	options  Options
	byTopic  map[string][]quote
	concern  map[string]topics.Concern
	told     map[string]bool // topics that stand in full further up
}

func gather(quotes []quote, measured topics.Concerns, p palette, o Options) *gathered {
	g := &gathered{
		quotes: quotes, measured: measured, palette: p, options: o,
		byTopic: map[string][]quote{}, concern: map[string]topics.Concern{}, told: map[string]bool{},
	}
	for _, q := range quotes {
		g.byTopic[q.Topic] = append(g.byTopic[q.Topic], q)
	}
	for _, c := range measured.Topics {
		g.concern[c.Topic] = c
	}
	return g
}

// shared lists the shared concerns in the order that they were ranked in.
func (g *gathered) shared() section {
	s := section{Concerns: []concern{}}
	for _, c := range g.measured.Topics {
		if c.Verdict != topics.Shared || len(g.byTopic[c.Topic]) == 0 {
			continue
		}
		if len(s.Concerns) == g.options.Concerns {
			s.More++
			continue
		}
		s.Concerns = append(s.Concerns, g.tell(c))
	}
	return s
}

// single lists what one community asks and the others do not, for every community in order: also for those
// of which nothing can be said, since that has to be said.
func (g *gathered) single() []alone {
	list := []alone{}
	for _, c := range g.palette.present(g.quotes) {
		if !c.Known {
			continue
		}
		a := alone{Community: c, Concerns: []concern{}}
		for _, t := range g.measured.Topics {
			if t.Verdict != topics.SingleCommunity || t.Lead.Community != c.ID || !g.visible(g.byTopic[t.Topic], c.ID) {
				continue
			}
			if len(a.Concerns) == g.options.Concerns {
				a.More++
				continue
			}
			a.Concerns = append(a.Concerns, g.tell(t))
		}
		list = append(list, a)
	}
	return list
}

// tell sets out one concern: its title, and for each community its share and its own words.
func (g *gathered) tell(t topics.Concern) concern {
	g.told[t.Topic] = true
	all := g.byTopic[t.Topic]
	c := concern{Topic: t.Topic, Title: titleOf(all), TLP: strictest(all), Askers: t.Askers, Shares: []share{}}
	for _, q := range all {
		if q.New {
			c.New++
		}
	}
	for _, s := range t.Shares {
		if s.Askers > 0 && (s.Asks || g.visible(all, s.Community)) {
			c.Shares = append(c.Shares, g.share(s))
		}
	}
	slices.SortStableFunc(c.Shares, func(a, b share) int {
		return cmp.Or(standing(b, g.options)-standing(a, g.options), cmp.Compare(b.Lo, a.Lo))
	})
	if t.Verdict == topics.SingleCommunity {
		others := g.share(t.Others)
		c.Others = &others
	}
	shown := g.words(&c, all)
	c.More = len(all) - shown
	return c
}

// strictest is the label of a topic: its figures are those of all its questions, so it is at least that of each.
func strictest(all []quote) string {
	return slices.MaxFunc(all, func(a, b quote) int { return cmp.Compare(a.level, b.level) }).TLP
}

// titleOf is the earliest question that may say who asked it: under a community's name, one that may not would.
func titleOf(all []quote) quote {
	for _, q := range all {
		if !q.NoName {
			return q
		}
	}
	return all[0]
}

// visible says that a question of the community can be seen on the topic. One asker whose question stands
// under the Chatham House Rule would be found out by a line that says "Government: 1 of 7".
func (g *gathered) visible(on []quote, community string) bool {
	id := g.palette.of(community).ID
	return slices.ContainsFunc(on, func(q quote) bool { return q.of(id) })
}

// standing puts those who ask it before those of whom too few do, and those nothing is concluded of last.
func standing(s share, o Options) int {
	switch {
	case s.Enough && s.Askers >= o.Thresholds.MinAskers:
		return 2
	case s.Enough:
		return 1
	}
	return 0
}

func (g *gathered) share(s topics.Share) share {
	return share{
		Community: g.palette.of(s.Community), Askers: s.Askers, Of: s.Of, Lo: round(s.Lo), Hi: round(s.Hi),
		Enough: s.Data, Words: []quote{},
	}
}

// words gives each community one question of its own, and then those in languages that are not heard yet,
// up to the cap. A text that stands there already, but for case and punctuation, is not shown again.
func (g *gathered) words(c *concern, all []quote) int {
	texts := map[string]bool{fold(c.Title.Text): true}
	languages := map[string]bool{c.Title.Language: true}
	shown, room := 1, g.options.Quotes
	take := func(i int, fits func(quote) bool) {
		for _, q := range all {
			if room == 0 {
				return
			}
			if !q.of(c.Shares[i].Community.ID) || texts[fold(q.Text)] || !fits(q) {
				continue
			}
			texts[fold(q.Text)], languages[q.Language] = true, true
			c.Shares[i].Words = append(c.Shares[i].Words, q)
			shown++
			room--
			return
		}
	}
	for i := range c.Shares {
		take(i, func(quote) bool { return true })
	}
	for i := range c.Shares {
		take(i, func(q quote) bool { return !languages[q.Language] })
	}
	return shown
}

func (q quote) of(id string) bool {
	return !q.NoName && (q.Community.ID == id || slices.Contains(q.Also, id))
}

// topic shows a topic by its earliest question among those given.
func (g *gathered) topic(id string, some []quote) topic {
	if g.told[id] {
		some = g.byTopic[id] // by its title there, so that it is known again
	}
	t := topic{
		ID: id, Lead: titleOf(some), TLP: strictest(g.byTopic[id]), Questions: len(some), Askers: g.concern[id].Askers, Told: g.told[id],
		Communities: []community{},
	}
	for _, c := range g.palette.order {
		if slices.ContainsFunc(g.byTopic[id], func(q quote) bool { return q.of(c) }) {
			t.Communities = append(t.Communities, g.palette.of(c))
		}
	}
	return t
}

// topicsOf groups questions by topic: those with most askers first, then the widest; of those alike each
// community gets one before any gets its second, the oldest first.
func (g *gathered) topicsOf(quotes []quote) []topic {
	var order []string
	by := map[string][]quote{}
	for _, q := range quotes {
		if by[q.Topic] == nil {
			order = append(order, q.Topic)
		}
		by[q.Topic] = append(by[q.Topic], q)
	}
	list := make([]topic, 0, len(order))
	for _, id := range order {
		list = append(list, g.topic(id, by[id]))
	}
	type rank struct {
		askers, communities int
		lead                string
	}
	seen, turn := map[rank]int{}, map[string]int{}
	for _, t := range list {
		r := rank{t.Askers, len(t.Communities), t.Lead.Community.ID}
		turn[t.ID] = seen[r]
		seen[r]++
	}
	slices.SortStableFunc(list, func(a, b topic) int {
		return cmp.Or(cmp.Compare(b.Askers, a.Askers), cmp.Compare(len(b.Communities), len(a.Communities)), cmp.Compare(turn[a.ID], turn[b.ID]))
	})
	return list
}

// fold makes texts comparable: letters and digits alone, in lower case.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

// round keeps four digits, so that figures are the same bytes on every machine.
func round(f float64) float64 { return float64(int(f*10000+0.5)) / 10000 }
