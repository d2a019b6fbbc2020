package collectors

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"askahead/domain"
)

// Declines finds the first hashtag in bio, the plain text that people write about themselves beside their posts,
// by which they ask programs to leave them alone; it is empty if there is none. People write these wherever
// there is no switch for it, in any case; domain.Declines has the list.
func Declines(bio string) string {
	for {
		i := strings.IndexAny(bio, "#＃")
		if i < 0 {
			return ""
		}
		_, size := utf8.DecodeRuneInString(bio[i:])
		bio = bio[i+size:]
		end := strings.IndexFunc(bio, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' })
		if end < 0 {
			end = len(bio)
		}
		if tag := strings.ToLower(bio[:end]); domain.Declines(tag) {
			return tag
		}
	}
}
