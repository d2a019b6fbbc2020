package feed

import (
	"context"
	"iter"
	"net/url"

	"askahead/collectors"
	"askahead/internal/guesthttp"
)

// Fetch looks for the posts in the feeds, as far back as `pages` allows. One that is in none of them any more is left out:
// it may have become old, and need not be gone.
func (c *Collector) Fetch(ctx context.Context, ids []string) iter.Seq2[collectors.Batch, error] {
	return collectors.Batches(func(yield func(collectors.Batch, error) bool) error {
		want := map[string]bool{}
		for _, id := range ids {
			want[id] = true
		}
		profiles := newProfiles(c)
		for _, u := range c.feeds {
			if len(want) == 0 {
				return nil
			}
			if err := c.fetch(ctx, u, want, profiles, yield); err != nil {
				return err
			}
		}
		return nil
	})
}

func (c *Collector) fetch(ctx context.Context, u *url.URL, want map[string]bool, profiles *profiles, yield func(collectors.Batch, error) bool) error {
	met := map[string]bool{}
	var before *document
	for n := 0; u != nil && n < c.pages && len(want) > 0; n++ {
		_, d, err := c.ask(ctx, u, guesthttp.Validators{})
		if before != nil {
			var end bool
			if end, err = isEnd(before, met, d, err); end {
				return nil
			}
		}
		if err != nil {
			return explain(u, err)
		}
		before = d
		note(met, d)
		page, err := c.pick(ctx, d, want, profiles)
		if err != nil {
			return err
		}
		if !page.Empty() && !yield(page.Batch, nil) {
			return collectors.ErrStopped
		}
		u = older(d, u)
	}
	return nil
}

// pick takes from a document what is wanted, and off the list.
func (c *Collector) pick(ctx context.Context, d *document, want map[string]bool, profiles *profiles) (*collectors.Page, error) {
	page := &collectors.Page{}
	reader := c.newReader(d, profiles)
	for _, p := range sortPosts(d) {
		id := p.marks.externalID()
		if !want[id] {
			continue
		}
		delete(want, id)
		if p.fault != "" {
			page.Break(p.broken())
			continue
		}
		item, err := reader.item(ctx, p)
		if err != nil {
			return nil, err
		}
		page.Add(item)
	}
	return page, nil
}
