package maildir

import (
	"context"
	"iter"

	"askahead/collectors"
)

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
