package collectortest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"askahead/collectors"
	"askahead/domain"
)

// run is what one reading of a source gave.
type run struct {
	batches []collectors.Batch
	err     error
}

// maxBatches is far more than any fixture has: a collector that goes on is caught in an endless loop.
const maxBatches = 10_000

// collect reads until the end, or until stop batches were yielded if stop > 0.
func collect(ctx context.Context, c collectors.Collector, since collectors.Cursor, stop int) run {
	return read(c.Collect(ctx, since), stop)
}

func read(batches iter.Seq2[collectors.Batch, error], stop int) (r run) {
	defer func() {
		if p := recover(); p != nil {
			r.err = fmt.Errorf("panic: %v", p)
		}
	}()
	for b, err := range batches {
		if r.err != nil {
			r.err = fmt.Errorf("it goes on after its error: %v", r.err)
			return r
		}
		if err != nil {
			if r.err = err; !zero(b) {
				r.err = fmt.Errorf("it yields a batch together with its error: %v", err)
			}
			continue
		}
		r.batches = append(r.batches, b)
		if len(r.batches) == stop {
			return r
		}
		if len(r.batches) > maxBatches {
			r.err = errors.New("it does not end")
			return r
		}
	}
	return r
}

func zero(b collectors.Batch) bool {
	return len(b.Items)+len(b.Gone)+len(b.Broken) == 0 && b.Next == "" && b.Done == collectors.Progress{}
}

// ids are the external ids of the items, in order.
func (r run) ids() []string {
	var ids []string
	for _, b := range r.batches {
		for i := range b.Items {
			ids = append(ids, b.Items[i].ExternalID)
		}
	}
	return ids
}

func (r run) items() []domain.Item {
	var all []domain.Item
	for _, b := range r.batches {
		all = append(all, b.Items...)
	}
	return all
}

func (r run) broken() []collectors.Broken {
	var all []collectors.Broken
	for _, b := range r.batches {
		all = append(all, b.Broken...)
	}
	return all
}

func (r run) brokenIDs() []string {
	var ids []string
	for _, b := range r.broken() {
		ids = append(ids, b.ID)
	}
	return ids
}

// last is the cursor behind everything, and since where nothing was yielded.
func (r run) last(since collectors.Cursor) collectors.Cursor {
	if len(r.batches) == 0 {
		return since
	}
	return r.batches[len(r.batches)-1].Next
}

// from is what a run gave after its first n batches.
func (r run) from(n int) run { return run{batches: r.batches[n:]} }

// same says in which way got is not want.
func same(what string, got, want []string) error {
	if slices.Equal(got, want) {
		return nil
	}
	seen := make(map[string]int, len(got))
	for _, id := range got {
		seen[id]++
	}
	for _, id := range want {
		if seen[id] == 0 {
			return fmt.Errorf("%s: %q is missing; got %d, want %d", what, id, len(got), len(want))
		}
	}
	for id, n := range seen {
		if n > 1 && count(want, id) < n {
			return fmt.Errorf("%s: %q comes %d times", what, id, n)
		}
		if !slices.Contains(want, id) {
			return fmt.Errorf("%s: %q is not expected", what, id)
		}
	}
	return fmt.Errorf("%s: the order is %q, want %q", what, shorten(got), shorten(want))
}

func count(ids []string, id string) int {
	n := 0
	for _, other := range ids {
		if other == id {
			n++
		}
	}
	return n
}

func shorten(ids []string) []string {
	if len(ids) > 20 {
		return ids[:20]
	}
	return ids
}
