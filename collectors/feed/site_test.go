package feed

import (
	"fmt"
	"net/http"
	"strconv"
	"testing"

	"askahead/collectors"
	"askahead/collectors/collectortest"
)

// TestServerFaults reads a feed whose pages name the older ones. Where pages are counted, a 404 is how they end.
func TestServerFaults(t *testing.T) {
	const most, page = 35, 10
	collectortest.Faults(t, collectortest.Site{
		Server: func(t *testing.T) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				behind, _ := strconv.Atoi(r.FormValue("behind"))
				head := ""
				if behind+page < most {
					head = fmt.Sprintf(`<atom:link rel="next" href="/feed?behind=%d"/>`, behind+page)
				}
				w.Header().Set("Content-Type", "application/rss+xml; charset=utf-8")
				fmt.Fprint(w, rssText("", head, posts(max(0, most-behind-page), most-behind)...))
			})
		},
		New: func(t *testing.T, client *http.Client, url string) collectors.Collector {
			c, err := New(Settings{URLs: []string{url + "/feed"}, Pages: 10}, collectors.Deps{HTTP: client, Now: testNow})
			if err != nil {
				t.Fatal(err)
			}
			return c
		},
		Want: numberedIDs(0, most), Now: testNow,
	})
}
