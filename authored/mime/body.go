package mime

import (
	"strings"
)

// Body is the text of a message that a person would read.
type Body struct {
	Text   string // UTF-8, clean
	HTML   bool   // Text is an HTML document
	Flowed bool   // format=flowed (RFC 3676): a blank at the end of a line joins it with the next
	DelSp  bool   // that blank is to go
	Why    string // why there is no text: "attachment", "encrypted"; empty where there is one
}

// ChooseBody finds the text: of alternatives the plain one, unless it is empty or only points at the other;
// of mixed parts all shown texts in their order, for lists append their footers so. Attached messages are
// other people's words and are left out.
func (p *Part) ChooseBody() Body {
	texts := p.shown(nil, 0)
	if len(texts) == 0 {
		return Body{Why: p.whyEmpty()}
	}
	first := Body{Text: texts[0].Text(), HTML: texts[0].Type == "text/html"}
	if !first.HTML {
		first.Flowed = strings.EqualFold(texts[0].Param("format"), "flowed")
		first.DelSp = strings.EqualFold(texts[0].Param("delsp"), "yes")
	}
	if len(texts) == 1 {
		return first
	}
	var b strings.Builder
	b.WriteString(first.Text)
	for _, t := range texts[1:] {
		if (t.Type == "text/html") != first.HTML {
			if b.Len() > 0 && strings.TrimSpace(first.Text) != "" {
				continue // plain text and an HTML footer, or the reverse: the first tells what was written
			}
			first.HTML = t.Type == "text/html"
		}
		if b.Len() > 0 && !strings.HasSuffix(b.String()[b.Len()-1:], "\n") {
			b.WriteByte('\n')
		}
		b.WriteString(t.Text())
	}
	first.Text = b.String()
	return first
}

func (p *Part) shown(list []*Part, depth int) []*Part {
	switch {
	case p.Type == "multipart/alternative":
		return p.alternative(list, depth)
	case p.Type == "multipart/encrypted", p.Type == "message/rfc822":
		return list
	case p.Type == "multipart/related" && len(p.Children) > 0:
		return p.Children[0].shown(list, depth+1)
	case (p.Type == "multipart/signed" || isSMIME(p.Type)) && len(p.Children) > 0:
		return p.Children[0].shown(list, depth+1)
	case strings.HasPrefix(p.Type, "multipart/"):
		for _, c := range p.Children {
			list = c.shown(list, depth+1)
		}
		return list
	case isText(p.Type) && p.isShown(depth):
		return append(list, p)
	}
	return list
}

// isShown tells whether a text part belongs to the message itself. A part with a name is a file, unless it
// is all there is.
func (p *Part) isShown(depth int) bool {
	if depth == 0 {
		return p.Disposition() != "attachment" || p.Filename() == ""
	}
	return p.Disposition() != "attachment" && p.Filename() == ""
}

func isText(typ string) bool {
	switch typ {
	case "text/plain", "text/html", "text/enriched", "text/richtext", "text/markdown", "text/x-markdown", "application/text":
		return true
	}
	return false
}

// alternative takes the plain text unless it says nothing.
func (p *Part) alternative(list []*Part, depth int) []*Part {
	var plain, rich []*Part
	for _, c := range p.Children {
		found := c.shown(nil, depth+1)
		if len(found) == 0 {
			continue
		}
		if found[0].Type == "text/html" {
			if rich == nil {
				rich = found
			}
		} else if plain == nil {
			plain = found
		}
	}
	if plain == nil || rich != nil && isPointer(plain[0].Text()) {
		return append(list, rich...)
	}
	return append(list, plain...)
}

// isPointer tells whether a plain text says no more than that there is another: it is empty, or a line or
// two of the kind "Your mail program cannot show HTML".
func isPointer(s string) bool {
	s = strings.TrimSpace(s)
	if s == "" {
		return true
	}
	if len(s) > 600 {
		return false
	}
	low := strings.ToLower(s)
	if low == "plain text" || strings.HasPrefix(low, "<html") || strings.HasPrefix(low, "<!doctype html") {
		return true
	}
	if !strings.Contains(low, "html") && !strings.Contains(low, "browser") && !strings.Contains(low, "navigateur") && !strings.Contains(low, "navegador") {
		return false
	}
	for _, w := range [...]string{"view", "support", "display", "enable", "anzeigen", "darstell", "unterstützt", "afficher", "visualiser", "ver este", "visualizza", "client", "bekijk"} {
		if strings.Contains(low, w) {
			return true
		}
	}
	return false
}

// whyEmpty tells what the message is where it has no text.
func (p *Part) whyEmpty() string {
	if p.hasType(func(q *Part) bool {
		switch {
		case q.Type == "multipart/encrypted" || q.Type == "application/pgp-encrypted":
			return true
		case isSMIME(q.Type):
			return len(q.Children) == 0 && q.Param("smime-type") != "certs-only"
		}
		return false
	}) {
		return "encrypted"
	}
	return "attachment"
}

func (p *Part) hasType(is func(*Part) bool) bool {
	if is(p) {
		return true
	}
	if p.Type == "message/rfc822" {
		return false
	}
	for _, c := range p.Children {
		if c.hasType(is) {
			return true
		}
	}
	return false
}

// Texts returns every text part with its text, in order, attached ones too: for whoever measures decoding.
func (p *Part) Leaves() []*Part {
	if len(p.Children) == 0 {
		return []*Part{p}
	}
	var list []*Part
	for _, c := range p.Children {
		list = append(list, c.Leaves()...)
	}
	return list
}
