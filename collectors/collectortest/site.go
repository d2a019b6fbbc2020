package collectortest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"askahead/collectors"
	"askahead/internal/guesthttp"
)

// Site is a web server that a kind reads, in a known state: what Faults needs. All but Now, Secrets and Null are needed.
type Site struct {
	// Server is the server when it is well. It is made afresh for each test, and asked by one reader at a time.
	Server func(t *testing.T) http.Handler
	// New makes a collector that visits this server at url, http://127.0.0.1:PORT, and nothing else. It must use client,
	// which is the one that askahead itself uses.
	New func(t *testing.T, client *http.Client, url string) collectors.Collector
	// Want are the external ids of all items, in any order, with SiteHost where one has the server's name in it.
	Want []string
	// Now is the clock of the collectors; nil is that of the machine.
	Now func() time.Time
	// Secrets are the tokens and passwords that New gave its collector, as it sends them.
	Secrets []string
	// Null says that this server answers null where it has nothing, so that a run may end well with it.
	Null bool
}

// SiteHost stands in Site.Want for the name of the server, 127.0.0.1:PORT, which nobody knows before.
const SiteHost = "SITE-HOST"

// Faults plays what goes wrong with servers of the web, from each request of a run on: 429 and 503, HTML where data is
// due, an answer that is cut, slow, endless, or the same again, a redirect to where nobody may go, and more. Whatever
// happens: the run ends, its error is of the due kind and names no secret and nobody's words, the server is not pressed,
// nothing counts as deleted, and the run after it, with the server well again, brings all the rest and nothing twice.
func Faults(t *testing.T, s Site) {
	if s.Now == nil {
		s.Now = time.Now
	}
	requests := 0
	t.Run("a server that is well gives every item once", func(t *testing.T) {
		v := s.visit(t, fault{}, never)
		r := v.collect(t.Context(), "")
		requests = v.count()
		if err := errors.Join(r.err, sameSet(r.ids(), v.want())); err != nil || requests == 0 {
			t.Errorf("after %d requests: %v", requests, err)
		}
	})
	if t.Failed() {
		return // the rest would say the same
	}
	for _, f := range faults() {
		if f.null && s.Null {
			f.due = nil
		}
		t.Run(f.name, func(t *testing.T) {
			if err := s.meets(t, f, requests); err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("a server that is silent is left as soon as the context ends", func(t *testing.T) {
		for _, n := range spread(requests, positions) {
			v := s.visit(t, fault{play: silent}, n)
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(20*time.Millisecond, cancel)
			began := time.Now()
			r := v.collect(ctx, "")
			if took := time.Since(began); !errors.Is(r.err, context.Canceled) || took > 5*time.Second {
				t.Errorf("at request %d of %d: %v after %v", n+1, requests, r.err, took)
			}
		}
	})
}

// meets plays a fault to runs, which make so many requests at a server that is well, to a sweep and to a check.
func (s Site) meets(t *testing.T, f fault, requests int) error {
	var wrong []error
	told := false
	few := positions
	if f.long {
		few = 3
	}
	for _, n := range spread(requests, few) {
		err, failed := s.play(t, f, n, requests)
		if failed != nil {
			wrong = append(wrong, fmt.Errorf("from request %d of %d on: %w", n+1, requests, failed))
		}
		told = told || err != nil
	}
	if f.due != nil && !told {
		wrong = append(wrong, errors.New("no run tells of it"))
	}
	if err := s.sweep(t, f); err != nil {
		wrong = append(wrong, fmt.Errorf("a sweep: %w", err))
	}
	if err := s.check(t, f); err != nil {
		wrong = append(wrong, fmt.Errorf("a check: %w", err))
	}
	return errors.Join(wrong...)
}

const (
	never     = 1 << 30 // a request that does not come
	positions = 8       // how many of a run's requests a fault is tried at
	maxAsked  = 1000    // requests after which a reader is taken for one who does not end
	maxTries  = 5       // of what fails, by the client's own patience
)

// spread chooses few of n requests, the first and the last among them.
func spread(n, few int) []int {
	few = min(n, few)
	list := make([]int, few)
	for i := range list {
		list[i] = i * (n - 1) / max(1, few-1)
	}
	return list
}

// play lets a run meet a fault from its n-th request on, counted from 0, and another one go on after it. err is what
// the first one ended with.
func (s Site) play(t *testing.T, f fault, n, requests int) (err, wrong error) {
	v := s.visit(t, f, n)
	began := time.Now()
	first := v.collect(t.Context(), "")
	took, more := time.Since(began), v.count()-n
	v.heal()
	next := v.collect(t.Context(), first.last(""))
	switch {
	case next.err != nil:
		wrong = fmt.Errorf("the run after it: %w", next.err)
	case took > 10*time.Second:
		wrong = fmt.Errorf("it ends only after %v", took)
	case first.err == nil && f.due != nil:
		// It may be about something that can be done without. Then nothing may be missing.
		wrong = sameSet(first.ids(), v.want())
	case first.err != nil && f.due != nil && !f.due(first.err, s.Now()):
		wrong = fmt.Errorf("the error is %T: %w", first.err, first.err)
	case f.quiet && more > 1, f.failed && more > maxTries, more > requests+2*maxTries:
		wrong = fmt.Errorf("the server is asked %d times more", more-1)
	}
	return first.err, errors.Join(wrong, s.discreet(first.err), sameSet(append(first.ids(), next.ids()...), v.want()), v.door.err())
}

// sweep makes sure that trouble is not taken for a deletion.
func (s Site) sweep(t *testing.T, f fault) error {
	v := s.visit(t, f, 0)
	sweeper, ok := s.New(t, v.client, v.url).(collectors.Sweeper)
	if !ok {
		return nil
	}
	r := read(sweeper.Sweep(t.Context(), v.want()), 0)
	for _, b := range r.batches {
		if len(b.Gone) > 0 && !f.denies {
			return fmt.Errorf("%d items count as deleted", len(b.Gone))
		}
	}
	if r.err == nil && f.due != nil && v.count() > 0 {
		return errors.New("it ends as if all were well")
	}
	return errors.Join(s.discreet(r.err), v.door.err())
}

// check makes sure that `askahead check` sees the trouble.
func (s Site) check(t *testing.T, f fault) error {
	v := s.visit(t, f, 0)
	checker, ok := s.New(t, v.client, v.url).(collectors.Checker)
	if !ok {
		return nil
	}
	bad := 0
	for _, finding := range checker.Check(t.Context()) {
		if !finding.OK {
			bad++
		}
		if err := s.discreet(errors.New(finding.What + " " + finding.Hint)); err != nil {
			return err
		}
	}
	if bad == 0 && f.due != nil {
		return errors.New("it finds that all is well")
	}
	return v.door.err()
}

// discreet makes sure that an error says nothing that nobody should read.
func (s Site) discreet(err error) error {
	if err == nil {
		return nil
	}
	for _, secret := range append(slices.Clone(s.Secrets), somebody) {
		if strings.Contains(err.Error(), secret) {
			return errors.New("the message repeats a secret, or somebody's words: " + strings.ReplaceAll(err.Error(), secret, "[…]"))
		}
	}
	return nil
}

// sameSet compares ids without regard to their order.
func sameSet(got, want []string) error {
	return same("items", slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want)))
}

// visit is one reader at a server that plays a fault from some request on.
type visit struct {
	site   Site
	t      *testing.T
	client *http.Client
	url    string
	door   *door
	well   http.Handler
	fault  fault
	from   int

	mu    sync.Mutex
	asked int
	given map[string]*httptest.ResponseRecorder // the last good answer, by path
}

func (s Site) visit(t *testing.T, f fault, from int) *visit {
	t.Helper()
	v := &visit{site: s, t: t, well: s.Server(t), fault: f, from: from, door: newDoor(t), given: map[string]*httptest.ResponseRecorder{}}
	server := httptest.NewServer(v)
	v.url, v.client = server.URL, s.client()
	t.Cleanup(func() {
		v.client.CloseIdleConnections()
		server.CloseClientConnections()
		server.Close()
	})
	return v
}

func (v *visit) want() []string {
	want := slices.Clone(v.site.Want)
	for i := range want {
		want[i] = strings.ReplaceAll(want[i], SiteHost, strings.TrimPrefix(v.url, "http://"))
	}
	return want
}

// client is as askahead's own, with less patience.
func (s Site) client() *http.Client {
	return guesthttp.New(guesthttp.Options{Allow: []string{"127.0.0.1"}, FirstWait: time.Millisecond, MaxWait: time.Millisecond,
		MaxBody: 4 << 20, Stall: 500 * time.Millisecond, Now: s.Now})
}

// heal makes the server well again, for a reader who knows of no trouble.
func (v *visit) heal() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.client.CloseIdleConnections()
	v.from, v.asked, v.client = never, 0, v.site.client()
}

