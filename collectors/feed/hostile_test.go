package feed

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"askahead/internal/linear"
)

// TestHostileFeedsAreLinear: what is large costs as much as it is large, however it is made.
func TestHostileFeedsAreLinear(t *testing.T) {
	base := at(t, "https://forum.example/feed")
	in := func(inner string) string {
		return `<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>` + inner + "</channel></rss>"
	}
	atom := func(inner string) string {
		return `<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id>` + inner + "</entry></feed>"
	}
	for name, make := range map[string]func(n int) string{
		"many items":       func(n int) string { return in(strings.Repeat("<item><guid>1</guid><title>a</title></item>", n/10)) },
		"one guid for all": func(n int) string { return in(strings.Repeat("<item><guid>1</guid></item>", n/10)) },
		"many quotes":      func(n int) string { return in("<item>" + strings.Repeat(`<a b="`, 5*n) + "</item>") },
		"many < alone":     func(n int) string { return in("<item><title>" + strings.Repeat("< ", 20*n) + "</title></item>") },
		"many tags unclosed": func(n int) string {
			return in("<item>" + strings.Repeat("<p>", 200) + strings.Repeat("</b><i></i>", 3*n) + "</item>")
		},
		"many comments":         func(n int) string { return in("<item>" + strings.Repeat("<!-- - -->", 3*n) + "</item>") },
		"comments that end not": func(n int) string { return in("<item>" + strings.Repeat("<!-- ", 3*n) + "</item>") },
		"many entities": func(n int) string {
			return in("<item><description>" + strings.Repeat("&amp;lt;&", 3*n) + "</description></item>")
		},
		"many CDATA sections": func(n int) string {
			return in("<item><description>" + strings.Repeat("<![CDATA[a]]>", 2*n) + "</description></item>")
		},
		"foreign CDATA sections": func(n int) string { return in("<item><x:y>" + strings.Repeat("<![CDATA[a]]>", n/4) + "</x:y></item>") },
		"many categories":        func(n int) string { return in("<item>" + strings.Repeat("<category>a</category>", n) + "</item>") },
		"a long title": func(n int) string {
			return in("<item><title>" + strings.Repeat("&lt;b&gt;a &amp;amp; ", n) + "</title></item>")
		},
		"a long author": func(n int) string { return in("<item><author>" + strings.Repeat("a@b(", 5*n) + "</author></item>") },
		"bold in bold": func(n int) string {
			return atom(`<content type="html">` + strings.Repeat("&lt;b&gt;", 2*n) + "</content>")
		},
		"links in links": func(n int) string {
			return atom(`<content type="html">` + strings.Repeat("&lt;a&gt;&lt;p&gt;", n) + "</content>")
		},
		"tables in tables": func(n int) string {
			return atom(`<content type="html">` + strings.Repeat("&lt;table&gt;x", n) + "</content>")
		},
		"JSON with many items": func(n int) string { return `{"items":[` + strings.Repeat(`{"id":1,"title":"a"},`, n/5) + `{}]}` },
		"JSON in JSON":         func(n int) string { return `{"items":[` + strings.Repeat(`[`, 5*n) },
		"a page of links": func(n int) string {
			return "<!doctype html>" + strings.Repeat(`<link rel=alternate type=text/plain href="/a">`, n)
		},
	} {
		t.Run(name, func(t *testing.T) {
			linear.Check(t, 600, func(n int) {
				d, err := parse([]byte(make(n)), "", base)
				if err != nil {
					return
				}
				d.prepare(testNow())
				reader := (&Collector{}).newReader(d, nil)
				for _, p := range sortPosts(d) {
					if _, err := reader.item(context.Background(), p); err != nil {
						t.Fatal(err)
					}
				}
				newKnown(marksOf(d)).match(sortPosts(d))
			})
		})
	}
}

func BenchmarkParse(b *testing.B) {
	base := at(b, "https://forum.example/feed")
	var entries []entry
	for n := range 50 {
		entries = append(entries, changed(n, func(e *entry) { e.body = strings.Repeat(e.body, 60) }))
	}
	body := []byte(rssText("", "", entries...))
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		d, err := parse(body, "text/xml", base)
		if err != nil {
			b.Fatal(err)
		}
		d.prepare(testNow())
		reader := (&Collector{}).newReader(d, nil)
		for _, p := range sortPosts(d) {
			if _, err := reader.item(context.Background(), p); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkNothingNew is a run in which a feed of 50 posts without ETag is the same as before.
func BenchmarkNothingNew(b *testing.B) {
	base := at(b, "https://forum.example/feed")
	body := []byte(rssText("", "", posts(0, 50)...))
	d, err := parse(body, "", base)
	if err != nil {
		b.Fatal(err)
	}
	d.prepare(testNow())
	s := &state{}
	s.setKnown(marksOf(d))
	for b.Loop() {
		d, err := parse(body, "", base)
		if err != nil {
			b.Fatal(err)
		}
		d.prepare(testNow())
		if n := len(s.known().match(sortPosts(d))); n != 50 {
			b.Fatal(fmt.Sprint(n, " known at ", time.Now()))
		}
	}
}
