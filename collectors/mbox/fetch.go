package mbox

import (
	"context"
	"iter"
	"slices"

	"askahead/collectors"
	"askahead/domain"
)

// Fetch reads the file from its start and gives the mails that are asked for. One that is no longer in it is left out:
// a mailbox file is cut and put away by people who delete nothing.
func (c *Collector) Fetch(ctx context.Context, ids []string) iter.Seq2[collectors.Batch, error] {
	return func(yield func(collectors.Batch, error) bool) {
		asked := make(map[string]bool, len(ids))
		for _, id := range ids {
			asked[id] = true
		}
		if len(asked) == 0 {
			return
		}
		first := func(id string) bool { // a file may hold a mail twice
			found := asked[id]
			delete(asked, id)
			return found
		}
		for batch, err := range c.Collect(ctx, "") {
			if err == nil {
				batch.Items = slices.DeleteFunc(batch.Items, func(i domain.Item) bool { return !first(i.ExternalID) })
				batch.Broken = slices.DeleteFunc(batch.Broken, func(b collectors.Broken) bool { return !first(b.ID) })
				batch.Next = ""
			}
			if err == nil && len(batch.Items)+len(batch.Broken) == 0 {
				continue
			}
			if !yield(batch, err) || len(asked) == 0 {
				return
			}
		}
	}
}
