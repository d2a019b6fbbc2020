package mastodon

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"askahead/collectors"
)

// Whatever a server does between two answers: at the end every post that is there came, and none came twice.
func TestNothingIsLostAndNothingComesTwice(t *testing.T) {
	faults := []func(http.ResponseWriter){
		func(w http.ResponseWriter) { w.WriteHeader(429) },
		func(w http.ResponseWriter) { w.Header().Set("Retry-After", "60"); w.WriteHeader(503) },
		func(w http.ResponseWriter) { w.WriteHeader(500) },
		func(w http.ResponseWriter) { io.WriteString(w, "<!DOCTYPE html><title>Repair") },
		func(w http.ResponseWriter) { io.WriteString(w, `[{"id":"1100`) },
		func(w http.ResponseWriter) { w.Header().Set("Content-Length", "9000"); io.WriteString(w, "[") }, // and hangs up
	}
	for _, since := range []bool{false, true} {
		for seed := range uint64(25) {
			t.Run(fmt.Sprintf("newest first %v, seed %d", since, seed), func(t *testing.T) {
				dice := rand.New(rand.NewPCG(seed, 7))
				s := newServer(t)
				s.since, s.noLink, s.most = since, since, 10
				for n := range 60 + dice.IntN(60) {
					s.statuses = append(s.statuses, status(n*10, "igf2018"))
				}
				last, fault, quiet := len(s.statuses)*10, 0, false
				s.hook = func(w http.ResponseWriter, _ *http.Request) bool {
					if !quiet && dice.IntN(3) == 0 { // posts come and go at any moment
						last += 10
						s.statuses = append(s.statuses, status(last, "igf2018"))
						i := len(s.statuses) - 2 - dice.IntN(30)
						if s.find(statusID(last-205)) == nil {
							at := slices.IndexFunc(s.statuses, func(p map[string]any) bool { return compareIDs(p["id"].(string), statusID(last-205)) > 0 })
							s.statuses = slices.Insert(s.statuses, at, status(last-205, "igf2018")) // late
						}
						s.statuses = slices.Delete(s.statuses, i, i+1)
					}
					if fault--; fault == 0 {
						faults[dice.IntN(len(faults))](w)
						return true
					}
					return false
				}
				count := map[string]int{}
				var next collectors.Cursor
				for range 12 {
					fault = 1 + dice.IntN(12)
					var got []collectors.Batch
					got, next, _ = collect(t, newCollector(t, s, nil), next)
					for _, id := range idsOf(got) {
						count[id]++
					}
				}
				fault, quiet = 0, true
				got, _, err := collect(t, newCollector(t, s, nil), next)
				if err != nil {
					t.Fatal(err)
				}
				for _, id := range idsOf(got) {
					count[id]++
				}
				for _, status := range s.statuses {
					if count[status["id"].(string)] != 1 {
						t.Errorf("%v came %d times", status["id"], count[status["id"].(string)])
					}
				}
				for id, n := range count {
					if n > 1 {
						t.Errorf("%s came %d times", id, n)
					}
				}
			})
		}
	}
}

// The cursor names a post; that one may go, and all around it.
func TestThePostThatTheCursorNamesIsDeleted(t *testing.T) {
	for name, left := range map[string]func(n int) bool{
		"it alone":           func(n int) bool { return n != 49 },
		"all behind it, too": func(n int) bool { return n < 49 },
		"all":                func(int) bool { return false },
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			for n := range 50 {
				s.statuses = append(s.statuses, status(n, "igf2018"))
			}
			at := func(set *Settings) { set.LookBack = 0 } // then it is the newest
			_, next, err := collect(t, newCollector(t, s, at), "")
			if err != nil || !strings.Contains(string(next), statusID(49)) {
				t.Fatalf("%s, %v", next, err)
			}
			kept := s.statuses[:0]
			for n, status := range s.statuses {
				if left(n) {
					kept = append(kept, status)
				}
			}
			s.statuses = append(kept, status(60, "igf2018"), status(61, "igf2018"))
			if got, _, err := collect(t, newCollector(t, s, at), next); err != nil || !slices.Equal(idsOf(got), []string{statusID(60), statusID(61)}) {
				t.Errorf("got %q, %v", idsOf(got), err)
			}
		})
	}
}

// A server whose clock is an hour ahead dates its posts into our future. They come, and so does what is dated before
// them and reaches the server after them.
func TestTheClockOfTheServerIsOff(t *testing.T) {
	for name, off := range map[string]time.Duration{"ahead": time.Hour, "behind": -time.Hour, "by a year": 365 * 24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			dated := func(n int) map[string]any {
				return statusWith(n, map[string]any{"created_at": testNow().Add(off + time.Duration(n-100)*time.Minute).Format(time.RFC3339)}, "igf2018")
			}
			for n := range 100 {
				s.statuses = append(s.statuses, dated(n))
			}
			got, next, err := collect(t, newCollector(t, s, nil), "")
			if err != nil || len(idsOf(got)) != 100 {
				t.Fatalf("got %d, %v", len(idsOf(got)), err)
			}
			late := statusWith(5, map[string]any{"id": strings.TrimSuffix(statusID(95), "0") + "5"}, "igf2018")
			s.statuses = append(slices.Insert(s.statuses, 96, late), dated(100))
			if got, _, err = collect(t, newCollector(t, s, nil), next); err != nil || len(idsOf(got)) != 2 {
				t.Errorf("then %q, %v", idsOf(got), err)
			}
		})
	}
}

// A single post from times to come does not make all others look long settled.
func TestAPostFromTimesToCome(t *testing.T) {
	s := newServer(t)
	for n := range 50 {
		s.statuses = append(s.statuses, status(n*10, "igf2018"))
	}
	s.statuses = append(s.statuses, statusWith(495, map[string]any{"created_at": "2036-03-02T12:00:00Z"}, "igf2018"))
	_, next, err := collect(t, newCollector(t, s, nil), "")
	if err != nil {
		t.Fatal(err)
	}
	s.statuses = slices.Insert(s.statuses, 40, status(395, "igf2018"))
	if got, _, err := collect(t, newCollector(t, s, nil), next); err != nil || !slices.Equal(idsOf(got), []string{statusID(395)}) {
		t.Errorf("what came late: %q, %v", idsOf(got), err)
	}
}
