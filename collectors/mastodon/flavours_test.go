package mastodon

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"askahead/collectors"
	"askahead/collectors/collectortest"
)

// flavours are servers other than Mastodon, as far as they differ in what is used here.
func flavours() map[string]func(*played) {
	letters := "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	flake := func(n int) string {
		return "AbCdEf" + string(letters[n/3844]) + string(letters[n/62%62]) + string(letters[n%62]) + "xK"
	}
	ulid := func(n int) string {
		return fmt.Sprintf("01JD5Z%020s", strings.ToUpper(strconv.FormatInt(int64(n)*7, 32)))
	}
	named := func(s *played, name func(int) string) {
		for n, status := range s.statuses {
			status["id"] = name(n)
		}
	}
	return map[string]func(*played){
		"GoToSocial": func(s *played) {
			s.noBulk, s.unused, s.token, s.instance = true, true, "member", map[string]any{"uri": "https://social.example", "version": "0.20.0"}
			named(s, ulid)
		},
		"Akkoma, Pleroma": func(s *played) {
			s.noBulk, s.most = true, 40
			s.instance = map[string]any{"uri": "https://social.example", "version": "2.7.2 (compatible; Akkoma 3.15.2)"}
			named(s, flake)
			for _, status := range s.statuses {
				delete(status, "edited_at")
				delete(status["account"].(map[string]any), "noindex")
			}
		},
		"Pixelfed": func(s *played) {
			s.noBulk, s.noLink, s.since, s.token, s.refusal, s.most = true, true, true, "member", 403, 20
			for _, status := range s.statuses {
				delete(status["account"].(map[string]any), "noindex")
				status["poll"], status["language"] = nil, nil
			}
		},
	}
}

func TestEveryServerKeepsThePromises(t *testing.T) {
	for name, flavour := range flavours() {
		t.Run(name, func(t *testing.T) {
			filled := func(t *testing.T, n int) *played {
				s := newServer(t)
				for i := range n {
					s.statuses = append(s.statuses, status(i, [][]string{{"igf2018"}, {"igf2018", "ws164"}, {"ws164"}}[i%3]...))
				}
				flavour(s)
				return s
			}
			s, empty, smaller := filled(t, 90), filled(t, 0), filled(t, 90)
			open := func(t *testing.T, s *played, at *played) *Collector {
				c := newCollector(t, at, func(set *Settings) {
					set.Hashtags, set.Token = []string{"igf2018", "ws164"}, collectors.Secret(s.token)
				})
				c.client.Transport = to(s.Listener.Addr().String(), c.client.Transport)
				return c
			}
			var want []string
			for _, status := range s.statuses {
				want = append(want, s.name()+"/"+status["id"].(string))
			}
			collectortest.Run(t, collectortest.Fixture{
				New:   func(t *testing.T) collectors.Collector { return open(t, s, s) },
				Want:  want,
				Empty: func(t *testing.T) collectors.Collector { return open(t, empty, s) },
				Failing: func(t *testing.T) collectors.Collector {
					smaller.hook = func(w http.ResponseWriter, r *http.Request) bool {
						if len(smaller.asked) > 3 {
							w.WriteHeader(502)
						}
						return len(smaller.asked) > 3
					}
					smaller.asked = nil
					return open(t, smaller, s)
				},
				Is: collectors.ErrUnavailable,
				Sweep: func(t *testing.T) (collectors.Sweeper, []string, []string) {
					now := filled(t, 90)
					now.statuses[4]["account"] = map[string]any{"acct": "alice", "note": "#nobot"}
					now.statuses = slices.Delete(now.statuses, 7, 9)
					return open(t, now, s), want[4:5], want[7:9]
				},
				Grow: func(t *testing.T) []string {
					more := filled(t, 150)
					s.statuses = more.statuses
					var ids []string
					for _, status := range more.statuses[90:] {
						ids = append(ids, s.name()+"/"+status["id"].(string))
					}
					return ids
				},
			})
			t.Run("says what a visitor lacks", func(t *testing.T) {
				if s.token == "" {
					return
				}
				_, _, err := collect(t, newCollector(t, s, nil), "")
				if !errors.Is(err, collectors.ErrUnauthorized) || !strings.Contains(err.Error(), "set it as `token`") {
					t.Errorf("got %v", err)
				}
			})
		})
	}
}

