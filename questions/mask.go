package questions

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// mask covers what is no prose in buf[start:end], and the full stops that end nothing. It also writes the
// question marks and full stops of scripts that UAX #29 does not know as such.
func (f *Finder) mask(buf []byte, start, end int) {
	small := beginsSmall(buf[start:end])
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
			f.maskChunk(buf, from, i, end, small)
		}
	}
}

func isGap(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == cover }

// needsLook tells the bytes without which a chunk of text holds nothing to cover. 0xCD, 0xD5 and 0xEF
// begin the Greek question mark, Armenian letters and the full-width full stop.
func needsLook(c byte) bool {
	switch c {
	case '.', '?', '!', '@', '/', ';', ':', 0xCD, 0xD5, 0xEF:
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

// maskChunk looks at one run of characters without white space, buf[from:to], in a paragraph that ends at end.
// small: the paragraph is written without capitals.
func (f *Finder) maskChunk(buf []byte, from, to, end int, small bool) {
	a, b := trimChunk(buf, from, to)
	chunk := buf[a:b]
	switch {
	case b <= a:
		f.maskStops(buf, from, to, end, small)
	case isLink(chunk):
		coverAll(buf[a:b])
	default:
		if !plainASCII(buf[from:to]) {
			foreignMarks(buf, from, to)
		}
		f.maskStops(buf, from, to, end, small)
	}
}

func plainASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// trimChunk leaves out quotes and brackets before, and sentence marks, quotes and brackets after.
func trimChunk(buf []byte, a, b int) (int, int) {
	for a < b && (buf[a] == '(' || buf[a] == '<' || buf[a] == '"' || buf[a] == '\'' || buf[a] == '[' || buf[a] == '{') {
		a++
	}
	for b > a {
		switch c := buf[b-1]; c {
		case '.', ',', ';', ':', '!', '?', ')', ']', '}', '>', '"', '\'':
			b--
			continue
		}
		break
	}
	return a, b
}

// isLink tells addresses: with a scheme, of mail, of a host, and names of files and paths that hold a mark.
func isLink(c []byte) bool {
	if len(c) > 2000 {
		c = c[:2000]
	}
	if i := bytes.Index(c, []byte("://")); i > 0 && i < 12 {
		return true
	}
	if hasPrefixFold(c, "www.") || hasPrefixFold(c, "mailto:") {
		return true
	}
	if i := bytes.IndexByte(c, '@'); i >= 0 && i+1 < len(c) && c[0] < utf8.RuneSelf {
		return true
	}
	dot := bytes.IndexByte(c, '.')
	if dot <= 0 || dot+1 >= len(c) {
		return false
	}
	slash := bytes.IndexByte(c, '/')
	if slash > dot && isHost(c[:slash]) {
		return true
	}
	if q := bytes.IndexByte(c, '?'); q > dot && isHost(c[:q]) && bytes.IndexByte(c[q:], '=') > 0 {
		return true
	}
	return isHost(c)
}

// isHost tells "example.org", "file.txt", "v1.2.3", ".net": ASCII words joined by full stops, the last not
// beginning with a capital (which is rather the next sentence).
func isHost(c []byte) bool {
	dots, label, longest := 0, 0, 0
	for i, b := range c {
		switch {
		case isASCIILetter(b) || isDigit(b) || b == '-' || b == '_':
			label++
			longest = max(longest, label)
		case b == '.' && i+1 < len(c) && (label > 0 || i == 0):
			dots, label = dots+1, 0
			if n := c[i+1]; n >= 'A' && n <= 'Z' && i > 0 && c[i-1] >= 'a' && c[i-1] <= 'z' {
				return false
			}
		default:
			return false
		}
	}
	return dots > 0 && label > 0 && longest > 1
}

func hasPrefixFold(c []byte, prefix string) bool {
	return len(c) > len(prefix) && bytes.EqualFold(c[:len(prefix)], []byte(prefix))
}

// coverAll covers an address, keeping white space out of it.
func coverAll(b []byte) {
	for i := range b {
		b[i] = cover
	}
}

// foreignMarks writes the question mark of Greek (";" or U+037E) and the marks of Armenian, whose question
// mark stands inside a word and whose full stop may be typed as ":", so that a sentence ends there.
func foreignMarks(buf []byte, from, to int) {
	for i := from; i < to; {
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
		}
		i += size
	}
}

func runeAfter(buf []byte, i, to int) rune {
	r, _ := utf8.DecodeRune(buf[i:to])
	return r
}

// runeBefore is the letter before buf[i], over closing quotes and brackets.
func runeBefore(buf []byte, from, i int) rune {
	for i > from {
		r, size := utf8.DecodeLastRune(buf[from:i])
		if unicode.IsLetter(r) || r == utf8.RuneError {
			return r
		}
		i -= size
	}
	return 0
}

// maskStops covers the full stops of abbreviations, initials and numbers, and marks that stand for
// themselves: "(?)", "[!]", "?!" inside a word.
func (f *Finder) maskStops(buf []byte, from, to, end int, small bool) {
	chunk := buf[from:to]
	if len(chunk) >= 3 && lonelyMark(chunk) {
		for i, c := range chunk {
			if isEnd(c) {
				chunk[i] = cover
			}
		}
		return
	}
	maskBangs(buf, from, to, end)
	stop := bytes.LastIndexByte(chunk, '.')
	if stop < 0 {
		return
	}
	if stop > 0 && chunk[stop-1] == '.' {
		f.maskEllipsis(buf, from, to, end)
		return
	}
	if stop == 0 {
		f.maskSpacedDots(buf, from, to, end)
		return
	}
	// The word that the full stop belongs to, without quotes and brackets before it.
	a := from
	for a < from+stop && !isWordByte(buf[a]) {
		a++
	}
	word := buf[a : from+stop+1]
	if len(word) < 2 || len(word) > 24 {
		return
	}
	next := nextWord(buf, to, end)
	if f.abbreviation(word, next, beginsSentence(buf, from)) || initialsFollow(word, buf, to, end) {
		coverStops(word)
		return
	}
	if from+stop+1 == to && len(next) > 0 && len(word) > 4 && (isDigit(next[0]) || small) {
		buf[from+stop] = '!' // UAX #29 would go on before a number and before a small letter
	}
}

// initialsFollow tells whether word is one capital letter with its full stop, and so is the next word.
func initialsFollow(word, buf []byte, to, end int) bool {
	r, size := utf8.DecodeRune(word)
	if size+1 != len(word) || !unicode.IsUpper(r) || to+1 >= end || buf[to] != ' ' {
		return false
	}
	r, size = utf8.DecodeRune(buf[to+1 : end])
	return unicode.IsUpper(r) && to+1+size < end && buf[to+1+size] == '.'
}

// maskBangs covers exclamation marks before a letter ("!Kung", "Y!J") and before a word with a small letter ("Yahoo!
// is"), where they end nothing.
func maskBangs(buf []byte, from, to, end int) {
	for i := from; i+1 < to; i++ {
		if buf[i] == '!' && isWordByte(buf[i+1]) {
			buf[i] = cover
		}
	}
	if last := to - 1; buf[last] == '!' && last > from && buf[last-1] != '?' && buf[last-1] != '!' {
		if r, _ := utf8.DecodeRune(nextWord(buf, to, min(end, to+4))); unicode.IsLower(r) {
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

// maskEllipsis covers "..." where the sentence goes on: before a small letter UAX #29 does so by itself.
func (f *Finder) maskEllipsis(buf []byte, from, to, end int) {
	last := bytes.LastIndexByte(buf[from:to], '.') + from
	first := last
	for first > from && buf[first-1] == '.' {
		first--
	}
	next := nextWord(buf, to, end)
	r, _ := utf8.DecodeRune(next)
	if len(next) > 0 && !unicode.IsUpper(r) && !unicode.Is(unicode.Lo, r) {
		coverStops(buf[first : last+1])
	}
}

// maskSpacedDots covers the dots of ". . .", which stand alone between spaces.
func (f *Finder) maskSpacedDots(buf []byte, from, to, end int) {
	after := to+1 < end && buf[to] == ' ' && buf[to+1] == '.'
	before := from > 1 && buf[from-1] == ' ' && (buf[from-2] == cover || buf[from-2] == '.')
	if to-from == 1 && (after || before) {
		buf[from] = cover
	}
}
