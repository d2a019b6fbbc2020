package mime

import (
	"strings"
)

// Part is a message or a part of one. A multipart part and an attached message have Children, all others
// a body.
type Part struct {
	Header   Header
	Type     string // media type in lower case; text/plain where the part says nothing (RFC 2045 section 5.2)
	content  Value
	Children []*Part
	body     string // still encoded
}

// Parse takes a message apart. It reads at most MaxBytes, MaxParts and MaxDepth levels.
func Parse(raw []byte) *Part {
	s := string(raw[:min(len(raw), MaxBytes)])
	if strings.IndexByte(s, '\n') < 0 && strings.IndexByte(s, '\r') >= 0 {
		s = strings.ReplaceAll(s, "\r", "\n")
	}
	w := walker{s: s}
	return w.entity(0, "text/plain")
}

// walker goes through a message once. All open boundaries are known at every line, so that an outer one
// ends the parts within it even where their own end is missing, and depth does not multiply the cost.
type walker struct {
	s     string
	pos   int
	parts int
	open  []string
	last  delimiter // the delimiter that the walker stopped behind
}

// delimiter is a boundary line: of which level, and whether it is the last one. Level -1 is the end.
type delimiter struct {
	level   int
	closing bool
}

func (w *walker) entity(depth int, defaultType string) *Part {
	w.parts++
	p := &Part{}
	var n int
	p.Header, n = parseHeader(w.s[w.pos:], depth == 0)
	w.pos += n
	if ct := p.Header.Get("Content-Type"); ct != "" {
		p.content = ParseValue(ct)
	}
	if p.Type = p.content.Type; !strings.Contains(p.Type, "/") {
		if p.Type = defaultType; p.content.Type == "text" || p.content.Type == "html" {
			p.Type = map[string]string{"text": "text/plain", "html": "text/html"}[p.content.Type]
		}
	}
	boundary := p.content.plain("boundary")
	switch {
	case depth < MaxDepth && strings.HasPrefix(p.Type, "multipart/") && boundary != "":
		w.multipart(p, boundary, depth)
	case depth < MaxDepth && w.parts < MaxParts && p.Type == "message/rfc822":
		if encoded(p.Header) { // against RFC 2046 section 5.2.1, and yet it happens
			inner := walker{s: decodeTransfer(w.skip(), p.Header.Get("Content-Transfer-Encoding")), parts: w.parts}
			p.Children = []*Part{inner.entity(depth+1, "text/plain")}
			w.parts = inner.parts
		} else {
			p.Children = []*Part{w.entity(depth+1, "text/plain")}
		}
	case depth < MaxDepth && w.parts < MaxParts && isSMIME(p.Type):
		p.body = w.skip()
		if message, ok := signedContent(p.Bytes()); ok {
			inner := walker{s: message, parts: w.parts}
			p.Children = []*Part{inner.entity(depth+1, "text/plain")}
			w.parts = inner.parts
		}
	default:
		p.body = w.skip()
	}
	return p
}

func isSMIME(typ string) bool {
	return typ == "application/pkcs7-mime" || typ == "application/x-pkcs7-mime"
}

func encoded(h Header) bool {
	e := cleanToken(h.Get("Content-Transfer-Encoding"))
	return e == "base64" || e == "quoted-printable"
}

// multipart reads the parts between the boundary lines. Where there is none, the message was flattened on
// its way, and all of it is the body.
func (w *walker) multipart(p *Part, boundary string, depth int) {
	level := len(w.open)
	w.open = append(w.open, boundary)
	inner := "text/plain"
	if p.Type == "multipart/digest" {
		inner = "message/rfc822"
	}
	preamble := w.skip()
	for w.last.level == level && !w.last.closing && w.parts < MaxParts {
		p.Children = append(p.Children, w.entity(depth+1, inner))
	}
	w.open = w.open[:level]
	if w.last.level == level {
		w.skip()
	}
	if len(p.Children) == 0 {
		p.Type, p.body = "text/plain", preamble
	}
}

// skip moves behind the next boundary line of any open level and returns what lies before it.
func (w *walker) skip() string {
	start := w.pos
	for at := start; ; {
		i := start
		if at > start || !strings.HasPrefix(w.s[start:], "--") {
			i = strings.Index(w.s[at:], "\n--")
			if i < 0 || len(w.open) == 0 {
				w.pos, w.last = len(w.s), delimiter{level: -1}
				return w.s[start:]
			}
			i += at + 1
		}
		line, next := cutLine(w.s, i)
		if d, ok := w.match(line); ok {
			w.pos, w.last = next, d
			return strings.TrimSuffix(strings.TrimSuffix(w.s[start:max(start, i)], "\n"), "\r")
		}
		at = max(i+1, next-1)
		if at >= len(w.s) {
			w.pos, w.last = len(w.s), delimiter{level: -1}
			return w.s[start:]
		}
	}
}

// match finds the open boundary that a line names, the innermost first. What stands behind it and a blank
// does not matter (RFC 2046 section 5.1.1).
func (w *walker) match(line string) (delimiter, bool) {
	name := line[2:]
	for level := len(w.open) - 1; level >= 0; level-- {
		rest, ok := strings.CutPrefix(name, w.open[level])
		if !ok {
			continue
		}
		after, closing := strings.CutPrefix(rest, "--")
		if after == "" || isSpace(after[0]) {
			return delimiter{level, closing}, true
		}
	}
	return delimiter{}, false
}

// Disposition tells whether the part is shown in the message ("inline" or nothing) or is an "attachment".
func (p *Part) Disposition() string {
	v := p.Header.Get("Content-Disposition")
	if v == "" {
		return ""
	}
	return ParseValue(v).Type
}

// Filename is the name the part is to be saved under, "" if it has none.
func (p *Part) Filename() string {
	if v := p.Header.Get("Content-Disposition"); v != "" {
		if name := ParseValue(v).Param("filename"); name != "" {
			return CleanLine(name)
		}
	}
	return CleanLine(p.content.Param("name"))
}

// Bytes returns the body without its transfer encoding.
func (p *Part) Bytes() string {
	return decodeTransfer(p.body, p.Header.Get("Content-Transfer-Encoding"))
}

// Text returns the body of a text part in UTF-8, with "\n" at the end of its lines.
func (p *Part) Text() string {
	charset := p.content.Param("charset")
	s := p.Bytes()
	if p.Type == "text/html" && charset == "" {
		charset = metaCharset(s)
	}
	return Clean(DecodeText(s, charset))
}

// Charset is what the part says of its text, "" if nothing.
func (p *Part) Charset() string { return p.content.Param("charset") }

// Param returns a parameter of Content-Type.
func (p *Part) Param(name string) string { return p.content.Param(name) }

// metaCharset finds the charset that an HTML text names in its head.
func metaCharset(s string) string {
	head := strings.ToLower(s[:min(len(s), 1024)])
	_, after, ok := strings.Cut(head, "charset=")
	if !ok {
		return ""
	}
	after = strings.TrimLeft(after, `"' `)
	end := strings.IndexAny(after, `"'> ;/`)
	if end < 0 {
		return ""
	}
	return after[:end]
}
