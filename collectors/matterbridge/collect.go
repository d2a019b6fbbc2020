package matterbridge

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"askahead/collectors"
)

const cursorKind = "matterbridge/1"

// position is the cursor.
type position struct {
	Epoch  string `json:"epoch"`  // of the spool
	Offset int64  `json:"offset"` // behind the last record that was given
}

// Collect takes what the API has into the spool, and yields what is in the spool behind since, oldest first.
// Where the API fails, what is in the spool is given nevertheless; the error comes last. Everything before since
// is taken to be stored for good, and leaves the spool once it is older than the setting `keep`.
func (c *Collector) Collect(ctx context.Context, since collectors.Cursor) iter.Seq2[collectors.Batch, error] {
	return collectors.Batches(func(yield func(collectors.Batch, error) bool) error {
		return c.collect(ctx, since, yield)
	})
}

func (c *Collector) collect(ctx context.Context, since collectors.Cursor, yield func(collectors.Batch, error) bool) error {
	r := &run{c: c, yield: yield, seen: map[string]bool{}}
	if err := since.Read(cursorKind, &r.at); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := c.trim(ctx, r.at); err != nil && !errors.Is(err, errNoSpool) {
		return err
	}
	end := time.Now().Add(c.settings.Listen)
	for {
		failed := c.fill(ctx)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		err := r.give(ctx)
		if errors.Is(err, errNoSpool) { // it could not be made; failed says why
			err = nil
		}
		if err = errors.Join(err, failed); err != nil || !time.Now().Add(c.poll).Before(end) {
			return err
		}
		select {
		case <-time.After(c.poll):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// trim cuts what is stored off the spool.
func (c *Collector) trim(ctx context.Context, at position) error {
	if at.Epoch == "" {
		return nil
	}
	o, err := c.spool.open(ctx, false)
	if err != nil {
		return err
	}
	defer o.close()
	if o.head.Epoch != at.Epoch {
		return nil
	}
	return c.spool.trim(o, min(at.Offset, o.offset()), c.settings.Keep)
}

// run is one Collect.
type run struct {
	c     *Collector
	at    position
	yield func(collectors.Batch, error) bool
	seen  map[string]bool // ids that were given
	total int64
}

// maxSeen bounds what is remembered of a run; who reads the batches knows what is stored.
const maxSeen = 50_000

// give yields what is in the spool.
func (r *run) give(ctx context.Context) error {
	o, err := r.c.spool.open(ctx, false)
	if err != nil {
		return err
	}
	reading, err := r.c.spool.reader(o)
	o.close()
	if err != nil {
		return err
	}
	defer reading.File.Close()
	if r.at.Epoch != reading.head.Epoch || r.at.Offset > reading.offset() {
		// Another spool, or an older copy of it: what is in it may be stored or not.
		r.at = position{Epoch: reading.head.Epoch}
	}
	var page collectors.Page
	passed := false
	flush := func() error {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		next, err := collectors.NewCursor(cursorKind, r.at)
		if err != nil {
			return err
		}
		page.Next, page.Done = next, collectors.Progress{Now: r.total, Unit: "messages"}
		b := page.Batch
		page, passed = collectors.Page{}, false
		if !r.yield(b, nil) {
			return collectors.ErrStopped
		}
		return nil
	}
	err = reading.entries(r.at.Offset, func(e entry) error {
		r.put(&page, &e)
		r.at.Offset, passed = e.next, true
		r.total++
		if page.Full() {
			return flush()
		}
		return nil
	})
	if errors.Is(err, collectors.ErrStopped) || err != nil && ctx.Err() != nil {
		return err
	}
	if err != nil {
		err = fmt.Errorf("read the spool: %w", err)
	}
	if passed {
		return errors.Join(flush(), err)
	}
	return err
}

// put adds a record to a page.
func (r *run) put(page *collectors.Page, e *entry) {
	if b, ok := e.damaged(); ok {
		if r.first(b.ID) {
			page.Break(b)
		}
		return
	}
	m := e.Message
	if m == nil {
		return
	}
	if m.Event == eventDelete {
		page.Gone = append(page.Gone, m.external())
		return
	}
	if !r.c.wants(m) { // the settings have changed since it was taken
		return
	}
	if e.Edit || r.first(m.external()) {
		page.Add(r.c.item(m, e.Edit))
	}
}

func (r *run) first(id string) bool {
	if r.seen[id] {
		return false
	}
	if len(r.seen) >= maxSeen {
		clear(r.seen)
	}
	r.seen[id] = true
	return true
}
