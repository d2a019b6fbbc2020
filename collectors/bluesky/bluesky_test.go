package bluesky

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"askahead/collectors"
	"askahead/collectors/collectortest"
)

func TestConformance(t *testing.T) {
	s := newServer(t)
	var want []string
	for n := range 1300 {
		e := note(n, [][]string{{"igf2018"}, {"IGF2018", "ws164"}, {"ws164"}}[n%3]...)
		switch {
		case n == 77:
			e.view["author"] = "alice"
		case n == 78:
			e.record(map[string]any{"text": 7})
		case n%50 == 10:
			e = note(n, "other")
		default:
			want = append(want, idOf(n))
		}
		s.posts = append(s.posts, e)
	}
	two := func(set *Settings) { set.Hashtags = []string{"#IGF2018", "ws164", "igf2018"} }
	empty := newServer(t)
	failing := newServer(t)
	failing.posts = s.posts
	failing.hook = func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "getProfiles") && failing.left < -5 {
			w.WriteHeader(500)
			return true
		}
		return false
	}
	changed := func(t *testing.T) *server {
		now := newServer(t)
		now.profiles[did("gone")] = nil
		now.profiles[did("dana")] = map[string]any{"did": did("dana"), "description": "no thanks #nobot"}
		for n := range 1300 {
			e := note(n, "igf2018")
			switch n {
			case 5:
				e.with(map[string]any{"cid": "bafyother"}).record(map[string]any{"text": "Who reads them now?"})
			case 6:
				e.view["labels"] = []any{map[string]any{"val": "!no-unauthenticated"}}
			case 8, 200, 201:
				continue
			case 9:
				e.record(map[string]any{"text": nil, "langs": "en"})
			}
			now.posts = append(now.posts, e)
		}
		return now
	}
	collectortest.Run(t, collectortest.Fixture{
		New:   func(t *testing.T) collectors.Collector { return newCollector(t, s, two) },
		Want:  want,
		Empty: func(t *testing.T) collectors.Collector { return newCollector(t, empty, two) },
		Failing: func(t *testing.T) collectors.Collector {
			c := newCollector(t, failing, two)
			c.service.Host = s.Listener.Addr().String()
			c.client.Transport = to(failing.Listener.Addr().String(), c.client.Transport)
			return c
		},
		Is:     collectors.ErrUnavailable,
		Broken: []string{idOf(77), idOf(78)},
		Fetch: func(t *testing.T) (collectortest.Fetcher, collectortest.Fetched) {
			return newCollector(t, changed(t), nil), collectortest.Fetched{Items: []string{idOf(1), idOf(6), idOf(50)},
				Broken: []string{idOf(9)}, Gone: []string{idOf(8), idOf(2000)}, Unknown: []string{"without-id/00", "at://alice.example/app.bsky.feed.post/1"}}
		},
		Sweep: func(t *testing.T) (collectors.Sweeper, []string, []string) {
			return newCollector(t, changed(t), two), []string{idOf(5), idOf(6)}, []string{idOf(8), idOf(200), idOf(201)}
		},
		Rewind: func(t *testing.T) (collectortest.Rewinder, time.Time, []string) {
			from := slices.Index(want, idOf(900))
			return newCollector(t, s, two), note(900).at, want[from:]
		},
		Grow: func(t *testing.T) []string {
			late := noteAt(9000, 1200*time.Minute+time.Second, "igf2018")
			s.posts = append(s.posts, late, note(1300, "ws164"), note(1301, "igf2018", "ws164"))
			return []string{idOf(9000), idOf(1300), idOf(1301)}
		},
	})
}

// to sends every request to another address.
func to(addr string, next http.RoundTripper) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		r = r.Clone(r.Context())
		r.URL.Host = addr
		return next.RoundTrip(r)
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
