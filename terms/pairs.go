package terms

import (
	"iter"
	"unicode"
	"unicode/utf8"
)

// Pairs yields the overlapping pairs of characters of a run; a run of one character gives that one. A mark
// belongs to the character before it, so that a Thai vowel sign is never a character of its own.
func Pairs(run string) iter.Seq[string] {
	return func(yield func(string) bool) {
		first, second := 0, nextCharacter(run, 0)
		if second >= len(run) {
			if run != "" {
				yield(run)
			}
			return
		}
		for second < len(run) {
			end := nextCharacter(run, second)
			if !yield(run[first:end]) {
				return
			}
			first, second = second, end
		}
	}
}

// nextCharacter is where the character after the one at i begins.
func nextCharacter(s string, i int) int {
	if i >= len(s) {
		return len(s)
	}
	_, size := utf8.DecodeRuneInString(s[i:])
	i += size
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		if !unicode.IsMark(r) {
			break
		}
		i += size
	}
	return i
}
