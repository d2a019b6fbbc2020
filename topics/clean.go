package topics

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"askahead/terms"
)

// clean takes away what is not a word of the question: marks of repeating, addresses, mentions, the # of hashtags, and all that
// stands below a signature mark. Hashtags at either end go altogether.
func clean(text string) string {
	text = terms.Normal(text)
	text = cutRepeated(cutSignature(text))
	if !strings.ContainsAny(text, "@#:/.") {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	fields := strings.Fields(text)
	first, last := contentEnds(fields)
	at := 0 // where the search for the next field begins
	for i, f := range fields {
		start := at + strings.Index(text[at:], f)
		gap := text[at:start]
		at = start + len(f)
		if isAddress(f) || f == "RT" && i < first {
			continue
		}
		if f[0] == '#' && len(f) > 1 {
			if i < first || i > last {
				continue
			}
			f = f[1:]
		}
		if strings.Contains(gap, "\n") { // the end of a line can be the end of a greeting
			b.WriteByte('\n')
		} else if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(f)
	}
	return b.String()
}

// cutSignature drops what follows a line of two dashes (RFC 3676, section 4.3), with or without the space
// that belongs to it.
func cutSignature(text string) string {
	for at := 0; ; {
		i := strings.Index(text[at:], "\n--")
		if i < 0 {
			return text
		}
		end := at + i + len("\n--")
		if rest := strings.TrimLeft(text[end:], " \r"); rest == "" || rest[0] == '\n' {
			return text[:at+i]
		}
		at = end
	}
}

// contentEnds finds the first and the last field that is neither a hashtag nor an address nor bare signs.
func contentEnds(fields []string) (first, last int) {
	edge := func(f string) bool {
		if f[0] == '#' || isAddress(f) || f == "RT" {
			return true
		}
		for _, r := range f {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return false
			}
		}
		return true
	}
	first, last = 0, len(fields)-1
	for first <= last && edge(fields[first]) {
		first++
	}
	for last >= first && edge(fields[last]) {
		last--
	}
	return first, last
}

// isAddress says that a field is a URL, a mail address or a mention.
func isAddress(f string) bool {
	f = strings.TrimLeft(f, "([<\"'«“.")
	if strings.HasPrefix(f, "@") && len(f) > 1 {
		return true
	}
	if i := strings.Index(f, "://"); i > 0 && i < 10 {
		return true
	}
	if strings.HasPrefix(f, "www.") {
		return true
	}
	at := strings.IndexByte(f, '@')
	return at > 0 && strings.IndexByte(f[at:], '.') > 0
}

// isSentenceEnd says that r ends a sentence or a greeting.
func isSentenceEnd(r rune) bool {
	switch r {
	case '?', '!', '.', ',', ';', ':', '\n', '？', '！', '。', '，', '、', '؟', '،', '؛', '—', '–', '…':
		return true
	}
	return false
}

// hasEnd says that s, the text between two tokens, ends a part of the sentence.
func hasEnd(s string) bool {
	for i := 0; i < len(s); {
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
		}
		if isSentenceEnd(r) || r == '-' && strings.HasPrefix(s[i:], "- ") && i > 0 {
			return true
		}
		i += size
	}
	return false
}
