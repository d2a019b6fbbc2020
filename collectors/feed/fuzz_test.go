package feed

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"askahead/collectors"
	"askahead/domain"
)

// FuzzParse: whatever bytes a server sends, they are read or refused; what is read is well formed, and the same again.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		rssText("https://wordpress.org/?v=6.9", `<atom:link rel="next" href="?paged=2"/>`, posts(0, 3)...),
		`<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><entry><id>1</id><title type="html">&lt;b&gt;Who?</title><content type="xhtml"><div><p>x</div></content></entry></feed>`,
		`{"version":"https://jsonfeed.org/version/1.1","items":[{"id":1,"content_text":"Who?"},{"id":{}}],"authors":[{"name":"Ada"}]}`,
		`<rdf:RDF xmlns:rdf="x"><channel/><item><link>/1</link></item></rdf:RDF>`,
		`<!doctype html><link rel=alternate type="application/rss+xml" href="/x">`,
		"<rss><channel><item>]]><!-- -- --><x a=\"b></item><item/></channel></rss",
		mastodonFeed("https://a.example/@b/123456"),
		"\xff\xfe<\x00r\x00s\x00s\x00/\x00>\x00",
	} {
		f.Add([]byte(seed), "text/xml; charset=iso-8859-1")
	}
	base := at(f, "https://forum.example/feed")
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		d, err := parse(body, contentType, base)
		if err != nil {
			if err.Error() == "" || !utf8.ValidString(err.Error()) || strings.Contains(err.Error(), "\n") {
				t.Errorf("a reason %q", err)
			}
			return
		}
		d.prepare(testNow())
		d.generator = "" // profiles are not asked for here
		reader := (&Collector{}).newReader(d, nil)
		seen := map[string]bool{}
		for _, p := range sortPosts(d) {
			id := p.marks.externalID()
			if p.canonical == "" || seen[id] {
				t.Errorf("a post has no name, or that of another: %q", p.canonical)
			}
			seen[id] = true
			if p.fault != "" {
				continue
			}
			item, err := reader.item(context.Background(), p)
			if err != nil {
				t.Fatal(err)
			}
			wellFormed(t, &item)
		}
		for _, next := range []any{older(d, base), oldEnd(d), d.declines} {
			_ = fmt.Sprint(next)
		}
		again, err := parse(body, contentType, base)
		if err != nil || len(again.posts) < len(d.posts) {
			t.Errorf("read again: %v", err)
		}
		read := marksOf(d)
		if known := newKnown(read); len(known.match(sortPosts(d))) != len(read) {
			t.Error("a post is not known again")
		}
	})
}

func wellFormed(t *testing.T, item *domain.Item) {
	t.Helper()
	switch {
	case item.Type != domain.TypeHTML && item.Type != domain.TypeText:
		t.Errorf("type %q", item.Type)
	case !utf8.Valid(item.Raw) || !utf8.ValidString(item.Subject+item.Author.Name+item.Author.ID+strings.Join(item.Hashtags, "")):
		t.Error("it is no UTF-8")
	case item.OptOut == "" && item.Author.ID == "":
		t.Error("it has no author")
	case item.URL != "" && !strings.HasPrefix(item.URL, "http://") && !strings.HasPrefix(item.URL, "https://"):
		t.Errorf("the address %q", item.URL)
	case len(item.Raw) > collectors.MaxRaw && len(item.Subject) > maxTitle:
		t.Error("it is too large")
	}
}

func marksOf(d *document) []marks {
	var list []marks
	for _, p := range d.posts {
		list = append(list, p.marks)
	}
	return list
}

// FuzzCursor: no cursor makes Collect panic, and each is refused or gone on from.
func FuzzCursor(f *testing.F) {
	f.Add(`feed/1 {"feeds":[{"feed":"x","known":"AAAA"}]}`)
	f.Add(`feed/1 {"feeds":null}`)
	f.Fuzz(func(t *testing.T, text string) {
		c, err := New(Settings{URLs: []string{"https://forum.example/feed"}, Pages: 1}, collectors.Deps{})
		if err != nil {
			t.Fatal(err)
		}
		p, err := c.readPosition(collectors.Cursor(text))
		if err != nil {
			return
		}
		for i := range p.Feeds {
			k := p.Feeds[i].known()
			p.Feeds[i].setKnown(k.list)
			if again := p.Feeds[i].known(); !bytes.Equal(fmt.Append(nil, again.list), fmt.Append(nil, k.list)) {
				t.Error("it reads otherwise")
			}
		}
	})
}
