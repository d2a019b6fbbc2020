package bluesky

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"askahead/collectors"
)

// everything collects until there is nothing new, over as many runs as it takes, and gives the ids of the items in order.
func everything(t *testing.T, c *Collector, most int) (ids []string, next collectors.Cursor) {
	t.Helper()
	for range most {
		batches, now, err := collect(t, c, next)
		ids, next = append(ids, idsOf(batches)...), now
		if err == nil {
			return ids, next
		}
		c.client = newClient() // the next run is later: what the server asked to wait for is over
	}
	t.Fatalf("it does not come to an end in %d runs: %d posts", most, len(ids))
	return nil, ""
}

func TestSearch(t *testing.T) {
	t.Run("asks as the lexicon says", func(t *testing.T) {
		s := newServer(t, note(1, "igf2018"))
		if _, _, err := collect(t, newCollector(t, s, nil), ""); err != nil {
			t.Fatal(err)
		}
		want := []string{"/xrpc/com.atproto.server.createSession", "/xrpc/app.bsky.feed.searchPosts?limit=100&q=%23IGF2018&sort=latest&tag=IGF2018",
			"/xrpc/app.bsky.actor.getProfiles?actors=did%3Aplc%3Aalice"}
		if !slices.Equal(s.asked, want) {
			t.Errorf("asked %q", s.asked)
		}
	})
	t.Run("a run with nothing new is a login and a search", func(t *testing.T) {
		s := newServer(t, note(1, "igf2018"))
		_, next, err := collect(t, newCollector(t, s, nil), "")
		s.asked = nil
		batches, again, err2 := collect(t, newCollector(t, s, nil), next)
		if err != nil || err2 != nil || len(batches) > 0 || again != next || len(s.asked) != 2 || !strings.Contains(s.asked[1], "since=2026-03-01T00%3A01%3A00.000Z") {
			t.Errorf("asked %q, got %d batches, %v, %v", s.asked, len(batches), err, err2)
		}
	})
	for _, key := range []string{"", "createdAt", "indexedAt"} {
		t.Run("finds posts that come late, within the look-back alone, ordered by "+key, func(t *testing.T) {
			s := newServer(t)
			s.key = key
			for n := range 100 {
				s.posts = append(s.posts, note(n*10, "igf2018"))
			}
			c := newCollector(t, s, func(set *Settings) { set.LookBack = 2 * time.Hour })
			_, next, err := collect(t, c, "")
			if err != nil {
				t.Fatal(err)
			}
			s.posts = append(s.posts, note(945, "igf2018"), note(495, "igf2018"))
			got, again, err := collect(t, c, next)
			if err != nil || !slices.Equal(idsOf(got), []string{idOf(945)}) {
				t.Errorf("got %q, %v", idsOf(got), err)
			}
			if got, _, err = collect(t, c, again); err != nil || len(got) != 0 {
				t.Errorf("then %q, %v", idsOf(got), err)
			}
		})
	}
	for _, key := range []string{"", "createdAt", "indexedAt"} {
		t.Run("gives a post that its author dated back once, ordered by "+key, func(t *testing.T) {
			old := noteAt(1, -16*365*24*time.Hour, "igf2018")
			old.found = note(5).found
			old.with(map[string]any{"indexedAt": old.found.Format(time.RFC3339Nano)})
			s := newServer(t, old, note(2, "igf2018"), note(8, "igf2018"))
			s.key = key
			got, next, err := collect(t, newCollector(t, s, nil), "")
			if err != nil || !slices.Equal(idsOf(got), []string{idOf(1), idOf(2), idOf(8)}) {
				t.Fatalf("got %q, %v", idsOf(got), err)
			}
			if got, _, err = collect(t, newCollector(t, s, nil), next); err != nil || len(idsOf(got)) > 0 {
				t.Errorf("then %q, %v", idsOf(got), err)
			}
		})
	}
	t.Run("reads a hashtag that is added later from its first post, and others no second time", func(t *testing.T) {
		s := newServer(t)
		for n := range 100 {
			s.posts = append(s.posts, noteAt(n, time.Duration(n)*time.Hour, []string{"igf2018", "ws164"}[n%2]))
		}
		now := func() time.Time { return testNow().AddDate(0, 0, 9) }
		first := newCollector(t, s, nil)
		first.now = now
		_, next, err := collect(t, first, "")
		if err != nil {
			t.Fatal(err)
		}
		both := newCollector(t, s, func(set *Settings) { set.Hashtags = []string{"igf2018", "ws164"} })
		both.now = now
		got, _, err := collect(t, both, next)
		if ids := idsOf(got); err != nil || len(ids) != 50 || ids[0] != idOf(1) || !slices.IsSorted(ids) {
			t.Errorf("got %d posts, %v", len(ids), err)
		}
	})
	t.Run("starts anew at another service", func(t *testing.T) {
		one, other := newServer(t, note(9, "igf2018")), newServer(t, note(3, "igf2018"))
		_, next, err := collect(t, newCollector(t, one, nil), "")
		if err != nil {
			t.Fatal(err)
		}
		if got, _, err := collect(t, newCollector(t, other, nil), next); err != nil || len(idsOf(got)) != 1 {
			t.Errorf("got %q, %v", idsOf(got), err)
		}
	})
	t.Run("keeps the cursor small on a busy hashtag", func(t *testing.T) {
		s := newServer(t)
		for n := range 900 {
			s.posts = append(s.posts, note(n, "igf2018"))
		}
		_, next, err := collect(t, newCollector(t, s, nil), "")
		if err != nil || len(next) > 4200 {
			t.Errorf("%d bytes, %v", len(next), err)
		}
	})
	t.Run("takes false dates for what they are", func(t *testing.T) {
		s := newServer(t, note(1, "igf2018"), note(2, "igf2018"), note(3, "igf2018"), note(4, "igf2018"))
		for i, said := range []string{"0001-10-14T00:00:00Z", "2190-01-01T00:00:00Z", "yesterday"} {
			e := &s.posts[i]
			e.record(map[string]any{"createdAt": said})
			if e.at = queryTime(&http.Request{Form: map[string][]string{"x": {said}}}, "x"); e.at.IsZero() {
				e.at = e.found
			}
		}
		got, next, err := collect(t, newCollector(t, s, nil), "")
		if want := []string{idOf(1), idOf(2), idOf(3), idOf(4)}; err != nil || !slices.Equal(idsOf(got), want) {
			t.Errorf("got %q, %v", idsOf(got), err)
		}
		if got, _, err := collect(t, newCollector(t, s, nil), next); err != nil || len(idsOf(got)) > 0 {
			t.Errorf("then %q, %v", idsOf(got), err)
		}
	})
	t.Run("does not depend on its own clock", func(t *testing.T) {
		for _, off := range []time.Duration{-50 * 365 * 24 * time.Hour, -time.Hour, time.Hour, 50 * 365 * 24 * time.Hour} {
			s := newServer(t)
			for n := range 300 {
				s.posts = append(s.posts, note(n, "igf2018"))
			}
			c := newCollector(t, s, nil)
			c.now = func() time.Time { return testNow().Add(off) }
			got, next, err := collect(t, c, "")
			if err != nil || len(idsOf(got)) != 300 {
				t.Fatalf("off by %s: %d posts, %v", off, len(idsOf(got)), err)
			}
			s.posts = append(s.posts, note(300, "igf2018"))
			if got, _, err = collect(t, c, next); err != nil || !slices.Equal(idsOf(got), []string{idOf(300)}) {
				t.Errorf("off by %s: then %q, %v", off, idsOf(got), err)
			}
		}
	})
}

