package mastodon

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"askahead/collectors"
)

// Sweep asks for posts by id: those that were edited, or whose author declines by now, come as items; those
// that their server no longer has, or shows to fewer people, or whose author took the hashtag away, as Gone.
func (c *Collector) Sweep(ctx context.Context, ids []string) iter.Seq2[collectors.Batch, error] {
	return c.once(ctx, ids, changed)
}

// Fetch asks for posts by id as Sweep does, and gives all of them.
func (c *Collector) Fetch(ctx context.Context, ids []string) iter.Seq2[collectors.Batch, error] {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	return c.once(ctx, slices.Compact(ids), nil)
}

func changed(v *visit, s *wireStatus) bool { return v.edited(s) || s.declines() != "" }

// once asks for posts as a round of their own.
func (c *Collector) once(ctx context.Context, ids []string, want func(*visit, *wireStatus) bool) iter.Seq2[collectors.Batch, error] {
	return func(yield func(collectors.Batch, error) bool) {
		r := c.newRound(want)
		for batch, err := range r.Sweep(ctx, ids) {
			if !yield(batch, err) {
				return
			}
			if err != nil {
				return
			}
		}
		if err := r.Left(); err != nil {
			yield(collectors.Batch{}, err)
		}
	}
}

// Round begins a sweep over everything that is held.
func (c *Collector) Round() collectors.Round { return c.newRound(changed) }

// round asks all servers for posts, and keeps to their rate limits by waiting. One that fails is not asked again.
type round struct {
	c        *Collector
	want     func(*visit, *wireStatus) bool // nil: all
	visits   map[*server]*visit
	failed   *failures
	declined declined
}

func (c *Collector) newRound(want func(*visit, *wireStatus) bool) *round {
	return &round{c: c, want: want, visits: map[*server]*visit{}, failed: c.newFailures(), declined: c.newDeclined()}
}

// Left is why posts of some servers were not asked for.
func (r *round) Left() error { return r.failed.err() }

// Sweep asks for posts, and ends with an error once no server is left to ask.
func (r *round) Sweep(ctx context.Context, ids []string) iter.Seq2[collectors.Batch, error] {
	return func(yield func(collectors.Batch, error) bool) {
		var done int
		for _, s := range r.c.servers {
			for some := range slices.Chunk(r.of(s, ids), bulkLimit) {
				if r.failed.of[s] {
					break
				}
				page, err := r.again(ctx, r.visit(s), some)
				if ctx.Err() != nil {
					yield(collectors.Batch{}, context.Cause(ctx))
					return
				}
				if err != nil {
					r.failed.add(s, fmt.Errorf("ask for posts again: %w", err))
					break
				}
				done += len(some)
				page.Done = collectors.Progress{Now: int64(done), Total: int64(len(ids)), Unit: "posts"}
				if !page.Empty() && !yield(page.Batch, nil) {
					return
				}
			}
		}
		if len(r.failed.of) == len(r.c.servers) {
			err := r.failed.err()
			r.failed.errs = nil // it is told
			yield(collectors.Batch{}, err)
		}
	}
}

// of gives those of the ids that are of a server. What says nothing to any server is left out: of a post that was read
// from a server which the source no longer names, nobody can tell what became of it.
func (r *round) of(s *server, ids []string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
		at, _ := r.c.place(id)
		return at != s
	})
}

func (r *round) visit(s *server) *visit {
	if r.visits[s] == nil {
		r.visits[s] = &visit{c: r.c, server: s, patient: true, declined: r.declined}
	}
	return r.visits[s]
}

// again asks one server for some of its posts.
func (r *round) again(ctx context.Context, v *visit, external []string) (collectors.Page, error) {
	var page collectors.Page
	ids := make([]string, len(external))
	for i := range external {
		_, ids[i] = r.c.place(external[i])
	}
	found, err := v.statuses(ctx, ids, true)
	if err != nil {
		return page, err
	}
	wanted := func(s *wireStatus) bool { return r.want == nil || r.want(v, s) }
	var statuses []*wireStatus
	for _, id := range ids {
		if s := found[id]; s != nil && !s.odd && wanted(s) {
			statuses = append(statuses, s)
		}
	}
	reader, err := v.newReader(ctx, statuses, nil, func(string) (parent, bool) { return parent{}, false })
	if err != nil {
		return page, err
	}
	for i, id := range ids {
		broken := collectors.Broken{ID: external[i], Type: "application/json", Reason: odd}
		switch s := found[id]; {
		case s == nil, !s.odd && !s.isPublic(), r.want != nil && !s.odd && r.c.untagged(s):
			page.Gone = append(page.Gone, external[i])
		case s.odd:
			page.Break(broken)
		case wanted(s):
			item, err := reader.item(s)
			if err != nil {
				broken.Reason = err.Error()
				page.Break(broken)
				continue
			}
			item.ExternalID = external[i]                                   // which may have no server in front
			item.Edited = item.Edited || r.want != nil && item.OptOut != "" // who declines by now has changed it, too
			page.Add(item)
		case !v.isCopy(s):
			page.Stays(external[i], int(s.shown().Favourites))
		}
	}
	return page, nil
}
