package feed

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/mmcdole/gofeed/atom"
	ext "github.com/mmcdole/gofeed/extensions"
	jsonfeed "github.com/mmcdole/gofeed/json"
	"github.com/mmcdole/gofeed/rss"

	"askahead/collectors"
)

// errNoFeed is what parse returns for a document of another kind; what it is stands behind it.
var errNoFeed = errors.New("it is no feed")

// htmlPage is what parse returns for a page of a web site: the feeds that it names, most likely first.
type htmlPage struct{ feeds []*url.URL }

func (h *htmlPage) Error() string { return "it is a page for browsers" }

// parse reads a document of any format. Items that cannot be read are in it, with their fault: one of them stops no
// other. A document that ends early is refused whole, since nobody can tell what is missing.
func parse(body []byte, contentType string, at *url.URL) (*document, error) {
	text := strings.TrimLeft(decode(body, contentType), "\ufeff\x00 \t\r\n")
	switch {
	case text == "":
		return nil, fmt.Errorf("%w: it answers with nothing", collectors.ErrUnavailable)
	case text[0] == '{':
		return parseJSON(text, at)
	case text[0] != '<':
		return nil, fmt.Errorf("%w: it is neither XML nor JSON", errNoFeed)
	}
	parts, err := scan(text)
	switch {
	case (err != nil || !isFeedRoot(parts.root)) && looksLikePage(text):
		return nil, &htmlPage{alternates(text, at)}
	case err != nil:
		return nil, err
	case !isFeedRoot(parts.root):
		return nil, fmt.Errorf("%w: its outermost element is <%s>, not <rss>, <rdf> or <feed>", errNoFeed, short(parts.root))
	}
	return parseXML(parts, at)
}

func short(s string) string {
	if len(s) > 24 {
		return strings.ToValidUTF8(s[:24], "") + "…"
	}
	return s
}

func parseXML(parts *scanned, at *url.URL) (*document, error) {
	var d *document
	var err error
	read := rssPost
	if parts.root == "feed" {
		read = atomPost
		d, err = atomHead(parts.head)
	} else {
		d, err = rssHead(parts.head)
	}
	if err != nil {
		return nil, fmt.Errorf("what it says about itself is no XML that can be read: %s", reason(err))
	}
	d.at = at
	if d.lang == "" {
		d.lang = parts.lang
	}
	d.posts = make([]*post, 0, len(parts.items))
	for _, it := range parts.items {
		p, err := guarded(read, it.open+it.xml+it.close)
		if err != nil {
			p = &post{fault: "it is no XML that can be read: " + reason(err)}
		}
		p.raw = it.xml
		if p.lang == "" {
			p.lang = it.lang
		}
		d.posts = append(d.posts, p)
	}
	return d, nil
}

// guarded calls a parser that is not ours, and makes an error of its panics.
func guarded[T any](read func(string) (T, error), text string) (out T, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("a parser failed on it: please report this as a fault of askahead")
		}
	}()
	return read(text)
}

// reason keeps what an error of a parser says about the form, and drops what it quotes of the text.
func reason(err error) string {
	text := err.Error()
	if i := strings.IndexAny(text, `<"'&`); i >= 0 {
		text = strings.TrimRight(text[:i], " :(")
	}
	return short80(strings.Join(strings.Fields(text), " "))
}

func short80(s string) string {
	if len(s) > 80 {
		return strings.ToValidUTF8(s[:80], "") + "…"
	}
	return s
}

func rssHead(text string) (*document, error) {
	f, err := guarded(func(s string) (*rss.Feed, error) { return (&rss.Parser{}).Parse(strings.NewReader(s)) }, text)
	if err != nil {
		return nil, err
	}
	d := &document{format: strings.TrimSpace("RSS " + f.Version), title: plainText(f.Title), description: plainText(f.Description),
		generator: f.Generator, lang: language(f.Language), older: olderLink(f.Extensions), declines: headDeclines(f.Extensions)}
	if d.lang == "" && f.DublinCoreExt != nil && len(f.DublinCoreExt.Language) > 0 {
		d.lang = language(f.DublinCoreExt.Language[0])
	}
	return d, nil
}

