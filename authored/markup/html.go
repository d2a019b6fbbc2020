package markup

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxOpen is how many elements may be open at once; deeper ones are read as if they were closed.
const maxOpen = 256

// HTML renders a document as text: one line for each block and each <br>, a blank line between paragraphs,
// "- " before list items, a tab between table cells, "> " before the lines of quotes, once for each level.
// Scripts, styles and what is not shown are left out; of a link stays its text; nothing is ever loaded. What
// stands below the line that Outlook draws above a quoted mail counts as quoted.
func HTML(src string) string {
	r := renderer{z: html.NewTokenizer(strings.NewReader(src))}
	r.out.Grow(len(src) / 2)
	for {
		switch r.z.Next() {
		case html.ErrorToken:
			r.newline(1)
			return strings.Trim(r.out.String(), "\n")
		case html.TextToken:
			if r.hidden == 0 {
				r.text(r.z.Text())
			}
		case html.StartTagToken:
			r.open(false)
		case html.SelfClosingTagToken:
			r.open(true)
		case html.EndTagToken:
			name, _ := r.z.TagName()
			r.close(lookup(name))
		}
	}
}

type renderer struct {
	z     *html.Tokenizer
	out   strings.Builder
	stack []element
	// hidden, quoted and pre count the open elements of that kind.
	hidden, quoted, pre int
	lists               []int // for each open list the number of its last item; -1 where they are not numbered
	breaks              int   // line ends that are due before the next text
	space               bool  // a blank is due before the next text
	inLine              bool  // the current line has text
	dash                bool  // the current line is "--"
}

type element struct {
	tag                 atom.Atom
	hidden, quoted, pre bool
	ellipsis            bool
}

// lookup knows a tag by its name. What Matrix puts before a reply, of the message that it answers, is a quote.
func lookup(name []byte) atom.Atom {
	if string(name) == "mx-reply" {
		return atom.Blockquote
	}
	return atom.Lookup(name)
}

func (r *renderer) open(selfClosing bool) {
	raw, more := r.z.TagName()
	if bytes.IndexByte(raw, '@') > 0 { // an address in angle brackets that nobody escaped
		if r.hidden == 0 {
			r.text([]byte("<" + string(raw) + ">"))
		}
		return
	}
	e := element{tag: lookup(raw)}
	alt := r.attributes(&e, more)
	switch e.tag {
	case atom.Script, atom.Style, atom.Title, atom.Template, atom.Svg, atom.Object, atom.Iframe, atom.Select, atom.Textarea:
		e.hidden = true
	case atom.Body: // a head that was never closed ends here
		r.unhide()
	case atom.Br:
		r.newline(r.breaks + 1)
		return
	case atom.Hr:
		r.rule()
		return
	case atom.Img:
		if r.hidden == 0 && !e.hidden && shortAlt(alt) {
			r.text([]byte(alt))
		}
		return
	case atom.Input, atom.Meta, atom.Link, atom.Col, atom.Wbr, atom.Base, atom.Area, atom.Source:
		return
	case atom.Blockquote:
		e.quoted = true
	case atom.Pre:
		e.pre = true
	}
	r.before(e.tag)
	if selfClosing || len(r.stack) >= maxOpen {
		return
	}
	r.push(e)
	r.item(e.tag)
}

// attributes reads what of a tag's attributes tells how it is shown, and returns the description of a picture.
func (r *renderer) attributes(e *element, more bool) (alt string) {
	for more {
		var k, v []byte
		k, v, more = r.z.TagAttr()
		switch string(k) {
		case "class":
			r.class(e, string(v))
		case "style":
			e.hidden = e.hidden || hiddenStyle(string(v))
			if e.tag == atom.Div && outlookLine(string(v)) {
				r.restQuoted()
			}
		case "id":
			if quoteID(string(v)) {
				r.restQuoted()
			}
		case "name", "data-marker":
			switch string(v) {
			case "quoted-content", "messageReplySection", "__QUOTED_TEXT__", "__HEADERS__":
				e.quoted = true
			}
		case "hidden":
			e.hidden = true
		case "alt":
			alt = string(v)
		}
	}
	return alt
}

// push opens an element, with what it does to the text within it.
func (r *renderer) push(e element) {
	r.stack = append(r.stack, e)
	if e.quoted {
		r.quoted++
	}
	if e.hidden {
		r.hidden++
	}
	if e.pre {
		r.pre++
	}
}

// unhide closes what hides, up to the top.
func (r *renderer) unhide() {
	for i := range r.stack {
		if t := r.stack[i].tag; r.stack[i].hidden && (t == atom.Head || t == atom.Title) {
			r.stack[i].hidden = false
			r.hidden--
		}
	}
}

// restQuoted begins a quote that goes on to the end of the document.
func (r *renderer) restQuoted() {
	if r.quoted == 0 {
		r.newline(2)
		r.quoted = 1
	}
}

