package mastodon

import (
	"context"
	"fmt"
	"iter"

	"askahead/collectors"
)

// Sweep asks for posts by id: those that were edited, or whose author declines by now, come as items; those
// that the server no longer has, or shows to fewer people, as Gone.
func (c *Collector) Sweep(ctx context.Context, ids []string) iter.Seq2[collectors.Batch, error] {
	return func(yield func(collectors.Batch, error) bool) {
		v := &visit{c: c}
		for done := 0; done < len(ids); {
			n := min(len(ids)-done, bulkLimit)
			page, err := v.sweep(ctx, ids[done:done+n])
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

func (v *visit) sweep(ctx context.Context, ids []string) (collectors.Page, error) {
	var page collectors.Page
	found, err := v.statuses(ctx, ids, true)
	if err != nil {
		return page, err
	}
	var statuses []*wireStatus
	for _, id := range ids {
		if s := found[id]; s != nil && (s.EditedAt != "" || s.Account.optOut() != "") {
			statuses = append(statuses, s)
		}
	}
	reader, err := newReader(ctx, v, statuses)
	if err != nil {
		return page, err
	}
	for _, id := range ids {
		s := found[id]
		if s == nil || s.Visibility != "public" {
			page.Gone = append(page.Gone, id)
			continue
		}
		item, err := reader.item(s)
		switch {
		case err != nil:
			page.Break(collectors.Broken{ID: id, Type: "application/json", Reason: err.Error()})
		case item.Edited || item.OptOut != "":
			item.Edited = true // who declines by now has changed it, too
			page.Add(item)
		}
	}
	return page, nil
}
