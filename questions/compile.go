package questions

import (
	"fmt"
	"strings"
)

// anchorKeys is how far from its beginning a rule that is bound to one may have its key.
const anchorKeys = 2

// rule reads one line of a rule section: words, {lists}, a/b alternatives, (optional parts), _ for any one
// word, ... for up to six, $ for the end of the sentence.
func (l *loader) rule(row string) error {
	variants := [][]elem{nil}
	toEnd := l.section == endings || l.section == openEndings || l.section == reactions
	parts := strings.Fields(row)
	for i := 0; i < len(parts); i++ {
		if parts[i] == "$" {
			toEnd = true
			continue
		}
		choices, err := l.part(parts[i])
		if err != nil {
			return err
		}
		for ; parts[i] == "(_)" && i+1 < len(parts) && parts[i+1] == "(_)"; i++ { // none, one, two, … and no more than once each
			choices = append([][]elem{append([]elem{{what: anyWord}}, choices[0]...)}, choices...)
		}
		if len(variants)*len(choices) > maxVariants {
			return fmt.Errorf("%q has more than %d variants", row, maxVariants)
		}
		grown := make([][]elem, 0, len(variants)*len(choices))
		for _, v := range variants {
			for _, c := range choices {
				grown = append(grown, append(append([]elem(nil), v...), c...))
			}
		}
		variants = grown
	}
	for _, elems := range variants {
		if err := l.add(row, elems, toEnd); err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) add(row string, elems []elem, toEnd bool) error {
	r := rule{section: l.section, elems: elems}
	for i := range elems {
		elems[i].loose = l.section == reactions && i > 0
	}
	index := l.index()
	r.key = l.key(elems, index == &l.lang.anchored)
	if r.key < 0 {
		return fmt.Errorf("%q begins with no word", row)
	}
	r.toEnd = toEnd || l.section == tags || l.section == fillers || l.section == announcements
	index.rules = append(index.rules, r)
	return nil
}

// index is where the rules of the section at hand belong. All but those named here begin where a sentence or clause does.
func (l *loader) index() *ruleIndex {
	switch l.section {
	case signs, told, indirect, requests, endings, openEndings, fillers, announcements:
		return &l.lang.anywhere
	case logistics, rhetorical, tags:
		return &l.lang.apart
	}
	return &l.lang.anchored
}

// key chooses the element that the rule is found by. It stands at a fixed distance from the first one, so
// before any gap; of several, the one whose words are fewest and rarest. -1 if there is none.
func (l *loader) key(elems []elem, first bool) int {
	best, least := -1, 0
	for i := range elems {
		e := &elems[i]
		if e.what == gap || first && i > anchorKeys {
			break
		}
		cost := 0
		e.each(func(id wordID) {
			cost++
			if l.f.common[id] != 0 || id < firstWord {
				cost += 20
			}
		})
		if cost > 0 && (best < 0 || !first && cost < least) {
			best, least = i, cost
		}
	}
	return best
}

// part gives the sequences of elements that one part of a line stands for.
func (l *loader) part(part string) ([][]elem, error) {
	if strings.HasPrefix(part, "(") && strings.HasSuffix(part, ")") {
		choices, err := l.part(part[1 : len(part)-1])
		return append(choices, nil), err
	}
	switch part {
	case "_":
		return [][]elem{{{what: anyWord}}}, nil
	case "...":
		return [][]elem{{{what: gap}}}, nil
	case ",":
		return [][]elem{{{id: comma}}}, nil
	case ":":
		return [][]elem{{{id: colon}}}, nil
	case "-":
		return [][]elem{{{id: hyphen}}}, nil
	}
	var singles wordSet
	var choices [][]elem
	for alt := range strings.SplitSeq(part, "/") {
		seqs, err := l.sequences(alt)
		if err != nil {
			return nil, err
		}
		for _, ids := range seqs {
			if len(ids) == 1 {
				singles = singles.with(ids[0])
				continue
			}
			elems := make([]elem, len(ids))
			for i, id := range ids {
				elems[i] = elem{id: id}
			}
			choices = append(choices, elems)
		}
	}
	if singles != nil {
		choices = append(choices, []elem{{what: oneOf, set: singles}})
	}
	return choices, nil
}

// sequences gives what a word or {list} stands for.
func (l *loader) sequences(alt string) ([][]wordID, error) {
	if name, ok := inBraces(alt); ok {
		if id, ok := tokenName(name); ok {
			return [][]wordID{{id}}, nil
		}
		list, ok := l.lists[name]
		if !ok {
			return nil, fmt.Errorf("no word list {%s} stands above", name)
		}
		return list, nil
	}
	ids := l.ids(strings.ReplaceAll(alt, "+", " "))
	if len(ids) == 0 {
		return nil, fmt.Errorf("%q holds no word", alt)
	}
	return [][]wordID{ids}, nil
}
