package domain

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// declining are the hashtags by which people ask programs to leave them alone, wherever there is no switch for it.
func declining() []string { return []string{"nobot", "nobots", "noindex", "noarchive", "nosearch"} }

// Declines finds the first hashtag in what people write about themselves, a bio or a name, by which they ask programs to
// leave them alone, in lower case and without its "#"; it is empty if there is none. It is the one rule of this, for
// whoever reads either. Servers hand a bio out as HTML, with the "#" and its word in elements of their own, so tags do not
// count; neither do case, full width and what nobody sees.
func Declines(bio string) string {
	for i, r := range bio {
		if r != '#' && r != '＃' {
			continue
		}
		if word := hashtag(bio[i+utf8.RuneLen(r):]); slices.Contains(declining(), word) {
			return word
		}
	}
	return ""
}

// A hashtag that counts is short; what lies between its letters may be mark-up.
const (
	longestDeclining = 32
	longestMarkup    = 400
)

// hashtag reads a hashtag's word.
func hashtag(s string) string {
	var word strings.Builder
	inTag := false
	for i, r := range s {
		switch {
		case i > longestMarkup || word.Len() > longestDeclining:
			return ""
		case inTag:
			inTag = r != '>'
		case r == '<':
			inTag = true
		case unseen(r):
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '-':
			word.WriteString(strings.ToLower(norm.NFKC.String(string(r))))
		default:
			return word.String()
		}
	}
	return word.String()
}

// unseen says that nobody sees a character: it joins, splits, or turns the direction of writing.
func unseen(r rune) bool {
	return r == 0xAD || r == 0x34F || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r)
}

// DeclinesBy names the rule by which a header field of a mail asks that the mail be kept out of archives; it is empty if
// the field does not. X-No-Archive counts with whatever value, as it came with Usenet's archives; names have no case.
func DeclinesBy(name, value string) string {
	switch name = strings.TrimSpace(name); {
	case strings.EqualFold(name, "X-No-Archive"):
		return "X-No-Archive"
	case strings.EqualFold(name, "X-Archive") && strings.EqualFold(strings.TrimSpace(value), "no"):
		return "X-Archive: no"
	}
	return ""
}
