package questions

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// masker covers what is no prose in buf[start:end], a paragraph, and the full stops that end nothing. It also
// writes the question marks and full stops of scripts that UAX #29 does not know as such.
type masker struct {
	f          *Finder
	buf        []byte
	start, end int
	own        uint32 // the bit of the language that the text is written in; 0 if it is not known
	small      bool   // the paragraph is written without capitals
	wide       bool   // it holds marks of East Asia
}

// mask goes over a paragraph of s.buf, in which links are covered.
func (f *Finder) mask(s *scratch, p paragraph, own uint32) {
	m := masker{f: f, buf: s.buf, start: p.start, end: p.end, own: own, small: beginsSmall(s.buf[p.start:p.end])}
	eachChunk(m.buf, m.start, m.end, m.chunk)
	if m.wide {
		titles(m.buf[m.start:m.end])
	}
}

// eachChunk calls do for each run of characters without white space in buf[start:end] that holds anything to
// look at.
func eachChunk(buf []byte, start, end int, do func(from, to int)) {
	for i := start; i < end; {
		for i < end && isGap(buf[i]) {
			i++
		}
		from, special := i, false
		for i < end && !isGap(buf[i]) {
			special = special || needsLook(buf[i])
			i++
		}
		if special {
			do(from, i)
		}
	}
}

func isGap(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == cover }

// needsLook tells the bytes without which a chunk of text holds nothing to cover. Those from 0xC2 on begin
// the closing quote of French, the question mark of Greek, Armenian letters, Thai letters, and the brackets and marks
// of East Asia.
func needsLook(c byte) bool {
	switch c {
	case '.', '?', '!', '@', '/', ';', ':', 0xC2, 0xCD, 0xD5, 0xE0, 0xE3, 0xEF:
		return true
	}
	return false
}

// beginsSmall tells whether the first word of b begins with a small letter: its author does not care for
// capitals, and a full stop before a small letter ends a sentence.
func beginsSmall(b []byte) bool {
	next := nextWord(b, 0, len(b))
	r, _ := utf8.DecodeRune(next)
	return unicode.IsLower(r)
}

// chunk looks at one run of characters without white space.
func (m *masker) chunk(from, to int) {
	if !plainASCII(m.buf[from:to]) {
		m.foreign(from, to)
	}
	m.stops(from, to)
	m.dashAfter(to)
}

func plainASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// stops covers the full stops of abbreviations, initials and numbers, and marks that stand for themselves:
// "(?)", "[!]", "?!" inside a word.
func (m *masker) stops(from, to int) {
	chunk := m.buf[from:to]
	if len(chunk) >= 3 && lonelyMark(chunk) {
		coverEnds(chunk)
		return
	}
	m.bangs(from, to)
	footnotes(chunk)
	stop := bytes.LastIndexByte(chunk, '.')
	switch {
	case stop < 0:
		return
	case stop == 0:
		m.spacedDots(from, to)
		return
	case chunk[stop-1] == '.':
		m.ellipsis(from, to)
		return
	}
	m.glued(from, to)
	// The word that the full stop belongs to, without quotes and brackets before it.
	a := from
	for a < from+stop && !isWordByte(m.buf[a]) {
		a++
	}
	word := m.buf[a : from+stop+1]
	if len(word) < 2 || len(word) > longestWord {
		return
	}
	next := nextWord(m.buf, to, m.end)
	if m.abbreviation(word, next, beginsSentence(m.buf, from)) || m.initialsFollow(word, to) {
		coverStops(word)
		return
	}
	if from+stop+1 == to && len(next) > 0 && len(word) > 4 && (isDigit(next[0]) || m.small) {
		m.buf[from+stop] = '!' // UAX #29 would go on before a number and before a small letter
	}
}

func coverEnds(b []byte) {
	for i, c := range b {
		if isEnd(c) {
			b[i] = cover
		}
	}
}

// footnotes moves the mark before the number of a footnote behind it, where the sentence ends: law.[1][2]
func footnotes(chunk []byte) {
	if len(chunk) < 4 || chunk[len(chunk)-1] != ']' {
		return
	}
	i := len(chunk)
	for i > 3 && chunk[i-1] == ']' {
		n := i - 1
		for n > 0 && isDigit(chunk[n-1]) {
			n--
		}
		if n == i-1 || n == 0 || chunk[n-1] != '[' {
			return
		}
		i = n - 1
	}
	if i > 0 && i < len(chunk) && isEnd(chunk[i-1]) {
		chunk[len(chunk)-1], chunk[i-1] = chunk[i-1], cover
	}
}

// glued ends a sentence whose author forgot the space before the next one: "no.What then". What stands before the
// full stop is a word in small letters, what stands after it a usual first word.
func (m *masker) glued(from, to int) {
	chunk := m.buf[from:to]
	if bytes.ContainsAny(chunk, "()/_;=@") {
		return
	}
	for i := 2; i+2 < len(chunk); i++ {
		if chunk[i] != '.' || !smallWord(chunk[:i]) {
			continue
		}
		word := nextWord(chunk, i+1, len(chunk))
		r, size := utf8.DecodeRune(chunk[i+1:])
		if after := i + 1 + len(word); unicode.IsUpper(r) && size < len(word) && (after == len(chunk) || chunk[after] != '.') && m.f.opener(word) {
			chunk[i] = '!'
		}
	}
}

