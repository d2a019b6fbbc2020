package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"askahead/domain"
	"askahead/store"
)

func (b Backend) requests(t *testing.T) {
	h := b.open(t)
	r := h.Store.(store.Requests)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	open := func() (ids []string) {
		t.Helper()
		list, err := r.OpenRequests(t.Context(), 10)
		must(err)
		for _, q := range list {
			ids = append(ids, q.ID)
		}
		return ids
	}
	first := store.Request{ID: "r1", Verb: store.AskForget, State: store.RequestNew, Asker: "rosa", Sealed: []byte{1, 0, 2}, Came: hour(2), Expires: hour(200)}
	second := store.Request{ID: "r0", Verb: store.AskAccess, State: store.RequestNew, Asker: "rosa", Came: hour(1), Expires: hour(20)}
	must(r.SaveRequest(t.Context(), first))
	must(r.SaveRequest(t.Context(), second))

	t.Run("one that comes again stays as it is", func(t *testing.T) {
		again := first
		again.Verb, again.State = store.AskAccess, store.RequestDone
		must(r.SaveRequest(t.Context(), again))
		got, err := r.Request(t.Context(), "r1")
		if d := cmp.Diff(first, got); d != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, d)
		}
		if _, err := r.Request(t.Context(), "nowhere"); !errors.Is(err, domain.ErrNotFound) {
			t.Errorf("%v", err)
		}
	})
	t.Run("what waits comes in its order", func(t *testing.T) {
		if d := cmp.Diff([]string{"r0", "r1"}, open()); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	})
	t.Run("of two that go on with it one is heard", func(t *testing.T) {
		next := first
		next.State, next.Sealed, next.Answer = store.RequestAsked, nil, "words"
		must(r.ChangeRequest(t.Context(), next, store.RequestNew))
		if err := r.ChangeRequest(t.Context(), next, store.RequestNew); !errors.Is(err, domain.ErrConflict) {
			t.Errorf("%v", err)
		}
		got, err := r.Request(t.Context(), "r1")
		if err != nil || got.State != store.RequestAsked || len(got.Sealed) != 0 || got.Answer != "words" {
			t.Errorf("%+v, %v", got, err)
		}
		if d := cmp.Diff([]string{"r0"}, open()); d != "" {
			t.Errorf("who is asked waits for nobody here (-want +got):\n%s", d)
		}
	})
	t.Run("they are counted by who asks, and since when", func(t *testing.T) {
		for since, want := range map[time.Time]int{hour(0): 2, hour(2): 1, hour(3): 0} {
			if n, err := r.CountRequests(t.Context(), "rosa", since); n != want || err != nil {
				t.Errorf("since %s: %d, %v", since, n, err)
			}
		}
		if n, err := r.CountRequests(t.Context(), "hank", hour(0)); n != 0 || err != nil {
			t.Errorf("of another: %d, %v", n, err)
		}
	})
	t.Run("they go when their time is over", func(t *testing.T) {
		if n, err := r.ExpireRequests(t.Context(), hour(20)); n != 1 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		if got := open(); len(got) != 0 {
			t.Errorf("left are %q", got)
		}
	})
}