// backlog is n posts of which some lie densely, some come in bursts, and some years apart.
func backlog(n int) []entry {
	posts := make([]entry, 0, n)
	at := -30 * 24 * time.Hour
	for i := range n {
		switch {
		case i%1000 == 999:
			at += 24 * time.Hour
		case i%1000 < 500:
			at += time.Second
		default:
			at += 7 * time.Millisecond
		}
		posts = append(posts, noteAt(i, at, "igf2018"))
	}
	return posts
}

func TestBacklog(t *testing.T) {
	for _, key := range []string{"", "createdAt", "indexedAt"} {
		t.Run("comes whole and in order, ordered by "+key, func(t *testing.T) {
			s := newServer(t, backlog(5000)...)
			s.key = key
			got, _, err := collect(t, newCollector(t, s, nil), "")
			if ids := idsOf(got); err != nil || !slices.Equal(ids, wanted(s.posts)) {
				t.Errorf("%d posts, in order: %v, %v", len(ids), slices.IsSorted(ids), err)
			}
		})
	}
	t.Run("of one hashtag beside a quiet one", func(t *testing.T) {
		s := newServer(t, backlog(5000)...)
		for n := range 30 {
			s.posts = append(s.posts, noteAt(5000+n, time.Duration(n*24)*time.Hour-30*24*time.Hour, "ws164"))
		}
		got, _, err := collect(t, newCollector(t, s, func(set *Settings) { set.Hashtags = []string{"igf2018", "ws164"} }), "")
		if ids := idsOf(got); err != nil || !slices.Equal(ids, wanted(s.posts)) {
			t.Errorf("%d posts, %v", len(ids), err)
		}
	})
	t.Run("nothing is lost or repeated when it is stopped after every batch", func(t *testing.T) {
		s := newServer(t, backlog(5000)...)
		var ids []string
		var next collectors.Cursor
		for range 200 {
			n := len(ids)
			before := next
			for b, err := range newCollector(t, s, nil).Collect(t.Context(), next) {
				if err != nil {
					t.Fatal(err)
				}
				ids, next = append(ids, idsOf([]collectors.Batch{b})...), b.Next
				break
			}
			if len(ids) == n && next == before {
				break
			}
		}
		if !slices.Equal(ids, wanted(s.posts)) {
			t.Errorf("%d posts", len(ids))
		}
	})
	t.Run("more posts in one millisecond than are held do not stop it, nor more than anybody reads", func(t *testing.T) {
		s := newServer(t)
		for n := range 10_300 {
			s.posts = append(s.posts, noteAt(n, 0, "igf2018"))
		}
		for n := range 30 {
			s.posts = append(s.posts, note(20_000+n, "igf2018"))
		}
		got, _, err := collect(t, newCollector(t, s, nil), "")
		ids, broken := idsOf(got), brokenOf(got)
		if err != nil || len(ids) != 10_030 || ids[len(ids)-1] != idOf(20_029) || len(broken) != 1 || !strings.Contains(broken[0].Reason, "in this one millisecond (2026-03-02T00:00:00.000Z)") {
			t.Errorf("%d posts, %d broken, %v", len(ids), len(broken), err)
		}
	})
}

