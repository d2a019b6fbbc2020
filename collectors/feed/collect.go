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

// Collect reads one feed after the other, each oldest first. A feed that fails stops no other; what failed is the error
// at the end.
func (c *Collector) Collect(ctx context.Context, since collectors.Cursor) iter.Seq2[collectors.Batch, error] {
	return collectors.Batches(func(yield func(collectors.Batch, error) bool) error {
		position, err := c.readPosition(since)
		if err != nil {
			return err
		}
		r := &run{c: c, position: position, last: since, yield: yield, given: map[[9]byte][6]byte{}, profiles: newProfiles(c)}
		for i := range position.Feeds {
			for _, m := range position.Feeds[i].known().list {
				r.given[m.id] = m.text
			}
		}
		return r.all(ctx)
	})
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
		if errors.Is(err, collectors.ErrStopped) {
			return err
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

// reading is one page of a feed while its posts are given. What it has read counts only once it is settled: if reading
// fails before that, nothing says that these posts were given, here or in another feed.
type reading struct {
	s      *state
	known  *known
	match  map[*post]int // places in known
	reader *reader
	page   *collectors.Page
	read   []marks // oldest first
	seen   map[[9]byte]bool
	twice  map[marks]bool
	newest int64
}

// document gives the new posts of one page of a feed, but for the last few, which it returns: the cursor behind those
// says that the whole page was read.
func (r *run) document(ctx context.Context, s *state, d *document) (*collectors.Page, error) {
	if most := maxKnown/len(r.c.feeds) - maxPast; len(d.posts) > most {
		return nil, fmt.Errorf("%w: a feed at %s has %d items; beside the other feeds of this source at most %d are remembered: put it into a source of its own",
			collectors.ErrSettings, d.at.Host, len(d.posts), most)
	}
	known, posts := s.known(), sortPosts(d)
	g := &reading{s: s, known: known, match: known.match(posts), reader: r.c.newReader(d, r.profiles), page: &collectors.Page{},
		seen: make(map[[9]byte]bool, len(posts)), twice: map[marks]bool{}}
	for _, p := range posts {
		if g.page.Full() {
			r.settle(g, len(known.list))
			if err := r.give(ctx, g.page); err != nil {
				return nil, err
			}
			g.page = &collectors.Page{}
		}
		if err := r.add(ctx, g, p); err != nil {
			return nil, err
		}
	}
	r.settle(g, maxPast)
	return g.page, nil
}

// settle remembers what was read, and at most past posts of earlier runs that have not come by.
func (r *run) settle(g *reading, past int) {
	g.s.setKnown(slices.Concat(reversed(g.read), g.known.without(g.seen, past)))
	g.s.Newest = max(g.s.Newest, g.newest)
	for _, m := range g.read {
		r.given[m.id] = m.text
	}
}

// add puts a post into the page, unless it was given before.
func (r *run) add(ctx context.Context, g *reading, p *post) error {
	m := p.marks
	same := marks{text: m.text, date: m.date} // what another post of this page says at the same second
	i, old := g.match[p]
	switch {
	case old && g.known.list[i].text == m.text:
		m.id = g.known.list[i].id // it keeps the name that it was given under, though its guid may have changed
	case p.fault != "":
		g.page.Break(p.broken())
	case r.given[m.id] == m.text && m.text != [6]byte{}, g.twice[same]:
	default:
		item, err := g.reader.item(ctx, p)
		if err != nil {
			return err
		}
		if old && g.known.list[i].id == m.id {
			item.Edited = true
		} else if old { // it was edited, and has another guid since
			g.seen[g.known.list[i].id] = true
			g.page.Gone = append(g.page.Gone, g.known.list[i].externalID())
		}
		g.page.Add(item)
	}
	if m.date != [4]byte{} && m.text != [6]byte{} {
		g.twice[same] = true
	}
	if !p.published.IsZero() {
		g.newest = max(g.newest, p.published.Unix())
	}
	g.seen[m.id] = true
	g.read = append(g.read, m)
	r.done++
	return nil
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
		return collectors.ErrStopped
	}
	r.last = next
	return nil
}
