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

// abbreviation tells whether the full stop that ends word does not end the sentence, given the word after
// it. first: nothing stands before it in its sentence.
func (f *Finder) abbreviation(word, next []byte, first bool) bool {
	if len(next) == 0 || len(word) < 2 {
		return false
	}
	body := word[:len(word)-1]
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
		return first || upper && !f.opener(next)
	}
	switch f.stops[string(bytes.ToLower(body))] {
	case neverEnds:
		return true
	case mayEnd:
		return !upper || !f.opener(next)
	case endsBefore:
		return !upper || f.stops[string(bytes.ToLower(next))] == neverEnds && unicode.IsLower(rune(body[0]))
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
