package matterbridge

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"askahead/collectors"
	"askahead/collectors/collectortest"
)

// idOf is the external id that the nth message gets.
func idOf(t *testing.T, n int, change object) string {
	t.Helper()
	raw, err := json.Marshal(message(n, change))
	if err != nil {
		t.Fatal(err)
	}
	m, ok := readMessage(raw)
	if !ok {
		t.Fatalf("message %d can't be read", n)
	}
	return m.external()
}

func TestConformance(t *testing.T) {
	f := newFake(t)
	var want []string
	var broken []string
	for n := range 1300 {
		switch {
		case n == 700:
			f.buffer = append(f.buffer, object{"text": 5, "account": "irc.example"})
		case n%100 == 1:
			f.buffer = append(f.buffer, message(n, object{"event": "join_leave"}))
		default:
			f.buffer = append(f.buffer, message(n, nil))
			want = append(want, idOf(t, n, nil))
		}
	}
	if b, err := all(t, newCollector(t, f, nil), ""); err != nil || len(b.Broken) != 1 {
		t.Fatalf("got %d broken, %v", len(b.Broken), err)
	} else {
		broken = []string{b.Broken[0].ID}
	}
	empty := newFake(t)
	collectortest.Run(t, collectortest.Fixture{
		New:    func(t *testing.T) collectors.Collector { return newCollector(t, f, nil) },
		Want:   want,
		Broken: broken,
		Empty:  func(t *testing.T) collectors.Collector { return newCollector(t, empty, nil) },
		Failing: func(t *testing.T) collectors.Collector {
			// What is in the spool is given although the server is not there.
			c := newCollector(t, f, nil)
			c.client = &http.Client{Transport: away{}}
			return c
		},
		Is: collectors.ErrUnavailable,
		Fetch: func(t *testing.T) (collectortest.Fetcher, collectortest.Fetched) {
			return newCollector(t, f, nil), collectortest.Fetched{Items: want[5:900:900], Broken: broken, Unknown: []string{"broken-0", idOf(t, 9999, nil)}}
		},
		Rewind: func(t *testing.T) (collectortest.Rewinder, time.Time, []string) {
			return newCollector(t, f, nil), began.Add(1203 * time.Minute), want[len(want)-97:]
		},
		Grow: func(t *testing.T) []string {
			f.buffer = []any{message(1300, nil), message(1301, object{"username": "ben"})}
			return []string{idOf(t, 1300, nil), idOf(t, 1301, object{"username": "ben"})}
		},
	})
}

type away struct{}

func (away) RoundTrip(*http.Request) (*http.Response, error) { return nil, http.ErrServerClosed }
