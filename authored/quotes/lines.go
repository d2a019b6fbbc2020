package quotes

import (
	"strings"
	"unicode/utf8"
)

// line is one line of the text.
type line struct {
	start, end int    // byte range in the text, without the line end
	body, stop int    // what stands in it behind quote marks and between blanks
	depth      int    // how many ">" it has
	why        string // the reason for removing it; "" stays
	kind       string // a mark for what stays: code, patch, …
	indent     int    // blanks before the body; a tab counts as eight
	armour     int    // bytes before start that PGP put there
}

func (l *line) blank() bool { return l.body == l.stop }

// maxBlanks is how many blank lines are told apart in a run; the rest are one, so that a mail of nothing but
// line ends takes no more memory than others.
const maxBlanks = 50

// splitLines finds the lines and their quote marks.
func splitLines(text string) []line {
	lines := make([]line, 0, min(8+strings.Count(text, "\n"), 1<<16))
	blanks := 0
	for pos := 0; pos < len(text); {
		end := strings.IndexByte(text[pos:], '\n')
		if end < 0 {
			end = len(text)
		} else {
			end += pos
		}
		l := line{start: pos, end: end}
		l.measure(text)
		pos = end + 1
		if blanks++; !l.blank() || l.depth > 0 {
			blanks = 0
		} else if blanks > maxBlanks {
			last := &lines[len(lines)-1]
			last.end, last.body, last.stop = end, end, end
			continue
		}
		lines = append(lines, l)
	}
	return lines
}

func (l *line) measure(text string) {
	i, stop := l.start, l.end
	for stop > i && isBlank(text[stop-1]) {
		stop--
	}
	for stop > i+1 && text[stop-2] == 0xc2 && text[stop-1] == 0xa0 { // no-break spaces
		stop -= 2
		for stop > i && isBlank(text[stop-1]) {
			stop--
		}
	}
	for {
		j, n := i, 0
		for j < stop {
			if text[j] == ' ' {
				n++
			} else if text[j] == '\t' {
				n += 8
			} else if text[j] == 0xc2 && j+1 < stop && text[j+1] == 0xa0 {
				n++
				j++
			} else {
				break
			}
			j++
		}
		if j < stop && text[j] == '>' && (n <= 8 || l.depth > 0) && l.depth < 100 {
			l.depth++
			i = j + 1
			continue
		}
		if j < stop && text[j] == '&' && strings.HasPrefix(text[j:stop], "&gt;") && l.depth < 100 {
			l.depth++
			i = j + 4
			continue
		}
		l.body, l.indent = j, n
		break
	}
	l.stop = max(stop, l.body)
	if l.stop-l.body <= 30 && l.stop > l.body && text[l.body] >= utf8.RuneSelf && invisible(text[l.body:l.stop]) {
		l.stop = l.body
	}
}

// invisible tells a text that shows nothing: zero width blanks and joiners, marks of direction, and the dot that
// a program for tracking leaves alone in its line.
func invisible(t string) bool {
	if t == "ᐧ" {
		return true
	}
	for _, r := range t {
		switch r {
		case '\u200b', '\u200c', '\u200d', '\u200e', '\u200f', '\u2060', '\u202a', '\u202b', '\u202c', '\u2066', '\u2067', '\u2068', '\u2069', '\u00ad', '\u034f', '\u061c', '\u180e', '\ufe0f', '\ufffc', '\u00a0', ' ':
		default:
			return false
		}
	}
	return true
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// text returns what stands in the line, without marks and blanks around.
func (s *stripper) text(i int) string { return s.src[s.lines[i].body:s.lines[i].stop] }

// next returns the first line from i that is not blank, len(lines) if there is none.
func (s *stripper) next(i int) int {
	for i < len(s.lines) && s.lines[i].blank() {
		i++
	}
	return i
}

// previous returns the last line up to i that is not blank, -1 if there is none.
func (s *stripper) previous(i int) int {
	for i >= 0 && s.lines[i].blank() {
		i--
	}
	return i
}

// isRule tells a line that is drawn: three or more of the same few marks and nothing else.
func isRule(t string) bool {
	if len(t) < 3 {
		return false
	}
	n := 0
	var first rune
	for _, r := range t {
		switch r {
		case '-', '_', '=', '*', '~', '#', '+', ':', '—', '–', '─', '━', '═', '‒', '―', '^', '.', '•', '·', '<', '>', '|', '/', '\\':
			if n == 0 {
				first = r
			}
			n++
		case ' ', '\u00a0':
		default:
			return false
		}
	}
	if first == ':' {
		return n >= 20
	}
	if first == '.' || first == '>' || first == '<' || first == '|' || first == '/' || first == '\\' || first == '^' {
		return n >= 6
	}
	return n >= 3
}

// endsInLink tells a line whose last word is the address of a page, as far as it fits there.
func endsInLink(t string) bool {
	last := t[strings.LastIndexByte(t, ' ')+1:]
	return strings.Contains(last, "://") && !strings.HasSuffix(last, ".") && !strings.HasSuffix(last, ")") && !strings.HasSuffix(last, ">")
}

// wrapDamage finds the ends of quoted lines that a mail program wrapped without marking them again: a short
// line right between two lines of one quote, where the line above is long and its sentence goes on.
func (s *stripper) wrapDamage() {
	for i := 1; i+1 < len(s.lines); i++ {
		l, above, below := &s.lines[i], &s.lines[i-1], &s.lines[i+1]
		if l.depth > 0 || l.blank() || l.why != "" || l.kind != "" || above.depth == 0 || below.depth == 0 {
			continue
		}
		t := s.text(i)
		if strings.HasPrefix(t, "(http") && strings.HasSuffix(t, ">") || strings.IndexByte(t, ' ') < 0 && !above.blank() && (len(t) > 20 || endsInLink(s.text(i-1))) {
			l.why = reasonQuote // a long address, or the rest of one
			continue
		}
		if above.blank() {
			continue
		}
		if above.end-above.start < 60 || l.stop-l.start > 30 && above.end-above.start < 70 || l.stop-l.start > 45 {
			continue
		}
		if c := s.src[above.stop-1]; c == '.' || c == '?' || c == '!' || c == ':' {
			continue
		}
		r, _ := utf8.DecodeRuneInString(t)
		if !below.blank() || isLowerRune(r) || l.stop-l.start <= 25 {
			l.why = reasonQuote
		}
	}
}

func isLowerRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= utf8.RuneSelf && isLetter(r)
}
