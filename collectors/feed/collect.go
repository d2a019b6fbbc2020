package feed

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"slices"

	"askahead/collectors"
	"askahead/internal/guesthttp"
)

// errStopped means that whoever reads the batches wants no more.
var errStopped = errors.New("stopped")

// Collect reads one feed after the other, each oldest first. A feed that fails stops no other; what failed is the error
// at the end.
func (c *Collector) Collect(ctx context.Context, since collectors.Cursor) iter.Seq2[collectors.Batch, error] {
	return func(yield func(collectors.Batch, error) bool) {
		position, err := c.readPosition(since)
		if err != nil {
			yield(collectors.Batch{}, err)
			return
		}
		r := &run{c: c, position: position, last: since, yield: yield, given: map[[9]byte][6]byte{}, profiles: newProfiles(c)}
		for i := range position.Feeds {
			for _, m := range position.Feeds[i].known().list {
				r.given[m.id] = m.text
			}
		}
		if err := r.all(ctx); err != nil {
			yield(collectors.Batch{}, err)
		}
	}
}

// run is one reading of all feeds.
type run struct {
	c        *Collector
	position position
	last     collectors.Cursor // of the batch that was yielded last
	done     int64
	yield    func(collectors.Batch, error) bool
	given    map[[9]byte][6]byte // by the id of each post that was given from any feed, what it said
	profiles *profiles
}

func (r *run) all(ctx context.Context) error {
	var failed several
	busy := map[string]bool{} // hosts that asked to wait
	for i, u := range r.c.feeds {
		if busy[u.Host] {
			continue
		}
		err := r.feed(ctx, i, u)
		if errors.Is(err, errStopped) {
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if _, limited := errors.AsType[*collectors.RateLimited](err); limited {
			busy[u.Host] = true
		}
		if err != nil {
			failed = append(failed, err)
		}
	}
	switch len(failed) {
	case 0:
		return nil
	case 1:
		return failed[0]
	}
	return failed
}

// feed reads the i-th feed.
func (r *run) feed(ctx context.Context, i int, u *url.URL) error {
	s := &r.position.Feeds[i]
	answer, d, err := r.c.get(ctx, u, s.Validators)
	if err != nil || answer.Unchanged {
		return err
	}
	s.Validators = guesthttp.Validators{}
	if answer.Moved && !s.Moved {
		r.c.log.Warn("a feed has moved for good: change its address in `urls`", "feed", show(u), "to", show(answer.URL))
	}
	s.Moved = answer.Moved
	known := s.known()
	pages, whole, err := r.c.walk(ctx, visited{at: u, doc: d}, known, s.Newest)
	if err != nil {
		return err
	}
	if !whole && len(known.list) > 0 {
		r.c.log.Warn("posts may have been missed: nothing of what the feed held when it was read last is in it any more; read it more often, or set `pages` if it has older ones",
			"feed", show(u), "pages", len(pages))
	}
	for n, page := range slices.Backward(pages) {
		d, err := r.c.document(ctx, page)
		if err != nil {
			return err
		}
		left, err := r.document(ctx, s, d)
		if err != nil {
			return err
		}
		validators := guesthttp.Validators{}
		if n == 0 {
			validators = answer.Validators
		}
		if err := r.finish(ctx, s, validators, left); err != nil {
			return err
		}
	}
	return nil
}

// document gives the new posts of one page of a feed, but for the last few, which it returns: the cursor behind those
// says that the whole page was read.
func (r *run) document(ctx context.Context, s *state, d *document) (*collectors.Page, error) {
	if most := maxKnown/len(r.c.feeds) - maxPast; len(d.posts) > most {
		return nil, fmt.Errorf("%w: a feed at %s has %d items; beside the other feeds of this source at most %d are remembered: put it into a source of its own",
			collectors.ErrSettings, d.at.Host, len(d.posts), most)
	}
	known := s.known()
	posts := sortPosts(d)
	match := known.match(posts)
	reader := r.c.newReader(d, r.profiles)
	var read []marks
	now := make(map[[9]byte]bool, len(posts))
	twice := map[marks]bool{}
	page := &collectors.Page{}
	for _, p := range posts {
		if page.Full() {
			s.setKnown(slices.Concat(reversed(read), known.without(now, len(known.list))))
			if err := r.give(ctx, page); err != nil {
				return nil, err
			}
			page = &collectors.Page{}
		}
		i, old := match[p]
		m := p.marks
		same := marks{text: m.text, date: m.date} // another post of this page that says the same at the same second
		switch {
		case old && known.list[i].text == m.text:
			m.id = known.list[i].id // it keeps the name that it was given under, though its guid may have changed
		case p.fault != "":
			page.Break(p.broken())
		case r.given[m.id] == m.text && m.text != [6]byte{}, twice[same]:
		default:
			item, err := reader.item(ctx, p)
			if err != nil {
				return nil, err
			}
			if old && known.list[i].id == m.id {
				item.Edited = true
			} else if old {
				now[known.list[i].id] = true
				page.Gone = append(page.Gone, known.list[i].externalID()) // it was edited, and has another guid since
			}
			page.Add(item)
			r.given[m.id] = m.text
		}
		if m.date != [4]byte{} && m.text != [6]byte{} {
			twice[same] = true
		}
		if !p.published.IsZero() {
			s.Newest = max(s.Newest, p.published.Unix())
		}
		r.done++
		now[m.id] = true
		read = append(read, m)
	}
	s.setKnown(slices.Concat(reversed(read), known.without(now, maxPast)))
	return page, nil
}

func reversed(list []marks) []marks {
	list = slices.Clone(list)
	slices.Reverse(list)
	return list
}

// finish gives what is left of a page, if it brings anything or moves the cursor.
func (r *run) finish(ctx context.Context, s *state, v guesthttp.Validators, left *collectors.Page) error {
	s.Validators = v
	next, err := collectors.NewCursor(cursorKind, r.position)
	if err != nil {
		return err
	}
	if left.Empty() && next == r.last {
		return nil
	}
	return r.give(ctx, left)
}

func (r *run) give(ctx context.Context, page *collectors.Page) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	next, err := collectors.NewCursor(cursorKind, r.position)
	if err != nil {
		return err
	}
	page.Next, page.Done = next, collectors.Progress{Now: r.done, Unit: "posts"}
	if !r.yield(page.Batch, nil) {
		return errStopped
	}
	r.last = next
	return nil
}