func atomHead(text string) (*document, error) {
	f, err := guarded(func(s string) (*atom.Feed, error) { return (&atom.Parser{}).Parse(strings.NewReader(s)) }, text)
	if err != nil {
		return nil, err
	}
	d := &document{format: strings.TrimSpace("Atom " + f.Version), title: plainText(f.Title), description: plainText(f.Subtitle),
		lang: language(f.Language), older: atomLink(f.Links, "prev-archive", "next"), declines: headDeclines(f.Extensions), author: firstPerson(f.Authors)}
	if f.Generator != nil {
		d.generator = f.Generator.Value + " " + f.Generator.URI
	}
	return d, nil
}

// jsonDocument has what JSON Feed says beside its items, and the items unread.
type jsonDocument struct {
	head  map[string]json.RawMessage
	items []json.RawMessage
}

func readJSON(text string) (*jsonDocument, error) {
	var d jsonDocument
	err := json.Unmarshal([]byte(text), &d.head)
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		if syntax.Offset >= int64(len(text)) {
			return nil, fmt.Errorf("%w, after %d bytes", errTruncated, len(text))
		}
		return nil, fmt.Errorf("its JSON is broken at byte %d of %d", syntax.Offset, len(text))
	}
	if err != nil {
		return nil, fmt.Errorf("%w: it is JSON of another kind", errNoFeed)
	}
	items := bytes.TrimSpace(d.head["items"])
	switch {
	case len(items) == 0 || items[0] != '[' && string(items) != "null":
		return nil, fmt.Errorf("%w: it is JSON without a list of items", errNoFeed)
	case json.Unmarshal(items, &d.items) != nil:
		return nil, errors.New("its list of items cannot be read")
	case len(d.items) > maxItems:
		return nil, fmt.Errorf("it has more than %d items", maxItems)
	}
	delete(d.head, "items")
	return &d, nil
}

func parseJSON(text string, at *url.URL) (*document, error) {
	raw, err := readJSON(text)
	if err != nil {
		return nil, err
	}
	d := &document{at: at, format: "JSON Feed"}
	// A field of another kind than it should be has no say, and stops no other.
	field := func(name string, into any) {
		if value, ok := raw.head[name]; ok {
			_ = json.Unmarshal(value, into)
		}
	}
	field("title", &d.title)
	field("description", &d.description)
	field("language", &d.lang)
	field("next_url", &d.older)
	d.lang = language(d.lang)
	var one jsonfeed.Author
	var many []*jsonfeed.Author
	field("author", &one)
	field("authors", &many)
	d.author = jsonPerson(&one, many)
	for _, text := range raw.items {
		p, err := guarded(jsonPost, string(text))
		if err != nil {
			p = &post{fault: "its JSON is of an unexpected shape"}
		}
		p.raw = string(text)
		d.posts = append(d.posts, p)
	}
	return d, nil
}

// olderLink finds the link to older posts in RSS: that of an archive (RFC 5005, section 4) or of the next page
// (section 3).
func olderLink(extensions ext.Extensions) string {
	for _, rel := range []string{"prev-archive", "next"} {
		for _, link := range extensions["atom"]["link"] {
			if strings.EqualFold(link.Attrs["rel"], rel) {
				return link.Attrs["href"]
			}
		}
	}
	return ""
}

func atomLink(links []*atom.Link, rels ...string) string {
	for _, rel := range rels {
		for _, link := range links {
			if strings.EqualFold(link.Rel, rel) {
				return link.Href
			}
		}
	}
	return ""
}

// headDeclines reads what publishers set to keep programs away: <itunes:block>yes</itunes:block>, and in XHTML
// <meta name="robots" content="noindex">.
func headDeclines(extensions ext.Extensions) string {
	for _, block := range extensions["itunes"]["block"] {
		if strings.EqualFold(block.Value, "yes") || strings.EqualFold(block.Value, "true") {
			return "itunes:block"
		}
	}
	for _, meta := range extensions["xhtml"]["meta"] {
		if !strings.EqualFold(meta.Attrs["name"], "robots") {
			continue
		}
		for _, word := range strings.FieldsFunc(strings.ToLower(meta.Attrs["content"]), func(r rune) bool { return r == ',' || r == ' ' }) {
			if word == "noindex" || word == "noarchive" || word == "none" {
				return "robots: " + word
			}
		}
	}
	return ""
}
