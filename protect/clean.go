package protect

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// NotReadable takes out of a text what nobody reads but a terminal or a browser acts on: terminal escape
// sequences, control characters, bidirectional overrides, embeddings and isolates, invisible tag characters.
// Line ends stay as "\n", tabs become spaces, broken UTF-8 becomes U+FFFD. Joiners stay: Persian, Indic scripts and emoji are
// written with them.
func NotReadable(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); {
		if n := escape(s[i:]); n > 0 {
			i += n
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		i += n
		switch {
		case r == '\n':
			b.WriteByte('\n')
		case r == '\r' && !strings.HasPrefix(s[i:], "\n"), r == 0x2028, r == 0x2029, r == 0x85:
			b.WriteByte('\n')
		case r == '\t':
			b.WriteByte(' ')
		case unicode.IsControl(r) || acts(r):
		default:
			b.WriteRune(r) // utf8.RuneError for a broken byte
		}
	}
	return b.String()
}

// plain says that s is printable ASCII and line ends, which is most text: nothing to do.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c != '\n' && (c < 0x20 || c >= 0x7F) {
			return false
		}
	}
	return true
}

// acts says that r changes how what follows is laid out, or carries text that no one sees.
func acts(r rune) bool {
	return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x206F || r >= 0x2060 && r <= 0x2064 ||
		r >= 0xFFF9 && r <= 0xFFFB || r == 0xFEFF || r == 0x200B || r >= 0xE0000 && r <= 0xE007F || r&0xFFFE == 0xFFFE
}

// escape tells how long the terminal escape sequence at the start of s is, 0 if there is none (ECMA-48: CSI
// ends with a byte from @ to ~, strings such as OSC with BEL or ST). An unfinished string ends at its line.
func escape(s string) int {
	intro, n := byte(0), 0
	switch {
	case len(s) >= 1 && s[0] == 0x1B:
		if len(s) == 1 {
			return 1
		}
		intro, n = s[1], 2
	case len(s) >= 2 && s[0] == 0xC2 && (s[1] == 0x9B || s[1] == 0x9D || s[1] == 0x90):
		intro, n = s[1]-0x40, 2 // C1 control, one character for ESC and its partner
	default:
		return 0
	}
	switch intro {
	case '[':
		for n < len(s) && s[n] >= 0x20 && s[n] < 0x40 {
			n++
		}
		if n < len(s) && s[n] >= 0x40 && s[n] < 0x7F {
			n++
		}
		return n
	case ']', 'P', 'X', '^', '_':
		for ; n < len(s) && s[n] != '\n'; n++ {
			if s[n] == 0x07 {
				return n + 1
			}
			if s[n] == 0x1B {
				if n+1 < len(s) && s[n+1] == '\\' {
					return n + 2
				}
				return n
			}
		}
		return n
	}
	if intro >= 0x20 && intro < 0x30 { // ESC ( B and the like
		for n < len(s) && s[n] >= 0x20 && s[n] < 0x30 {
			n++
		}
		return min(n+1, runeEnd(s, n))
	}
	if intro >= 0x30 && intro < 0x7F {
		return 2
	}
	return 1
}

func runeEnd(s string, i int) int {
	if i >= len(s) || s[i] >= utf8.RuneSelf {
		return i
	}
	return i + 1
}
