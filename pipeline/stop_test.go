package pipeline

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"askahead/collectors"
	"askahead/domain"
	"askahead/store"
	"askahead/take"
)

// counted counts the pages that a collector hands over, and does not look at its context.
type counted struct {
	shelf
	pages int
}

func (c *counted) Collect(ctx context.Context, since collectors.Cursor) iter.Seq2[collectors.Batch, error] {
	return func(yield func(collectors.Batch, error) bool) {
		for b, err := range c.shelf.Collect(ctx, since) {
			c.pages++
			if !yield(b, err) {
				return
			}
		}
	}
}

// onSave is a store that is told of each batch before it saves it.
type onSave struct {
	store.Store
	do func(ctx context.Context) error
}

func (o onSave) SaveBatch(ctx context.Context, b store.Batch, g store.Grouper) (store.Saved, error) {
	if err := o.do(ctx); err != nil {
		return store.Saved{}, err
	}
	return o.Store.SaveBatch(ctx, b, g)
}

func manyPages(n int) [][]domain.Item {
	var pages [][]domain.Item
	for i := range n {
		pages = append(pages, []domain.Item{mail(i, "WHOIS", askWhois)})
	}
	return pages
}

func TestAStopSavesWhatWasRead(t *testing.T) {
	f := newLine(t)
	ctx, cancel := context.WithCancel(t.Context())
	f.Store = onSave{f.db, func(context.Context) error { cancel(); return nil }}
	c := &counted{shelf: shelf{pages: manyPages(50)}}
	sum, err := f.Collect(ctx, newSource(t, c, take.Rule{}), nil)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want context.Canceled", err)
	}
	held, err := f.db.Progress(t.Context(), "one", "list")
	if err != nil {
		t.Fatal(err)
	}
	if c.pages == 0 || c.pages > 10 || sum.Read != c.pages || held.Items != int64(c.pages) {
		t.Errorf("of 50 pages %d were read, %d counted and %d saved; want that reading stops and all of them are saved",
			c.pages, sum.Read, held.Items)
	}
}

func TestARunThatIsTakenOverSavesNothingMore(t *testing.T) {
	f := newLine(t)
	ctx, lose := context.WithCancelCause(t.Context())
	f.Store = onSave{f.db, func(saving context.Context) error {
		lose(store.ErrLeaseLost)
		select {
		case <-saving.Done():
			return saving.Err()
		case <-time.After(savingTime / 2):
			return nil
		}
	}}
	sum, err := f.Collect(ctx, newSource(t, &shelf{pages: manyPages(5)}, take.Rule{}), nil)
	if !errors.Is(err, context.Canceled) || sum.Read != 0 {
		t.Errorf("%+v, %v; want that nothing is saved", sum, err)
	}
}

func TestAStopWaitsForASlowStoreOnlySoLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newLine(t)
		ctx, cancel := context.WithCancel(t.Context())
		var stopped time.Time
		f.Store = onSave{f.db, func(saving context.Context) error {
			stopped = time.Now()
			cancel()
			<-saving.Done()
			return saving.Err()
		}}
		if _, err := f.Collect(ctx, newSource(t, &shelf{pages: manyPages(5)}, take.Rule{}), nil); !errors.Is(err, context.Canceled) {
			t.Errorf("%v, want context.Canceled", err)
		}
		if waited := time.Since(stopped); waited != savingTime {
			t.Errorf("it waited %s, want %s", waited, savingTime)
		}
	})
}

func TestASourceThatWasReadToItsEndIsDoneThoughAStopCame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newLine(t)
		ctx, cancel := context.WithCancel(t.Context())
		f.Store = onSave{f.db, func(context.Context) error {
			synctest.Wait() // until reading has ended
			cancel()
			return nil
		}}
		if sum, err := f.Collect(ctx, newSource(t, &shelf{pages: manyPages(1)}, take.Rule{}), nil); err != nil || sum.Kept != 1 {
			t.Errorf("%+v, %v", sum, err)
		}
	})
}

// panicking is a collector that fails after its first page.
type panicking struct{ shelf }

func (f *panicking) Collect(ctx context.Context, since collectors.Cursor) iter.Seq2[collectors.Batch, error] {
	return func(yield func(collectors.Batch, error) bool) {
		f.shelf.Collect(ctx, since)(yield)
		panic("the mail says: " + askBorder)
	}
}

func TestAFaultInACollectorIsAnErrorOfItsSource(t *testing.T) {
	f := newLine(t)
	var log strings.Builder
	f.Log = slog.New(slog.NewTextHandler(&log, nil))
	sum, err := f.Collect(t.Context(), newSource(t, &panicking{shelf{pages: manyPages(1)}}, take.Rule{}), nil)
	if err == nil || !strings.Contains(err.Error(), "list") || sum.Kept != 1 {
		t.Errorf("%+v, %v; want the page before it, and an error", sum, err)
	}
	if !strings.Contains(log.String(), "panicking") || strings.Contains(log.String()+err.Error(), "fingerprints") {
		t.Errorf("the log does not say where, or quotes the mail: %s", log.String())
	}
}
