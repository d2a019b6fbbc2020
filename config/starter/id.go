package starter

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// longestID leaves room in file names.
const longestID = 40

// ID makes a session's id from its title: the words before the first colon, if they are more than one, in lower
// case, without accents. It is "session" where the title has no letter that an id may have.
func ID(title string) string {
	if head, _, ok := strings.Cut(title, ":"); ok && len(strings.Fields(head)) > 1 {
		title = head
	}
	words := strings.FieldsFunc(plain(title), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	id := ""
	for _, word := range words {
		switch {
		case id == "":
			id = word[:min(len(word), longestID)]
		case len(id)+1+len(word) <= longestID:
			id += "-" + word
		default:
			return id
		}
	}
	if id == "" {
		return "session"
	}
	return id
}

// plain takes accents away, and writes what Latin letters have no parts for with others.
func plain(title string) string {
	decomposed := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) || r == '\'' || r == '’' {
			return -1
		}
		return r
	}, norm.NFKD.String(strings.ToLower(title)))
	return strings.NewReplacer("ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "đ", "d", "ł", "l", "ı", "i", "þ", "th", "&", " and ").Replace(decomposed)
}
