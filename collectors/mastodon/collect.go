package mastodon

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"askahead/collectors"
)

// maxPages ends a run against a server that never runs out of posts; the next run goes on from there.
const maxPages = 5000

// Collect yields the posts behind since, server by server, oldest first, those of all hashtags together. A post that
// two servers show comes from each, under the same canonical id. A server that fails does not keep the others from
// being read; why it failed is told at the end.
func (c *Collector) Collect(ctx context.Context, since collectors.Cursor) iter.Seq2[collectors.Batch, error] {
	return collectors.Batches(func(yield func(collectors.Batch, error) bool) error {
		r := &run{c: c, yield: yield, last: since}
		return r.collect(ctx, since)
	})
}

// run is one Collect.
type run struct {
	c      *Collector
	tracks []*track // one for each server
	yield  func(collectors.Batch, error) bool
	last   collectors.Cursor // that was yielded or begun with
	posts  int64             // gone by
}

func (r *run) collect(ctx context.Context, since collectors.Cursor) error {
	before, err := r.c.positions(since)
	if err != nil {
		return err
	}
	for _, s := range r.c.servers {
		t, err := r.c.newTrack(s, before[s.name])
		if err != nil {
			return err
		}
		r.tracks = append(r.tracks, t)
	}
	failed, declined := r.c.newFailures(), r.c.newDeclined()
	for _, t := range r.tracks {
		w := &walk{run: r, v: &visit{c: r.c, server: t.server, declined: declined}, track: t, spare: maxParentRequests}
		err := w.walk(ctx)
		if errors.Is(err, collectors.ErrStopped) || ctx.Err() != nil {
			return err
		}
		failed.add(t.server, err)
	}
	return failed.err()
}

// flush yields the page. One that brings nothing goes only as the last of its server, if at least the cursor has moved.
func (r *run) flush(page collectors.Page, last bool) error {
	if page.Empty() && !last {
		return nil
	}
	list := make([]position, len(r.tracks))
	for i, t := range r.tracks {
		list[i] = t.position()
	}
	next, err := collectors.NewCursor(cursorKind, list)
	if err != nil {
		return err
	}
	if page.Empty() && next == r.last {
		return nil
	}
	page.Next, r.last = next, next
	page.Done = collectors.Progress{Now: r.posts, Unit: "posts"}
	if !r.yield(page.Batch, nil) {
		return collectors.ErrStopped
	}
	return nil
}

// failures are why servers of a source could not be read.
type failures struct {
	servers int
	errs    []error
	of      map[*server]bool
}

func (c *Collector) newFailures() *failures {
	return &failures{servers: len(c.servers), of: map[*server]bool{}}
}

// add notes why a server failed; nil is no failure.
func (f *failures) add(s *server, err error) {
	if err == nil {
		return
	}
	if f.servers > 1 {
		err = fmt.Errorf("%s: %w", s.name, err)
	}
	f.errs, f.of[s] = append(f.errs, err), true
}

// err is all of them in one; nil if there are none. It is an Incomplete unless every server failed.
func (f *failures) err() error {
	var all error
	for _, err := range f.errs {
		if all != nil {
			err = fmt.Errorf("%w; %w", all, err)
		}
		all = err
	}
	if all != nil && len(f.of) < f.servers {
		return &collectors.Incomplete{Err: all}
	}
	return all
}
