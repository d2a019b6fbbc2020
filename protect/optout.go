package protect

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"askahead/domain"
)

// OptOut names the rule by which an item's author declines to be collected; empty if there is none. It is the
// one list of such rules for all kinds of sources:
//   - what the reader or the collector found in the item itself: X-No-Archive, X-Archive: no, noindex,
//     !no-unauthenticated (Envelope.OptOut);
//   - #nobot, #nobots, #noindex, #noarchive or #nosearch in the author's bio or display name.
func OptOut(e *domain.Envelope) string {
	if e.OptOut != "" {
		return e.OptOut
	}
	if tag := declines(e.Author.Bio); tag != "" {
		return "#" + tag + " in the author's bio"
	}
	if tag := declines(e.Author.Name); tag != "" {
		return "#" + tag + " in the author's name"
	}
	return ""
}

// declines finds a hashtag that keeps readers like askahead away. Servers hand a bio out as HTML, with the "#"
// and its word in elements of their own, so tags in between do not count.
func declines(bio string) string {
	for i, r := range bio {
		if r != '#' && r != '＃' {
			continue
		}
		word := hashtag(bio[i+utf8.RuneLen(r):])
		if domain.Declines(word) {
			return word
		}
	}
	return ""
}

// hashtag reads a hashtag's word, in lower case, without HTML tags and what can't be seen; at most 32 letters.
func hashtag(s string) string {
	var word strings.Builder
	inTag := false
	for i, r := range s {
		switch {
		case i > 400 || word.Len() > 32:
			return ""
		case inTag:
			inTag = r != '>'
		case r == '<':
			inTag = true
		case invisible(r):
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '-':
			f, _ := fold(r)
			word.WriteRune(f)
		default:
			return word.String()
		}
	}
	return word.String()
}
