package markup

import (
	"strings"

	"askahead/domain"
)

// Chat takes a message of a chat without mark-up, as it was written. Lines behind "> " are what somebody else
// said: people quote so by hand, Matrix and XMPP put the message there that a reply answers.
func Chat(src string) domain.Authored {
	return Rendered(strings.TrimRight(src, " \t\n"))
}

// The characters by which IRC switches bold, colour, fixed width and so on (the Modern IRC client protocol,
// "Formatting").
const (
	ircColour    = 0x03 // followed by up to two digits, a comma, up to two digits
	ircHexColour = 0x04 // by six hexadecimal digits, a comma, six of them
)

// StripIRC takes the codes of IRC out of a text. Other control characters are left to whoever decodes it.
func StripIRC(src string) string {
	if strings.IndexFunc(src, isIRCCode) < 0 {
		return src
	}
	var b strings.Builder
	b.Grow(len(src))
	for i := 0; i < len(src); {
		c := src[i]
		switch {
		case c == ircColour:
			i = colours(src, i+1, 1, 2, "0123456789")
		case c == ircHexColour:
			i = colours(src, i+1, 6, 6, "0123456789abcdefABCDEF")
		case isIRCCode(rune(c)):
			i++
		default:
			b.WriteByte(c)
			i++
		}
	}
	return b.String()
}

func isIRCCode(r rune) bool {
	switch r {
	case 0x02, ircColour, ircHexColour, 0x0f, 0x11, 0x16, 0x1d, 0x1e, 0x1f:
		return true
	}
	return false
}

// colours gives the end of one colour of low to high digits at i, or of two with a comma between.
func colours(s string, i, low, high int, digits string) int {
	digit := func(i int) int {
		n := 0
		for n < high && i+n < len(s) && strings.IndexByte(digits, s[i+n]) >= 0 {
			n++
		}
		if n < low {
			return 0
		}
		return n
	}
	front := digit(i)
	if front == 0 {
		return i
	}
	if i += front; i < len(s) && s[i] == ',' {
		if back := digit(i + 1); back > 0 {
			return i + 1 + back
		}
	}
	return i
}
