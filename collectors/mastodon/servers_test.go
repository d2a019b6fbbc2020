package mastodon

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"askahead/collectors"
	"askahead/collectors/collectortest"
)

// newSeveral makes a collector of several servers, the first being `server`.
func newSeveral(t *testing.T, change func(*Settings), servers ...*played) *Collector {
	t.Helper()
	return newCollector(t, servers[0], func(set *Settings) {
		for _, s := range servers[1:] {
			set.More = append(set.More, Server{Server: s.URL, Token: collectors.Secret(s.token)})
		}
		if change != nil {
			change(set)
		}
	})
}

// fullIDs are the external ids of the items.
func fullIDs(batches []collectors.Batch) []string {
	ids := []string{}
	for _, b := range batches {
		for _, item := range b.Items {
			ids = append(ids, item.ExternalID)
		}
	}
	return ids
}

func down(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(502); return true }

func TestSeveralServersKeepThePromises(t *testing.T) {
	one, other, failing := newServer(t), newServer(t), newServer(t)
	var want []string
	for n := range 130 {
		one.statuses = append(one.statuses, status(n, "igf2018"))
		want = append(want, one.id(n))
	}
	for n := range 90 { // half of them are on both
		other.statuses = append(other.statuses, status(n*2, "igf2018"))
		want = append(want, other.id(n*2))
	}
	failing.hook = down
	empty := newServer(t)
	at := func(c *Collector, addr map[string]string) *Collector {
		next := c.client.Transport
		c.client.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
			if a, ok := addr[r.URL.Host]; ok {
				return to(a, next).RoundTrip(r)
			}
			return next.RoundTrip(r)
		})
		return c
	}
	collectortest.Run(t, collectortest.Fixture{
		New:  func(t *testing.T) collectors.Collector { return newSeveral(t, nil, one, other) },
		Want: want,
		Empty: func(t *testing.T) collectors.Collector {
			return at(newSeveral(t, nil, one, other), map[string]string{one.name(): empty.name(), other.name(): empty.name()})
		},
		Failing: func(t *testing.T) collectors.Collector {
			return at(newSeveral(t, nil, one, other), map[string]string{other.name(): failing.name()})
		},
		Is: collectors.ErrUnavailable,
		Fetch: func(t *testing.T) (collectortest.Fetcher, collectortest.Fetched) {
			return newSeveral(t, nil, one, other), collectortest.Fetched{
				Items: []string{one.id(3), one.id(100), other.id(8), other.id(178)}, Gone: []string{one.id(170), other.id(3)},
				Unknown: []string{"elsewhere.example/" + statusID(1)}}
		},
		Sweep: func(t *testing.T) (collectors.Sweeper, []string, []string) {
			now := newServer(t)
			for n := range 90 {
				if n != 7 {
					now.statuses = append(now.statuses, status(n*2, "igf2018"))
				}
			}
			now.statuses[4]["edited_at"] = "2026-03-02T11:00:00Z"
			return at(newSeveral(t, nil, one, other), map[string]string{other.name(): now.name()}), []string{other.id(8)}, []string{other.id(14)}
		},
		Grow: func(t *testing.T) []string {
			one.statuses = append(one.statuses, status(200, "igf2018"))
			other.statuses = append(other.statuses, status(200, "igf2018"), status(202, "igf2018"))
			return []string{one.id(200), other.id(200), other.id(202)}
		},
	})
}

