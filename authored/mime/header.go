package mime

import (
	"strings"
)

// Field is one header line with its continuation lines, as it stands in the message.
type Field struct{ Name, raw string }

// Value is the field's value in one line (RFC 5322 section 2.2.3), not yet decoded.
func (f Field) Value() string {
	if strings.IndexByte(f.raw, '\n') < 0 {
		return strings.TrimSpace(f.raw)
	}
	var b strings.Builder
	b.Grow(len(f.raw))
	for line := range strings.SplitSeq(f.raw, "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(line)
	}
	return b.String()
}

// Header is a header block, in the order of the message.
type Header []Field

// Get returns the value of the first field of that name, "" if there is none.
func (h Header) Get(name string) string {
	for i := range h {
		if len(h[i].Name) == len(name) && strings.EqualFold(h[i].Name, name) {
			return h[i].Value()
		}
	}
	return ""
}

// Has tells whether there is a field of that name, empty or not.
func (h Header) Has(name string) bool {
	for i := range h {
		if len(h[i].Name) == len(name) && strings.EqualFold(h[i].Name, name) {
			return true
		}
	}
	return false
}

// parseHeader reads the header block at the start of s and returns where the body begins. A mailbox's
// "From " line and empty lines before the first field are passed over. A line that is no field is passed
// over too where the header goes on behind it, and begins the body otherwise.
func parseHeader(s string, top bool) (h Header, body int) {
	pos := 0
	if top {
		pos = skipEnvelope(s)
		h = make(Header, 0, 24)
	}
	start, end := 0, -1 // of the last field's value; end is where a continuation line would join it
	for pos < len(s) {
		line, next := cutLine(s, pos)
		if line == "" {
			return h, next
		}
		if isSpace(line[0]) {
			if strings.TrimSpace(line) == "" && !headerGoesOn(s[next:]) {
				return h, next
			}
			if end == pos {
				h[len(h)-1].raw = s[start:next]
				end = next
			}
			pos = next
			continue
		}
		name, ok := fieldName(line)
		if !ok {
			if !top && strings.HasPrefix(line, "--") || !headerGoesOn(s[next:]) {
				return h, pos
			}
			pos = next
			continue
		}
		start = pos + strings.IndexByte(line, ':') + 1
		h = append(h, Field{Name: name, raw: s[start:next]})
		pos, end = next, next
	}
	return h, pos
}

func skipEnvelope(s string) int {
	pos := 0
	for pos < len(s) && (s[pos] == '\n' || s[pos] == '\r') {
		pos++
	}
	if rest := s[pos:]; strings.HasPrefix(rest, "From ") || strings.HasPrefix(rest, ">From ") {
		_, next := cutLine(s, pos)
		return next
	}
	if strings.HasPrefix(s[pos:], "\ufeff") {
		pos += len("\ufeff")
	}
	return pos
}

// cutLine returns the line at pos without its end, and the start of the next one.
func cutLine(s string, pos int) (line string, next int) {
	end := strings.IndexByte(s[pos:], '\n')
	if end < 0 {
		return strings.TrimSuffix(s[pos:], "\r"), len(s)
	}
	return strings.TrimSuffix(s[pos:pos+end], "\r"), pos + end + 1
}

// fieldName returns the name of a field, which is made of printable ASCII up to the colon (RFC 5322
// section 2.2). White space before the colon is an old form that still occurs (section 4.5).
func fieldName(line string) (string, bool) {
	for i := 0; i < len(line) && i < 200; i++ {
		switch c := line[i]; {
		case c == ':':
			return line[:i], i > 0
		case c == ' ' || c == '\t':
			rest := strings.TrimLeft(line[i:], " \t")
			return line[:len(line)-len(rest)], rest != "" && rest[0] == ':' && i > 0
		case c < 33 || c > 126:
			return "", false
		}
	}
	return "", false
}

// headerGoesOn tells whether what follows a broken line is still a header: a field, or a continuation.
func headerGoesOn(s string) bool {
	line, _ := cutLine(s, 0)
	if line == "" {
		return true
	}
	if isSpace(line[0]) {
		return strings.TrimSpace(line) != ""
	}
	name, ok := fieldName(line)
	return ok && len(name) < 40
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' }
