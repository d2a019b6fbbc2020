package questions

import (
	"unicode"
	"unicode/utf8"
)

// foreign writes the question mark of Greek (";" or U+037E) and the marks of Armenian, whose question mark stands
// inside a word and whose full stop may be typed as ":", so that a sentence ends there; moves the mark that French sets
// off from its closing quote next to it; and ends a Thai sentence after a word that nothing follows.
func (m *masker) foreign(from, to int) {
	buf := m.buf
	for i := from; i < to; {
		m.wide = m.wide || buf[i] >= 0xE3 // with which the characters from U+3000 on begin
		switch buf[i] {
		case ';', ':', 0xC2, 0xCD, 0xEF: // the last three begin the other marks below
		default:
			i++
			continue
		}
		r, size := utf8.DecodeRune(buf[i:to])
		switch {
		case r == 0x37E:
			buf[i], buf[i+1] = cover, '?'
		case r == ';' && unicode.Is(unicode.Greek, runeBefore(buf, from, i)):
			buf[i] = '?'
		case r == ':' && unicode.Is(unicode.Armenian, runeBefore(buf, from, i)):
			buf[i] = '!'
		case r == '．' && !unicode.IsDigit(runeAfter(buf, i+size, to)):
			copy(buf[i:], "。")
		case r == '»':
			closeUp(buf[m.start:i])
		}
		i += size
	}
	if to < m.end && buf[to] == ' ' && m.f.endsAtSpace(buf[from:to]) {
		buf[to] = '\n'
	}
}

// endsAtSpace tells whether chunk ends with a word after which a sentence is at its end, in a script without full stops.
func (f *Finder) endsAtSpace(chunk []byte) bool {
	if chunk[len(chunk)-1] < utf8.RuneSelf {
		return false
	}
	for _, word := range f.ends {
		if len(chunk) >= len(word) && string(chunk[len(chunk)-len(word):]) == word {
			return true
		}
	}
	return false
}

// closeUp moves the mark before the white space at the end of b to the end of b: « Pourquoi ? »
func closeUp(b []byte) {
	n := len(b)
	for n > 0 && len(b)-n < utf8.UTFMax {
		r, size := utf8.DecodeLastRune(b[:n])
		if !unicode.Is(unicode.Zs, r) {
			break
		}
		n -= size
	}
	if n == 0 || n == len(b) || !isEnd(b[n-1]) {
		return
	}
	mark := b[n-1]
	for i := n - 1; i < len(b)-1; i++ {
		b[i] = cover
	}
	b[len(b)-1] = mark
}

func runeAfter(buf []byte, i, to int) rune {
	r, _ := utf8.DecodeRune(buf[i:to])
	return r
}

// mostClosers is how many bytes of closing quotes and brackets may stand between a letter and a mark that belongs to it.
const mostClosers = 16

// runeBefore is the letter before buf[i], over closing quotes and brackets.
func runeBefore(buf []byte, from, i int) rune {
	for from = max(from, i-mostClosers); i > from; {
		r, size := utf8.DecodeLastRune(buf[from:i])
		if unicode.IsLetter(r) || r == utf8.RuneError {
			return r
		}
		i -= size
	}
	return 0
}

// longestTitle is how many bytes stand between two brackets of East Asia at most, for marks between them to be no ends.
const longestTitle = 240

// titles covers the marks that end nothing because they stand between brackets of East Asia: all in a title (《》) and in an
// aside (（）) inside of a sentence, and all but the last in another aside or a quotation.
func titles(buf []byte) {
	var open [4]int // one more than the place after the opening bracket, by kind
	for i := 0; i < len(buf); {
		if buf[i] != 0xE3 && buf[i] != 0xEF { // with which all these brackets begin
			i++
			continue
		}
		r, size := utf8.DecodeRune(buf[i:])
		kind, opens := bracket(r)
		switch {
		case kind < 0:
		case opens:
			open[kind] = i + size + 1
		case open[kind] > 0:
			if from := open[kind] - 1; i-from <= longestTitle {
				before, _ := utf8.DecodeLastRune(buf[:from-size]) // all these brackets are of one size
				inside := unicode.IsLetter(before) && unicode.IsLetter(runeAfter(buf, i+size, len(buf)))
				coverWide(buf[from:i], kind == 0 || kind == 1 && inside)
			}
			open[kind] = 0
		}
		i += size
	}
}

// bracket tells the kind of a bracket of East Asia, 0 for that of titles and -1 for none, and whether it opens.
func bracket(r rune) (kind int, opens bool) {
	switch r {
	case '《', '〈':
		return 0, true
	case '》', '〉':
		return 0, false
	case '（':
		return 1, true
	case '）':
		return 1, false
	case '「':
		return 2, true
	case '」':
		return 2, false
	case '『':
		return 3, true
	case '』':
		return 3, false
	}
	return -1, false
}

// coverWide covers the marks in b that end a sentence; without all, the one at its end stays, unless b is nothing else.
func coverWide(b []byte, all bool) {
	words := false
	for i := 0; i < len(b); {
		r, size := utf8.DecodeRune(b[i:])
		end := isEnd(byte(r)) && r < utf8.RuneSelf || r == '。' || r == '！' || r == '？' || r == '｡'
		if end && (all || i+size < len(b) || !words) {
			coverAll(b[i : i+size])
		}
		words = words || !end
		i += size
	}
}