func TestSeveralServers(t *testing.T) {
	t.Run("the same post on two has one canonical id, and two external ones", func(t *testing.T) {
		one, other := newServer(t), newServer(t)
		one.statuses = append(one.statuses, status(1, "igf2018"))
		other.statuses = append(other.statuses, statusWith(1, map[string]any{"id": "01JD5ZABCDEFGHJKMNPQRSTVWX"}, "igf2018"))
		got, _, err := collect(t, newSeveral(t, nil, one, other), "")
		if err != nil || !slices.Equal(fullIDs(got), []string{one.id(1), other.name() + "/01JD5ZABCDEFGHJKMNPQRSTVWX"}) {
			t.Fatalf("got %q, %v", fullIDs(got), err)
		}
		if a, b := got[0].Items[0].Canonical, got[1].Items[0].Canonical; a != b || a == "" {
			t.Errorf("they are called %q and %q", a, b)
		}
	})
	for _, c := range []struct {
		name string
		hook func(http.ResponseWriter, *http.Request) bool
		is   func(error) bool
	}{
		{"down", down, func(err error) bool { return errors.Is(err, collectors.ErrUnavailable) }},
		{"rate-limited", func(w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(429)
			return true
		}, func(err error) bool { _, ok := errors.AsType[*collectors.RateLimited](err); return ok }},
		{"closed", func(w http.ResponseWriter, r *http.Request) bool { reply(w, 401, map[string]any{}); return true },
			func(err error) bool { return errors.Is(err, collectors.ErrUnauthorized) }},
		{"not a server of this kind", func(w http.ResponseWriter, r *http.Request) bool { fmt.Fprint(w, "<html>"); return true },
			func(err error) bool { return errors.Is(err, collectors.ErrUnavailable) }},
	} {
		t.Run("one that is "+c.name+" keeps none of the others from being read, and is told", func(t *testing.T) {
			one, bad, third := newServer(t), newServer(t), newServer(t)
			for n := range 60 {
				one.statuses = append(one.statuses, status(n, "igf2018"))
				bad.statuses = append(bad.statuses, status(n, "igf2018"))
				third.statuses = append(third.statuses, status(n+30, "igf2018"))
			}
			bad.hook = c.hook
			got, next, err := collect(t, newSeveral(t, nil, one, bad, third), "")
			if _, some := errors.AsType[*collectors.Incomplete](err); !some || !c.is(err) || !strings.Contains(err.Error(), bad.name()+": ") || len(fullIDs(got)) != 120 || len(bad.asked) > 2 {
				t.Fatalf("got %d posts, %v, %d requests", len(fullIDs(got)), err, len(bad.asked))
			}
			bad.hook = nil
			got, _, err = collect(t, newSeveral(t, nil, one, bad, third), next)
			if err != nil || len(fullIDs(got)) != 60 || fullIDs(got)[0] != bad.id(0) {
				t.Errorf("then %d posts, %v", len(fullIDs(got)), err)
			}
		})
	}
	t.Run("each has a token of its own, and gets no other's", func(t *testing.T) {
		one, other := newServer(t), newServer(t)
		one.token, other.token = "first", "second"
		one.hook = func(w http.ResponseWriter, r *http.Request) bool {
			if strings.Contains(r.Header.Get("Authorization"), "second") {
				t.Error("it gets the token of the other")
			}
			return false
		}
		one.statuses, other.statuses = []map[string]any{status(1, "igf2018")}, []map[string]any{status(2, "igf2018")}
		c := newSeveral(t, func(set *Settings) { set.Token = "first" }, one, other)
		if got, _, err := collect(t, c, ""); err != nil || len(fullIDs(got)) != 2 {
			t.Errorf("got %q, %v", fullIDs(got), err)
		}
	})
	t.Run("a server that is added is read from its first post, and one that is left out leaves the others' places", func(t *testing.T) {
		one, other := newServer(t), newServer(t)
		for n := range 60 {
			one.statuses, other.statuses = append(one.statuses, status(n, "igf2018")), append(other.statuses, status(n, "igf2018"))
		}
		_, next, err := collect(t, newSeveral(t, nil, one), "")
		if err != nil {
			t.Fatal(err)
		}
		got, both, err := collect(t, newSeveral(t, nil, one, other), next)
		if err != nil || len(fullIDs(got)) != 60 || fullIDs(got)[0] != other.id(0) {
			t.Errorf("got %d posts, %v", len(fullIDs(got)), err)
		}
		if got, _, err := collect(t, newSeveral(t, nil, other), both); err != nil || len(fullIDs(got)) != 0 {
			t.Errorf("the other alone gives %d posts, %v", len(fullIDs(got)), err)
		}
	})
	t.Run("only a post's own server tells that it was edited, if it is asked", func(t *testing.T) {
		one, other := newServer(t), newServer(t)
		edited := func(uri string) map[string]any {
			return statusWith(1, map[string]any{"uri": uri, "edited_at": "2026-03-02T11:00:00Z"}, "igf2018")
		}
		own, elsewhere := one.URL+"/users/alice/statuses/1", "https://third.example/1"
		for uri, want := range map[string]bool{own: false, elsewhere: true} {
			other.statuses = []map[string]any{edited(uri)}
			got, _, err := collect(t, newSeveral(t, nil, one, other), "")
			if err != nil || len(got) != 1 || got[0].Items[0].Edited != want {
				t.Errorf("%s: %v, %v", uri, got, err)
			}
		}
	})
}

