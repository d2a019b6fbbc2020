package mastodon

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"askahead/collectors"
)

// Sweep asks for posts by id: those that were edited, or whose author declines by now, come as items; those
// that the server no longer has, or shows to fewer people, as Gone.
func (c *Collector) Sweep(ctx context.Context, ids []string) iter.Seq2[collectors.Batch, error] {
	return c.askAgain(ctx, ids, func(s *wireStatus) bool { return s.EditedAt != "" || s.Account.optOut() != "" })
}

// Fetch asks for posts by id as Sweep does, and gives all of them.
func (c *Collector) Fetch(ctx context.Context, ids []string) iter.Seq2[collectors.Batch, error] {
	ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !isID(text(id)) })
	slices.Sort(ids)
	return c.askAgain(ctx, slices.Compact(ids), nil)
}

// askAgain asks for posts, and gives those that are wanted and still there; want is nil where all are.
func (c *Collector) askAgain(ctx context.Context, ids []string, want func(*wireStatus) bool) iter.Seq2[collectors.Batch, error] {
	return func(yield func(collectors.Batch, error) bool) {
		v := &visit{c: c}
		for done := 0; done < len(ids); {
			n := min(len(ids)-done, bulkLimit)
			page, err := v.again(ctx, ids[done:done+n], want)
			if err != nil {
				yield(collectors.Batch{}, fmt.Errorf("ask for posts again: %w", err))
				return
			}
			done += n
			page.Done = collectors.Progress{Now: int64(done), Total: int64(len(ids)), Unit: "posts"}
			if !page.Empty() && !yield(page.Batch, nil) {
				return
			}
		}
	}
}

func (v *visit) again(ctx context.Context, ids []string, want func(*wireStatus) bool) (collectors.Page, error) {
	var page collectors.Page
	found, err := v.statuses(ctx, ids, true)
	if err != nil {
		return page, err
	}
	wanted := func(s *wireStatus) bool { return want == nil || want(s) }
	var statuses []*wireStatus
	for _, id := range ids {
		if s := found[id]; s != nil && !s.odd && wanted(s) {
			statuses = append(statuses, s)
		}
	}
	reader, err := newReader(ctx, v, statuses)
	if err != nil {
		return page, err
	}
	for _, id := range ids {
		s := found[id]
		if s == nil || !s.odd && s.Visibility != "public" {
			page.Gone = append(page.Gone, id)
			continue
		}
		broken := collectors.Broken{ID: id, Type: "application/json", Reason: odd}
		if s.odd {
			page.Break(broken)
			continue
		}
		if !wanted(s) {
			continue
		}
		item, err := reader.item(s)
		if err != nil {
			broken.Reason = err.Error()
			page.Break(broken)
			continue
		}
		item.Edited = item.Edited || want != nil && item.OptOut != "" // who declines by now has changed it, too
		page.Add(item)
	}
	return page, nil
}
