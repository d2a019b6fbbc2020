package mastodon

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"askahead/collectors"
)

// maxPages ends a run against a server that never runs out of posts; the next run goes on from there.
const maxPages = 5000

// errStopped ends a collect whose reader wants no more; it is never shown.
var errStopped = errors.New("stopped")

// Collect yields the posts behind since, oldest first, those of all hashtags together.
func (c *Collector) Collect(ctx context.Context, since collectors.Cursor) iter.Seq2[collectors.Batch, error] {
	return func(yield func(collectors.Batch, error) bool) {
		r := &run{c: c, v: &visit{c: c}, yield: yield, last: since}
		if err := r.collect(ctx, since); err != nil && !errors.Is(err, errStopped) {
			yield(collectors.Batch{}, err)
		}
	}
}

// run is one Collect.
type run struct {
	c       *Collector
	v       *visit
	track   *track
	streams []*stream
	yield   func(collectors.Batch, error) bool
	last    collectors.Cursor // that was yielded or begun with
	posts   int64             // gone by
	pages   int
}

// stream is the timeline of one hashtag, read from its oldest post on.
type stream struct {
	number  int
	tag     string
	next    string // the id behind which the next page begins
	waiting []post // read, not yet gone by, oldest first
	ended   bool
}

// post is a status as it came, with what is needed to put it in order.
type post struct {
	id     string // orders it; of the post before it where it has none
	own    string // what it can be asked for by; empty if it has nothing
	mark   mark
	at     time.Time // when it was written; zero if unknown
	raw    json.RawMessage
	status *wireStatus // nil if it could not be decoded
	tags   []int       // the numbers of the streams that it is in
	known  bool        // it was given before
}

func (r *run) collect(ctx context.Context, since collectors.Cursor) error {
	var err error
	if r.track, err = r.c.newTrack(since); err != nil {
		return err
	}
	for i, tag := range r.c.tags {
		r.streams = append(r.streams, &stream{number: i, tag: tag, next: r.track.low[i]})
	}
	for {
		if err := r.fill(ctx); err != nil {
			return err
		}
		posts := r.merge()
		if len(posts) == 0 {
			break
		}
		if err := r.give(ctx, posts); err != nil {
			return err
		}
		if r.pages >= maxPages {
			return nil
		}
	}
	if r.posts == 0 && r.c.token == "" {
		if err := r.v.closed(ctx); err != nil {
			return err
		}
	}
	return r.flush(collectors.Page{}, true)
}

// fill reads the next page of each stream that has run out of posts.
func (r *run) fill(ctx context.Context) error {
	for _, s := range r.streams {
		for len(s.waiting) == 0 && !s.ended {
			if err := r.fetch(ctx, s); err != nil {
				return err
			}
		}
	}
	return nil
}

// fetch reads one page into s.
func (r *run) fetch(ctx context.Context, s *stream) error {
	page, err := r.v.timeline(ctx, s.tag, s.next, "", r.c.limit)
	if err != nil {
		return err
	}
	r.pages++
	before := s.next
	s.waiting = sortPosts(page.statuses, before)
	if n := len(s.waiting); n > 0 {
		s.next = s.waiting[n-1].id
	}
	// A page of which the server showed us nothing may still not be the last.
	if page.prev != "" && compareIDs(page.prev, s.next) > 0 {
		s.next = page.prev
	}
	if compareIDs(s.next, before) > 0 {
		if before == beginning && len(s.waiting) > 0 {
			return r.checkBeginning(ctx, s)
		}
		return nil
	}
	s.ended = true
	if len(page.statuses) > 0 {
		return fmt.Errorf("read #%s: %s gives the same posts again instead of newer ones", s.tag, r.c.server.Host)
	}
	return nil
}

// checkBeginning makes sure that the first page is the oldest. A server that does not understand min_id gives
// the newest one instead, and all before it would be lost without a word.
func (r *run) checkBeginning(ctx context.Context, s *stream) error {
	first := s.waiting[0].id
	older, err := r.v.timeline(ctx, s.tag, "", first, 1)
	if err != nil {
		return err
	}
	for _, p := range sortPosts(older.statuses, beginning) {
		if compareIDs(p.id, first) < 0 && p.id != beginning {
			return fmt.Errorf("%w: server: %s cannot page from the oldest post on (min_id), so that posts would be missed", collectors.ErrSettings, r.c.server.Host)
		}
	}
	return nil
}

