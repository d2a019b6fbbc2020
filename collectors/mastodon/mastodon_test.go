package mastodon

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"askahead/collectors"
	"askahead/collectors/collectortest"
)

func TestConformance(t *testing.T) {
	s := newServer(t)
	var want []string
	for n := range 400 {
		switch {
		case n == 77:
			s.statuses = append(s.statuses, statusWith(n, map[string]any{"created_at": "yesterday"}, "igf2018"))
		case n == 78:
			s.statuses = append(s.statuses, statusWith(n, map[string]any{"account": "alice"}, "igf2018"))
		case n%50 == 9:
			s.statuses = append(s.statuses, statusWith(n, map[string]any{"visibility": "unlisted"}, "igf2018"))
		case n%50 == 10:
			s.statuses = append(s.statuses, status(n, "other"))
		default:
			s.statuses = append(s.statuses, status(n, [][]string{{"igf2018"}, {"IGF2018", "ws164"}, {"ws164"}}[n%3]...))
			want = append(want, s.id(n))
		}
	}
	two := func(set *Settings) { set.Hashtags = []string{"#IGF2018", "ws164", "igf2018"} }
	empty := newServer(t)
	failing := newServer(t)
	failing.statuses = s.statuses
	failing.hook = func(w http.ResponseWriter, r *http.Request) bool {
		if compareIDs(r.FormValue("min_id"), statusID(150)) > 0 {
			w.WriteHeader(500)
			return true
		}
		return false
	}
	collectortest.Run(t, collectortest.Fixture{
		New:   func(t *testing.T) collectors.Collector { return newCollector(t, s, two) },
		Want:  want,
		Empty: func(t *testing.T) collectors.Collector { return newCollector(t, empty, two) },
		Failing: func(t *testing.T) collectors.Collector {
			failing.URL = s.URL
			c := newCollector(t, failing, two)
			c.client.Transport = to(failing.Listener.Addr().String(), c.client.Transport)
			return c
		},
		Is:     collectors.ErrUnavailable,
		Broken: []string{s.id(77), s.id(78)},
		Fetch: func(t *testing.T) (collectortest.Fetcher, collectortest.Fetched) {
			now := newServer(t)
			for n := range 60 {
				status := status(n, "igf2018")
				switch n {
				case 5:
					status["edited_at"] = "2026-03-02T11:00:00Z"
				case 6:
					status["account"] = map[string]any{"acct": "alice", "noindex": true}
				case 7:
					status["visibility"] = "private"
				case 8:
					status["created_at"] = "yesterday"
				case 9:
					status["account"] = "alice"
				case 10:
					continue
				}
				now.statuses = append(now.statuses, status)
			}
			return newCollector(t, now, nil), collectortest.Fetched{Items: []string{now.id(1), now.id(5), now.id(6), now.id(50)},
				Broken: []string{now.id(8), now.id(9)}, Gone: []string{now.id(7), now.id(10), now.id(90)},
				Unknown: []string{"without-id/00", now.name() + "/without-id/00", "elsewhere.example/" + statusID(1)}}
		},
		Sweep: func(t *testing.T) (collectors.Sweeper, []string, []string) {
			now := newServer(t)
			now.URL = s.URL // the ids are of the other one
			for n := range 400 {
				status := status(n, "igf2018")
				switch n {
				case 5:
					status["edited_at"] = "2026-03-02T11:00:00Z"
				case 6:
					status["account"] = map[string]any{"acct": "alice", "noindex": true}
				case 7:
					status["visibility"] = "private"
				case 8, 200, 201:
					continue
				}
				now.statuses = append(now.statuses, status)
			}
			c := newCollector(t, now, two)
			c.client.Transport = to(now.Listener.Addr().String(), c.client.Transport)
			return c, []string{s.id(5), s.id(6)}, []string{s.id(7), s.id(8), s.id(200), s.id(201)}
		},
		Grow: func(t *testing.T) []string {
			late := status(390, "igf2018")
			late["id"] = strings.TrimSuffix(statusID(390), "0") + "7"
			i := slices.IndexFunc(s.statuses, func(st map[string]any) bool { return st["id"] == statusID(391) })
			s.statuses = slices.Insert(s.statuses, i, late)
			s.statuses = append(s.statuses, status(400, "ws164"), status(401, "igf2018", "ws164"))
			return []string{s.name() + "/" + late["id"].(string), s.id(400), s.id(401)}
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

func TestCheck(t *testing.T) {
	s := newServer(t)
	s.statuses = append(s.statuses, status(1, "igf2018"))
	for _, f := range newCollector(t, s, nil).Check(t.Context()) {
		if !f.OK {
			t.Errorf("%s: %s", f.What, f.Hint)
		}
	}
	s.token = "x"
	found := newCollector(t, s, nil).Check(t.Context())
	if last := found[len(found)-1]; last.OK || !strings.Contains(last.Hint, "set it as `token`") {
		t.Errorf("got %+v", found)
	}
}

func TestCheckOfAClosedServer(t *testing.T) {
	s := newServer(t)
	s.instance = map[string]any{"configuration": map[string]any{"timelines_access": map[string]any{
		"hashtag_feeds": map[string]any{"local": "authenticated", "remote": "authenticated"}}}}
	found := newCollector(t, s, nil).Check(t.Context())
	if len(found) != 2 || found[1].OK || !strings.HasPrefix(found[1].Hint, s.name()+" closed its hashtags to visitors for ") {
		t.Errorf("an empty list passes for a hashtag without posts: %+v", found)
	}
}

func TestCheckOfSeveralServers(t *testing.T) {
	one, closed, gone := newServer(t), newServer(t), newServer(t)
	one.statuses = append(one.statuses, status(1, "igf2018"))
	closed.token = "x"
	gone.Close()
	c := newSeveral(t, func(set *Settings) { set.Hashtags = []string{"igf2018", "ws164"} }, one, closed, gone)
	c.servers[1].token = ""
	var got []string
	for _, f := range c.Check(t.Context()) {
		got = append(got, fmt.Sprintf("%v %s", f.OK, f.What))
		if !f.OK && f.Hint == "" {
			t.Errorf("%s: no hint", f.What)
		}
	}
	want := []string{
		"true visit " + one.name() + ` (version "4.5.0")`, "true read #igf2018 at " + one.name() + ": the newest post is of 2026-03-02", "true read #ws164 at " + one.name() + ": no post yet",
		"true visit " + closed.name(), "false read #igf2018 at " + closed.name(), "false read #ws164 at " + closed.name(),
		"false visit " + gone.name(),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestSettings(t *testing.T) {
	good := Settings{Server: "https://social.example.org/", Hashtags: []string{"#Gipfel_für_alle", "インターネット"}, Limit: 40}
	if errs := good.Validate(); len(errs) > 0 {
		t.Errorf("good settings: %v", errs)
	}
	for _, c := range []struct {
		change func(*Settings)
		says   string
	}{
		{func(s *Settings) { s.Server = "" }, "server: is empty"},
		{func(s *Settings) { s.Server = "social.example.org" }, "server: is not an address"},
		{func(s *Settings) { s.Server = "http://social.example.org" }, "server: begins with http://"},
		{func(s *Settings) { s.Server = "https://a:b@social.example.org" }, "server: holds a user or a password"},
		{func(s *Settings) { s.Server = "https://social.example.org/tags/x" }, "server: holds more"},
		{func(s *Settings) { s.Hashtags = []string{"two words"} }, `hashtags: "two words"`},
		{func(s *Settings) { s.Hashtags = []string{"../../x"} }, "hashtags: "},
		{func(s *Settings) { s.Any = []string{"a", "b", "c", "d"} }, "any: 4 hashtags; at most 3"},
		{func(s *Settings) { s.Limit = 41 }, "limit: 41"},
		{func(s *Settings) { s.More = []Server{{Server: "https://large.example.org"}, {}} }, "servers[1].server: is empty"},
		{func(s *Settings) { s.More = []Server{{Server: "http://large.example.org"}} }, "servers[0].server: begins with http://"},
		{func(s *Settings) { s.More = []Server{{Server: "https://Social.Example.org"}} }, "servers[0].server: social.example.org is named twice"},
		{func(s *Settings) {
			for n := range 10 {
				s.More = append(s.More, Server{Server: fmt.Sprintf("https://s%d.example.org", n)})
			}
		}, "servers: 11 servers; at most 10"},
		{func(s *Settings) { s.LookBack = -1 }, "look_back: "},
		{func(s *Settings) { s.Replies = true }, "replies: are read of posts within look_back"},
	} {
		t.Run(c.says, func(t *testing.T) {
			s := good
			c.change(&s)
			if errs := s.Validate(); len(errs) != 1 || !strings.HasPrefix(errs[0].Error(), c.says) {
				t.Errorf("got %v", errs)
			}
		})
	}
	t.Run("the session's hashtags are the default", func(t *testing.T) {
		if _, err := New(Settings{Server: "https://social.example.org", Limit: 40}, collectors.Deps{}); err == nil {
			t.Error("none at all are taken")
		}
		if _, err := New(Settings{Server: "https://social.example.org", Limit: 40}, collectors.Deps{Hashtags: []string{"../x"}}); err == nil {
			t.Error("a path is taken")
		}
	})
	t.Run("settings begin with their defaults", func(t *testing.T) {
		k := Kind()
		s := k.Settings().(*Settings)
		s.Server = "https://social.example.org"
		if _, err := k.New(s, collectors.Deps{Hashtags: []string{"x"}}); err != nil || !k.PublicOnly || k.Archive != nil {
			t.Errorf("got %v", err)
		}
	})
}
