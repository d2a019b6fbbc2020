package quotes

import (
	"strings"

	"askahead/domain"
)

// ruledBlock removes the end of a text where a drawn line sets it off and it tells who the author is.
func (s *stripper) ruledBlock() bool {
	blocks := s.tailBlocks()
	for n := 0; n < len(blocks) && n < 3; n++ {
		b := blocks[n]
		if blocks[0].last-b.first > 14 {
			return false
		}
		if b.rule >= 0 && s.ownAbove(b.rule) && s.tellsAuthor(b.first, blocks[0].last) {
			s.remove(b.rule, blocks[0].last+1, reasonSignature)
			return true
		}
	}
	return false
}

// tellsAuthor tells whether lines hold the author's name or address, or another address, and are not mainly
// sentences.
func (s *stripper) tellsAuthor(first, last int) bool {
	contacts, sender, asks, said := 0, false, false, 0
	for i := first; i <= last; i++ {
		t := strings.Trim(s.text(i), "#|*+=: \t")
		if t == "" || !s.own(i) {
			continue
		}
		if isItem(t) {
			return false
		}
		asks = asks || strings.HasSuffix(t, "?")
		if contact(t) {
			contacts++
		}
		if sentence(t) {
			said++
		}
		sender = sender || s.namesAuthor(t)
	}
	return (sender || contacts > 0 && !asks) && said <= 5
}

// namesAuthor tells whether the author's name or address stands in a line.
func (s *stripper) namesAuthor(t string) bool {
	low := strings.ToLower(t)
	return s.isSender(t) || s.o.Addr != "" && strings.Contains(low, s.o.Addr) || len(s.o.Name) > 4 && strings.Contains(low, strings.ToLower(s.o.Name))
}

// contactBlock removes the last lines where they are addresses and numbers that no closing introduces. A
// name above them stays.
func (s *stripper) contactBlock() {
	tail := s.tailOwn()
	first, contacts, gap := len(tail), 0, -1
	above := 0 // contacts above the gap
	for n := len(tail) - 1; n >= 0 && len(tail)-n <= 10; n-- {
		t, i := s.text(tail[n]), tail[n]
		is := contact(t)
		if len(t) > 80 || !is && (sentence(t) || len(t) > 60 || strings.HasSuffix(t, ":") || strings.HasSuffix(t, ",") || s.greets(t)) || isItem(t) {
			break
		}
		if n+1 < len(tail) && !s.adjacent(i, tail[n+1]) {
			if gap >= 0 || contacts == 0 {
				break
			}
			gap = n + 1
		}
		if is {
			contacts++
			if gap >= 0 {
				above++
			}
		}
		first = n
	}
	if gap >= 0 && above == 0 && first < gap && (first != gap-1 || !nameLike(s.text(tail[first]))) {
		first = gap // what stands above the gap is no part of it
	}
	for first < len(tail) && !contact(s.text(tail[first])) && !nameLike(s.text(tail[first])) && !s.fullLine(tail[first]) {
		first++ // the end of a sentence of the text above
	}
	lines := len(tail) - first
	if lines == 0 {
		return
	}
	top, sender, links := tail[first], false, 0
	for _, i := range tail[first:] {
		t := s.text(i)
		sender = sender || s.namesAuthor(t)
		if strings.Contains(t, "://") && !strings.Contains(t, "@") {
			links++
		}
	}
	named := nameLike(s.text(top))
	ruled := top > 0 && s.lines[top-1].why == "" && isRule(s.text(top-1))
	switch {
	case links == contacts && links > 0 && !sender && !named && !ruled: // links alone are what the text speaks of
	case !s.ownAbove(top) && (lines < 4 || contacts < 2 || !named):
	case ruled && (sender || contacts > 0 || named && lines <= 3 && len(s.text(top-1)) >= 20), sender && contacts > 0, contacts >= 2 && contacts*3 >= lines, named && contacts >= 1 && lines >= 2 && contacts*4 >= lines:
		if named && s.ownAbove(top) && (lines == 1 || !strings.Contains(s.text(top), " ") || tail[first+1] > top+1) {
			s.lines[top].kind = domain.MarkClosing
			first++
		}
		for _, i := range tail[first:] {
			s.lines[i].why = reasonSignature
		}
	}
}

// isReference tells "[1] …": what the text above points at.
func isReference(t string) bool {
	n := 1
	for n < len(t) && n < 4 && isDigit(t[n]) {
		n++
	}
	return t[0] == '[' && n > 1 && n < len(t) && t[n] == ']'
}

// isItem tells an item of a list: "1. …", "[1] …", "- …".
func isItem(t string) bool {
	if t[0] == '[' && len(t) > 3 && isDigit(t[1]) {
		return true
	}
	n := 0
	for n < len(t) && isDigit(t[n]) {
		n++
	}
	return n > 0 && n < 3 && (strings.HasPrefix(t[n:], ". ") || strings.HasPrefix(t[n:], ") ")) || strings.HasPrefix(t, "- ") || strings.HasPrefix(t, "* ")
}

func (s *stripper) greets(t string) bool { return s.words.greetings.find(t) > 0 }

// adjacent tells whether nothing but drawn lines stands between two lines.
func (s *stripper) adjacent(a, b int) bool {
	for i := a + 1; i < b; i++ {
		if s.lines[i].blank() {
			return false
		}
	}
	return true
}
