package feed

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"askahead/collectors"
	"askahead/internal/guesthttp"
)

// entry is a post of the server's.
type entry struct {
	guid, link, title, body, author, date string
	more                                  string // further elements, as XML
}

// server is a site with a feed on loopback: newest posts first, a window of some, with ETag, Last-Modified and pages.
type server struct {
	*httptest.Server
	entries   []entry // newest first
	window    int
	head      string // further elements of the channel
	generator string
	asked     []string
	answered  []int
	hook      func(w http.ResponseWriter, r *http.Request) bool // answers in the server's place if it returns true
}

func newServer(t *testing.T, entries ...entry) *server {
	t.Helper()
	s := &server{entries: entries, window: 1000}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.asked = append(s.asked, r.URL.RequestURI())
		if s.hook != nil && s.hook(w, r) {
			return
		}
		s.serve(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *server) serve(w http.ResponseWriter, r *http.Request) {
	page, err := strconv.Atoi(r.FormValue("paged"))
	if err != nil {
		page = 1
	}
	from := (page - 1) * s.window
	if from >= len(s.entries) && page > 1 {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	text := rssText(s.generator, s.head, s.entries[from:min(from+s.window, len(s.entries))]...)
	tag := fmt.Sprintf("\"%x\"", sum(text)[:6])
	w.Header().Set("ETag", tag)
	w.Header().Set("Last-Modified", "Mon, 02 Mar 2026 08:00:00 GMT")
	w.Header().Set("Content-Type", "application/rss+xml; charset=utf-8")
	if r.Header.Get("If-None-Match") == tag && r.Header.Get("If-Modified-Since") != "" {
		s.answered = append(s.answered, http.StatusNotModified)
		w.WriteHeader(http.StatusNotModified)
		return
	}
	s.answered = append(s.answered, http.StatusOK)
	fmt.Fprint(w, text)
}

func rssText(generator, head string, entries ...entry) string {
	var b strings.Builder
	escape := func(s string) string {
		var e strings.Builder
		xml.EscapeText(&e, []byte(s))
		return e.String()
	}
	element := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "<%s>%s</%s>", name, escape(value), name)
		}
	}
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"><channel>`)
	element("title", "A forum")
	element("link", "https://forum.example/")
	element("description", "What people ask")
	element("language", "en")
	element("generator", generator)
	b.WriteString(head)
	for _, e := range entries {
		b.WriteString("\n<item>")
		element("title", e.title)
		element("link", e.link)
		if e.guid != "" {
			fmt.Fprintf(&b, `<guid isPermaLink="false">%s</guid>`, escape(e.guid))
		}
		element("pubDate", e.date)
		element("dc:creator", e.author)
		element("description", e.body)
		b.WriteString(e.more + "</item>")
	}
	b.WriteString("\n</channel></rss>")
	return b.String()
}

func testNow() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) }

// numbered is the n-th post: n minutes after the second of March began.
func numbered(n int) entry {
	return entry{
		guid: fmt.Sprintf("https://forum.example/posts/%d", n), link: fmt.Sprintf("https://forum.example/posts/%d", n),
		title: fmt.Sprintf("Topic %d", n), body: fmt.Sprintf("<p>Who reads report %d?</p>", n), author: "ada",
		date: time.Date(2026, 3, 2, 0, n, 0, 0, time.UTC).Format(time.RFC1123Z),
	}
}

// posts are those from one number to before another, newest first.
func posts(from, to int) []entry {
	var list []entry
	for n := to - 1; n >= from; n-- {
		list = append(list, numbered(n))
	}
	return list
}

// idOf is the external id of a post by its address.
func idOf(address string) string {
	p := &post{}
	p.setCanonical(linkKey(address))
	return p.marks.externalID()
}

func numberedIDs(from, to int) []string {
	var ids []string
	for n := from; n < to; n++ {
		ids = append(ids, idOf(numbered(n).guid))
	}
	return ids
}

func newClient() *http.Client {
	return guesthttp.New(guesthttp.Options{Allow: []string{"127.0.0.1"}, Tries: 1})
}

func newCollector(t *testing.T, pages int, addresses ...string) *Collector {
	t.Helper()
	c, err := New(Settings{URLs: addresses, Pages: pages}, collectors.Deps{HTTP: newClient(), Now: testNow})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.client.CloseIdleConnections)
	return c
}

// collect gives all batches, the last cursor, and the error.
func collect(t *testing.T, c *Collector, since collectors.Cursor) (all []collectors.Batch, next collectors.Cursor, err error) {
	t.Helper()
	next = since
	for b, err := range c.Collect(t.Context(), since) {
		if err != nil {
			return all, next, err
		}
		all, next = append(all, b), b.Next
	}
	return all, next, nil
}

// must is collect for a reading that works.
func must(t *testing.T, c *Collector, since collectors.Cursor) ([]collectors.Batch, collectors.Cursor) {
	t.Helper()
	all, next, err := collect(t, c, since)
	if err != nil {
		t.Fatal(err)
	}
	return all, next
}

// afterOne is the cursor of a first reading that is stopped after one batch.
func afterOne(t *testing.T, c *Collector) collectors.Cursor {
	t.Helper()
	for b, err := range c.Collect(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		return b.Next
	}
	t.Fatal("there is no batch")
	return ""
}

func idsOf(batches []collectors.Batch) []string {
	ids := []string{}
	for _, b := range batches {
		for _, item := range b.Items {
			ids = append(ids, item.ExternalID)
		}
	}
	return ids
}

func goneOf(batches []collectors.Batch) []string {
	var ids []string
	for _, b := range batches {
		ids = append(ids, b.Gone...)
	}
	return ids
}

func wantIDs(t *testing.T, batches []collectors.Batch, want ...string) {
	t.Helper()
	if got := idsOf(batches); !slices.Equal(got, want) && len(got)+len(want) > 0 {
		t.Errorf("got %d items %q, want %d: %q", len(got), got, len(want), want)
	}
}
