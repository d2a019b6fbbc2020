package mime

import (
	"strings"
	"unicode/utf8"
)

// Clean gives every line the end "\n" and drops what no text has: NUL and the other control characters but
// the tab, byte order marks, and bytes that are no UTF-8 (which become U+FFFD).
func Clean(s string) string {
	first := firstUnclean(s)
	if first < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	b = append(b, s[:first]...)
	for i := first; i < len(s); {
		c := s[i]
		if c >= 0x20 && c < 0x7f || c == '\n' || c == '\t' {
			b = append(b, c)
			i++
			continue
		}
		if c < utf8.RuneSelf {
			if c == '\r' && !(i+1 < len(s) && s[i+1] == '\n') && !(i+1 < len(s) && s[i+1] == '\r') {
				b = append(b, '\n')
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			b = append(b, "\ufffd"...)
		case r == '\u2028' || r == '\u2029' || r == '\u0085':
			b = append(b, '\n')
		case r == '\ufeff' || r >= 0x80 && r < 0xa0:
		default:
			b = append(b, s[i:i+n]...)
		}
		i += n
	}
	return string(b)
}

func firstUnclean(s string) int {
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x20 && c < 0x7f || c == '\n' || c == '\t' {
			i++
			continue
		}
		if c < utf8.RuneSelf {
			return i
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 || r < 0xa0 || r == '\u2028' || r == '\u2029' || r == '\ufeff' {
			return i
		}
		i += n
	}
	return -1
}

// CleanLine is Clean for a value of one line: white space is folded to single blanks.
func CleanLine(s string) string {
	s = Clean(s)
	if !strings.ContainsAny(s, "\n\t") && !strings.Contains(s, "  ") && strings.TrimSpace(s) == s {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}