// sortPosts decodes the statuses of a page, newest first as servers send them, and gives those behind the id
// after, oldest first.
func sortPosts(statuses []json.RawMessage, after string) []post {
	posts := make([]post, 0, len(statuses))
	id := after
	for _, raw := range slices.Backward(statuses) {
		p := post{raw: raw, mark: markOf("raw:" + string(raw))}
		var head struct {
			ID text `json:"id"`
		}
		if json.Unmarshal(raw, &head) == nil && isID(head.ID) {
			if compareIDs(string(head.ID), after) <= 0 {
				continue
			}
			id = string(head.ID)
			p.mark, p.own = markOf(id), id
		}
		p.id = id
		var s wireStatus
		if json.Unmarshal(raw, &s) == nil {
			p.status = &s
			p.at, _ = parseTime(s.CreatedAt)
			if isID(s.shown().ID) {
				p.own = string(s.shown().ID)
				p.mark = markOf(p.own)
			}
		}
		posts = append(posts, p)
	}
	slices.SortStableFunc(posts, func(a, b post) int { return compareIDs(a.id, b.id) })
	return posts
}

// merge takes from the streams what is certain to come next: up to where the first stream needs its next page.
// A post in several streams comes once.
func (r *run) merge() []post {
	horizon := ""
	for _, s := range r.streams {
		if n := len(s.waiting); n > 0 && !s.ended {
			if last := s.waiting[n-1].id; horizon == "" || compareIDs(last, horizon) < 0 {
				horizon = last
			}
		}
	}
	var posts []post
	place := map[mark]int{}
	for _, s := range r.streams {
		n := 0
		for ; n < len(s.waiting) && compareIDs(s.waiting[n].id, horizon) <= 0; n++ {
			p := s.waiting[n]
			i, ok := place[p.mark]
			if !ok {
				i = len(posts)
				place[p.mark] = i
				posts = append(posts, p)
			}
			posts[i].tags = append(posts[i].tags, s.number)
		}
		s.waiting = s.waiting[n:]
	}
	slices.SortStableFunc(posts, func(a, b post) int { return compareIDs(a.id, b.id) })
	return posts
}

// give yields the posts that were not given before.
func (r *run) give(ctx context.Context, posts []post) error {
	var statuses []*wireStatus
	for i := range posts {
		posts[i].known = r.track.seen(posts[i].mark)
		if s := posts[i].status; s != nil && !posts[i].known {
			statuses = append(statuses, s)
		}
	}
	reader, err := newReader(ctx, r.v, statuses)
	if err != nil {
		return err
	}
	var page collectors.Page
	for _, p := range posts {
		r.posts++
		r.track.pass(p)
		if !p.known {
			p.add(&page, reader)
		}
		if page.Full() {
			if err := r.flush(page, false); err != nil {
				return err
			}
			page = collectors.Page{}
		}
	}
	return r.flush(page, false)
}

// add puts a post into the page: as an item, as broken, or not at all where it is not public.
func (p *post) add(page *collectors.Page, reader *reader) {
	reason, id := odd, p.own
	if p.status != nil {
		item, err := reader.item(p.status)
		switch {
		case err == nil:
			page.Add(item)
			return
		case errors.Is(err, errNotPublic):
			return
		}
		reason = err.Error()
	}
	if id == "" {
		id = "without-id/" + hex.EncodeToString(p.mark[:]) // no id can look like that
	}
	page.Break(collectors.Broken{ID: id, Type: "application/json", Reason: reason, Raw: p.raw})
}

// odd is why a status can't be read that could not be decoded.
const odd = "it is JSON of an unexpected shape"

// flush yields the page, and at the end of the run an empty one if at least the cursor has moved.
func (r *run) flush(page collectors.Page, ended bool) error {
	if page.Empty() && (!ended || r.posts == 0) {
		return nil
	}
	next, err := r.track.cursor(ended)
	if err != nil {
		return err
	}
	if page.Empty() && next == r.last {
		return nil
	}
	page.Next, r.last = next, next
	page.Done = collectors.Progress{Now: r.posts, Unit: "posts"}
	if !r.yield(page.Batch, nil) {
		return errStopped
	}
	return nil
}
