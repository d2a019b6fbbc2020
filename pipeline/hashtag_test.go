package pipeline

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"askahead/collectors"
	"askahead/collectors/mastodon"
	"askahead/domain"
	"askahead/internal/guesthttp"
	"askahead/store"
	"askahead/take"
)

// social is a server of the Mastodon API with posts under #WS164.
type social struct {
	*httptest.Server
	posts []map[string]any // in order of id
	down  bool
}

func newSocial(t *testing.T) *social {
	s := &social{}
	give := func(w http.ResponseWriter, code int, v any) {
		w.WriteHeader(code)
		json.NewEncoder(w).Encode(v)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/timelines/tag/{tag}", func(w http.ResponseWriter, r *http.Request) {
		after, _ := strconv.Atoi(r.FormValue("min_id"))
		before, err := strconv.Atoi(r.FormValue("max_id"))
		page := []map[string]any{}
		for _, p := range s.posts {
			id, _ := strconv.Atoi(p["id"].(string))
			if id > after && (err != nil || id < before) && len(page) < 40 {
				page = append(page, p)
			}
		}
		slices.Reverse(page)
		give(w, 200, page)
	})
	mux.HandleFunc("GET /api/v1/statuses", func(w http.ResponseWriter, r *http.Request) {
		found := slices.DeleteFunc(slices.Clone(s.posts), func(p map[string]any) bool { return !slices.Contains(r.URL.Query()["id[]"], p["id"].(string)) })
		give(w, 200, append([]map[string]any{}, found...))
	})
	mux.HandleFunc("GET /api/v1/statuses/{id}", func(w http.ResponseWriter, r *http.Request) {
		give(w, 404, map[string]any{"error": "Record not found"})
	})
	mux.HandleFunc("GET /api/v2/instance", func(w http.ResponseWriter, r *http.Request) { give(w, 200, map[string]any{"domain": "social.example"}) })
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.down {
			w.WriteHeader(502)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// post is a question of an author, n hours after the beginning. With the same n it is the same post on every server.
func (s *social) post(n int, author string) {
	at := time.Date(2018, 10, 1, n, 0, 0, 0, time.UTC)
	s.posts = append(s.posts, map[string]any{
		"id": strconv.Itoa(1000 + n), "uri": fmt.Sprintf("https://elsewhere.example/%s/%d", author, n), "visibility": "public",
		"created_at": at.Format(time.RFC3339), "content": fmt.Sprintf(`<p><a class="mention">@<span>panel</span></a> Who of %s will pay for rule %d? <a class="mention hashtag">#<span>WS164</span></a></p>`, author, n),
		"account": map[string]any{"acct": author + "@elsewhere.example", "note": "<p>I ask.</p>"}, "tags": []map[string]any{{"name": "WS164"}},
	})
}

// change changes the posts of an author.
func (s *social) change(author string, do func(post, account map[string]any)) {
	for _, p := range s.posts {
		if a := p["account"].(map[string]any); strings.HasPrefix(a["acct"].(string), author+"@") {
			do(p, a)
		}
	}
}

func hashtagSource(t *testing.T, rule take.Rule, servers ...*social) Source {
	t.Helper()
	kind := mastodon.Kind()
	settings := kind.Settings().(*mastodon.Settings)
	settings.Server = servers[0].URL
	for _, s := range servers[1:] {
		settings.More = append(settings.More, mastodon.Server{Server: s.URL})
	}
	client := guesthttp.New(guesthttp.Options{Allow: []string{"127.0.0.1"}, Tries: 1})
	t.Cleanup(client.CloseIdleConnections)
	c, err := kind.New(settings, collectors.Deps{HTTP: client, Hashtags: []string{"WS164"},
		Now: func() time.Time { return time.Date(2018, 11, 1, 12, 0, 0, 0, time.UTC) }})
	if err != nil {
		t.Fatal(err)
	}
	src := newSource(t, c, rule)
	src.Name, src.Kind = "hashtag", kind.Name
	return src
}

// of counts the questions of an author that are held.
func (f fixture) of(t *testing.T, author string) (n int) {
	t.Helper()
	for after := ""; ; {
		page, err := f.Store.Questions(t.Context(), store.Query{Session: "one", Audience: domain.Clear, Limit: 1000, After: after})
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range page.Questions {
			if strings.HasPrefix(q.Text, "Who of "+author) {
				n++
			}
			if strings.Contains(q.Text, "#") || strings.Contains(q.Text, "@") {
				t.Errorf("what addresses a post stands in its question: %q", q.Text)
			}
		}
		if after = page.Next; after == "" {
			return n
		}
	}
}

// Whoever begins to decline is asked about with every post that is held of them, old or new, wherever it was seen.
func TestABioThatGainsAWordTakesAllOfItsAuthorsQuestionsOut(t *testing.T) {
	for _, rule := range []take.Rule{{}, {Hashtag: []string{"WS164"}}} {
		f := newLine(t)
		one, other := newSocial(t), newSocial(t)
		for n := range 260 { // more than a sweep asks for at once
			one.post(n, []string{"ana", "ben"}[n%2])
			if n%3 == 0 {
				other.post(n, []string{"ana", "ben"}[n%2])
			}
		}
		for n := range 5 {
			other.post(300+n, "ana")
		}
		src := hashtagSource(t, rule, one, other)
		if sum := f.collect(t, src); sum.Lost() != 0 || f.of(t, "ana") != 135 || f.of(t, "ben") != 130 {
			t.Fatalf("held: %d and %d, %+v", f.of(t, "ana"), f.of(t, "ben"), sum)
		}
		decline := func(_, account map[string]any) {
			account["note"] = `<p>I ask. <a class="hashtag">#<span>NoBot</span></a></p>`
		}
		one.change("ana", decline)
		other.change("ana", decline)
		sum, err := f.Sweep(t.Context(), src, nil)
		if err != nil || sum.Lost() != 0 || f.of(t, "ana") != 0 || f.of(t, "ben") != 130 {
			t.Fatalf("%v: after the sweep %d and %d are held, %+v, %v", rule, f.of(t, "ana"), f.of(t, "ben"), sum, err)
		}
		other.post(320, "ana") // nor does a new one come
		other.change("ana", decline)
		for _, again := range []func() (Summary, error){
			func() (Summary, error) { return f.Collect(t.Context(), src, nil) },
			func() (Summary, error) { return f.Sweep(t.Context(), src, nil) },
			func() (Summary, error) { return f.Reread(t.Context(), src, time.Time{}, nil) },
		} {
			if _, err := again(); err != nil || f.of(t, "ana") != 0 || f.of(t, "ben") != 130 {
				t.Fatalf("%v: later %d and %d are held, %v", rule, f.of(t, "ana"), f.of(t, "ben"), err)
			}
		}
	}
}

func TestAHashtagOnTwoServers(t *testing.T) {
	open := func(t *testing.T) (fixture, *social, *social, Source) {
		f, one, other := newLine(t), newSocial(t), newSocial(t)
		one.post(1, "ana")
		other.post(1, "ana")
		one.post(2, "ben")
		other.post(3, "eve")
		src := hashtagSource(t, take.Rule{}, one, other)
		sum := f.collect(t, src)
		if sum.Kept != 3 || sum.Again != 1 || sum.Lost() != 0 {
			t.Fatalf("%+v", sum)
		}
		return f, one, other, src
	}
	sweep := func(t *testing.T, f fixture, src Source, want error) {
		t.Helper()
		if _, err := f.Sweep(t.Context(), src, nil); !errors.Is(err, want) {
			t.Fatal(err)
		}
	}
	held := func(t *testing.T, f fixture, ana, ben, eve int) {
		t.Helper()
		if a, b, e := f.of(t, "ana"), f.of(t, "ben"), f.of(t, "eve"); a != ana || b != ben || e != eve {
			t.Errorf("held are %d, %d and %d questions, want %d, %d and %d", a, b, e, ana, ben, eve)
		}
	}
	t.Run("a post is gone when the last of them has it no more", func(t *testing.T) {
		f, one, other, src := open(t)
		one.posts = one.posts[1:]
		sweep(t, f, src, nil)
		held(t, f, 1, 1, 1)
		other.posts = other.posts[1:]
		sweep(t, f, src, nil)
		held(t, f, 0, 1, 1)
	})
	t.Run("whoever declines on one of them has declined", func(t *testing.T) {
		f, one, other, src := open(t)
		one.change("ana", func(_, account map[string]any) { account["noindex"] = true })
		other.change("ana", func(post, _ map[string]any) { post["edited_at"] = "2018-10-02T00:00:00Z" })
		sweep(t, f, src, nil)
		held(t, f, 0, 1, 1)
	})
	t.Run("and declined already when the other is read for the first time", func(t *testing.T) {
		f, one, other := newLine(t), newSocial(t), newSocial(t)
		one.post(1, "ana")
		other.post(1, "ana")
		one.change("ana", func(_, account map[string]any) { account["noindex"] = true })
		other.change("ana", func(post, _ map[string]any) { post["edited_at"] = "2018-10-02T00:00:00Z" })
		f.collect(t, hashtagSource(t, take.Rule{}, one, other))
		held(t, f, 0, 0, 0)
	})
	t.Run("one that is down neither loses its posts nor keeps the others'", func(t *testing.T) {
		f, one, other, src := open(t)
		one.down = true
		other.posts = other.posts[:1]
		sweep(t, f, src, collectors.ErrUnavailable)
		held(t, f, 1, 1, 0)
	})
	t.Run("one that is down does not put off the sweep of the others, and is told once", func(t *testing.T) {
		f, one, other, src := open(t)
		one.down = true
		other.posts = other.posts[:1]
		_, err := f.CollectAndSweep(t.Context(), src, nil, nil)
		if !errors.Is(err, collectors.ErrUnavailable) || strings.Count(err.Error(), "502") != 1 {
			t.Errorf("got %v", err)
		}
		held(t, f, 1, 1, 0)
		other.posts = append(other.posts, one.posts[1])
		one.down, other.down = false, true
		one.posts = one.posts[:1]
		if _, err := f.CollectAndSweep(t.Context(), src, nil, nil); !errors.Is(err, collectors.ErrUnavailable) {
			t.Errorf("got %v", err)
		}
		held(t, f, 1, 0, 0)
	})
	t.Run("a source that names another server instead keeps what it holds", func(t *testing.T) {
		f, _, other, _ := open(t)
		src := hashtagSource(t, take.Rule{}, other)
		f.collect(t, src)
		sweep(t, f, src, nil)
		held(t, f, 1, 1, 1)
	})
	t.Run("the question follows its post", func(t *testing.T) {
		f, one, _, src := open(t)
		one.change("ben", func(post, _ map[string]any) {
			post["content"], post["edited_at"] = "<p>Who of ben decides on rule 2?</p>", "2018-10-02T00:00:00Z"
		})
		sweep(t, f, src, nil)
		if texts := f.texts(t, "one"); !slices.Contains(texts, "Who of ben decides on rule 2?") || len(texts) != 3 {
			t.Errorf("held: %q", texts)
		}
	})
}
