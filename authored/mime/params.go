package mime

import (
	"strconv"
	"strings"
)

// Value is a structured header value: "text/plain; charset=utf-8".
type Value struct {
	Type   string // in lower case
	params []param
}

type param struct{ name, value string }

// ParseValue reads the value of Content-Type or Content-Disposition. It keeps what it can of a broken one:
// of a parameter that stands twice the first counts, and a missing quote ends at the next ";".
func ParseValue(s string) Value {
	typ, rest, _ := strings.Cut(s, ";")
	v := Value{Type: strings.ToLower(strings.TrimSpace(typ))}
	if i := strings.IndexAny(v.Type, " \t("); i >= 0 {
		v.Type = v.Type[:i]
	}
	for rest = strings.TrimLeft(rest, " \t;"); rest != "" && len(v.params) < 64; rest = strings.TrimLeft(rest, " \t;") {
		end := strings.IndexAny(rest, "=;")
		if end < 0 {
			break
		}
		if rest[end] == ';' {
			rest = rest[end+1:]
			continue
		}
		name := strings.ToLower(strings.TrimSpace(rest[:end]))
		var value string
		value, rest = paramValue(strings.TrimLeft(rest[end+1:], " \t"))
		v.params = append(v.params, param{name, value})
	}
	return v
}

func paramValue(s string) (value, rest string) {
	if s == "" || s[0] != '"' {
		i := strings.IndexByte(s, ';')
		if i < 0 {
			i = len(s)
		}
		return strings.Trim(s[:i], " \t\""), s[i:]
	}
	s = s[1:]
	end := strings.IndexByte(s, '"')
	if end < 0 {
		i := strings.IndexByte(s, ';')
		if i < 0 {
			i = len(s)
		}
		return strings.TrimSpace(s[:i]), s[i:]
	}
	if strings.IndexByte(s[:end], '\\') < 0 {
		return s[:end], s[end+1:]
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), s[i+1:]
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String(), ""
}

// Param returns a parameter, "" if there is none. It joins continued and decodes extended values (RFC 2231
// sections 3 and 4) and encoded words, which many programs write where they must not.
func (v Value) Param(name string) string {
	for _, p := range v.params {
		if p.name == name {
			return DecodeWords(p.value, "")
		}
	}
	for _, p := range v.params {
		if p.name == name+"*" {
			return decodeExtended(p.value)
		}
	}
	var joined strings.Builder
	extended := false
	for i := 0; i < len(v.params); i++ {
		part, ext, ok := v.section(name + "*" + strconv.Itoa(i))
		if !ok {
			break
		}
		extended = extended || ext
		joined.WriteString(part)
	}
	if extended {
		return decodeExtended(joined.String())
	}
	return joined.String()
}

// plain returns a parameter as it stands.
func (v Value) plain(name string) string {
	for _, p := range v.params {
		if p.name == name {
			return p.value
		}
	}
	return v.Param(name)
}

func (v Value) section(name string) (value string, extended, ok bool) {
	for _, p := range v.params {
		switch p.name {
		case name:
			return p.value, false, true
		case name + "*":
			return p.value, true, true
		}
	}
	return "", false, false
}

// decodeExtended decodes charset'language'percent-encoded text.
func decodeExtended(s string) string {
	charset, rest, ok := strings.Cut(s, "'")
	if _, text, found := strings.Cut(rest, "'"); ok && found {
		return DecodeText(unescape(text, '%'), charset)
	}
	return DecodeText(unescape(s, '%'), "")
}

// unescape decodes two hexadecimal digits behind each mark, and leaves alone what is none.
func unescape(s string, mark byte) string {
	if strings.IndexByte(s, mark) < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == mark && i+2 < len(s) {
			if hi, lo := hexDigit(s[i+1]), hexDigit(s[i+2]); hi >= 0 && lo >= 0 {
				b = append(b, byte(hi<<4|lo))
				i += 2
				continue
			}
		}
		b = append(b, s[i])
	}
	return string(b)
}

func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	}
	return -1
}
