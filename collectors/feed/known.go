package feed

import "slices"

// known are the posts of a feed that were given in earlier runs, newest first.
type known struct {
	list   []marks
	byID   map[[9]byte]int
	byLink map[[6]byte][]int
	byText map[[6]byte][]int
}

func newKnown(list []marks) *known {
	k := &known{list: list, byID: map[[9]byte]int{}, byLink: map[[6]byte][]int{}, byText: map[[6]byte][]int{}}
	for i, m := range list {
		k.byID[m.id] = i
		if m.link != [6]byte{} {
			k.byLink[m.link] = append(k.byLink[m.link], i)
		}
		if m.text != [6]byte{} {
			k.byText[m.text] = append(k.byText[m.text], i)
		}
	}
	return k
}

// has says whether a post was given before, under any name.
func (k *known) has(p *post) bool {
	_, named := k.byID[p.marks.id]
	return named || k.renamed(p, nil) >= 0
}

// match finds for each post of a document the place of the one in the list that it is. A post that is not in the result
// is new.
func (k *known) match(posts []*post) map[*post]int {
	found := make(map[*post]int, len(posts))
	taken := make(map[int]bool, len(posts))
	for _, p := range posts {
		i, ok := k.byID[p.marks.id]
		if ok && k.list[i].contradicts(p.marks) {
			// This feed gives one guid to many posts; the link tells this one.
			p.setCanonical(linkKey(p.link))
			i, ok = k.byID[p.marks.id]
		}
		if ok {
			found[p], taken[i] = i, true
		}
	}
	for _, p := range posts {
		if _, ok := found[p]; ok || p.fault != "" {
			continue
		}
		if i := k.renamed(p, taken); i >= 0 {
			found[p], taken[i] = i, true
		}
	}
	return found
}

// contradicts says whether a post of the same guid is another one: it leads elsewhere, and is of another time.
func (m marks) contradicts(other marks) bool {
	none := [6]byte{}
	return m.link != none && other.link != none && m.link != other.link &&
		m.date != [4]byte{} && other.date != [4]byte{} && m.date != other.date && m.text != other.text
}

// renamed finds the post under another guid: it says the same and either is as old or leads to the same page; or it
// leads to the same page, is as old, and was edited. Two that say the same at different times are two. It is -1 if
// there is none; those in taken are no candidates, since they are there under their own guid.
func (k *known) renamed(p *post, taken map[int]bool) int {
	m := p.marks
	undated := [4]byte{}
	if m.text != [6]byte{} {
		for _, i := range k.byText[m.text] {
			old := k.list[i]
			sameTime := old.date == m.date || old.date == undated || m.date == undated
			if !taken[i] && (sameTime || old.link == m.link && m.link != [6]byte{}) {
				return i
			}
		}
	}
	if m.link != [6]byte{} && m.date != undated {
		for _, i := range k.byLink[m.link] {
			if !taken[i] && k.list[i].date == m.date {
				return i
			}
		}
	}
	return -1
}

// without gives the list without those of the ids in now, cut to most.
func (k *known) without(now map[[9]byte]bool, most int) []marks {
	rest := slices.DeleteFunc(slices.Clone(k.list), func(m marks) bool { return now[m.id] })
	return rest[:min(len(rest), max(most, 0))]
}
