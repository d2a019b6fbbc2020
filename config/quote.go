package config

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// What needs no quotes, whoever reads it: words, paths, mail addresses and durations; and where a value stands
// alone behind its key also references, addresses of servers and times.
var (
	plainText  = regexp.MustCompile(`^[A-Za-z/_][A-Za-z0-9 ._/@+-]*$`)
	plainSpan  = regexp.MustCompile(`^(?:[0-9]{1,9}[wdhms])+$`)
	plainAlone = regexp.MustCompile(`^(?:[A-Za-z/_](?:[A-Za-z0-9 ._/@+-]|:[A-Za-z0-9/._@-])*|\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)?)$`)
	otherWord  = regexp.MustCompile(`(?i)^(?:true|false|yes|no|on|off|y|n|null)$`)
)

// Quote writes a text as a scalar of YAML that Load, and every other reader, takes as this text: plain where that
// is safe, else in double quotes. What people could not see in an editor is escaped. go-yaml's own encoder leaves
// some texts plain that its decoder takes for something else.
func Quote(text string) string {
	if plainSpan.MatchString(text) || plainText.MatchString(text) && !otherWord.MatchString(text) && !strings.HasSuffix(text, " ") {
		return text
	}
	return inQuotes(text)
}

// QuoteAlone is Quote for a value that stands behind its key and not within brackets, where a colon is safe.
func QuoteAlone(text string) string {
	if plainAlone.MatchString(text) && !otherWord.MatchString(text) && !strings.HasSuffix(text, " ") {
		return text
	}
	return Quote(text)
}

func inQuotes(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case invisible(r) && r > 0xffff:
			fmt.Fprintf(&b, `\U%08X`, r)
		case invisible(r):
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// invisible says of a character that an editor shows nothing of it, or something else. The two that join and
// part letters belong to the writing of many languages.
func invisible(r rune) bool {
	const nonJoiner, joiner = '\u200c', '\u200d'
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) && r != nonJoiner && r != joiner ||
		r != ' ' && unicode.Is(unicode.Zs, r)
}
