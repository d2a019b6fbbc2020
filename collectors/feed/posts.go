package feed

import (
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
	"github.com/mmcdole/gofeed/atom"
	ext "github.com/mmcdole/gofeed/extensions"
	jsonfeed "github.com/mmcdole/gofeed/json"
	"github.com/mmcdole/gofeed/rss"
)

var errNoItem = errors.New("there is no item in it")

// rssPost reads a document of one item.
func rssPost(text string) (*post, error) {
	f, err := (&rss.Parser{}).Parse(strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	if len(f.Items) != 1 {
		return nil, errNoItem
	}
	// The translator knows where else than in RSS's own elements an item's date, author or text may stand.
	all, err := (&gofeed.DefaultRSSTranslator{DisableContentImageScan: true}).Translate(&rss.Feed{Items: f.Items})
	if err != nil || len(all.Items) != 1 {
		return nil, errNoItem
	}
	it := all.Items[0]
	p := &post{guid: it.GUID, link: it.Link, title: plainText(it.Title), tags: it.Categories, declines: headDeclines(it.Extensions),
		published: moment(it.PublishedParsed), updated: moment(it.UpdatedParsed), answers: inReplyTo(it.Extensions)}
	if p.body, p.html = it.Content, true; strings.TrimSpace(p.body) == "" {
		p.body = xhtmlBody(text)
	}
	if strings.TrimSpace(p.body) == "" {
		p.body = it.Custom["fullitem"]
	}
	if strings.TrimSpace(p.body) == "" {
		p.body, p.html = it.Description, isMarkup(it.Description)
	}
	if p.link == "" {
		p.link = firstLink(it.Extensions)
	}
	if g := f.Items[0].GUID; p.link == "" && g != nil && !strings.EqualFold(g.IsPermalink, "false") {
		p.link = g.Value // what is no address is dropped later
	}
	p.author = rssPerson(it, f.Items[0])
	p.body = unwrapped(p)
	if dc := it.DublinCoreExt; dc != nil && len(dc.Language) > 0 {
		p.lang = language(dc.Language[0])
	}
	return p, nil
}

// bodyTag begins the whole text of an item as XHTML, as some blogs put it beside the description.
var bodyTag = regexp.MustCompile(`<((?:[A-Za-z]\w*:)?body)(?:\s[^>]*)?>`)

func xhtmlBody(item string) string {
	m := bodyTag.FindStringSubmatchIndex(item)
	if m == nil {
		return ""
	}
	inner, _, ok := strings.Cut(item[m[1]:], "</"+item[m[2]:m[3]]+">")
	if !ok {
		return ""
	}
	return inner
}

// rssPerson is who wrote an item. RSS gives <author> to mail addresses and names are in <dc:creator>; where both
// are, each says its part.
func rssPerson(it *gofeed.Item, own *rss.Item) person {
	p := readPerson(own.Author)
	if dc := it.DublinCoreExt; dc != nil {
		for _, text := range append(dc.Creator[:len(dc.Creator):len(dc.Creator)], dc.Author...) {
			more := readPerson(text)
			if p.name == "" {
				p.name = more.name
			}
			if p.email == "" {
				p.email = more.email
			}
		}
	}
	if p == (person{}) && len(it.Authors) > 0 {
		p = readPerson(it.Authors[0].Name)
		if p.email == "" {
			p.email = strings.TrimSpace(it.Authors[0].Email)
		}
	}
	return p
}

func firstLink(extensions ext.Extensions) string {
	for _, link := range extensions["atom"]["link"] {
		if rel := link.Attrs["rel"]; rel == "" || rel == "alternate" {
			return link.Attrs["href"]
		}
	}
	return ""
}

// inReplyTo is what a post names as the one it answers (RFC 4685).
func inReplyTo(extensions ext.Extensions) string {
	for _, ref := range extensions["thr"]["in-reply-to"] {
		if ref.Attrs["ref"] != "" {
			return ref.Attrs["ref"]
		}
	}
	return ""
}

// atomPost reads a document of one entry.
func atomPost(text string) (*post, error) {
	f, err := (&atom.Parser{}).Parse(strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	if len(f.Entries) != 1 {
		return nil, errNoItem
	}
	e := f.Entries[0]
	p := &post{guid: e.ID, link: atomLink(e.Links, "alternate"), title: plainText(e.Title), published: moment(e.PublishedParsed),
		updated: moment(e.UpdatedParsed), answers: inReplyTo(e.Extensions), declines: headDeclines(e.Extensions), author: firstPerson(e.Authors)}
	p.body, p.html = atomText(e.Content)
	if strings.TrimSpace(p.body) == "" {
		p.body, p.html = e.Summary, isMarkup(e.Summary)
	}
	if p.published.IsZero() {
		p.published = p.updated
	}
	if p.author == (person{}) && e.Source != nil {
		p.author = firstPerson(e.Source.Authors)
	}
	for _, c := range e.Categories {
		if c.Label != "" {
			p.tags = append(p.tags, c.Label)
		} else {
			p.tags = append(p.tags, c.Term)
		}
	}
	return p, nil
}

// atomText is the text of <content>, if it holds one (RFC 4287, section 4.1.3).
func atomText(c *atom.Content) (text string, html bool) {
	if c == nil {
		return "", false
	}
	switch typ := strings.ToLower(c.Type); {
	case typ == "html", strings.Contains(typ, "xhtml"), strings.HasPrefix(typ, "text/html"):
		return c.Value, true
	case typ == "":
		return c.Value, isMarkup(c.Value)
	case typ == "text", strings.HasPrefix(typ, "text/"):
		return c.Value, false
	}
	return "", false // a picture, a sound, data
}

func firstPerson(list []*atom.Person) person {
	for _, a := range list {
		p := readPerson(a.Name)
		if p.uri = strings.TrimSpace(a.URI); a.Email != "" {
			p.email = strings.TrimSpace(a.Email)
		}
		if p != (person{}) {
			return p
		}
	}
	return person{}
}

// jsonPost reads one item of JSON Feed.
func jsonPost(text string) (*post, error) {
	var it *jsonfeed.Item
	if err := json.Unmarshal([]byte(text), &it); err != nil {
		return nil, err
	}
	if it == nil {
		return nil, errNoItem
	}
	p := &post{guid: it.ID, link: it.URL, title: plainText(it.Title), tags: it.Tags, author: jsonPerson(it.Author, it.Authors),
		published: jsonTime(it.DatePublished), updated: jsonTime(it.DateModified)}
	switch {
	case it.ContentHTML != "":
		p.body, p.html = it.ContentHTML, true
	case it.ContentText != "":
		p.body = it.ContentText
	default:
		p.body = it.Summary
	}
	if p.published.IsZero() {
		p.published = p.updated
	}
	var more struct {
		Language string `json:"language"` // since version 1.1
	}
	if json.Unmarshal([]byte(text), &more) == nil {
		p.lang = language(more.Language)
	}
	return p, nil
}

func jsonPerson(one *jsonfeed.Author, many []*jsonfeed.Author) person {
	for _, a := range append(many[:len(many):len(many)], one) {
		if a == nil {
			continue
		}
		p := readPerson(a.Name)
		if p.uri = strings.TrimSpace(a.URL); p != (person{}) {
			return p
		}
	}
	return person{}
}

func jsonTime(text string) time.Time {
	t, err := time.Parse(time.RFC3339, strings.TrimSpace(text))
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

func moment(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}