// A server that gives the newest posts first is read from its oldest on all the same, whatever comes and goes meanwhile.
func TestDownward(t *testing.T) {
	filled := func(t *testing.T, n int) *played {
		s := newServer(t)
		s.since, s.noLink, s.most = true, true, 10
		for i := range n {
			s.statuses = append(s.statuses, status(i*2, "igf2018"))
		}
		return s
	}
	t.Run("nothing is lost that comes between, and nothing that goes", func(t *testing.T) {
		s := filled(t, 100)
		up := 0
		s.hook = func(w http.ResponseWriter, r *http.Request) bool {
			if below := r.FormValue("max_id"); below == "" || r.FormValue("limit") == "1" {
				return false
			}
			if up++; up == 13 { // on the way up
				s.statuses = slices.Insert(s.statuses, 71, status(141, "igf2018"))
				s.statuses = slices.Insert(s.statuses, 70, status(139, "igf2018"))
				s.statuses = slices.Delete(s.statuses, 50, 52)
				s.statuses = append(s.statuses, status(300, "igf2018"))
			}
			return false
		}
		got, next, err := collect(t, newCollector(t, s, nil), "")
		if err != nil {
			t.Fatal(err)
		}
		ids := idsOf(got)
		rest, _, err := collect(t, newCollector(t, s, nil), next)
		if ids = append(ids, idsOf(rest)...); err != nil {
			t.Fatal(err)
		}
		for _, status := range s.statuses {
			if !slices.Contains(ids, status["id"].(string)) {
				t.Errorf("%s is lost", status["id"])
			}
		}
		slices.Sort(ids)
		if n := len(ids); len(slices.Compact(ids)) != n {
			t.Error("something came twice")
		}
	})
	t.Run("takes twice the requests, and one", func(t *testing.T) {
		s := filled(t, 400)
		if _, _, err := collect(t, newCollector(t, s, nil), ""); err != nil || len(s.asked) > 2*40+5 {
			t.Errorf("%d requests for 40 pages, %v", len(s.asked), err)
		}
	})
	t.Run("is not needed for what is new on one page", func(t *testing.T) {
		s := filled(t, 5)
		_, next, err := collect(t, newCollector(t, s, nil), "")
		s.statuses, s.asked = append(s.statuses, status(50, "igf2018")), nil
		got, _, err2 := collect(t, newCollector(t, s, nil), next)
		if err != nil || err2 != nil || len(idsOf(got)) != 1 || len(s.asked) > 3 {
			t.Errorf("%d posts in %d requests, %v, %v", len(idsOf(got)), len(s.asked), err, err2)
		}
	})
	t.Run("finds what lies behind a pause longer than the server looks back", func(t *testing.T) {
		s := filled(t, 5)
		_, next, err := collect(t, newCollector(t, s, nil), "")
		if err != nil {
			t.Fatal(err)
		}
		s.statuses = append(s.statuses, status(50, "igf2018"))
		s.hook = func(w http.ResponseWriter, r *http.Request) bool {
			if r.FormValue("min_id") != "" && r.FormValue("min_id") != "0" { // it lies too far back
				reply(w, 200, []any{})
				return true
			}
			return false
		}
		c := newCollector(t, s, func(set *Settings) { set.LookBack = 0 })
		if got, _, err := collect(t, c, next); err != nil || !slices.Equal(idsOf(got), []string{statusID(50)}) {
			t.Errorf("got %q, %v", idsOf(got), err)
		}
	})
	t.Run("a server that always gives the same page is left", func(t *testing.T) {
		s := filled(t, 100)
		s.hook = func(w http.ResponseWriter, r *http.Request) bool {
			q := r.URL.Query() // FormValue would remember what stands there
			if q.Get("limit") == "1" {
				return false
			}
			q.Del("max_id")
			q.Del("min_id")
			r.URL.RawQuery = q.Encode()
			return false
		}
		if _, _, err := collect(t, newCollector(t, s, nil), ""); err == nil || !strings.Contains(err.Error(), "the same posts again") || len(s.asked) > 6 {
			t.Errorf("%d requests, %v", len(s.asked), err)
		}
	})
}
