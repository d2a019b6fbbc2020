package feed

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"askahead/collectors"
	"askahead/collectors/collectortest"
)

// TestConformance: a blog whose feed has one page of more posts than a batch holds, and a forum with older pages.
func TestConformance(t *testing.T) {
	blog := newServer(t, posts(0, 520)...)
	blog.window = 520
	broken := numbered(300)
	broken.more = `<x a=b"c/>`
	blog.entries[520-1-300] = broken
	forum := newServer(t, posts(2000, 2035)...)
	forum.window, forum.generator = 10, "https://wordpress.org/?v=6.9"
	both := func(t *testing.T) *Collector { return newCollector(t, 10, blog.URL+"/feed", forum.URL+"/feed") }
	empty := newServer(t)
	failing := newServer(t)
	failing.hook = func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(500); return true }

	want := slices.Concat(slices.DeleteFunc(numberedIDs(0, 520), func(id string) bool { return id == idOf(numbered(300).guid) }), numberedIDs(2000, 2035))
	collectortest.Run(t, collectortest.Fixture{
		New:    func(t *testing.T) collectors.Collector { return both(t) },
		Want:   want,
		Broken: []string{brokenID(t, both(t))},
		Empty:  func(t *testing.T) collectors.Collector { return newCollector(t, 10, empty.URL) },
		Failing: func(t *testing.T) collectors.Collector {
			c := both(t)
			c.client.Transport = route(map[string]string{forum.Listener.Addr().String(): failing.Listener.Addr().String()}, c.client.Transport)
			return c
		},
		Is: collectors.ErrUnavailable,
		Fetch: func(t *testing.T) (collectortest.Fetcher, collectortest.Fetched) {
			c := newCollector(t, 2, blog.URL+"/feed", forum.URL+"/feed")
			return c, collectortest.Fetched{Items: []string{want[5], want[400], idOf(numbered(2034).guid), idOf(numbered(2015).guid)},
				Broken: []string{brokenID(t, c)}, Unknown: []string{idOf(numbered(2003).guid), "feed:", "feed:AAAAAAAAAAAA"}}
		},
		Grow: func(t *testing.T) []string {
			blog.entries = slices.Concat(posts(520, 523), blog.entries)[:520]
			forum.entries = slices.Concat(posts(2035, 2060), forum.entries)
			return slices.Concat(numberedIDs(520, 523), numberedIDs(2035, 2060))
		},
	})
}

func brokenID(t *testing.T, c *Collector) string {
	t.Helper()
	all, _ := must(t, c, "")
	for _, b := range all {
		for _, broken := range b.Broken {
			return broken.ID
		}
	}
	t.Fatal("nothing is broken")
	return ""
}

// route sends requests for some hosts to others.
func route(hosts map[string]string, next http.RoundTripper) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		if to := hosts[r.URL.Host]; to != "" {
			r = r.Clone(r.Context())
			r.URL.Host = to
		}
		return next.RoundTrip(r)
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestSettings(t *testing.T) {
	good := Settings{URLs: []string{"https://forum.example.org/latest.rss", "http://blog.example.org/?feed=rss2&keywords=x"}, Pages: 1}
	if errs := good.Validate(); len(errs) > 0 {
		t.Errorf("good settings: %v", errs)
	}
	for _, c := range []struct{ address, says string }{
		{"", "urls: number 1 is empty"},
		{"forum.example.org/latest.rss", "urls: number 1 is not an address"},
		{"ftp://forum.example.org/latest.rss", "urls: number 1 is not an address"},
		{"https://ada:tell-nobody@forum.example.org/", "urls: number 1 holds a user or a password"},
		{"https://forum.example.org/latest.rss?api_key=tell-nobody&api_username=ada", `urls: number 1 holds a key ("api_key")`},
		{"https://forum.example.org/f?accessToken=tell-nobody", `urls: number 1 holds a key ("accessToken")`},
		{"https://forum.example.org/f?a=1;sid=tell-nobody", `urls: number 1 holds a key ("sid")`},
		{"https://forum.example.org/f?%74oken=tell-nobody", `urls: number 1 holds a key ("token")`},
		{"https://calendar.example.org/private-tell-nobody/basic", `urls: number 1 holds a key ("private")`},
	} {
		t.Run(c.says, func(t *testing.T) {
			errs := (&Settings{URLs: []string{c.address}, Pages: 1}).Validate()
			if len(errs) != 1 || !strings.HasPrefix(errs[0].Error(), c.says) {
				t.Fatalf("got %v", errs)
			}
			if strings.Contains(errs[0].Error(), "tell-nobody") {
				t.Errorf("it tells the secret: %v", errs[0])
			}
		})
	}
	for says, s := range map[string]Settings{
		"urls: is empty":                         {Pages: 1},
		"urls: number 2 is the same as number 1": {URLs: []string{"https://a.example/f", "https://a.example/f#x"}, Pages: 1},
		"urls: 51 feeds":                         {URLs: manyURLs(51), Pages: 1},
		"pages: 0 is not between":                {URLs: []string{"https://a.example/f"}},
		"pages: 1001 is not between":             {URLs: []string{"https://a.example/f"}, Pages: 1001},
	} {
		if errs := s.Validate(); len(errs) != 1 || !strings.HasPrefix(errs[0].Error(), says) {
			t.Errorf("got %v, want %s", errs, says)
		}
	}
}

func manyURLs(n int) []string {
	var list []string
	for i := range n {
		list = append(list, "https://forum.example/"+string(rune('a'+i/26))+string(rune('a'+i%26)))
	}
	return list
}
