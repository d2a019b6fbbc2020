package quotes

import "strings"

// Some people mark quotes by nothing but their margin: what is quoted is set in, the answers are not.

// lead is how far line i is set in, quote marks or none.
func (s *stripper) lead(i int) int {
	n := 0
	for k := s.lines[i].start; k < s.lines[i].stop; k++ {
		switch s.src[k] {
		case ' ':
			n++
		case '\t':
			n += 8
		default:
			return n
		}
	}
	return n
}

// cutIndented removes the text below a header as far as it is set in like the header, and all of it where it
// never comes back to the margin behind some of it.
func (s *stripper) cutIndented(from, indent int) int {
	if last := s.setInBelow(from, indent); last >= from {
		return last
	}
	return s.cutBelow(from, reasonQuote)
}

// setInBelow removes the text from a line on as far as it is set in, and returns its last line; from-1 where
// there is none. Later paragraphs that are set in as far count as quoted too.
func (s *stripper) setInBelow(from, indent int) int {
	last := from - 1
	for j := from; j < len(s.lines) && (s.lines[j].blank() && s.lines[j].depth == 0 || s.lead(j) >= indent); j++ {
		if !s.lines[j].blank() {
			last = j
		}
	}
	if last >= from {
		s.margin = max(indent, 2)
		s.remove(from, last+1, reasonQuote)
	}
	return last
}

// comesBack tells whether the paragraph at i is set in, all of it, and the text goes on at the margin below it.
func (s *stripper) comesBack(i int) bool {
	indent := s.lines[i].indent
	if indent < 2 {
		return false
	}
	j := i
	for ; j < len(s.lines) && !s.lines[j].blank(); j++ {
		if s.lead(j) < indent {
			return false
		}
	}
	for ; j < len(s.lines); j++ {
		if !s.lines[j].blank() && s.lead(j) < indent {
			return s.lead(j) == 0
		}
	}
	return false
}

// setInParagraph removes a later paragraph that is set in like the quote above it, and returns its last line;
// i-1 where a line of it is not.
func (s *stripper) setInParagraph(i int) int {
	j := i
	for j < len(s.lines) && !s.lines[j].blank() {
		if l := &s.lines[j]; s.lead(j) < s.margin || l.why != "" || l.kind != "" {
			return i - 1
		}
		j++
	}
	if isItem(s.text(i)) && s.lines[i].depth == 0 {
		return i - 1
	}
	s.remove(i, j, reasonQuote)
	return j - 1
}

// opensSetIn tells whether a mail begins with a paragraph that is set in, all of its lines alike, and answers it
// at the margin. It says how far.
func (s *stripper) opensSetIn() (first, indent int) {
	first = s.next(0)
	if first == len(s.lines) {
		return first, 0
	}
	indent = s.lines[first].indent
	if indent < 2 || indent > 8 {
		return first, 0
	}
	j := first
	for ; j < len(s.lines) && !s.lines[j].blank(); j++ {
		if l := &s.lines[j]; l.depth > 0 || l.why != "" || l.kind != "" || l.indent != indent || isCode(s.text(j)) {
			return first, 0
		}
	}
	if j < first+2 || !prose(s.text(first)) || isItem(s.text(first)) || s.greets(s.text(first)) || len(s.text(first)) < 40 {
		return first, 0
	}
	if j = s.next(j); j == len(s.lines) || s.lines[j].indent > 0 || s.lines[j].depth > 0 || !isLetter(firstRune(strings.TrimLeft(s.text(j), "\"'(*_"))) {
		return first, 0
	}
	return first, indent
}
