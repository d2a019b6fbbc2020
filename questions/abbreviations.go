package questions

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// stopKind says what a full stop after a word means.
type stopKind uint8

const (
	neverEnds  stopKind = iota + 1 // "Dr.", "z.B.": a name or the rest follows
	mayEnd                         // "etc.", "Inc.", "p.m.": ends a sentence if a usual first word follows
	numbered                       // "No.", "Art.": ends nothing before a number
	endsBefore                     // "p.m.": ends a sentence before a capital letter
	monthName                      // what follows the full stop of a day: "12. Juni"
)

// stopKinds is what the languages say of the full stop after a word: their bits, by kind.
type stopKinds [monthName]uint32

// in tells what the full stop means in a language, by its bit; common: the word is a usual one there. What only other languages
// have as an abbreviation may end a sentence, and is none if it is a usual word: "on." is Italian for a
// deputy.
func (k stopKinds) in(own uint32, common bool) stopKind {
	for kind := neverEnds; kind < monthName; kind++ {
		if k[kind]&own != 0 {
			return kind
		}
	}
	switch {
	case common && k[numbered] != 0:
		return numbered
	case common:
		return 0
	case k[mayEnd] != 0 || k[neverEnds] != 0:
		return mayEnd
	case k[endsBefore] != 0:
		return endsBefore
	case k[numbered] != 0:
		return numbered
	}
	return 0
}

// stopAfter tells what the full stop after word means in the language whose bit is own.
func (f *Finder) stopAfter(word []byte, own uint32) stopKind {
	word = bytes.ToLower(word)
	kinds, ok := f.stops[string(word)]
	if !ok {
		return 0
	}
	return kinds.in(own, f.common[f.words.find(word)]&own != 0)
}

// isDirection tells the characters without width that say in which direction a text runs.
func isDirection(r rune) bool {
	return r == 0x200E || r == 0x200F || r == 0x061C || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
}

// abbreviation tells whether the full stop that ends word does not end the sentence, given the word after
// it. first: nothing stands before it in its sentence.
func (m *masker) abbreviation(word, next []byte, first bool) bool {
	f := m.f
	if len(next) == 0 || len(word) < 2 {
		return false
	}
	body := bytes.TrimRightFunc(word[:len(word)-1], isDirection)
	if len(body) == 0 {
		return false
	}
	if i := bytes.LastIndexByte(body, '\''); i >= 0 && i+1 < len(body) { // l'Ing.
		body = body[i+1:]
	}
	if len(body) <= 2 && isDigit(body[0]) && f.months[string(bytes.ToLower(next))] { // 12. Juni
		return true
	}
	nr, _ := utf8.DecodeRune(next)
	upper := unicode.IsUpper(nr)
	if r, size := utf8.DecodeRune(body); size == len(body) && unicode.IsUpper(r) {
		// An initial, or the mark of a list; not in "you and I. Did you see …"
		return first || upper && !f.opener(next) || isDigit(next[0]) && f.stopAfter(body, m.own) == numbered
	}
	switch f.stopAfter(body, m.own) {
	case neverEnds:
		return true
	case mayEnd:
		return !upper || !f.opener(next)
	case endsBefore:
		return !upper || f.stops[string(bytes.ToLower(next))][neverEnds] != 0 && unicode.IsLower(rune(body[0]))
	case numbered:
		return isDigit(next[0])
	}
	if initials(body) { // "U.S.", "P.O."
		return !upper || !f.opener(next)
	}
	return false
}

// initials tells single letters parted by full stops.
func initials(b []byte) bool {
	if len(b) < 3 {
		return false
	}
	letter, dots := true, 0
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		if letter != unicode.IsLetter(r) || !letter && r != '.' {
			return false
		}
		if !letter {
			dots++
		}
		letter = !letter
		b = b[size:]
	}
	return dots > 0 && !letter
}

// opener tells whether a capitalised word is a usual first word of a sentence rather than a name.
func (f *Finder) opener(word []byte) bool {
	id := f.words.find(bytes.ToLower(word))
	return id > 0 && f.common[id] != 0
}
