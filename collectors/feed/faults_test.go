package feed

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"askahead/collectors"
	"askahead/internal/guesthttp"
)

// answer is a server that gives one answer to everything.
func answer(t *testing.T, code int, header map[string]string, body string) *server {
	t.Helper()
	s := newServer(t)
	s.hook = func(w http.ResponseWriter, _ *http.Request) bool {
		for name, value := range header {
			w.Header().Set(name, value)
		}
		w.WriteHeader(code)
		io.WriteString(w, body)
		return true
	}
	return s
}

func TestFaults(t *testing.T) {
	whole := rssText("", "", posts(0, 3)...)
	html := map[string]string{"Content-Type": "text/html; charset=utf-8"}
	for _, c := range []struct {
		name   string
		server *server
		is     error
		says   string
	}{
		{"gone", answer(t, 410, nil, ""), collectors.ErrSettings, "is gone for good (410): take its address out of `urls`"},
		{"not there", answer(t, 404, html, "<html>"), collectors.ErrSettings, "there is no feed at"},
		{"for members", answer(t, 401, nil, ""), collectors.ErrUnauthorized, "a feed that needs a login is not public"},
		{"forbidden", answer(t, 403, nil, ""), collectors.ErrUnauthorized, "a feed that needs a login is not public"},
		{"a server that fails", answer(t, 500, nil, ""), collectors.ErrUnavailable, "500"},
		{"a proxy without its server", answer(t, 502, html, "<html>"), collectors.ErrUnavailable, "502"},
		{"a page", answer(t, 200, html, "<!DOCTYPE html><html><head><title>Hello</title></head><body>…"), collectors.ErrUnavailable, "a page for browsers: is it the address of a feed"},
		{"a page that names its feeds", answer(t, 200, html, `<!doctype html><meta charset=utf-8><!-- <link rel="alternate" type="application/rss+xml" href="/no"> --><link rel="alternate" type="application/rss+xml" href="/latest.rss?a=1&amp;b=2">
			<link rel=alternate type=application/atom+xml href=//other.example/atom><link rel="alternate" type="text/html" href="/fr"><body>`), collectors.ErrSettings, "/latest.rss?a=1&b=2, http://other.example/atom"},
		{"nothing", answer(t, 200, nil, " \n"), collectors.ErrUnavailable, "it answers with nothing"},
		{"words", answer(t, 200, nil, "Too many connections"), collectors.ErrSettings, "neither XML nor JSON"},
		{"XML of another kind", answer(t, 200, nil, "<?xml version='1.0'?><svg/>"), collectors.ErrSettings, "<svg>"},
		{"JSON of another kind", answer(t, 200, nil, `{"error":"no"}`), collectors.ErrSettings, "JSON without a list of items"},
		{"XML that ends in the middle", answer(t, 200, nil, whole[:len(whole)/2]), collectors.ErrUnavailable, "nothing of it is taken"},
		{"XML that ends before its last tag", answer(t, 200, nil, strings.TrimSuffix(whole, "</rss>")), collectors.ErrUnavailable, "nothing of it is taken"},
		{"JSON that ends in the middle", answer(t, 200, nil, `{"items":[{"id":"1","content_text":"Who`), collectors.ErrUnavailable, "nothing of it is taken"},
		{"an answer that ends before its length", answer(t, 200, map[string]string{"Content-Length": "100000"}, whole), collectors.ErrUnavailable, "broke off"},
		{"elements without end", answer(t, 200, nil, "<rss><channel>"+strings.Repeat("<a>", 100_000)), collectors.ErrSettings, "deep"},
		{"more namespaces than anyone needs", answer(t, 200, nil, "<rss"+manyNamespaces(2000)+"><channel/></rss>"), collectors.ErrSettings, "namespaces"},
		{"more items than a feed holds", answer(t, 200, nil, "<rss><channel>"+strings.Repeat("<item/>", maxItems+1)+"</channel></rss>"), collectors.ErrSettings, "items"},
		{"a long tag around many items", answer(t, 200, nil, "<rss a='"+strings.Repeat("x", maxFrame)+"'><channel/></rss>"), collectors.ErrSettings, "tags around its items"},
		{"text in a million pieces", answer(t, 200, nil, "<rss><channel><x:a>"+strings.Repeat("<![CDATA[xxxxxxxx]]>", 300_000)+"</x:a></channel></rss>"), collectors.ErrSettings, "too many pieces"},
		{"more bytes than are read", answer(t, 200, nil, "<rss>"+strings.Repeat(" ", maxFeed)), collectors.ErrSettings, "more than 16 MB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			all, next, err := collect(t, newCollector(t, 1, c.server.URL+"/feed"), "")
			if !errors.Is(err, c.is) || !strings.Contains(fmt.Sprint(err), c.says) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want %v with %q", err, c.is, c.says)
			}
			if len(all) > 0 || next != "" {
				t.Errorf("%d batches", len(all))
			}
		})
	}
}

