package maildir

import (
	"context"
	"iter"
	"slices"

	"askahead/collectors"
)

// Fetch gives the mails that are asked for, and as Gone those that are no longer there or lie in the trash.
func (c *Collector) Fetch(ctx context.Context, ids []string) iter.Seq2[collectors.Batch, error] {
	return collectors.Batches(func(yield func(collectors.Batch, error) bool) error {
		return c.fetch(ctx, ids, yield)
	})
}

func (c *Collector) fetch(ctx context.Context, ids []string, yield func(collectors.Batch, error) bool) error {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	if len(ids) == 0 {
		return nil
	}
	entries, err := c.list(ctx)
	if err != nil {
		return err
	}
	there := make(map[string]entry, len(entries))
	for _, e := range entries {
		there[e.id()] = e
	}
	var page collectors.Page
	for i, id := range ids {
		if err := ctx.Err(); err != nil {
			return err
		}
		e, found := there[id]
		if found {
			if found, err = c.take(&page, e); err != nil {
				return err
			}
		}
		if !found {
			page.Gone = append(page.Gone, id)
		}
		if last := i == len(ids)-1; last || page.Full() {
			page.Done = collectors.Progress{Now: int64(i + 1), Total: int64(len(ids)), Unit: "messages"}
			if !yield(page.Batch, nil) {
				return collectors.ErrStopped
			}
			page = collectors.Page{}
		}
	}
	return nil
}

// Sweep yields as Gone those ids whose mail is no longer there or lies in the trash. Mails are not edited.
func (c *Collector) Sweep(ctx context.Context, ids []string) iter.Seq2[collectors.Batch, error] {
	return func(yield func(collectors.Batch, error) bool) {
		entries, err := c.list(ctx)
		if err != nil {
			yield(collectors.Batch{}, err)
			return
		}
		there := make(map[string]bool, len(entries))
		for _, e := range entries {
			there[e.id()] = true
		}
		var b collectors.Batch
		for i, id := range ids {
			if !there[id] {
				b.Gone = append(b.Gone, id)
			}
			if len(b.Gone) == collectors.BatchItems || (i == len(ids)-1 && len(b.Gone) > 0) {
				b.Done = collectors.Progress{Now: int64(i + 1), Total: int64(len(ids)), Unit: "messages"}
				if !yield(b, nil) {
					return
				}
				b = collectors.Batch{}
			}
		}
	}
}
