package mastodon

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"askahead/collectors"
)

func TestFaults(t *testing.T) {
	page := func(text string) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.Contains(r.URL.Path, "/tag/") {
				return false
			}
			io.WriteString(w, text)
			return true
		}
	}
	answer := func(code int, header http.Header, text string) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool {
			for name, values := range header {
				w.Header().Set(name, values[0])
			}
			w.WriteHeader(code)
			io.WriteString(w, text)
			return true
		}
	}
	until := func(after time.Duration) func(error) bool {
		return func(err error) bool {
			r, ok := errors.AsType[*collectors.RateLimited](err)
			return ok && r.Until.Equal(testNow().Add(after))
		}
	}
	is := func(target error, says string) func(error) bool {
		return func(err error) bool { return errors.Is(err, target) && strings.Contains(err.Error(), says) }
	}
	old := fmt.Sprintf(`[{"id":"%s"}]`, statusID(0))
	for _, c := range []struct {
		name string
		hook func(http.ResponseWriter, *http.Request) bool
		ok   func(error) bool
	}{
		{"HTML where JSON is due", page("<!DOCTYPE html>"), is(collectors.ErrUnavailable, "HTML where JSON was expected")},
		{"truncated JSON", page(`[{"id":"1","con`), is(collectors.ErrUnavailable, "breaks off")},
		{"an object where a list is due", page(`{"error":"x"}`), func(err error) bool { return strings.Contains(err.Error(), "unexpected shape") }},
		{"a page that repeats", page(old), func(err error) bool { return strings.Contains(err.Error(), "the same posts again") }},
		{"429 with Retry-After", answer(429, http.Header{"Retry-After": {"90"}}, ""), until(90 * time.Second)},
		{"429 with a reset", answer(429, http.Header{"X-RateLimit-Reset": {"2026-03-02T12:04:00.123Z"}}, ""), until(4*time.Minute + 123*time.Millisecond)},
		{"429 without a word", answer(429, nil, ""), until(5 * time.Minute)},
		{"503 with Retry-After", answer(503, http.Header{"Retry-After": {"Mon, 02 Mar 2026 12:01:00 GMT"}}, ""), until(time.Minute)},
		{"401", answer(401, nil, `{"error":"This method requires an authenticated user"}`), is(collectors.ErrUnauthorized, "set it as `token`")},
		{"403", answer(403, nil, ""), is(collectors.ErrUnauthorized, "set it as `token`")},
		{"500", answer(500, nil, ""), is(collectors.ErrUnavailable, "500")},
		{"404 of a server without the API", answer(404, nil, "<html>"), is(collectors.ErrSettings, "has no Mastodon API")},
	} {
		t.Run(c.name+" is told", func(t *testing.T) {
			s := newServer(t)
			s.hook = c.hook
			got, _, err := collect(t, newCollector(t, s, nil), "")
			if err == nil || !c.ok(err) || len(idsOf(got)) > 1 || len(s.asked) > 4 {
				t.Errorf("got %d posts and %v after %d requests", len(got), err, len(s.asked))
			}
		})
	}
	t.Run("a hashtag that was never used is none", func(t *testing.T) {
		s := newServer(t)
		s.hook = func(w http.ResponseWriter, r *http.Request) bool {
			return strings.Contains(r.URL.Path, "/tag/") && answer(404, nil, `{"error":"Not Found: tag igf2018 not found"}`)(w, r)
		}
		if got, _, err := collect(t, newCollector(t, s, nil), ""); err != nil || len(got) != 0 {
			t.Errorf("got %d batches, %v", len(got), err)
		}
	})
	t.Run("a wrong token is told, and not shown", func(t *testing.T) {
		s := newServer(t)
		s.token = "right-one"
		_, _, err := collect(t, newCollector(t, s, func(set *Settings) { set.Token = "wrong-one" }), "")
		if !is(collectors.ErrUnauthorized, "still valid")(err) || strings.Contains(err.Error(), "wrong-one") {
			t.Errorf("got %v", err)
		}
		if _, _, err := collect(t, newCollector(t, s, func(set *Settings) { set.Token = "right-one" }), ""); err != nil {
			t.Errorf("the right one gives %v", err)
		}
	})
	t.Run("requests stop before the rate limit is hit", func(t *testing.T) {
		s := newServer(t)
		for n := range 100 {
			s.statuses = append(s.statuses, status(n, "igf2018"))
		}
		left := 4
		s.hook = func(w http.ResponseWriter, r *http.Request) bool {
			left--
			w.Header().Set("X-RateLimit-Remaining", fmt.Sprint(left))
			w.Header().Set("X-RateLimit-Reset", "2026-03-02T12:05:00Z")
			return false
		}
		got, next, err := collect(t, newCollector(t, s, nil), "")
		if !until(5*time.Minute)(err) || left != 0 || len(idsOf(got)) == 0 {
			t.Fatalf("got %d posts, %v, %d requests left", len(idsOf(got)), err, left)
		}
		left = 100
		rest, _, err := collect(t, newCollector(t, s, nil), next)
		if err != nil || len(idsOf(got))+len(idsOf(rest)) != 100 {
			t.Errorf("then %d posts, %v", len(idsOf(rest)), err)
		}
	})
	t.Run("an answer that never ends is left", func(t *testing.T) {
		s := newServer(t)
		release := make(chan struct{})
		defer close(release)
		s.hook = func(w http.ResponseWriter, r *http.Request) bool {
			io.WriteString(w, "[")
			w.(http.Flusher).Flush()
			<-release
			return true
		}
		c := newCollector(t, s, nil)
		c.client.Timeout = 50 * time.Millisecond
		if _, _, err := collect(t, c, ""); !errors.Is(err, collectors.ErrUnavailable) {
			t.Errorf("got %v", err)
		}
	})
}