func manyNamespaces(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ` xmlns:n%d="u"`, i)
	}
	return b.String()
}

func TestRateLimits(t *testing.T) {
	for name, s := range map[string]*server{
		"429 with a time":       answer(t, 429, map[string]string{"Retry-After": "3600"}, ""),
		"429 without":           answer(t, 429, nil, "<html>slow down</html>"),
		"503 with a time":       answer(t, 503, map[string]string{"Retry-After": "3600"}, ""),
		"503 with an HTML page": answer(t, 503, map[string]string{"Retry-After": "60", "Content-Type": "text/html"}, "<html>"),
	} {
		_, _, err := collect(t, newCollector(t, 1, s.URL), "")
		if limited, ok := errors.AsType[*collectors.RateLimited](err); !ok || !limited.Until.After(testNow()) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestASlowBodyEnds(t *testing.T) {
	s := newServer(t)
	done := make(chan struct{})
	s.hook = func(w http.ResponseWriter, r *http.Request) bool {
		io.WriteString(w, "<rss><channel>")
		w.(http.Flusher).Flush()
		select {
		case <-done:
		case <-r.Context().Done():
		}
		return true
	}
	defer close(done)
	t.Run("with the client's patience", func(t *testing.T) {
		c, err := New(Settings{URLs: []string{s.URL}, Pages: 1}, collectors.Deps{HTTP: guesthttp.New(guesthttp.Options{Allow: []string{"127.0.0.1"}, Tries: 1, Timeout: 200 * time.Millisecond}), Now: testNow})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := collect(t, c, ""); !errors.Is(err, collectors.ErrUnavailable) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("with the context", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		for _, err := range newCollector(t, 1, s.URL).Collect(ctx, "") {
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
		}
	})
}

// TestBombs: what is small on the wire and large afterwards.
func TestBombs(t *testing.T) {
	t.Run("a gzip bomb is read no further than a feed may be large", func(t *testing.T) {
		s := newServer(t)
		s.hook = func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			io.WriteString(z, "<rss>")
			spaces := strings.Repeat(" ", 1<<20)
			for range 200 {
				if _, err := io.WriteString(z, spaces); err != nil {
					break
				}
			}
			z.Close()
			return true
		}
		if _, _, err := collect(t, newCollector(t, 1, s.URL), ""); !errors.Is(err, guesthttp.ErrTooLarge) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("no entity is expanded", func(t *testing.T) {
		var b strings.Builder
		b.WriteString("<?xml version=\"1.0\"?><!DOCTYPE rss [<!ENTITY l0 \"Who laughs?\">\n")
		for i := 1; i < 12; i++ {
			fmt.Fprintf(&b, "<!ENTITY l%d \"%s\">\n", i, strings.Repeat(fmt.Sprintf("&l%d;", i-1), 10))
		}
		b.WriteString("<!ENTITY x SYSTEM \"file:///etc/passwd\">\n]>")
		b.WriteString("<rss version='2.0'><channel><item><guid>1</guid><title>&l11;</title><description>&x; Who pays?</description></item></channel></rss>")
		all, _ := must(t, newCollector(t, 1, answer(t, 200, nil, b.String()).URL), "")
		text := string(all[0].Items[0].Raw)
		if len(text) > 200 || strings.Contains(text, "root:") || !strings.Contains(text, "Who pays?") {
			t.Errorf("%d bytes: %.100q", len(text), text)
		}
	})
}

// TestOneBrokenItem: an item that no parser takes stops none of the others, and is the same on every run.
func TestOneBrokenItem(t *testing.T) {
	bad := numbered(1)
	bad.more = "<x =/>"
	s := newServer(t, numbered(2), bad, numbered(0))
	c := newCollector(t, 1, s.URL)
	all, next := must(t, c, "")
	wantIDs(t, all, idOf(numbered(0).guid), idOf(numbered(2).guid))
	if len(all) != 1 || len(all[0].Broken) != 1 {
		t.Fatalf("got %+v", all)
	}
	got := all[0].Broken[0]
	if !strings.Contains(string(got.Raw), "Who reads report 1?") || strings.Contains(got.Reason, "report") || got.ID == "" {
		t.Errorf("got %+v", got)
	}
	s.entries = append(posts(5, 6), s.entries...)
	all, _ = must(t, c, next)
	if wantIDs(t, all, idOf(numbered(5).guid)); len(all[0].Broken) > 0 {
		t.Error("it comes again")
	}
}

func TestMoved(t *testing.T) {
	for code, told := range map[int]bool{301: true, 308: true, 302: false, 307: false} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			to := newServer(t, posts(0, 3)...)
			s := newServer(t)
			s.hook = func(w http.ResponseWriter, r *http.Request) bool {
				http.Redirect(w, r, to.URL+"/new?token=tell-nobody", code)
				return true
			}
			c := newCollector(t, 1, s.URL+"/old")
			log := logged(c)
			all, next := must(t, c, "")
			wantIDs(t, all, numberedIDs(0, 3)...)
			if got := strings.Contains(log.String(), "moved for good"); got != told {
				t.Errorf("told: %v, want %v: %s", got, told, log)
			}
			log.Reset()
			to.entries = posts(0, 4)
			all, _ = must(t, c, next)
			wantIDs(t, all, numberedIDs(3, 4)...)
			if strings.Contains(log.String(), "moved for good") || strings.Contains(log.String(), "tell-nobody") {
				t.Errorf("told again: %s", log)
			}
		})
	}
	t.Run("check names the new address", func(t *testing.T) {
		to := newServer(t, posts(0, 3)...)
		s := newServer(t)
		s.hook = func(w http.ResponseWriter, r *http.Request) bool {
			http.Redirect(w, r, to.URL+"/new", http.StatusMovedPermanently)
			return true
		}
		found := newCollector(t, 1, s.URL).Check(t.Context())
		if len(found) != 2 || !found[0].OK || !strings.Contains(found[1].Hint, to.URL+"/new") {
			t.Errorf("got %+v", found)
		}
	})
}

// TestNoSecretIsTold: a redirect to an address with a key fails in many ways.
func TestNoSecretIsTold(t *testing.T) {
	const secret = "tell-nobody"
	for name, target := range map[string]string{
		"nobody answers":  "http://127.0.0.1:1/f?token=" + secret,
		"a private host":  "http://10.0.0.1/f?token=" + secret,
		"another scheme":  "gopher://127.0.0.1/f?token=" + secret,
		"a name and word": "http://ada:" + secret + "@127.0.0.1:1/f",
	} {
		s := newServer(t)
		s.hook = func(w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("Location", target)
			w.WriteHeader(http.StatusFound)
			return true
		}
		c := newCollector(t, 1, s.URL)
		_, _, err := collect(t, c, "")
		if err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", name, err)
		}
		for _, f := range c.Check(t.Context()) {
			if strings.Contains(f.What+f.Hint, secret) {
				t.Errorf("%s: check says %+v", name, f)
			}
		}
	}
}

