package matterbridge

import (
	"context"
	"errors"
	"iter"
	"slices"
	"time"

	"askahead/collectors"
)

// Rewind gives the place in the spool before the first message of a time: what is older than that, and what has
// left the spool, can't be read again.
func (c *Collector) Rewind(ctx context.Context, to time.Time) (collectors.Cursor, error) {
	o, err := c.spool.open(ctx, false)
	if errors.Is(err, errNoSpool) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer o.close()
	at := position{o.head.Epoch, o.head.Base}
	errFound := errors.New("found")
	err = o.entries(o.head.Base, func(e entry) error {
		when := e.At
		if e.Message != nil {
			when = e.Message.Timestamp
		}
		if !when.Before(to) {
			return errFound
		}
		at.Offset = e.next
		return nil
	})
	if err != nil && !errors.Is(err, errFound) {
		return "", err
	}
	return collectors.NewCursor(cursorKind, at)
}

// Fetch gives messages again, as far as they are in the spool. matterbridge itself can't be asked, so of others
// nothing is said: not that they are gone either.
func (c *Collector) Fetch(ctx context.Context, ids []string) iter.Seq2[collectors.Batch, error] {
	return collectors.Batches(func(yield func(collectors.Batch, error) bool) error {
		if err := c.fetch(ctx, ids, yield); !errors.Is(err, errNoSpool) {
			return err
		}
		return nil
	})
}

func (c *Collector) fetch(ctx context.Context, ids []string, yield func(collectors.Batch, error) bool) error {
	if len(ids) == 0 {
		return nil
	}
	o, err := c.spool.open(ctx, false)
	if err != nil {
		return err
	}
	reading, err := c.spool.reader(o)
	o.close()
	if err != nil {
		return err
	}
	defer reading.File.Close()
	// The last that the spool has of each: an edit, or a deletion, comes behind what it is of.
	found := map[string]*entry{}
	for _, id := range ids {
		found[id] = nil
	}
	err = reading.entries(reading.head.Base, func(e entry) error {
		if id := e.id(); id != "" {
			if _, asked := found[id]; asked {
				found[id] = &e
			}
		}
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	return c.answer(ctx, slices.Compact(slices.Sorted(slices.Values(ids))), found, yield)
}

// answer yields what was found of the ids, each once.
func (c *Collector) answer(ctx context.Context, ids []string, found map[string]*entry, yield func(collectors.Batch, error) bool) error {
	r := &run{c: c, seen: map[string]bool{}}
	var page collectors.Page
	for n, id := range ids {
		if e := found[id]; e != nil {
			r.put(&page, e)
		}
		if page.Empty() || !page.Full() && n+1 < len(ids) {
			continue
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		page.Done = collectors.Progress{Now: int64(n + 1), Total: int64(len(ids)), Unit: "messages"}
		b := page.Batch
		page = collectors.Page{}
		if !yield(b, nil) {
			return collectors.ErrStopped
		}
	}
	return nil
}

// id is what names the item, or what is broken, of a record.
func (e *entry) id() string {
	if b, ok := e.damaged(); ok {
		return b.ID
	}
	if e.Message == nil {
		return ""
	}
	return e.Message.external()
}