// smallWord tells whether b ends with a word of two letters or more, all of them small.
func smallWord(b []byte) bool {
	n := 0
	for len(b) > 0 && n < longestWord {
		r, size := utf8.DecodeLastRune(b)
		if !unicode.IsLetter(r) {
			break
		}
		if !unicode.IsLower(r) {
			return false
		}
		b = b[:len(b)-size]
		n++
	}
	return n >= 2
}

// dashAfter ends the sentence that ends before m.buf[to] if a dash and a capital letter follow: the next turn of a dialogue
// or the next point of a list. Who pays? - Who decides?
func (m *masker) dashAfter(to int) {
	if !isEnd(m.buf[to-1]) || to+3 >= m.end || m.buf[to] != ' ' {
		return
	}
	i := to + 1
	for i < m.end && i < to+4 && m.buf[i] != ' ' {
		i++
	}
	switch string(m.buf[to+1 : i]) {
	case "–", "—":
		if m.buf[to-1] == '.' { // as printed books set off who speaks
			return
		}
		fallthrough
	case "-", "--":
		if r, _ := utf8.DecodeRune(m.buf[min(i+1, m.end):m.end]); unicode.IsUpper(r) {
			m.buf[to] = '\n'
		}
	}
}

// initialsFollow tells whether word is one letter with its full stop, and so is the next word: J. R. Miller, z. B.
func (m *masker) initialsFollow(word []byte, to int) bool {
	r, size := utf8.DecodeRune(word)
	if size+1 != len(word) || !unicode.IsLetter(r) || to+1 >= m.end || m.buf[to] != ' ' {
		return false
	}
	next, size := utf8.DecodeRune(m.buf[to+1 : m.end])
	return unicode.IsLetter(next) && (unicode.IsLower(r) || unicode.IsUpper(next)) && to+1+size < m.end && m.buf[to+1+size] == '.'
}

// bangs covers exclamation marks before a letter ("!Kung", "Y!J") and before a word with a small letter ("Yahoo!
// is"), where they end nothing.
func (m *masker) bangs(from, to int) {
	buf := m.buf
	for i := from; i+1 < to; i++ {
		if buf[i] == '!' && isWordByte(buf[i+1]) {
			buf[i] = cover
		}
	}
	if last := to - 1; buf[last] == '!' && last > from && buf[last-1] != '?' && buf[last-1] != '!' {
		if r, _ := utf8.DecodeRune(nextWord(buf, to, min(m.end, to+4))); unicode.IsLower(r) {
			buf[last] = cover
		}
	}
}

// beginsSentence tells whether nothing stands before buf[from] in its line or sentence.
func beginsSentence(buf []byte, from int) bool {
	for n := 0; n < longRun && from > 0 && isBlank(buf[from-1]); n++ {
		from--
	}
	return from == 0 || buf[from-1] == '\n' || isEnd(buf[from-1])
}

// lonelyMark tells "(?)", "[!?]", "(sic!)" and the like: marks in brackets with hardly anything beside them.
func lonelyMark(chunk []byte) bool {
	if chunk[0] != '(' && chunk[0] != '[' {
		return false
	}
	for i, c := range chunk[1:] {
		if c == ')' || c == ']' {
			return i > 0
		}
		if !isEnd(c) {
			return false
		}
	}
	return false
}

func isWordByte(c byte) bool { return isASCIILetter(c) || isDigit(c) || c >= utf8.RuneSelf }

// nextWord is the word after buf[i], at most 24 bytes of it, with what stands before it left out.
func nextWord(buf []byte, i, end int) []byte {
	stop := min(end, i+longRun)
	for i < stop && !isWordByte(buf[i]) {
		if buf[i] == '\n' {
			return nil
		}
		i++
	}
	j := i
	for j < end && j < i+24 && isWordByte(buf[j]) {
		j++
	}
	return buf[i:j]
}

// ellipsis covers "..." where the sentence goes on: before a small letter UAX #29 does so by itself.
func (m *masker) ellipsis(from, to int) {
	buf := m.buf
	last := bytes.LastIndexByte(buf[from:to], '.') + from
	first := last
	for first > from && buf[first-1] == '.' {
		first--
	}
	next := nextWord(buf, to, m.end)
	r, _ := utf8.DecodeRune(next)
	if len(next) > 0 && !unicode.IsUpper(r) && !unicode.Is(unicode.Lo, r) {
		coverStops(buf[first : last+1])
	}
}

// spacedDots covers the dots of ". . .", which stand alone between spaces; a fourth one before a capital letter is the
// full stop after them.
func (m *masker) spacedDots(from, to int) {
	buf := m.buf
	after := to+1 < m.end && buf[to] == ' ' && buf[to+1] == '.'
	before := from > 1 && buf[from-1] == ' ' && (buf[from-2] == cover || buf[from-2] == '.')
	if to-from != 1 || !after && !before {
		return
	}
	if r, _ := utf8.DecodeRune(nextWord(buf, to, m.end)); !after && unicode.IsUpper(r) && bytes.HasSuffix(buf[:from], []byte{cover, ' ', cover, ' ', cover, ' '}) {
		return
	}
	buf[from] = cover
}