// cost collects a backlog of n posts, and gives how many came, how often was searched, and how much more memory was in
// use than before, at most.
func cost(t testing.TB, n int) (count, searches int, peak int64) {
	s := newServer(t)
	for i := range n {
		s.posts = append(s.posts, noteAt(i, time.Duration(i)*13*time.Second, "igf2018"))
	}
	inUse := func() int64 {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.sorted = nil
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before := inUse()
	for b, err := range newCollector(t, s, nil).Collect(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		if count += len(b.Items); len(b.Items) == collectors.BatchItems {
			peak = max(peak, inUse()-before)
		}
	}
	for _, u := range s.asked {
		if strings.Contains(u, "searchPosts") {
			searches++
		}
	}
	return count, searches, peak
}

// TestCost holds what a large backlog costs: about as many requests as there are pages, and a few to find its
// beginning; and no more memory than a small one.
func TestCost(t *testing.T) {
	for _, n := range []int{6000, 18_000} {
		count, searches, peak := cost(t, n)
		t.Logf("%d posts: %d searches of 100, %.1f MB", n, searches, float64(peak)/1e6)
		if count != n || searches > n/100*105/100+70 {
			t.Errorf("%d posts of %d by %d searches", count, n, searches)
		}
		if peak > 24<<20 {
			t.Errorf("%d posts: %d bytes more than before", n, peak)
		}
	}
}

// BenchmarkBacklog measures the same for 100,000 posts.
func BenchmarkBacklog(b *testing.B) {
	for b.Loop() {
		count, searches, peak := cost(b, 100_000)
		b.ReportMetric(float64(count), "posts")
		b.ReportMetric(float64(searches), "searches")
		b.ReportMetric(float64(peak)/1e6, "MB")
	}
}

func TestFaults(t *testing.T) {
	t.Run("a post that is deleted while it is walked by", func(t *testing.T) {
		for _, paged := range []bool{false, true} {
			s := newServer(t)
			for n := range 1000 {
				s.posts = append(s.posts, note(n, "igf2018"))
			}
			all, page := wanted(s.posts), 0
			s.hook = func(w http.ResponseWriter, r *http.Request) bool {
				if strings.Contains(r.URL.Path, "searchPosts") {
					if page++; page > 1 && page < 5 || paged && page == 1 {
						s.posts = slices.Delete(s.posts, len(s.posts)-50, len(s.posts)-49)
					}
				}
				return false
			}
			got, _, err := collect(t, newCollector(t, s, nil), "")
			left, ids := wanted(s.posts), idsOf(got)
			missing := slices.DeleteFunc(left, func(id string) bool { return slices.Contains(ids, id) })
			if err != nil || len(missing) > 0 || len(ids) > len(all) {
				t.Errorf("%d posts, missing %q, %v", len(ids), missing, err)
			}
		}
	})
	t.Run("the session ends in the middle, and its renewal is refused", func(t *testing.T) {
		for _, revoked := range []bool{false, true} {
			s := newServer(t)
			s.good = 3
			for n := range 1000 {
				s.posts = append(s.posts, note(n, "igf2018"))
			}
			s.hook = func(w http.ResponseWriter, r *http.Request) bool {
				if revoked && strings.HasSuffix(r.URL.Path, "refreshSession") {
					refuse(w, 400, "ExpiredToken")
					return true
				}
				return false
			}
			got, _, err := collect(t, newCollector(t, s, nil), "")
			if err != nil || !slices.Equal(idsOf(got), wanted(s.posts)) || (s.logins > 1) != revoked || (s.renewals > 0) == revoked {
				t.Errorf("revoked: %v; %d posts, %d logins, %d renewals, %v", revoked, len(idsOf(got)), s.logins, s.renewals, err)
			}
		}
	})
	t.Run("a token that is never good is asked for twice, and then told", func(t *testing.T) {
		s := newServer(t, note(1, "igf2018"))
		s.hook = func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodGet {
				refuse(w, 401, "InvalidToken")
			}
			return r.Method == http.MethodGet
		}
		_, _, err := collect(t, newCollector(t, s, nil), "")
		if !errors.Is(err, collectors.ErrUnauthorized) || len(s.asked) != 4 || !strings.Contains(err.Error(), "lets the account log in") {
			t.Errorf("asked %d times, %v", len(s.asked), err)
		}
	})
	t.Run("a rate limit is obeyed", func(t *testing.T) {
		reset := testNow().Add(90 * time.Second)
		for _, c := range []struct {
			name   string
			header map[string]string
			until  time.Time
			page   bool // it is told with a page
		}{
			{"429 with Retry-After", map[string]string{"Retry-After": "40"}, testNow().Add(40 * time.Second), false},
			{"429 with RateLimit-Reset", map[string]string{"RateLimit-Reset": fmt.Sprint(reset.Unix())}, reset, false},
			{"429 with nothing", nil, testNow().Add(5 * time.Minute), false},
			{"the last request of a stretch", map[string]string{"RateLimit-Limit": "3000", "RateLimit-Remaining": "0", "RateLimit-Reset": fmt.Sprint(reset.Unix())}, reset, true},
		} {
			s := newServer(t)
			for n := range 250 {
				s.posts = append(s.posts, note(n, "igf2018"))
			}
			pages := 0
			s.hook = func(w http.ResponseWriter, r *http.Request) bool {
				if !strings.Contains(r.URL.Path, "searchPosts") {
					return false
				}
				if pages++; pages != 2 {
					return false
				}
				for name, value := range c.header {
					w.Header().Set(name, value)
				}
				if !c.page {
					w.WriteHeader(429)
					io.WriteString(w, "<html>slow down</html>")
				}
				return !c.page
			}
			ids, next := []string{}, collectors.Cursor("")
			batches, next, err := collect(t, newCollector(t, s, nil), next)
			ids = append(ids, idsOf(batches)...)
			if limited, ok := errors.AsType[*collectors.RateLimited](err); !ok || !limited.Until.Equal(c.until) {
				t.Errorf("%s: %v", c.name, err)
			}
			for range 3 { // the next run goes on
				batches, next, err = collect(t, newCollector(t, s, nil), next)
				ids = append(ids, idsOf(batches)...)
			}
			if err != nil || !slices.Equal(ids, wanted(s.posts)) {
				t.Errorf("%s: %d posts, %v", c.name, len(ids), err)
			}
		}
	})
	t.Run("a server that fails every few requests is read in the end", func(t *testing.T) {
		for every := 4; every < 8; every++ {
			s := newServer(t, backlog(3000)...)
			count := 0
			s.hook = func(w http.ResponseWriter, r *http.Request) bool {
				if count++; count%every == 0 {
					w.WriteHeader(429)
					return true
				}
				return false
			}
			ids, _ := everything(t, newCollector(t, s, nil), 300)
			if !slices.Equal(ids, wanted(s.posts)) {
				t.Errorf("every %d: %d posts", every, len(ids))
			}
		}
	})
	for name, answer := range map[string]func(w http.ResponseWriter){
		"HTML":           func(w http.ResponseWriter) { io.WriteString(w, "<!DOCTYPE html><p>Back soon") },
		"HTML and 502":   func(w http.ResponseWriter) { w.WriteHeader(502); io.WriteString(w, "<html>") },
		"truncated JSON": func(w http.ResponseWriter) { io.WriteString(w, `{"posts":[{"uri":"at://`) },
		"a cut body":     func(w http.ResponseWriter) { w.Header().Set("Content-Length", "900"); io.WriteString(w, `{"posts":[`) },
		"nothing":        func(w http.ResponseWriter) {},
		"a slow body": func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "900")
			io.WriteString(w, "{")
			w.(http.Flusher).Flush()
			time.Sleep(1200 * time.Millisecond)
		},
	} {
		t.Run(name+" passes by itself", func(t *testing.T) {
			s := newServer(t)
			for n := range 250 {
				s.posts = append(s.posts, note(n, "igf2018"))
			}
			pages := 0
			s.hook = func(w http.ResponseWriter, r *http.Request) bool {
				if strings.Contains(r.URL.Path, "searchPosts") {
					if pages++; pages == 3 {
						answer(w)
						return true
					}
				}
				return false
			}
			c := newCollector(t, s, nil)
			c.client.Timeout = time.Second
			_, next, err := collect(t, c, "")
			if !errors.Is(err, collectors.ErrUnavailable) || strings.Contains(err.Error(), testPassword) || strings.Contains(err.Error(), "access-") {
				t.Errorf("got %v", err)
			}
			got, _, err := collect(t, c, next)
			if err != nil || !slices.Equal(idsOf(got), wanted(s.posts)) {
				t.Errorf("then %d posts, %v", len(idsOf(got)), err)
			}
		})
	}
	t.Run("a page that repeats is told", func(t *testing.T) {
		s := newServer(t)
		for n := range 250 {
			s.posts = append(s.posts, note(n, "igf2018"))
		}
		s.hook = func(w http.ResponseWriter, r *http.Request) bool {
			if strings.Contains(r.URL.Path, "searchPosts") {
				reply(w, 200, map[string]any{"posts": views(s.posts[150:]), "cursor": "100"})
				return true
			}
			return false
		}
		got, _, err := collect(t, newCollector(t, s, nil), "")
		if err == nil || !strings.Contains(err.Error(), "the same posts again") || len(idsOf(got)) > 0 || len(s.asked) > 8 {
			t.Errorf("%d posts by %d requests, %v", len(idsOf(got)), len(s.asked), err)
		}
	})
	t.Run("pages of which nothing is shown are passed over, and do not go on for ever", func(t *testing.T) {
		s := newServer(t, note(1, "igf2018"), note(2, "igf2018"))
		pages := 0
		s.hook = func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.Contains(r.URL.Path, "searchPosts") {
				return false
			}
			pages++
			shown := []entry{}
			if pages == 3 {
				shown = s.posts
			}
			reply(w, 200, map[string]any{"posts": views(shown), "cursor": fmt.Sprint(pages * 100)})
			return true
		}
		got, _, err := collect(t, newCollector(t, s, nil), "")
		if err != nil || len(idsOf(got)) != 2 || pages > 3+2*maxIdle {
			t.Errorf("%d posts by %d pages, %v", len(idsOf(got)), pages, err)
		}
	})
	t.Run("a server that knows no times gives a small hashtag, and refuses a large one", func(t *testing.T) {
		for _, n := range []int{2000, 6000} {
			s := newServer(t, backlog(n)...)
			s.hook = func(w http.ResponseWriter, r *http.Request) bool {
				q := r.URL.Query()
				q.Del("since")
				q.Del("until")
				r.URL.RawQuery = q.Encode()
				return false
			}
			got, next, err := collect(t, newCollector(t, s, nil), "")
			if small := n < maxHeld; small != (err == nil) || !small && !errors.Is(err, collectors.ErrSettings) {
				t.Errorf("%d: %d posts, %v", n, len(idsOf(got)), err)
			} else if small {
				if again, _, err := collect(t, newCollector(t, s, nil), next); len(idsOf(got)) != n || len(idsOf(again)) != 0 || err != nil {
					t.Errorf("%d: %d posts, then %d, %v", n, len(idsOf(got)), len(idsOf(again)), err)
				}
			}
		}
	})
}