// A cursor of before a source could have several servers, and the ids of then, go on.
func TestWhatWasCollectedFromOneServerGoesOn(t *testing.T) {
	s, other := newServer(t), newServer(t)
	for n := range 60 {
		s.statuses = append(s.statuses, status(n, "igf2018"))
	}
	var seen []byte
	for n := range 30 {
		m := collectors.MarkOf(statusID(n))
		seen = append(seen, m[:]...)
	}
	since, err := collectors.NewCursor("mastodon/1", map[string]any{"server": s.name(), "tags": map[string]string{"igf2018": "0"}, "seen": seen})
	if err != nil {
		t.Fatal(err)
	}
	got, next, err := collect(t, newSeveral(t, nil, s, other), since)
	if err != nil || len(fullIDs(got)) != 30 || fullIDs(got)[0] != s.id(30) {
		t.Errorf("got %d posts, %v", len(fullIDs(got)), err)
	}
	if got, _, err := collect(t, newSeveral(t, nil, s, other), next); err != nil || len(got) != 0 {
		t.Errorf("then %q, %v", fullIDs(got), err)
	}
	s.statuses[3]["edited_at"] = "2026-03-02T11:00:00Z"
	for b, err := range newSeveral(t, nil, s, other).Sweep(t.Context(), []string{statusID(1), statusID(3), statusID(99)}) {
		if err != nil || len(b.Items) != 1 || b.Items[0].ExternalID != statusID(3) || !slices.Equal(b.Gone, []string{statusID(99)}) {
			t.Errorf("got %d edited, %q gone, %v", len(b.Items), b.Gone, err)
		}
	}
	if len(other.asked) > 8 {
		t.Errorf("the other server was asked for what it does not know: %q", other.asked)
	}
}

