package matterbridge

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"askahead/collectors"
	"askahead/collectors/collectortest"
)

// What matterbridge gave, it forgets, and a fault on the way can lose it; so that nothing else gets lost, the server of
// this test gives again what did not reach the spool.
func TestServerFaults(t *testing.T) {
	var want []string
	for n := range 30 {
		want = append(want, idOf(t, n, nil))
	}
	var f *fake
	collectortest.Faults(t, collectortest.Site{
		Server: func(t *testing.T) http.Handler {
			f = newFake(t)
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if f.buffer = nil; r.URL.Path != "/api/health" {
					f.buffer = f.missing(t, 30)
				}
				f.serve(w, r)
			})
		},
		New: func(t *testing.T, client *http.Client, url string) collectors.Collector {
			settings := Settings{Server: url, Token: token, Spool: filepath.Join(f.dir, "a.spool"), Messages: allMessages, Read: readMessages, Keep: 24 * time.Hour}
			c, err := New(settings, collectors.Deps{HTTP: client, Now: func() time.Time { return f.now }})
			if err != nil {
				t.Fatal(err)
			}
			c.poll = time.Millisecond
			return c
		},
		Want: want, Now: func() time.Time { return began.Add(time.Hour) }, Secrets: []string{token}, Null: true,
	})
}

// missing are those of the first n messages that are not in the spool.
func (f *fake) missing(t *testing.T, n int) (list []any) {
	t.Helper()
	safe, err := os.ReadFile(f.path())
	if err != nil && !os.IsNotExist(err) {
		t.Error(err)
	}
	for i := range n {
		if m := message(i, nil); !strings.Contains(string(safe), `"`+m["text"].(string)+`"`) {
			list = append(list, m)
		}
	}
	return list
}
