package mastodon

import (
	"context"
	"net/http"
	"testing"
	"time"

	"askahead/collectors"
	"askahead/collectors/collectortest"
)

func TestServerFaults(t *testing.T) {
	const token = "a-token-of-mastodon"
	var statuses []map[string]any
	var want []string
	for n := range 90 {
		statuses = append(statuses, status(n, [][]string{{"igf2018"}, {"igf2018", "ws164"}, {"ws164"}}[n%3]...))
		want = append(want, collectortest.SiteHost+"/"+statusID(n))
	}
	collectortest.Faults(t, collectortest.Site{
		Server: func(t *testing.T) http.Handler {
			s := newServer(t)
			s.statuses, s.token = statuses, token
			return s.Config.Handler
		},
		New: func(t *testing.T, client *http.Client, url string) collectors.Collector {
			settings := Settings{Server: url, Hashtags: []string{"IGF2018", "ws164"}, Limit: 20, LookBack: 24 * time.Hour, Token: token}
			c, err := New(settings, collectors.Deps{HTTP: client, Now: testNow})
			if err != nil {
				t.Fatal(err)
			}
			c.sleep = func(_ context.Context, until time.Time) error { return &collectors.RateLimited{Until: until} } // the clock stands still
			return c
		},
		Want: want, Now: testNow, Secrets: []string{token},
	})
}
