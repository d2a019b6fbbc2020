package bluesky

import (
	"net/http"
	"testing"
	"time"

	"askahead/collectors"
	"askahead/collectors/collectortest"
)

func TestServerFaults(t *testing.T) {
	var posts []entry
	var want []string
	for n := range 90 {
		posts = append(posts, note(n, [][]string{{"igf2018"}, {"igf2018", "ws164"}, {"ws164"}}[n%3]...))
		want = append(want, idOf(n))
	}
	collectortest.Faults(t, collectortest.Site{
		Server: func(t *testing.T) http.Handler { return newServer(t, posts...).Config.Handler },
		New: func(t *testing.T, client *http.Client, url string) collectors.Collector {
			settings := Settings{Account: testAccount, Password: testPassword, Service: url, Hashtags: []string{"IGF2018", "ws164"}, Limit: 20, LookBack: 24 * time.Hour}
			c, err := New(settings, collectors.Deps{HTTP: client, Now: testNow})
			if err != nil {
				t.Fatal(err)
			}
			return c
		},
		Want: want, Now: testNow, Secrets: []string{testPassword},
	})
}
