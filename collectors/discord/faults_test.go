package discord

import (
	"net/http"
	"testing"

	"askahead/collectors"
	"askahead/collectors/collectortest"
)

func TestServerFaults(t *testing.T) {
	want := fill(newFake(t))
	collectortest.Faults(t, collectortest.Site{
		Server: func(t *testing.T) http.Handler {
			f := newFake(t)
			fill(f)
			return f.handler()
		},
		New: func(t *testing.T, client *http.Client, url string) collectors.Collector {
			there := *client
			there.Transport = elsewhere{url, client.Transport}
			return newCollectorWith(t, &there, func(s *Settings) { s.Limit = 100 })
		},
		Want: want, Now: testNow, Secrets: []string{token},
	})
}
