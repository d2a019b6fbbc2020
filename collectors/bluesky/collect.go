package bluesky

import (
	"context"
	"encoding/hex"
	"errors"
	"iter"

	"askahead/collectors"
)

// maxPages ends a run against a server that never runs out of posts; the next run goes on from there.
const maxPages = 5000

// Collect yields the posts behind since, oldest first, those of all hashtags together.
func (c *Collector) Collect(ctx context.Context, since collectors.Cursor) iter.Seq2[collectors.Batch, error] {
	return collectors.Batches(func(yield func(collectors.Batch, error) bool) error {
		r := &run{c: c, v: newVisit(c), yield: yield, last: since}
		err := r.collect(ctx, since)
		if err == nil || errors.Is(err, collectors.ErrStopped) {
			return err
		}
		// What was learnt about the backlog stays, so that a source that is interrupted again and again gets on.
		if ctx.Err() == nil && r.track != nil && r.pages > 0 && errors.Is(r.flush(collectors.Page{}), collectors.ErrStopped) {
			return collectors.ErrStopped
		}
		return err
	})
}

// run is one Collect.
type run struct {
	c     *Collector
	v     *visit
	track *track
	yield func(collectors.Batch, error) bool
	last  collectors.Cursor // that was yielded or begun with
	posts int64             // gone by
	pages int
}

func (r *run) collect(ctx context.Context, since collectors.Cursor) error {
	var err error
	if r.track, err = r.c.newTrack(since); err != nil {
		return err
	}
	for r.pages < maxPages {
		w := r.track.plan()
		posts, err := r.read(ctx, w)
		if err != nil {
			r.track.interrupted(w, posts, len(posts))
			return err
		}
		if w.tooMany {
			r.track.narrow(w, posts, target)
			continue
		}
		if err := r.give(ctx, posts, func() { r.track.done(w, len(posts)) }); err != nil {
			r.track.interrupted(w, posts, len(posts)/2)
			return err
		}
		if w.high == openEnd {
			break
		}
	}
	return r.flush(collectors.Page{})
}

// add puts a post into the page: as an item or as broken.
func (r *run) add(page *collectors.Page, p *post) {
	broken := collectors.Broken{ID: p.id, Type: "application/json", Reason: p.reason, Raw: p.raw}
	if p.view != nil {
		item, err := r.v.item(p)
		if err == nil {
			page.Add(item)
			return
		}
		broken.Reason = err.Error()
	}
	if broken.ID == "" {
		broken.ID = "without-id/" + hex.EncodeToString(p.mark[:]) // no address can look like that
	}
	page.Break(broken)
}

// flush yields the page, and an empty one if at least the cursor has moved.
func (r *run) flush(page collectors.Page) error {
	next, err := r.track.cursor()
	if err != nil || page.Empty() && next == r.last {
		return err
	}
	page.Next, r.last = next, next
	page.Done = collectors.Progress{Now: r.posts, Unit: "posts"}
	if !r.yield(page.Batch, nil) {
		return collectors.ErrStopped
	}
	return nil
}
