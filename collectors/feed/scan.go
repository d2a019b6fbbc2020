package feed

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// What a document may cost. encoding/xml and the parser above it have no limits of their own: they copy all
// namespaces in scope for each element, and go down one call for each level.
const (
	maxDepth      = 256
	maxNamespaces = 100 // in scope at one place
	maxItems      = 5000
	maxFrame      = 16 << 10 // bytes of the tags around an item, which are read again with each
	maxGlue       = 1 << 30  // bytes copied where text is put together around the elements between it
)

// item is one post of an XML document, with the tags within which it stands.
type item struct {
	open, xml, close string
	lang             string // xml:lang of its tag
}

// scanned is an XML document, taken apart without being understood.
type scanned struct {
	root  string // local name of the outermost element, in lower case
	head  string // the document without its items
	lang  string // xml:lang of the outermost element, or else of the channel
	items []item
}

// element is one that is open.
type element struct {
	name  string // as written
	local string // without its prefix, in lower case
	tag   string
	names int // namespaces in scope
	text  int // bytes of its own text so far
	item  bool
}

// Errors of a document that is not taken.
var (
	errNoXML     = errors.New("it holds no XML")
	errTruncated = errors.New("it ends in the middle")
)

// around are the tags that an item stands between.
type around struct{ open, close string }

// scanner takes a document apart in one pass, and mends what would stop a parser: declaration, DOCTYPE, comments and
// instructions are left out, so that no entity is ever expanded; a lone "<" is escaped; elements that are not closed are
// closed with the one around them, or before the next item; ends without a beginning are left out.
type scanner struct {
	src    string
	pos    int
	stack  []element
	out    scanned
	head   strings.Builder
	item   strings.Builder
	in     int       // how deep the item is that is being read, from 1; 0: none
	around [2]around // an item: in the outermost element, in a channel of it
	glue   int
}

// scan reads as far as its root element if that is none of a feed.
func scan(src string) (*scanned, error) {
	s := scanner{src: src}
	for s.pos < len(s.src) {
		if err := s.next(); err != nil {
			return nil, err
		}
		if s.out.root != "" && len(s.stack) == 0 {
			s.out.head = s.head.String()
			return &s.out, nil
		}
		if s.out.root != "" && !isFeedRoot(s.out.root) {
			return &s.out, nil
		}
	}
	if s.out.root == "" {
		return nil, errNoXML
	}
	return nil, fmt.Errorf("%w, after %d bytes", errTruncated, len(s.src))
}

func isFeedRoot(name string) bool { return name == "rss" || name == "rdf" || name == "feed" }

// next reads the text before the next tag, and the tag.
func (s *scanner) next() error {
	i := strings.IndexByte(s.src[s.pos:], '<')
	if i < 0 {
		i = len(s.src) - s.pos
	}
	s.text(s.src[s.pos : s.pos+i])
	s.pos += i
	rest := s.src[s.pos:]
	switch {
	case rest == "":
	case strings.HasPrefix(rest, "<!--"):
		return s.skip("-->")
	case strings.HasPrefix(rest, "<?"):
		return s.skip("?>")
	case strings.HasPrefix(rest, "<![CDATA["):
		end := strings.Index(rest, "]]>")
		if end < 0 {
			return fmt.Errorf("%w of a CDATA section, after %d bytes", errTruncated, len(s.src))
		}
		s.write(rest[:end+3])
		s.pos += end + 3
		return s.count(end)
	case len(rest) > 2 && rest[1] == '!' && isNameStart(rest[2]) && len(s.stack) == 0:
		return s.doctype()
	case len(rest) > 2 && rest[1] == '/' && isNameStart(rest[2]):
		return s.end()
	case len(rest) > 1 && isNameStart(rest[1]):
		return s.start()
	default:
		s.write("&lt;")
		s.pos++
	}
	return nil
}

func isNameStart(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == ':' || c >= 0x80
}

func (s *scanner) skip(end string) error {
	i := strings.Index(s.src[s.pos:], end)
	if i < 0 {
		return fmt.Errorf("%w, after %d bytes", errTruncated, len(s.src))
	}
	s.pos += i + len(end)
	return nil
}

// subset is the end of a DOCTYPE with declarations of its own.
var subset = regexp.MustCompile(`\]\s*>`)

func (s *scanner) doctype() error {
	rest := s.src[s.pos:]
	end, open := strings.IndexByte(rest, '>'), strings.IndexByte(rest, '[')
	if open < 0 || end >= 0 && end < open {
		return s.skip(">")
	}
	at := subset.FindStringIndex(rest[open:])
	if at == nil {
		return fmt.Errorf("%w of its DOCTYPE", errTruncated)
	}
	s.pos += open + at[1]
	return nil
}

func (s *scanner) text(text string) {
	if text == "" || len(s.stack) == 0 {
		return
	}
	if strings.Contains(text, "]]>") {
		text = strings.ReplaceAll(text, "]]>", "]]&gt;")
	}
	s.write(text)
	s.stack[len(s.stack)-1].text += len(text)
}

func (s *scanner) write(text string) {
	switch {
	case len(s.stack) == 0:
	case s.in > 0:
		s.item.WriteString(text)
	default:
		s.head.WriteString(text)
	}
}

