package mime

import (
	"strings"
)

// DecodeWords decodes the encoded words of a header value (RFC 2047). Bytes outside of them that are no
// UTF-8 are read in the fallback charset. Neighbouring words of one charset are joined before they are
// decoded, for some programs cut a character in two.
func DecodeWords(s, fallback string) string {
	if !strings.Contains(s, "=?") {
		return DecodeText(s, fallback)
	}
	var out strings.Builder
	var pending []byte // decoded bytes of neighbouring words
	charset := ""
	flush := func() {
		if len(pending) > 0 {
			out.WriteString(DecodeText(string(pending), charset))
			pending = pending[:0]
		}
	}
	for s != "" {
		i := strings.Index(s, "=?")
		if i < 0 {
			break
		}
		word, rest, ok := cutWord(s[i:])
		if !ok {
			flush()
			out.WriteString(DecodeText(s[:i+2], fallback))
			s = s[i+2:]
			continue
		}
		if between := s[:i]; strings.TrimSpace(between) != "" || len(pending) == 0 {
			flush()
			out.WriteString(DecodeText(between, fallback))
		}
		if !strings.EqualFold(charset, word.charset) {
			flush()
			charset = word.charset
		}
		pending = append(pending, word.text...)
		s = rest
	}
	flush()
	out.WriteString(DecodeText(s, fallback))
	return out.String()
}

type word struct{ charset, text string }

// cutWord reads the encoded word that s starts with.
func cutWord(s string) (w word, rest string, ok bool) {
	charset, after, found := strings.Cut(s[2:], "?")
	if !found || len(after) < 2 || after[1] != '?' || len(charset) > 60 || strings.ContainsAny(charset, " \t") {
		return word{}, "", false
	}
	text := after[2:]
	end := strings.Index(text, "?=")
	if end < 0 {
		return word{}, "", false
	}
	// "=?utf-8?Q?=?=": a "?" before "=" may belong to the text only where another end follows at once.
	if end == 0 && strings.HasPrefix(text[1:], "=?=") {
		end = 2
	}
	body := text[:end]
	charset, _, _ = strings.Cut(charset, "*") // RFC 2231 section 5: a language behind the charset
	switch after[0] {
	case 'B', 'b':
		body = string(decodeBase64Run(nil, body))
	case 'Q', 'q':
		body = unescape(strings.ReplaceAll(body, "_", " "), '=')
	default:
		return word{}, "", false
	}
	return word{charset, body}, text[end+2:], true
}
