package mastodon

import (
	"context"
	"fmt"
	"slices"

	"askahead/collectors"
)

// walk is one server's part of a run.
type walk struct {
	*run
	v       *visit
	track   *track
	streams []*stream
	pages   int
	spare   int  // requests left for what is replied to
	any     bool // the server shows posts
}

func (w *walk) walk(ctx context.Context) error {
	for i, tag := range w.c.tags {
		w.streams = append(w.streams, &stream{number: i, tag: tag, next: w.track.low[i]})
	}
	for {
		if err := w.fill(ctx); err != nil {
			return err
		}
		posts := merge(w.streams)
		if len(posts) == 0 {
			break
		}
		if err := w.give(ctx, posts); err != nil {
			return err
		}
		if w.pages >= maxPages {
			return nil
		}
	}
	if !w.any {
		_, err := w.v.closed(ctx)
		return err
	}
	if err := w.askReplies(ctx); err != nil {
		return err
	}
	w.track.done = true
	return w.flush(collectors.Page{}, true)
}

// fill reads the next page of each stream that has run out of posts.
func (w *walk) fill(ctx context.Context) error {
	for _, s := range w.streams {
		for len(s.waiting) == 0 && !s.ended {
			fetch := w.fetch
			if s.downward {
				fetch = w.fetchDownward
			}
			if err := fetch(ctx, s); err != nil {
				return err
			}
		}
	}
	return nil
}

// fetch reads into s the page behind where it is.
func (w *walk) fetch(ctx context.Context, s *stream) error {
	page, err := w.v.timeline(ctx, s.tag, s.next, "", w.c.limit)
	if err != nil {
		return err
	}
	w.pages++
	before := s.next
	posts := sortPosts(page.statuses, before)
	if !s.begun && (len(posts) > 0 || page.prev == "") {
		misses, err := w.misses(ctx, s, posts)
		switch {
		case err != nil:
			return err
		case misses:
			return w.descend(ctx, s)
		}
	}
	s.begun = true
	s.waiting = posts
	if n := len(posts); n > 0 {
		s.next = posts[n-1].id
	}
	// A page of which the server showed us nothing may still not be the last.
	if page.prev != "" && compareIDs(page.prev, s.next) > 0 {
		s.next = page.prev
	}
	if compareIDs(s.next, before) > 0 {
		return nil
	}
	s.ended = true
	switch {
	case len(page.statuses) == 0:
		return nil
	case !slices.ContainsFunc(page.statuses, hasID):
		return fmt.Errorf("read #%s: %s: JSON of an unexpected shape: posts without ids", s.tag, w.v.server.name)
	}
	return w.repeats(s)
}

func (w *walk) repeats(s *stream) error {
	return fmt.Errorf("read #%s: %s gives the same posts again instead of others", s.tag, w.v.server.name)
}

// give yields the posts that were not given before.
func (w *walk) give(ctx context.Context, posts []post) error {
	w.any = true
	var statuses []*wireStatus
	for i := range posts {
		posts[i].known = w.track.seen(posts[i].mark)
		if s := posts[i].status; s != nil && !posts[i].known {
			statuses = append(statuses, s)
		}
	}
	reader, err := w.v.newReader(ctx, statuses, &w.spare, w.track.parent)
	if err != nil {
		return err
	}
	var page collectors.Page
	for _, p := range posts {
		w.posts++
		w.track.pass(p)
		if !p.known {
			p.add(&page, reader)
		}
		if page.Full() {
			if err := w.flush(page, false); err != nil {
				return err
			}
			page = collectors.Page{}
		}
	}
	w.track.settle()
	return w.flush(page, false)
}
