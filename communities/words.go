package communities

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// scanner goes over the words of a text, in lower case, without allocating. A word is letters, digits and
// marks with hyphens and apostrophes inside; an elided article ("l'", "d'") is a word of its own.
type scanner struct {
	text       string
	pos        int
	start, end int      // of the word in the text
	buf        [48]byte // the word; longer ones are cut
	n          int
}

// next reads one word; false at the end.
func (s *scanner) next() bool {
	text := s.text
	for s.pos < len(text) {
		c := text[s.pos]
		if c < utf8.RuneSelf && !asciiWord(c) {
			s.pos++
			continue
		}
		r, n := utf8.DecodeRuneInString(text[s.pos:])
		if wordRune(r) {
			break
		}
		s.pos += n
	}
	if s.pos >= len(text) {
		return false
	}
	s.start, s.n = s.pos, 0
	for s.pos < len(text) {
		if c := text[s.pos]; c < utf8.RuneSelf && asciiWord(c) {
			if s.n < len(s.buf) {
				s.buf[s.n] = c | 0x20 // lower case; digits have this bit anyway
				s.n++
			}
			s.pos++
			continue
		}
		r, n := utf8.DecodeRuneInString(text[s.pos:])
		switch {
		case wordRune(r):
			s.put(r)
		case r == '\'' || r == '’' || r == '‘':
			if elided(s.buf[:s.n]) {
				s.end = s.pos
				s.pos += n
				return true
			}
			if !wordAhead(text, s.pos+n) {
				s.end = s.pos
				return true
			}
			s.put('\'')
		case r == '-' || r == '‑' || r == 0xAD || r == 0x200D || r == 0x200C:
			if !wordAhead(text, s.pos+n) {
				s.end = s.pos
				return true
			}
			if r == '-' || r == '‑' {
				s.put('-')
			}
		default:
			s.end = s.pos
			return true
		}
		s.pos += n
	}
	s.end = s.pos
	return true
}

func (s *scanner) put(r rune) {
	if s.n+utf8.UTFMax <= len(s.buf) {
		s.n += utf8.EncodeRune(s.buf[s.n:], unicode.ToLower(r))
	}
}

// trace is a 16-bit mix of the word's first letters and length, to rule words out without a look into a map.
func trace[T string | []byte](w T) uint16 {
	h := uint32(len(w))
	for i := range min(len(w), 4) {
		h = h*131 + uint32(w[i])
	}
	return uint16(h ^ h>>16)
}

// word is the word that next read; it holds until the next call.
func (s *scanner) word() []byte { return s.buf[:s.n] }

func asciiWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

func wordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return asciiWord(byte(r))
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

func wordAhead(s string, i int) bool {
	r, _ := utf8.DecodeRuneInString(s[i:])
	return wordRune(r) && i < len(s)
}

func elided(w []byte) bool {
	return len(w) == 1 && strings.IndexByte("ldjmnstc", w[0]) >= 0 || len(w) == 2 && w[0] == 'q' && w[1] == 'u'
}

// words gives all words of a short text.
func words(text string) []string {
	s := scanner{text: text}
	var out []string
	for s.next() {
		out = append(out, string(s.word()))
	}
	return out
}

// sentenceAround cuts the sentence out of text that holds text[start:end], looking at most reach bytes to
// either side.
func sentenceAround(text string, start, end, reach int) (before, after string) {
	from, to := max(0, start-reach), min(len(text), end+reach)
	for from < start && !utf8.RuneStart(text[from]) {
		from++
	}
	for to < len(text) && to > end && !utf8.RuneStart(text[to]) {
		to--
	}
	before, after = text[from:start], text[end:to]
	for i := len(before) - 1; i >= 0; i-- {
		if stops(before, i) {
			before = before[i+1:]
			break
		}
	}
	for i := range len(after) {
		if stops(after, i) {
			after = after[:i]
			break
		}
	}
	return before, after
}

// stops says that a sentence ends with the byte at i: an end mark in front of a space, or an empty line.
func stops(s string, i int) bool {
	switch s[i] {
	case '.', '?', '!', ';':
		return i+1 == len(s) || s[i+1] == ' ' || s[i+1] == '\n' || s[i+1] == '\r' || s[i+1] == '"' || s[i+1] == ')'
	case '\n':
		return i+1 < len(s) && (s[i+1] == '\n' || s[i+1] == '\r')
	case 0x82: // the last byte of "。"
		return i >= 2 && s[i-2] == 0xE3 && s[i-1] == 0x80
	}
	return false
}
