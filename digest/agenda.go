package digest

import (
	"slices"

	"askahead/domain"
)

// besideTitle heads what was asked about no agenda point.
const besideTitle = "Beside the agenda"

// agenda sorts the questions under the session's points; a question about two points stands under both. What
// fits none comes last, unless the session has no agenda at all: then there is nothing to be beside of.
func (g *gathered) agenda(points []domain.AgendaPoint) ([]point, *point) {
	list := []point{}
	var ids []string
	for _, p := range points {
		ids = append(ids, p.ID)
		var about []quote
		for _, q := range g.quotes {
			if slices.Contains(q.Themes, p.ID) {
				about = append(about, q)
			}
		}
		list = append(list, g.point(p.ID, clean(p.Title), about))
	}
	var rest []quote
	for _, q := range g.quotes {
		if !slices.ContainsFunc(q.Themes, func(t string) bool { return slices.Contains(ids, t) }) {
			rest = append(rest, q)
		}
	}
	if len(rest) == 0 {
		return list, nil
	}
	title := besideTitle
	if len(points) == 0 {
		title = "What was asked"
	}
	beside := g.point("", title, rest)
	return list, &beside
}

// point shows topics once: those that stand in full further up are only named again, and do not take the
// place of others.
func (g *gathered) point(id, title string, about []quote) point {
	p := point{ID: id, Title: title, Questions: len(about), Topics: []topic{}}
	p.Topics, p.More = g.cut(g.topicsOf(about), g.options.Topics)
	return p
}

// cut keeps the first topics, and at most two that are told already; from here on all of them are told.
func (g *gathered) cut(all []topic, most int) (kept []topic, more int) {
	kept = []topic{}
	n := map[bool]int{}
	for _, t := range all {
		if n[t.Told] == most || t.Told && n[true] == 2 {
			more++
			continue
		}
		n[t.Told]++
		g.told[t.ID] = true
		kept = append(kept, t)
	}
	return kept, more
}

// first keeps the first topics, told or not.
func (g *gathered) first(all []topic, most int) (kept []topic, more int) {
	most = min(most, len(all))
	return all[:most], len(all) - most
}

// fresh tells what the edition has that the one before had not. A topic is new if all its questions are.
func (g *gathered) fresh(first bool) fresh {
	f := fresh{First: first, Topics: []topic{}}
	var opened []quote
	for _, q := range g.quotes {
		if !q.New {
			continue
		}
		f.Questions++
		if !slices.ContainsFunc(g.byTopic[q.Topic], func(o quote) bool { return !o.New }) {
			opened = append(opened, q)
		}
	}
	if first {
		return f
	}
	f.Topics, f.More = g.first(g.topicsOf(opened), g.options.Fresh)
	return f
}
