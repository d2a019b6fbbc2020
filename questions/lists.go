package questions

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// mostMarkers is how many list marks within one paragraph are looked at.
const mostMarkers = 100

// marker is a list mark in running text: "2. ", "3) ", "b.) ".
type marker struct {
	start, end int
	value      int // 1 for "1" and for "a"
	letter     bool
}

// inlineLists puts a line break before each mark of a list that is written into a paragraph, and covers the
// full stops of the marks: 1. Who decides? 2. Who pays?
func (s *scratch) inlineLists(p paragraph) {
	s.markers = s.markers[:0]
	if !mayHoldList(s.buf[p.start:p.end]) {
		return
	}
	for i := p.start; i < p.end && len(s.markers) < mostMarkers; i++ {
		switch c := s.buf[i]; {
		case c == 0xE2 && (i == p.start || s.buf[i-1] == ' ') && bullet(s.buf[i:p.end]):
			if i > p.start {
				s.buf[i-1] = '\n'
			}
			coverStops(s.buf[i : i+bulletLen(s.buf[i:min(p.end, i+2*bulletSpan)])])
		case c == '.' || c == ')' || c == cover:
			from := i - 1
			if from > p.start && isDigit(s.buf[from-1]) {
				from--
			}
			if from < p.start || from > p.start && s.buf[from-1] != ' ' && s.buf[from-1] != '\n' {
				continue
			}
			if m, ok := readMarker(s.buf[from:p.end], from); ok {
				s.markers = append(s.markers, m)
				i = m.end - 1
			}
		}
	}
	for i := 0; i < len(s.markers); {
		j := i + 1
		for j < len(s.markers) && s.markers[j].value == s.markers[j-1].value+1 && s.markers[j].letter == s.markers[i].letter {
			j++
		}
		if j-i >= 2 && s.markers[i].value <= 1 && s.listStarts(p, s.markers[i]) {
			for _, m := range s.markers[i:j] {
				coverStops(s.buf[m.start:m.end])
				if m.start > p.start && s.buf[m.start-1] == ' ' {
					s.buf[m.start-1] = '\n'
				}
			}
		}
		i = j
	}
}

// mayHoldList tells quickly that there is no second mark of a list and no bullet.
func mayHoldList(b []byte) bool {
	for _, mark := range [...]string{"2.", "2)", "b.", "b)", "\xe2"} {
		if bytes.Contains(b, []byte(mark)) {
			return true
		}
	}
	return false
}

// listStarts tells whether a list may begin at m: not in "for 1. above and 2. below".
func (s *scratch) listStarts(p paragraph, m marker) bool {
	if m.start <= p.start+1 || beginsSentence(s.buf, m.start) || s.buf[m.start-2] == ':' {
		return true
	}
	r, _ := utf8.DecodeRune(nextWord(s.buf, m.end, p.end))
	return unicode.IsUpper(r)
}

// bullet tells whether b begins with a bullet of typography and a space or number.
func bullet(b []byte) bool {
	r, size := utf8.DecodeRune(b)
	return (r == '•' || r == '⁃' || r == '▪' || r == '●') && len(b) > size && (b[size] == ' ' || isDigit(b[size]))
}

// readMarker reads a list mark at the beginning of b, which is followed by white space.
func readMarker(b []byte, at int) (marker, bool) {
	m := marker{start: at}
	n := 0
	switch {
	case len(b) < 3:
		return m, false
	case isDigit(b[0]):
		for n < 2 && isDigit(b[n]) {
			m.value = m.value*10 + int(b[n]-'0')
			n++
		}
	case b[0] >= 'a' && b[0] <= 'l':
		m.value, m.letter, n = int(b[0]-'a')+1, true, 1
	default:
		return m, false
	}
	marks := n
	for n < len(b) && n < marks+2 && (b[n] == '.' || b[n] == ')' || b[n] == cover) {
		n++
	}
	if n == marks || n >= len(b) || b[n] != ' ' {
		return m, false
	}
	m.end = at + n
	return m, true
}
