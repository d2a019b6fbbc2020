package digest

import (
	"time"

	"askahead/topics"
)

// format names the shape of the JSON; a change that breaks readers raises it.
const format = "askahead-digest/1"

// print arranges all sections of the paper that come from questions.
func (g *gathered) print(r Request, number int, since time.Time) paper {
	zone := r.Session.Location
	p := paper{
		Format: format, Edition: r.Name, Number: number, TLP: r.Audience.Label(), Approved: r.Approved,
		Session: session{
			ID: r.Session.ID, Title: clean(r.Session.Title), Starts: r.Session.Starts.UTC(),
			Timezone: zone.String(),
			Hashtags: append([]string{}, r.Session.Hashtags...), zone: zone,
		},
		Created: r.Now, Since: utc(since), Until: r.Until.UTC(),
		Thresholds:  limits(r.Options.Thresholds),
		Communities: g.palette.present(g.quotes),
		Totals:      totals{Questions: len(g.quotes), Askers: g.measured.Askers, Topics: len(g.byTopic)},
		Shared:      g.shared(),
		Single:      g.single(),
		Weeks:       g.weeks(r.Until, zone),
		Regions:     g.counts(func(q quote) string { return q.Region }, regionTitle),
		Sources:     g.counts(func(q quote) string { return q.Source }, func(s string) string { return s }),
		Languages:   g.counts(func(q quote) string { return q.Language }, languageTitle),
		Contact:     clean(r.Options.Contact),
		Questions:   g.quotes,
	}
	if p.Communities == nil {
		p.Communities = []community{}
	}
	for _, c := range p.Communities {
		if c.Known {
			p.Totals.Communities++
		}
	}
	p.Agenda, p.Beside = g.agenda(r.Session.Agenda)
	p.New = g.fresh(since.IsZero())
	return p
}

func limits(o topics.Options) thresholds {
	return thresholds{Floor: o.Floor, MinAskers: o.MinAskers, MinCommunities: o.MinCommunities, Z: o.Z}
}

// conclude writes what is said about the whole, once all else stands.
func (p *paper) conclude() {
	p.Empty = p.whyEmpty()
	p.Summary = p.summarize()
}

// quoted lists the ids of the questions that the formats for reading show, each once, in the order of the page.
func (p *paper) quoted() []string {
	var ids []string
	seen := map[string]bool{}
	add := func(q quote) {
		if !seen[q.ID] {
			seen[q.ID] = true
			ids = append(ids, q.ID)
		}
	}
	tell := func(cs []concern) {
		for _, c := range cs {
			add(c.Title)
			for _, s := range c.Shares {
				for _, q := range s.Words {
					add(q)
				}
			}
		}
	}
	list := func(ts []topic) {
		for _, t := range ts {
			add(t.Lead)
		}
	}
	tell(p.Shared.Concerns)
	for _, a := range p.Single {
		tell(a.Concerns)
	}
	for _, a := range p.points() {
		list(a.Topics)
	}
	list(p.New.Topics)
	return ids
}

// points are the agenda and what stands beside it.
func (p *paper) points() []point {
	if p.Beside == nil {
		return p.Agenda
	}
	return append(append([]point{}, p.Agenda...), *p.Beside)
}