func TestSweepOfSeveralServers(t *testing.T) {
	one, bad := newServer(t), newServer(t)
	bad.hook = down
	for n := range 30 {
		one.statuses = append(one.statuses, status(n, "igf2018"))
	}
	var ids []string
	for n := range 60 {
		ids = append(ids, one.id(n), bad.id(n))
	}
	ids = append(ids, "elsewhere.example/"+statusID(1))
	round := newSeveral(t, nil, one, bad).Round()
	var gone []string
	for range 2 {
		for b, err := range round.Sweep(t.Context(), ids) {
			if gone = append(gone, b.Gone...); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := round.Left(); !errors.Is(err, collectors.ErrUnavailable) || !strings.Contains(err.Error(), bad.name()) {
		t.Errorf("what is left: %v", err)
	}
	if len(bad.asked) != 1 {
		t.Errorf("the one that is down was asked %d times", len(bad.asked))
	}
	if len(gone) != 60 || slices.ContainsFunc(gone, func(id string) bool { return !strings.HasPrefix(id, one.name()) }) {
		t.Errorf("%d are gone: %q", len(gone), gone)
	}
	one.hook = down
	failed := 0
	round = newSeveral(t, nil, one, bad).Round()
	for _, err := range round.Sweep(t.Context(), ids) {
		if err != nil {
			failed++
		}
	}
	if failed != 1 || round.Left() != nil {
		t.Errorf("with all of them down: %d errors, and then %v", failed, round.Left())
	}
}

// A sweep has no cursor: one that stopped at a rate limit would never come to the end of a long list.
func TestSweepWaits(t *testing.T) {
	s := newServer(t)
	for n := range 90 {
		s.statuses = append(s.statuses, status(n, "igf2018"))
	}
	left := 2
	s.noBulk = true
	s.hook = func(w http.ResponseWriter, r *http.Request) bool {
		if left--; left < 0 {
			w.Header().Set("Retry-After", "300")
			w.WriteHeader(429)
			return true
		}
		w.Header().Set("X-RateLimit-Remaining", fmt.Sprint(left))
		w.Header().Set("X-RateLimit-Reset", testNow().Add(5*time.Minute).Format(time.RFC3339))
		return false
	}
	c := newCollector(t, s, nil)
	var waited, told int
	c.waiting = func(until time.Time) { told++ }
	c.sleep = func(_ context.Context, until time.Time) error {
		if !until.Equal(testNow().Add(5 * time.Minute)) {
			t.Errorf("it waits until %s", until)
		}
		waited, left = waited+1, 40
		return nil
	}
	var ids []string
	for n := range 100 {
		ids = append(ids, s.id(n))
	}
	gone := 0
	for b, err := range c.Sweep(t.Context(), ids) {
		if gone += len(b.Gone); err != nil {
			t.Fatal(err)
		}
	}
	if gone != 10 || waited != 3 || told != 3 || left < 0 {
		t.Errorf("%d gone, waited %d times, told %d times, %d requests left", gone, waited, told, left)
	}
	t.Run("but no longer than whoever waits", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := c.sleepUntil(ctx, testNow().Add(time.Hour)); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("nor for hours", func(t *testing.T) {
		s.hook = func(w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(429)
			return true
		}
		for _, err := range c.Sweep(t.Context(), ids[:1]) {
			if limit, ok := errors.AsType[*collectors.RateLimited](err); !ok || !limit.Until.Equal(testNow().Add(time.Hour)) {
				t.Errorf("got %v", err)
			}
		}
	})
	t.Run("nor for ever", func(t *testing.T) {
		s.hook = func(w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("Retry-After", "300")
			w.WriteHeader(429)
			return true
		}
		c, waited := newCollector(t, s, nil), 0
		c.now = time.Now
		c.sleep = func(context.Context, time.Time) error { waited++; return nil }
		for _, err := range c.Sweep(t.Context(), ids[:1]) {
			if _, ok := errors.AsType[*collectors.RateLimited](err); !ok || waited != maxWaits {
				t.Errorf("waited %d times, %v", waited, err)
			}
		}
	})
}

// Where a server tells no limit, single posts are asked for at a pace of ours; several at once, and timelines, are not.
func TestSinglePostsArePaced(t *testing.T) {
	s := newServer(t)
	var ids []string
	for n := range 60 {
		s.statuses, ids = append(s.statuses, status(n, "igf2018")), append(ids, s.id(n))
	}
	for _, c := range []struct {
		name         string
		noBulk, told bool
		waits        bool
	}{{"several at once", false, false, false}, {"one by one", true, false, true}, {"with a limit that is told", true, true, false}} {
		t.Run(c.name, func(t *testing.T) {
			s.noBulk = c.noBulk
			s.hook = func(w http.ResponseWriter, _ *http.Request) bool {
				if c.told {
					w.Header().Set("X-RateLimit-Remaining", "200")
				}
				return false
			}
			col := newCollector(t, s, nil)
			col.servers[0].pace = rate.NewLimiter(rate.Every(time.Hour), 30)
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			var failed error
			for _, err := range col.Sweep(ctx, ids) {
				failed = err
			}
			if (failed != nil) != c.waits || c.waits && !errors.Is(failed, context.DeadlineExceeded) {
				t.Errorf("got %v", failed)
			}
		})
	}
}
