package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"askahead/store"
)

func (b Backend) audit(t *testing.T) {
	t.Run("acts are numbered, listed and found whole, also by another process", b.recordsActs)
	t.Run("acts of several at once make one chain", b.recordsInTurn)
	t.Run("a decision is an act, without its words", b.recordsWhoDecided)
	t.Run("no address and no link gets into the log", b.recordsNoAddress)
}

func (h *handle) auditor() store.Auditor { return h.Store.(store.Auditor) }

func (h *handle) record(t *testing.T, a store.Act) store.Act {
	t.Helper()
	got, err := h.auditor().Record(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func (h *handle) acts(t *testing.T, q store.ActQuery) []store.Act {
	t.Helper()
	got, err := h.auditor().Acts(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func (h *handle) verified(t *testing.T) store.Chain {
	t.Helper()
	c, err := h.auditor().VerifyActs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// act is one of n that differ.
func act(n int) store.Act {
	return store.Act{At: opening().Add(time.Duration(n) * time.Hour), Session: session, By: "operator-1",
		Do: []string{"purge", "back up"}[n%2], Of: fmt.Sprint("thing", n), Detail: fmt.Sprint("rows=", n)}
}

func (b Backend) recordsActs(t *testing.T) {
	h := b.open(t)
	if c := h.verified(t); c != (store.Chain{}) {
		t.Errorf("an empty log is %+v", c)
	}
	var want []store.Act
	for n := range 5 {
		got := h.record(t, act(n))
		a := act(n)
		a.Number, a.Seal = int64(n+1), got.Seal
		if d := cmp.Diff(a, got); d != "" || len(got.Seal) != 64 {
			t.Errorf("it was recorded otherwise (-want +got):\n%s", d)
		}
		want = append(want, a)
	}
	other := b.reopen(t, h.dsn)
	for _, c := range []struct {
		q    store.ActQuery
		want []store.Act
	}{
		{store.ActQuery{}, want},
		{store.ActQuery{After: 3}, want[3:]},
		{store.ActQuery{Limit: 2}, want[:2]},
		{store.ActQuery{Since: hour(1), Limit: 2}, want[1:3]},
		{store.ActQuery{Do: "back up", Newest: true, Limit: 1}, want[3:4]},
		{store.ActQuery{Newest: true, Limit: 2}, want[3:]},
		{store.ActQuery{After: 5}, nil},
	} {
		if d := cmp.Diff(c.want, other.acts(t, c.q)); d != "" {
			t.Errorf("%+v (-want +got):\n%s", c.q, d)
		}
	}
	if c := other.verified(t); c != (store.Chain{Acts: 5, Seal: want[4].Seal}) {
		t.Errorf("the chain is %+v", c)
	}
}

func (b Backend) recordsInTurn(t *testing.T) {
	handles := b.pair(t)
	const each = 10
	together(t, handles, func(_ int, h *handle) error {
		for n := range each {
			if _, err := h.auditor().Record(t.Context(), act(n)); err != nil {
				return err
			}
		}
		return nil
	})
	if c := handles[0].verified(t); c.Acts != 2*each {
		t.Errorf("%d acts", c.Acts)
	}
}

func (b Backend) recordsWhoDecided(t *testing.T) {
	h := b.open(t)
	it := asked("a@example.org", "Who pays for incident response?")
	h.save(t, page("", "1", it))
	id := it.Questions[0].ID
	d := store.Decision{Session: session, Question: id, Verb: store.Dismiss, By: "moderator-1", At: hour(3), Reason: "Rosa Beispiel asked it before"}
	if _, err := h.Store.(store.Decisions).Decide(t.Context(), d, words{}); err != nil {
		t.Fatal(err)
	}
	d.Question = "nothing.1"
	if _, err := h.Store.(store.Decisions).Decide(t.Context(), d, words{}); err == nil {
		t.Error("a question that is not there was decided about")
	}
	acts := h.acts(t, store.ActQuery{})
	if len(acts) != 1 {
		t.Fatalf("the log has %+v", acts)
	}
	want := store.Act{Number: 1, At: hour(3), Session: session, By: "moderator-1", Do: "dismiss", Of: id, Seal: acts[0].Seal}
	if d := cmp.Diff(want, acts[0]); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func (b Backend) recordsNoAddress(t *testing.T) {
	h := b.open(t)
	a := h.record(t, store.Act{At: opening(), By: "Rosa@People.example", Do: "forget", Of: "https://people.example/rosa now",
		Detail: "rosa@people.example " + strings.Repeat("x", 1000)})
	if all := fmt.Sprint(a); strings.Contains(all, "ople.example") || len(all) > 600 {
		t.Errorf("the act is %s", all)
	}
	again := h.record(t, store.Act{At: opening(), By: "rosa@people.example", Do: "forget"})
	if a.By != again.By || a.By == "operator" {
		t.Errorf("the same operator is %q and %q", a.By, again.By)
	}
	h.verified(t)
}
