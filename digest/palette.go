package digest

import (
	"slices"

	"askahead/domain"
	"askahead/topics"
)

// palette gives every community its title, its colour and its figures, the same on every page.
type palette struct {
	known map[string]community
	order []string // as they are listed: built-in ones, then an organiser's by id, unknown last
}

func newPalette(measured []topics.Community, titles map[string]string) palette {
	p := palette{known: map[string]community{}}
	for _, c := range builtinCommunities() {
		c.Known = true
		p.add(c)
	}
	var own []string
	for id := range titles {
		own = append(own, id)
	}
	for _, m := range measured {
		own = append(own, m.Name)
	}
	slices.Sort(own)
	spare, next := spareColours(), 0
	for _, id := range own {
		if _, ok := p.known[id]; ok || id == domain.Unknown {
			continue
		}
		p.add(community{ID: id, Title: titled(id), Known: true, colour: spare[next%len(spare)]})
		next++
	}
	p.add(community{ID: domain.Unknown, Title: "Community not known", colour: unknownColour()})
	for id, title := range titles {
		if c, ok := p.known[id]; ok && title != "" {
			c.Title = title
			p.known[id] = c
		}
	}
	for _, m := range measured {
		c := p.known[m.Name]
		c.Askers, c.Enough = m.Askers, m.Data
		p.known[m.Name] = c
	}
	return p
}

func (p *palette) add(c community) {
	p.known[c.ID] = c
	p.order = append(p.order, c.ID)
}

// of never fails: a community that nothing names is an unknown one.
func (p palette) of(id string) community {
	if c, ok := p.known[id]; ok {
		return c
	}
	return p.known[domain.Unknown]
}

// present lists the communities that asked anything, in order, with the number of their questions.
func (p palette) present(quotes []quote) []community {
	n := map[string]int{}
	for _, q := range quotes {
		if q.NoName {
			continue
		}
		n[q.Community.ID]++
		for _, id := range q.Also {
			n[id]++
		}
	}
	var list []community
	for _, id := range p.order {
		c := p.known[id]
		c.Questions = n[id]
		if c.Askers > 0 || c.Questions > 0 {
			list = append(list, c)
		}
	}
	return list
}
