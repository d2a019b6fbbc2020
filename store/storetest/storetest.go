// Package storetest holds what every store promises, as tests: an implementation passes Run, and is a store.
//
// An implementation's own test file says how an empty database is made and opened:
//
//	var backend = storetest.Backend{New: newDatabase, Open: open}
//
//	func TestMain(m *testing.M)   { storetest.Main(m, backend.Open) }
//	func TestStore(t *testing.T) { storetest.Run(t, backend) }
package storetest

import (
	"context"
	"testing"
	"time"

	"askahead/domain"
	"askahead/store"
)

// Backend is an implementation under test.
type Backend struct {
	// New makes an empty database for one test alone, removes it when the test ends, and gives its DSN.
	New func(t *testing.T) string
	// Open opens the database. It is called several times with one DSN, also in another process.
	Open Open
}

// Open opens a database with the keys that its ids are made with.
type Open func(ctx context.Context, dsn string, keys domain.Keys) (store.Store, error)

// Run checks every promise of store.Store, store.Watch and the other contracts of package store: what Open gives is all.
func Run(t *testing.T, b Backend) {
	t.Run("saving", b.saving)
	t.Run("replacing", b.replacing)
	t.Run("rereading", b.rereading)
	t.Run("grouping", b.grouping)
	t.Run("removing", b.removing)
	t.Run("quarantine", b.quarantine)
	t.Run("listing", b.listing)
	t.Run("measuring", b.measuring)
	t.Run("editions", b.editions)
	t.Run("watch", b.watch)
	t.Run("decisions", b.decisions)
	t.Run("permits", b.permits)
	t.Run("deliveries", b.deliveries)
	t.Run("audit", b.audit)
	t.Run("erasure", b.erasure)
	t.Run("requests", b.requests)
	t.Run("wiping", b.wiping)
	t.Run("purging", b.purging)
	t.Run("contacts", b.contacts)
	t.Run("jobs", b.jobs)
	t.Run("vectors", b.vectors)
	t.Run("several at once", b.concurrent)
	t.Run("interruptions", b.interrupted)
}

// open opens a fresh database.
func (b Backend) open(t *testing.T) *handle {
	t.Helper()
	return b.reopen(t, b.New(t))
}

// reopen opens a database that is there.
func (b Backend) reopen(t *testing.T, dsn string) *handle {
	t.Helper()
	s, err := b.Open(t.Context(), dsn, keys())
	if err != nil {
		t.Fatalf("open the store: %v", err)
	}
	h := &handle{Store: s, dsn: dsn}
	t.Cleanup(h.close)
	return h
}

// handle is an open store with what tests do all the time.
type handle struct {
	store.Store
	dsn    string
	closed bool
}

func (h *handle) close() {
	if !h.closed {
		h.closed = true
		h.Close()
	}
}

// save saves a batch that must be taken.
func (h *handle) save(t *testing.T, b store.Batch) store.Saved {
	t.Helper()
	saved, err := h.SaveBatch(t.Context(), b, words{})
	if err != nil {
		t.Fatalf("save the batch up to %q: %v", b.Next, err)
	}
	return saved
}

// remove says that items were deleted at a source, as a sweep finds it.
func (h *handle) remove(t *testing.T, source string, external ...string) store.Saved {
	t.Helper()
	p, err := h.Progress(t.Context(), session, source)
	if err != nil {
		t.Fatal(err)
	}
	return h.save(t, store.Batch{Session: session, Source: source, Since: p.Cursor, Next: p.Cursor, Now: opening(), Gone: external})
}

// list gives all questions that a query selects, page by page.
func (h *handle) list(t *testing.T, q store.Query) []domain.Question {
	t.Helper()
	var all []domain.Question
	for range 5000 {
		page, err := h.Questions(t.Context(), q)
		if err != nil {
			t.Fatalf("list questions: %v", err)
		}
		all = append(all, page.Questions...)
		if page.Next == "" {
			return all
		}
		q.After = page.Next
	}
	t.Fatal("the pages do not end")
	return nil
}

// questions gives every question of a session, whatever its kind and label, by id.
func (h *handle) questions(t *testing.T, session string) map[string]domain.Question {
	t.Helper()
	all := map[string]domain.Question{}
	for _, held := range []bool{false, true} {
		for _, q := range h.list(t, store.Query{Session: session, Audience: domain.AmberStrict, Held: held,
			Kinds: []domain.Kind{domain.Panel, domain.Logistics, domain.Rhetorical}}) {
			all[q.ID] = q
		}
	}
	return all
}

// known gives what is stored of the items of a session with these canonical ids.
func (h *handle) known(t *testing.T, session string, canonical ...string) map[string]store.Known {
	t.Helper()
	names := map[string]string{}
	ids := make([]string, len(canonical))
	for i, c := range canonical {
		ids[i] = keys().Item(c)
		names[ids[i]] = c
	}
	has, err := h.Has(t.Context(), session, ids)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]store.Known{}
	for id, k := range has {
		known[names[id]] = k
	}
	return known
}

// snapshot is everything that can be read of a session.
type snapshot struct {
	Questions  map[string]domain.Question
	Topics     []domain.Topic
	Voices     []store.Voice
	Held       []string
	Counts     []store.Count
	Quarantine []store.Quarantined
	Progress   store.Progress
	Arrivals   []store.Arrival
	Editions   []store.Edition
}

// snapshot reads everything of a session and of the stream "list".
func (h *handle) snapshot(t *testing.T, session string) snapshot {
	t.Helper()
	ctx := t.Context()
	var s snapshot
	var errs [7]error
	s.Questions = h.questions(t, session)
	s.Held, errs[0] = h.Store.Held(ctx, session, "list", "", 10_000)
	s.Counts, errs[1] = h.Store.Counts(ctx, session)
	s.Quarantine, errs[2] = h.Store.Quarantine(ctx, session, "", 10_000)
	s.Progress, errs[3] = h.Store.Progress(ctx, session, "list")
	s.Arrivals, errs[6] = h.watcher().Arrivals(ctx, session, "list", time.Time{})
	s.Editions, errs[4] = h.Store.Editions(ctx, session, "", 10_000)
	var topics []string
	errs[5] = h.Store.Voices(ctx, session, domain.AmberStrict, time.Time{}, func(v store.Voice) error {
		s.Voices = append(s.Voices, v)
		topics = append(topics, v.Topic)
		return nil
	})
	for _, err := range errs {
		if err != nil {
			t.Fatalf("read everything: %v", err)
		}
	}
	var err error
	if s.Topics, err = h.Store.Topics(ctx, session, topics); err != nil {
		t.Fatal(err)
	}
	return s
}
