package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"askahead/domain"
	"askahead/store"
)

func (b Backend) concurrent(t *testing.T) {
	t.Run("two processes that save to one session do so one after the other", b.groupsInTurn)
	t.Run("of two processes that read the same page one wins", b.oneWins)
	t.Run("the same batch from two processes is stored once", b.storesOnceTogether)
	t.Run("who reads sees no half of a batch", b.readsWholes)
	t.Run("editions of two processes have different numbers", b.numbersApart)
}

// together runs f once for each handle, at the same time.
func together(t *testing.T, handles []*handle, f func(i int, h *handle) error) {
	t.Helper()
	var group sync.WaitGroup
	errs := make([]error, len(handles))
	for i, h := range handles {
		group.Go(func() { errs[i] = f(i, h) })
	}
	group.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func (b Backend) pair(t *testing.T) []*handle {
	t.Helper()
	h := b.open(t)
	return []*handle{h, b.reopen(t, h.dsn)}
}

func (b Backend) groupsInTurn(t *testing.T) {
	handles := b.pair(t)
	const batches, items = 12, 8
	together(t, handles, func(i int, h *handle) error {
		for n := range batches {
			batch := page(cursor(n), cursor(n+1))
			batch.Source = fmt.Sprint("source", i)
			for k := range items {
				it := asked(fmt.Sprintf("%s/%d/%d", batch.Source, n, k), fmt.Sprintf("Will thing%c%c stay public?", 'a'+n, 'a'+k))
				it.Counts = []store.Count{{Source: "both", What: "seen", N: 1}}
				batch.Items = append(batch.Items, it)
			}
			if _, err := h.SaveBatch(t.Context(), batch, words{}); err != nil {
				return err
			}
		}
		return nil
	})
	s := handles[0].snapshot(t, session)
	if n := len(s.Questions); n != 2*batches*items {
		t.Errorf("%d questions, want %d", n, 2*batches*items)
	}
	if d := cmp.Diff([]store.Count{{Source: "both", What: "seen", N: 2 * batches * items}}, s.Counts); d != "" {
		t.Errorf("counts (-want +got):\n%s", d)
	}
	topics := map[string]string{}
	for _, q := range s.Questions {
		if other, ok := topics[q.Text]; ok && other != q.Topic {
			t.Errorf("%q is in two topics", q.Text)
		}
		topics[q.Text] = q.Topic
	}
}

func cursor(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

func (b Backend) oneWins(t *testing.T) {
	handles := b.pair(t)
	var mu sync.Mutex
	conflicts := 0
	together(t, handles, func(i int, h *handle) error {
		_, err := h.SaveBatch(t.Context(), page("", fmt.Sprint("c", i), asked(fmt.Sprint("m", i), "Who pays?")), words{})
		if errors.Is(err, domain.ErrConflict) {
			mu.Lock()
			defer mu.Unlock()
			conflicts++
			return nil
		}
		return err
	})
	if n := len(handles[0].questions(t, session)); n != 1 || conflicts != 1 {
		t.Errorf("%d questions and %d conflicts, want 1 and 1", n, conflicts)
	}
}

func (b Backend) storesOnceTogether(t *testing.T) {
	handles := b.pair(t)
	saved := make([]store.Saved, len(handles))
	together(t, handles, func(i int, h *handle) (err error) {
		saved[i], err = h.SaveBatch(t.Context(), full(), words{})
		return err
	})
	if saved[0].New+saved[1].New != 3 || saved[0].Again+saved[1].Again != 3 {
		t.Errorf("saved %+v", saved)
	}
	alone := b.open(t)
	alone.save(t, full())
	if d := cmp.Diff(alone.snapshot(t, session), handles[0].snapshot(t, session)); d != "" {
		t.Errorf("it differs from what one process stores (-one +two):\n%s", d)
	}
}

func (b Backend) readsWholes(t *testing.T) {
	handles := b.pair(t)
	const batches = 15
	together(t, handles, func(i int, h *handle) error {
		for n := range batches {
			if i == 0 {
				var items []store.Item
				for k := range 10 {
					items = append(items, tagged(asked(fmt.Sprint(n, "/", k), fmt.Sprint("Who pays ", n, k, "?")), "technical"))
				}
				if _, err := h.SaveBatch(t.Context(), page(cursor(n), cursor(n+1), items...), words{}); err != nil {
					return err
				}
				continue
			}
			p, err := h.Questions(t.Context(), store.Query{Session: session, Audience: domain.Green, Limit: 1000})
			if err != nil {
				return err
			}
			voices := 0
			if err := h.Voices(t.Context(), session, domain.Green, time.Time{}, func(store.Voice) error { voices++; return nil }); err != nil {
				return err
			}
			if len(p.Questions)%10 != 0 || voices%10 != 0 {
				return fmt.Errorf("%d questions and %d voices, where batches have 10", len(p.Questions), voices)
			}
			for _, q := range p.Questions {
				if len(q.Tags) != 1 {
					return fmt.Errorf("%q has %d tags", q.Text, len(q.Tags))
				}
			}
		}
		return nil
	})
}

func (b Backend) numbersApart(t *testing.T) {
	handles := b.pair(t)
	together(t, handles, func(_ int, h *handle) error {
		for range 5 {
			if _, err := h.SaveEdition(t.Context(), edition("panelists", 7)); err != nil {
				return err
			}
		}
		return nil
	})
	all, err := handles[0].Editions(t.Context(), session, "panelists", 100)
	if err != nil || len(all) != 10 || all[0].Number != 10 {
		t.Errorf("%d editions, %v", len(all), err)
	}
}
