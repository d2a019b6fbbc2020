package main

import (
	"strings"
	"unicode"
)

// printable makes collected text safe for a terminal: control characters, escape sequences and marks that turn
// the direction of writing around become "�", tabs become spaces.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return unicode.ReplacementChar
		}
		return r
	}, s)
}