// count adds what it costs to put a piece of text to those that stand before it in the same element.
func (s *scanner) count(more int) error {
	if len(s.stack) == 0 {
		return nil
	}
	top := &s.stack[len(s.stack)-1]
	top.text += more
	if s.glue += top.text; s.glue > maxGlue {
		return errors.New("its text is cut into too many pieces")
	}
	return nil
}

// tag finds the end of the tag at pos, behind its ">". Quotes may hold one too, but no "<": a quote that reaches so far
// was never closed, and must not swallow the items behind it.
func (s *scanner) tag() (string, error) {
	rest := s.src[s.pos:]
	var quote byte
quotes:
	for i := 1; i < len(rest); i++ {
		switch c := rest[i]; {
		case c == '<':
			break quotes
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return rest[:i+1], nil
		}
	}
	if i := strings.IndexByte(rest, '>'); i >= 0 {
		return rest[:i+1], nil
	}
	return "", fmt.Errorf("%w of a tag, after %d bytes", errTruncated, len(s.src))
}

// split gives the name of a tag, as written and without its prefix.
func split(tag string) (name, local string) {
	name = strings.TrimLeft(tag, "</")
	if i := strings.IndexAny(name, " \t\r\n/>"); i >= 0 {
		name = name[:i]
	}
	local = name
	if i := strings.LastIndexByte(name, ':'); i >= 0 {
		local = name[i+1:]
	}
	return name, strings.ToLower(local)
}

func (s *scanner) start() error {
	tag, err := s.tag()
	if err != nil {
		return err
	}
	s.pos += len(tag)
	e := element{tag: tag, names: strings.Count(tag, "xmlns")}
	e.name, e.local = split(tag)
	if s.in > 0 && len(s.stack) == s.in && s.stack[s.in-1].name == e.name {
		s.closeTo(s.in - 1) // no item stands in another: the one before was never closed
	}
	if len(s.stack) == 0 {
		s.out.root = e.local
	} else {
		if err := s.count(0); err != nil {
			return err
		}
		e.names += s.stack[len(s.stack)-1].names
	}
	switch {
	case len(s.stack) >= maxDepth:
		return fmt.Errorf("its elements stand more than %d deep in each other", maxDepth)
	case e.names > maxNamespaces:
		return fmt.Errorf("it declares more than %d namespaces at one place", maxNamespaces)
	case !s.frame(&e):
		return fmt.Errorf("the tags around its items are longer than %d bytes", maxFrame)
	}
	e.item = s.in == 0 && s.isItem(e.local)
	s.stack = append(s.stack, e)
	if e.item {
		if len(s.out.items) == maxItems {
			return fmt.Errorf("it has more than %d items", maxItems)
		}
		s.in = len(s.stack)
	}
	s.write(tag)
	if strings.HasSuffix(tag, "/>") {
		s.pop()
	}
	return nil
}

// frame notes the tags of the outermost element and of a channel in it. Both are needed around each item.
func (s *scanner) frame(e *element) bool {
	if depth := len(s.stack); depth == 0 || depth == 1 && e.local == "channel" {
		s.around[depth] = around{s.around[0].open + e.tag, "</" + e.name + ">" + s.around[0].close}
		if s.out.lang == "" {
			s.out.lang = langOf(e.tag)
		}
		return len(s.around[depth].open) <= maxFrame
	}
	return true
}

// isItem says whether an element of that name is a post at this place: within the outermost element (Atom, RDF), or
// within the channel of RSS.
func (s *scanner) isItem(local string) bool {
	switch len(s.stack) {
	case 1:
		return local == "item" && s.out.root != "feed" || local == "entry" && s.out.root == "feed"
	case 2:
		return local == "item" && s.stack[1].local == "channel"
	}
	return false
}

func (s *scanner) end() error {
	tag, err := s.tag()
	if err != nil && strings.TrimSpace(s.src[s.pos:]) == "</"+s.outermost() {
		tag, err = s.src[s.pos:], nil // nothing but the last ">" is missing
	}
	if err != nil {
		return err
	}
	s.pos += len(tag)
	name, _ := split(tag)
	at := len(s.stack) - 1
	for at >= 0 && !strings.EqualFold(s.stack[at].name, name) {
		at--
	}
	if at >= 0 {
		s.closeTo(at)
	}
	return nil
}

// closeTo ends the open elements down to the one at depth at, from 0.
func (s *scanner) closeTo(at int) {
	for len(s.stack) > at {
		s.write("</" + s.stack[len(s.stack)-1].name + ">")
		s.pop()
	}
}

// outermost is the name of the outermost element.
func (s *scanner) outermost() string {
	if len(s.stack) == 0 {
		return ""
	}
	return s.stack[0].name
}

func (s *scanner) pop() {
	e := s.stack[len(s.stack)-1]
	s.stack = s.stack[:len(s.stack)-1]
	if !e.item {
		return
	}
	frame := s.around[len(s.stack)-1]
	s.out.items = append(s.out.items, item{frame.open, s.item.String(), frame.close, langOf(e.tag)})
	s.item.Reset()
	s.in = 0
}

var xmlLang = regexp.MustCompile(`\sxml:lang\s*=\s*["']\s*([A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,3})\s*["']`)

func langOf(tag string) string {
	if m := xmlLang.FindStringSubmatch(tag); m != nil {
		return m[1]
	}
	return ""
}
