package mastodon

import (
	"context"
	"fmt"
	"slices"
)

// Some servers (Pixelfed) take min_id for since_id: they give the newest posts behind it instead of the next ones, and
// whatever lies between would be lost without a word. Where a first page shows that, the timeline is read from its
// newest post down, once to see where its pages end, and then page by page from the oldest on. That takes twice the
// requests, and holds two ids for each page.

// step is one page of a timeline on the way up: what is before below, down to oldest.
type step struct{ below, oldest string }

// misses finds out whether there are posts between where the stream is and the first page that came for it.
func (w *walk) misses(ctx context.Context, s *stream, posts []post) (bool, error) {
	below := ""
	switch {
	case len(posts) > 0 && w.track.seen(posts[0].mark):
		return false, nil // it was next before, too
	case len(posts) > 0:
		below = posts[0].id
	case s.next == beginning:
		return false, nil
	}
	page, err := w.v.timeline(ctx, s.tag, "", below, 1)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(sortPosts(page.statuses, s.next), func(p post) bool {
		return compareIDs(p.id, s.next) > 0 && (below == "" || compareIDs(p.id, below) < 0)
	}), nil
}

// descend notes the pages of a stream, down to where it is.
func (w *walk) descend(ctx context.Context, s *stream) error {
	s.downward = true
	for below := ""; ; {
		page, err := w.v.timeline(ctx, s.tag, "", below, w.c.limit)
		if err != nil {
			return err
		}
		posts := sortPosts(page.statuses, s.next)
		if len(posts) == 0 {
			return nil
		}
		oldest := posts[0].id
		if below != "" && compareIDs(oldest, below) >= 0 {
			return w.repeats(s)
		}
		s.steps = append(s.steps, step{below, oldest})
		if len(posts) < len(page.statuses) {
			return nil // the others are behind us
		}
		if below = oldest; len(s.steps) >= maxPages {
			return fmt.Errorf("read #%s: %s shows more than %d pages; name a hashtag with fewer posts, or a server that can page from the oldest on (min_id)",
				s.tag, w.v.server.name, maxPages)
		}
	}
}

// fetchDownward reads into s its last step. If posts came in between meanwhile, the page ends further up, and what
// they pushed out of it is read as well.
func (w *walk) fetchDownward(ctx context.Context, s *stream) error {
	if len(s.steps) == 0 {
		s.ended = true
		return nil
	}
	last := s.steps[len(s.steps)-1]
	s.steps = s.steps[:len(s.steps)-1]
	var all []post
	for below := last.below; ; {
		page, err := w.v.timeline(ctx, s.tag, "", below, w.c.limit)
		if err != nil {
			return err
		}
		w.pages++
		posts := sortPosts(page.statuses, s.next)
		if len(posts) == 0 {
			break
		}
		oldest := posts[0].id
		if below != "" && compareIDs(oldest, below) >= 0 {
			return w.repeats(s)
		}
		all = append(posts, all...)
		if compareIDs(oldest, last.oldest) <= 0 || len(posts) < len(page.statuses) {
			break
		}
		below = oldest
	}
	if n := len(all); n > 0 {
		s.waiting, s.next = all, all[n-1].id
	}
	return nil
}