func (v *visit) collect(ctx context.Context, since collectors.Cursor) run {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	return collect(ctx, v.site.New(v.t, v.client, v.url), since, 0)
}

func (v *visit) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	faulty := v.asked >= v.from
	v.asked++
	endless := v.asked > maxAsked
	v.mu.Unlock()
	if endless {
		panic(http.ErrAbortHandler)
	}
	if faulty {
		v.fault.play(w, r, v)
		return
	}
	replay(w, v.answer(r))
}

// count is how often the server was asked.
func (v *visit) count() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.asked
}

// answer is what the server says when it is well.
func (v *visit) answer(r *http.Request) *httptest.ResponseRecorder {
	v.mu.Lock()
	defer v.mu.Unlock()
	rec := httptest.NewRecorder()
	v.well.ServeHTTP(rec, r)
	v.given[r.URL.Path] = rec
	return rec
}

func replay(w http.ResponseWriter, rec *httptest.ResponseRecorder) {
	for name, values := range rec.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(rec.Code)
	w.Write(rec.Body.Bytes())
}

// door is a server of the organiser's own network that nobody has allowed.
type door struct {
	url string
	mu  sync.Mutex
	n   int
}

func newDoor(t *testing.T) *door {
	d := &door{}
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.n++
	}))
	t.Cleanup(server.Close)
	d.url = strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	return d
}

func (d *door) err() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.n > 0 {
		return fmt.Errorf("a server of the private network was visited %d times", d.n)
	}
	return nil
}
