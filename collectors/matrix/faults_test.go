package matrix

import (
	"context"
	"net/http"
	"testing"
	"time"

	"askahead/collectors"
	"askahead/collectors/collectortest"
)

func TestServerFaults(t *testing.T) {
	fill := func(f *fake) (want []string) {
		for n := range 45 {
			f.say(n, ada, "Who reads report "+eventID(n)+"?")
			f.rooms[roomB] = append(f.rooms[roomB], say(n, ben, "Who pays?", nil))
		}
		return append(ids(roomA, 0, 45), ids(roomB, 0, 45)...)
	}
	collectortest.Faults(t, collectortest.Site{
		Server: func(t *testing.T) http.Handler {
			f := newFake(t)
			fill(f)
			return f.Config.Handler
		},
		New: func(t *testing.T, client *http.Client, url string) collectors.Collector {
			c := newCollectorWith(t, client, Settings{Homeserver: url, Token: token, Rooms: []string{alias, roomB}, Messages: allMessages, Limit: 20})
			c.sleep = func(_ context.Context, until time.Time) error { return &collectors.RateLimited{Until: until} } // the clock stands still
			return c
		},
		Want: fill(newFake(t)), Now: testNow, Secrets: []string{token},
	})
}
