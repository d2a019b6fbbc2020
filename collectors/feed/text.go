package feed

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// markup is a tag or an entity. Feeds do not say whether a description is HTML; this tells.
var markup = regexp.MustCompile(`</?[a-zA-Z][^<>]*>|<!--|&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});`)

func isMarkup(s string) bool { return markup.MatchString(s) }

// maxTitle is longer than any title that a person wrote, in bytes; maxPlain is how much of a text is looked at for
// what its title says.
const (
	maxTitle = 2000
	maxPlain = 64 << 10
)

// plainText is the small HTML of a title or a bio without its tags, in one line.
func plainText(s string) string {
	s = cut(s, maxPlain)
	if isMarkup(s) {
		s = withoutTags(s)
	}
	return cut(strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " "), maxTitle)
}

// withoutTags keeps the text of HTML, with a blank for each block or line break.
func withoutTags(s string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(s))
	hidden := 0
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			if hidden == 0 {
				b.Write(z.Text())
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			switch tag := nameOf(z); {
			case tag == atom.Script || tag == atom.Style:
				hidden = 1
			case !inline(tag):
				b.WriteByte(' ')
			}
		case html.EndTagToken:
			if tag := nameOf(z); tag == atom.Script || tag == atom.Style {
				hidden = 0
			} else if !inline(tag) {
				b.WriteByte(' ')
			}
		}
	}
}

func nameOf(z *html.Tokenizer) atom.Atom {
	name, _ := z.TagName()
	return atom.Lookup(name)
}

func inline(tag atom.Atom) bool {
	switch tag {
	case atom.A, atom.B, atom.I, atom.Em, atom.Strong, atom.Span, atom.U, atom.S, atom.Small, atom.Sub, atom.Sup, atom.Code, atom.Abbr, atom.Wbr, atom.Mark, atom.Font, atom.Tt:
		return true
	}
	return false
}

func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "")
}

// languageTag is the form of RFC 5646 that feeds use.
var languageTag = regexp.MustCompile(`^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}$`)

// language is a language tag, or empty for what is none.
func language(s string) string {
	s = strings.ReplaceAll(strings.TrimSpace(s), "_", "-")
	if !languageTag.MatchString(s) {
		return ""
	}
	return s
}

var address = regexp.MustCompile(`[^\s<>()\[\]@,;:"]{1,64}@[^\s<>()\[\]@,;:"]{1,253}`)

// readPerson takes apart what stands for an author: "ada@example.org (Ada)", "Ada <ada@example.org>", "Ada".
func readPerson(text string) person {
	text = cut(strings.Join(strings.Fields(text), " "), 300)
	var p person
	if at := address.FindStringIndex(text); at != nil {
		if found := strings.TrimPrefix(text[at[0]:at[1]], "mailto:"); strings.Contains(found[strings.IndexByte(found, '@'):], ".") {
			p.email = strings.TrimRight(found, ".")
			text = strings.Trim(strings.TrimSuffix(text[:at[0]], "mailto:"), "@<( ") + " " + strings.TrimLeft(text[at[1]:], ">) ")
		}
	}
	p.name = strings.Trim(plainText(text), "()<>[]\",;: ")
	return p
}

// folded keeps the letters and digits of a text, in lower case.
func folded(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}
