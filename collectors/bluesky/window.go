package bluesky

import (
	"context"
	"fmt"
	"slices"

	"askahead/collectors"
)

// window is a stretch of time that is read whole before anything of it is given: the network gives the newest post
// first, and we the oldest.
//
// As a rule the window is open: everything since the last run. Where that is more than is held at once, there is a
// backlog. Then top is set to a moment with half of the posts behind it that were held, and up to it the backlog is read in
// windows of a width that is learnt from one to the next, from the oldest on; what is behind top is an open window
// again. Too wide a window is mostly noticed by its first page, from how densely the posts lie in it.
type window struct {
	tags      []string
	low, high moment // high is openEnd for an open window
	guess     int    // how many posts there seem to be in it, from those that were read
	tooMany   bool   // to be held at once
}

const (
	maxHeld  = 4000     // posts that are held at once
	maxOpen  = 2000     // and those of an open window, which are read again where they are too many
	target   = 3200     // posts that a window of a backlog should have
	maxCrowd = 10_000   // posts of the same millisecond that are read
	maxBytes = 64 << 20 // of JSON
)

// smallest says that a window can't be made smaller.
func (w *window) smallest() bool { return w.high != openEnd && w.high-w.low <= millisecond }

// judge notes how many posts the window has if those that were read in so many pages lie as densely as all, and
// whether they are too many: the more pages, the surer it is.
func (w *window) judge(h *held, before, pages int, oldest moment) {
	read := len(h.posts)
	if w.high == openEnd {
		w.guess, w.tooMany = read, read > maxOpen || h.bytes > maxBytes
		return
	}
	share := float64(w.high-w.low) / float64(max(w.high-oldest, millisecond))
	w.guess = before + int(float64(read-before)*share)
	w.tooMany = read > maxHeld || h.bytes > maxBytes || w.guess > maxHeld+maxHeld/pages
}

// plan gives the next window.
func (t *track) plan() *window {
	tags, low, end := t.next()
	w := &window{tags: tags, low: low, high: end}
	if t.width > 0 && t.top > low {
		w.high = min(low+t.width, t.top, end)
	} else {
		t.top, t.width = 0, 0
	}
	return w
}

// done is told that everything in the window was given: n posts.
func (t *track) done(w *window, n int) {
	if w.high == openEnd {
		t.finish()
		return
	}
	t.complete(w.tags, w.high)
	switch size := w.high - w.low; {
	case t.width == 0: // there was no plan
	case w.low < began && w.high >= began:
		t.width = max(millisecond, (t.top-w.high)/8)
	default:
		t.width = max(millisecond, moment(float64(size)*min(4, max(0.25, target/max(1, float64(n))))))
	}
}

// narrow is told what was read of a window that was too wide, and how many posts would not be too many.
func (t *track) narrow(w *window, read []post, most int) {
	size := w.high - w.low
	if w.high == openEnd {
		t.top = max(middle(read), w.low+millisecond)
		if t.width = max(millisecond, (t.top-w.low)/8); w.low < began && began < t.top {
			t.width = began - w.low
		}
		return
	}
	if t.width == 0 {
		t.top = w.high
	}
	t.width = max(millisecond, size/8, min(size/2, moment(float64(size)*float64(most)/float64(max(1, w.guess)))))
}

// interrupted is told what was read of a window before something failed, and how many posts would have been few
// enough: the next run begins with less at a stretch.
func (t *track) interrupted(w *window, read []post, most int) {
	if len(read) > 0 && !w.smallest() {
		t.narrow(w, read, most)
	}
}

// middle is the moment in the middle of posts.
func middle(posts []post) moment {
	times := make([]moment, 0, len(posts))
	for i := range posts {
		times = append(times, posts[i].moment)
	}
	slices.Sort(times)
	return times[len(times)/2]
}

// read reads a window, or gives up when it has too many posts: then w.tooMany is set. A post under several hashtags
// comes once. What was read before an error comes with it.
func (r *run) read(ctx context.Context, w *window) ([]post, error) {
	h := &held{seen: map[collectors.Mark]bool{}}
	for _, tag := range w.tags {
		s := r.v.newSearch(tag, w.low, w.high)
		before := len(h.posts)
		for pages := 1; !s.ended; pages++ {
			page, err := s.page(ctx)
			if err != nil {
				return h.posts, err
			}
			r.pages++
			h.add(page)
			switch w.judge(h, before, pages, s.oldest); {
			case s.ended:
				w.tooMany = false
			case w.smallest():
				if w.tooMany = false; len(h.posts) >= maxCrowd || h.bytes > maxBytes {
					h.posts = append(h.posts, crowd(tag, w.low))
					s.ended = true
				}
			case w.tooMany:
				return h.posts, nil
			}
		}
	}
	return h.posts, nil
}

// held is what is held of a window.
type held struct {
	posts []post
	seen  map[collectors.Mark]bool
	bytes int
}

func (h *held) add(page []post) {
	for _, p := range page {
		if !h.seen[p.mark] {
			h.seen[p.mark] = true
			h.posts = append(h.posts, p)
			h.bytes += p.size
		}
	}
}

// crowd stands for posts that are not read, since more than we hold claim to be written in the same millisecond:
// nobody but a program that wants to stop us does that.
func crowd(tag string, at moment) post {
	return post{
		mark: collectors.MarkOf(fmt.Sprintf("crowd:%s:%d", tag, at)), moment: at,
		reason: fmt.Sprintf("more than %d posts say that they were written in this one millisecond (%s); the others were not read", maxCrowd, at),
	}
}

// give yields the posts that were not given before, oldest first. settle is called when the last of them was passed,
// before the cursor behind it is written.
func (r *run) give(ctx context.Context, posts []post, settle func()) error {
	fresh := posts[:0]
	for i := range posts {
		r.posts++
		if !r.track.seen(posts[i].mark) {
			fresh = append(fresh, posts[i])
		} else {
			r.track.pass(&posts[i])
		}
	}
	slices.SortFunc(fresh, byTime)
	if len(fresh) == 0 {
		settle()
	}
	for len(fresh) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		some := fresh[:min(len(fresh), collectors.BatchItems)]
		var needed []string
		for i := range some {
			needed = append(needed, some[i].needs()...)
		}
		if err := r.v.look(ctx, needed); err != nil {
			return err
		}
		var page collectors.Page
		for i := range some {
			r.track.pass(&some[i])
			r.add(&page, &some[i])
			if fresh = fresh[1:]; len(fresh) == 0 {
				settle()
			}
			if page.Full() || i == len(some)-1 {
				if err := r.flush(page); err != nil {
					return err
				}
				page = collectors.Page{}
			}
		}
	}
	return nil
}