func (r *renderer) class(e *element, class string) {
	for c := range strings.FieldsSeq(class) {
		switch c = unprefixed(c); c {
		case "invisible":
			e.hidden = true
		case "ellipsis":
			e.ellipsis = true
		case "yahoo_quoted", "yahooQuotedContent", "protonmail_quote", "tutanota_quote", "zmail_extra", "gmail_quote_skipped", "front-blockquote", "sh-quoted-content", "mail-quote-collapse":
			e.quoted = true
		case "OutlookMessageHeader", "ms-outlook-mobile-reference-message":
			r.restQuoted()
		case "quote-inline": // a post's own link to what it quotes, for readers that show no quotes
			e.hidden = true
		default:
			e.quoted = e.quoted || strings.HasSuffix(c, "wmi-quote") // each mail has another beginning
		}
	}
}

// unprefixed is a class or an id without the "x_" that some servers put before those of a quoted mail, once for
// each time that it was quoted.
func unprefixed(s string) string {
	for strings.HasPrefix(s, "x_") {
		s = s[2:]
	}
	return s
}

func hiddenStyle(style string) bool {
	if !strings.Contains(style, "none") && !strings.Contains(style, "hidden") && !strings.Contains(style, "NONE") {
		return false
	}
	s := strings.ReplaceAll(strings.ToLower(style), " ", "")
	return strings.Contains(s, "display:none") || strings.Contains(s, "visibility:hidden")
}

// outlookLine tells the block that Outlook draws above the header of a quoted mail: a line above it in grey
// or blue, and a little room.
func outlookLine(style string) bool {
	if !strings.Contains(style, "top") {
		return false
	}
	s := strings.ReplaceAll(strings.ToLower(style), " ", "")
	if !strings.Contains(s, "border-top:") || !strings.Contains(s, "solid") || !strings.Contains(s, "1pt") && !strings.Contains(s, "1.0pt") && !strings.Contains(s, "1px") {
		return false
	}
	for _, mark := range [...]string{"#b5c4df", "#e1e1e1", "rgb(181,196,223)", "rgb(225,225,225)", "padding:3.0pt0", "padding:3pt0"} {
		if strings.Contains(s, mark) {
			return true
		}
	}
	return false
}

func quoteID(id string) bool {
	switch id = unprefixed(id); id {
	case "divRplyFwdMsg", "isReplyContent", "OLK_SRC_BODY_SECTION", "mail-editor-reference-message-container", "replySplit", "isForwardContent",
		"appendonsend", "zwchr", "stopSpelling", "original-content":
		return true
	}
	return strings.HasPrefix(id, "yahoo_quoted_")
}

// shortAlt tells the description of a picture that stands for a letter: an emoji.
func shortAlt(alt string) bool {
	return alt != "" && (len(alt) <= 8 || len(alt) < 40 && alt[0] == ':' && alt[len(alt)-1] == ':')
}

// before makes the room that a block needs above it.
func (r *renderer) before(tag atom.Atom) {
	switch tag {
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Blockquote, atom.Table, atom.Pre, atom.Ul, atom.Ol, atom.Dl, atom.Figure:
		r.newline(2)
	case atom.Div, atom.Li, atom.Tr, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Address, atom.Dt, atom.Dd, atom.Form, atom.Center, atom.Fieldset, atom.Aside, atom.Nav, atom.Main, atom.Caption, atom.Figcaption, atom.Details, atom.Summary:
		r.newline(1)
	case atom.Td, atom.Th:
		if r.inLine && r.breaks == 0 && r.hidden == 0 {
			r.out.WriteByte('\t')
			r.space = false
		}
	}
}

// item writes what stands before a list item.
func (r *renderer) item(tag atom.Atom) {
	switch tag {
	case atom.Ul:
		r.lists = append(r.lists, -1)
	case atom.Ol:
		r.lists = append(r.lists, 0)
	case atom.Li:
		if r.hidden > 0 {
			return
		}
		n := len(r.lists)
		if n == 0 || r.lists[n-1] < 0 {
			r.text([]byte("- "))
			return
		}
		r.lists[n-1]++
		r.text([]byte(itoa(r.lists[n-1]) + ". "))
	}
}

func (r *renderer) close(tag atom.Atom) {
	for i := len(r.stack) - 1; i >= 0 && i >= len(r.stack)-64; i-- {
		if r.stack[i].tag != tag || tag == 0 {
			continue
		}
		for j := len(r.stack) - 1; j >= i; j-- {
			r.leave(r.stack[j])
		}
		r.stack = r.stack[:i]
		break
	}
	if tag == atom.Td || tag == atom.Th {
		return
	}
	r.before(tag)
	if (tag == atom.Ul || tag == atom.Ol) && len(r.lists) > 0 {
		r.lists = r.lists[:len(r.lists)-1]
	}
}

func (r *renderer) leave(e element) {
	if e.quoted {
		r.newline(2)
		r.quoted--
	}
	if e.hidden {
		r.hidden--
	}
	if e.pre {
		r.pre--
	}
	if e.ellipsis && r.hidden == 0 {
		r.out.WriteString("…")
	}
}
