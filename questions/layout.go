package questions

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"askahead/domain"
)

const (
	narrowest  = 45 // a paragraph whose lines are all shorter was not wrapped by a program
	longRun    = 64 // more white space, or more closing brackets, than this ends a sentence
	wrapJoins  = 30 // a line at least this long that goes on with a small letter was wrapped
	bulletSpan = 8  // a list mark has at most this many bytes
)

// layout fills s.buf: '\n' stays where a line break ends something, and becomes a space where the line was
// only wrapped. Ranges that hold no prose become line breaks.
func (s *scratch) layout(text string, marks []domain.Span) {
	s.buf = append(s.buf[:0], text...)
	for _, m := range marks {
		if ignored(m.What) {
			blank(s.buf, m.Start, m.End)
		}
	}
	s.readLines()
	for i := 0; i < len(s.lines); {
		j := i
		widest := 0
		for j < len(s.lines) && s.lines[j].first < s.lines[j].last {
			widest = max(widest, s.lines[j].width)
			j++
		}
		for k := i; k+1 < j; k++ {
			if s.wrapped(&s.lines[k], &s.lines[k+1], widest) {
				unbreak(s.buf, s.lines[k].end, s.lines[k+1].start)
			}
		}
		i = max(j, i+1)
	}
	for i := range s.lines {
		if l := &s.lines[i]; l.bullet > 0 {
			coverStops(s.buf[l.first : l.first+l.bullet])
		}
	}
	boundRuns(s.buf)
}

func ignored(what string) bool {
	return what != domain.MarkHeading && what != domain.MarkSpoiler
}

func blank(buf []byte, start, end int) {
	for i := max(start, 0); i < min(end, len(buf)); i++ {
		buf[i] = '\n'
	}
}

// unbreak turns the line break (LF, CR LF) between two lines into spaces.
func unbreak(buf []byte, end, start int) {
	for i := end; i < start; i++ {
		buf[i] = ' '
	}
}

// coverStops covers full stops, of full width too.
func coverStops(b []byte) {
	for i, c := range b {
		switch {
		case c == '.':
			b[i] = cover
		case c == 0xEF && bytes.HasPrefix(b[i:], []byte("．")):
			coverAll(b[i : i+len("．")])
		}
	}
}

func (s *scratch) readLines() {
	s.lines = s.lines[:0]
	for start := 0; start < len(s.buf); {
		end := len(s.buf)
		next := end
		if i := bytes.IndexByte(s.buf[start:], '\n'); i >= 0 {
			end, next = start+i, start+i+1
		}
		if end > start && s.buf[end-1] == '\r' {
			end--
		}
		s.lines = append(s.lines, readLine(s.buf, start, end))
		start = next
	}
}

func readLine(buf []byte, start, end int) line {
	l := line{start: start, end: end, first: start, last: end}
	for l.first < end && isBlank(buf[l.first]) {
		l.first++
	}
	for l.last > l.first && isBlank(buf[l.last-1]) {
		l.last--
	}
	b := buf[l.first:l.last]
	l.bullet = bulletLen(b)
	r, _ := utf8.DecodeRune(b[l.bullet:])
	l.lower = unicode.IsLower(r)
	l.width = columns(buf[start:l.last])
	if isWideRune(r) {
		l.firstWord = 2 // scripts without spaces wrap anywhere
		return l
	}
	word := bytes.IndexByte(b, ' ')
	if word < 0 {
		word = len(b)
	}
	l.firstWord = utf8.RuneCount(b[:word])
	return l
}