func TestClosedFeeds(t *testing.T) {
	access := func(local, remote string) map[string]any {
		return map[string]any{"domain": "social.example", "configuration": map[string]any{
			"timelines_access": map[string]any{"hashtag_feeds": map[string]any{"local": local, "remote": remote}}}}
	}
	for _, c := range []struct {
		name     string
		instance map[string]any
		token    collectors.Secret
		posts    bool
		advice   string // none: it is no error
	}{
		{"an empty hashtag of an open server is no error", access("public", "public"), "", false, ""},
		{"nor of one that does not tell", map[string]any{"domain": "social.example"}, "", false, ""},
		{"an empty one of a closed server is", access("authenticated", "disabled"), "", false, "to visitors"},
		{"and of one that is half closed", access("public", "authenticated"), "", false, "set it as `token`"},
		{"no token helps a visitor where it is closed to everyone", access("disabled", "disabled"), "", false, "to everyone"},
		{"nor where that is so of one half", access("public", "disabled"), "", false, "name another server"},
		{"for a member it is open", access("authenticated", "authenticated"), "x", false, ""},
		{"unless it is closed to everyone", access("disabled", "authenticated"), "x", false, "name another server"},
		{"nor where there are posts", access("authenticated", "authenticated"), "", true, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newServer(t)
			s.instance = c.instance
			if c.posts {
				s.statuses = append(s.statuses, statusWith(1, map[string]any{"account": map[string]any{"acct": "bob@team.example"}}, "igf2018"))
			}
			col := newCollector(t, s, func(set *Settings) { set.Token = c.token })
			_, _, err := collect(t, col, "")
			closed := c.advice != ""
			if errors.Is(err, collectors.ErrUnauthorized) != closed || (!closed && err != nil) {
				t.Errorf("got %v", err)
			}
			if closed && !strings.Contains(err.Error(), c.advice) {
				t.Errorf("does not say what to do: %v", err)
			}
			asked := slices.ContainsFunc(s.asked, func(u string) bool { return strings.Contains(u, "instance") })
			if want := !c.posts; asked != want {
				t.Errorf("asked about itself: %v", asked)
			}
		})
	}
}

func TestLinkParam(t *testing.T) {
	for header, want := range map[string]string{
		`<https://x.example/a?max_id=1>; rel="next", <https://x.example/a?limit=2&min_id=7>; rel="prev"`: "7",
		`<https://x.example/a?min_id=7>; rel=prev`:                                                       "7",
		`<https://x.example/a?max_id=7>; rel="next"`:                                                     "",
		`<https://x.example/a?min_id=7`:                                                                  "",
		`<%zz>; rel="prev"`:                                                                              "",
		``:                                                                                               "",
	} {
		if got := linkParam([]string{header}, "prev", "min_id"); got != want {
			t.Errorf("%s: got %q, want %q", header, got, want)
		}
	}
}

func FuzzLinkParam(f *testing.F) {
	f.Add(`<https://x.example/a?min_id=7>; rel="prev"`)
	f.Add(`<>,<<>>;rel=prev<`)
	f.Fuzz(func(t *testing.T, header string) {
		if got := linkParam([]string{header}, "prev", "min_id"); got != "" && !strings.Contains(header, "=") {
			t.Errorf("%q gives %q", header, got)
		}
	})
}