func TestCheck(t *testing.T) {
	first := func(t *testing.T, s *server) collectors.Finding {
		t.Helper()
		found := newCollector(t, 1, s.URL+"/f?feed=rss2").Check(t.Context())
		return found[0]
	}
	if f := first(t, newServer(t, posts(0, 240)...)); !f.OK || !strings.Contains(f.What, "RSS 2.0, 240 posts, the newest of 2026-03-02; they span 3 hours") {
		t.Errorf("got %+v", f)
	}
	if f := first(t, newServer(t)); !f.OK || !strings.Contains(f.What, "no post yet") {
		t.Errorf("got %+v", f)
	}
	if f := first(t, newServer(t, changed(1, func(e *entry) { e.date = "" }))); !f.OK || !strings.Contains(f.What, "not all with a date") {
		t.Errorf("got %+v", f)
	}
	if f := first(t, answer(t, 410, nil, "")); f.OK || !strings.Contains(f.Hint, "gone for good") {
		t.Errorf("got %+v", f)
	}
	s := newServer(t, posts(0, 2)...)
	s.head = `<itunes:block xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd">yes</itunes:block>`
	if found := newCollector(t, 1, s.URL).Check(t.Context()); len(found) != 2 || !strings.Contains(found[1].Hint, "asks not to be read by programs") {
		t.Errorf("got %+v", found)
	}
	bad := numbered(1)
	bad.more = "<x =/>"
	if found := newCollector(t, 1, newServer(t, bad).URL).Check(t.Context()); len(found) != 2 || !strings.Contains(found[1].Hint, "1 of its 1 posts cannot be read") {
		t.Errorf("got %+v", found)
	}
}