// columns is how wide b is in a font of fixed width: letters and marks of East Asia take two. All are told by their
// first byte.
func columns(b []byte) int {
	n := 0
	for _, c := range b {
		switch {
		case c < utf8.RuneSelf:
			n++
		case c < 0xC0: // the rest of a rune
		case c >= 0xE3 && c <= 0xED || c == 0xEF:
			n += 2
		default:
			n++
		}
	}
	return n
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f' }

// wrapped tells whether the line break between two lines of a paragraph was put there only because the
// next word would not have fitted.
func (s *scratch) wrapped(a, b *line, widest int) bool {
	if b.bullet > 0 || a.first == a.last || s.buf[b.first] == '>' || s.buf[b.first] == '|' {
		return false
	}
	switch lastByte := s.buf[a.last-1]; {
	case lastByte == ':':
		return b.lower
	case b.lower && lastByte == ',' && a.width >= wrapJoins:
		return true
	case isEnd(lastByte):
		return widest >= narrowest && a.width+1+b.firstWord > widest
	}
	if a.end > a.last && s.buf[a.last] == ' ' && b.lower {
		return true
	}
	if widest >= narrowest && a.width+1+b.firstWord > widest {
		return true
	}
	return b.lower && a.width >= wrapJoins
}

func isEnd(c byte) bool { return c == '.' || c == '!' || c == '?' }

// bulletLen measures a list mark and the white space after it: "- ", "3. ", "• ".
func bulletLen(b []byte) int {
	if len(b) == 0 {
		return 0
	}
	r, size := utf8.DecodeRune(b)
	switch {
	case r == '-' || r == '*' || r == '+' || r == '•' || r == '·' || r == '–' || r == '—' || r == '▪' || r == '◦' || r == '‣' || r == '●' || r == '⁃':
		n := withSpace(b, size)
		if n == 0 && r == '⁃' {
			n = size
		}
		if n > 0 && n < len(b) && isDigit(b[n]) {
			n += bulletLen(b[n:])
		}
		return n
	case r >= '①' && r <= '⓿':
		return size
	}
	return numberLen(b)
}

// numberLen measures a list mark of a number or letter: "3. ", "(b) ", "Q2: ", "[1] ", "e. ", "１）".
func numberLen(b []byte) int {
	i := 0
	open := b[0] == '(' || b[0] == '['
	if open {
		i++
	}
	if i < len(b) && (b[i] == 'Q' || b[i] == 'q') && i+1 < len(b) && isDigit(b[i+1]) {
		i++
	}
	digits := i
	for i < len(b) && i < bulletSpan {
		r, size := utf8.DecodeRune(b[i:])
		if !isDigit(b[i]) && (r < '０' || r > '９') {
			break
		}
		i += size
	}
	if i == digits && i+1 < len(b) && isASCIILetter(b[i]) && (b[i+1] == ')' || open || smallMark(b[i:])) {
		i++
	}
	if i == digits {
		return 0
	}
	stops := i
	for i < len(b) && i < stops+2 && (b[i] == '.' || b[i] == ')' || b[i] == ']' || b[i] == ':') {
		i++
	}
	if r, size := utf8.DecodeRune(b[i:]); r == '）' || r == '．' || r == '、' {
		return max(withSpace(b, i+size), i+size)
	}
	if i == stops {
		return 0
	}
	return withSpace(b, i)
}

// smallMark tells "e. " before anything but another single letter, as in "e. g. ".
func smallMark(b []byte) bool {
	return len(b) > 4 && b[0] >= 'a' && b[0] <= 'z' && b[1] == '.' && isBlank(b[2]) && b[4] != '.'
}

func withSpace(b []byte, i int) int {
	n := i
	for n < len(b) && isBlank(b[n]) {
		n++
	}
	if n == i && n < len(b) {
		return 0
	}
	return n
}

func isDigit(c byte) bool       { return c >= '0' && c <= '9' }
func isASCIILetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// boundRuns puts a line break into runs of white space or brackets that no sentence has: UAX #29 looks
// ahead over such a run at each of its characters, which would cost the square of its length. A run that is
// long enough stands at one of every longRun bytes, so few bytes are looked at.
func boundRuns(buf []byte) {
	for i := longRun - 1; i < len(buf); i += longRun {
		for back := 1; back < utf8.UTFMax && !utf8.RuneStart(buf[i]) && i > 0; back++ { // in what is no UTF-8, no further
			i--
		}
		size, loose := looseRune(buf[i:])
		if !loose {
			continue
		}
		first := i
		for first > 0 && i-first < longRun {
			r, n := utf8.DecodeLastRune(buf[:first])
			if !isLoose(r) {
				break
			}
			first -= n
		}
		last := i + size
		for last < len(buf) && last-first < longRun {
			n, loose := looseRune(buf[last:])
			if !loose {
				break
			}
			last += n
		}
		if last-first >= longRun {
			blank(buf, i, i+size)
		}
	}
}

func looseRune(b []byte) (size int, loose bool) {
	r, size := utf8.DecodeRune(b)
	return size, isLoose(r)
}

// isLoose tells white space, brackets, quotation marks and characters without width.
func isLoose(r rune) bool {
	switch {
	case r == ' ' || r == '\t' || r == '"' || r == '\'' || r == '(' || r == ')' || r == '[' || r == ']' || r == '{' || r == '}':
		return true
	case r < utf8.RuneSelf:
		return false
	}
	return unicode.In(r, unicode.Z, unicode.P, unicode.Mn, unicode.Cf)
}
