package mastodon

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"askahead/collectors"
	"askahead/internal/guesthttp"
)

// askReplies yields what answers the posts that lie no further back than looking back reaches, where the settings
// want it: one request for each of these posts, of which there are at most maxSeen.
func (w *walk) askReplies(ctx context.Context) error {
	if !w.c.replies {
		return nil
	}
	since := w.c.now().Add(-w.c.lookBack)
	for _, p := range slices.Clone(w.track.trail) { // which is settled on the way
		if !p.replies || p.own == "" || !p.at.After(since) {
			continue
		}
		statuses, err := w.v.replies(ctx, p.own)
		if err != nil {
			return err
		}
		if err := w.giveReplies(ctx, p, statuses); err != nil {
			return err
		}
	}
	return nil
}

func (w *walk) giveReplies(ctx context.Context, root post, statuses []json.RawMessage) error {
	posts := sortPosts(statuses, beginning)
	around := map[string]parent{root.own: root.parent}
	var fresh []*wireStatus
	for i := range posts {
		p := &posts[i]
		around[p.own] = p.parent
		if p.known = w.track.seen(p.mark); !p.known && p.status != nil {
			fresh = append(fresh, p.status)
		}
	}
	reader, err := w.v.newReader(ctx, fresh, &w.spare, func(id string) (parent, bool) {
		p, ok := around[id]
		return p, ok
	})
	if err != nil {
		return err
	}
	var page collectors.Page
	for _, p := range posts {
		twice := w.track.replies[p.mark] // in this answer
		w.track.replies[p.mark] = true
		if !p.known && !twice {
			w.posts++
			p.add(&page, reader)
		}
		if page.Full() {
			if err := w.flush(page, false); err != nil {
				return err
			}
			page = collectors.Page{}
		}
	}
	return w.flush(page, false)
}

// replies asks for everything below a status; there is nothing below one that is gone.
func (v *visit) replies(ctx context.Context, id string) ([]json.RawMessage, error) {
	var thread struct {
		Descendants []json.RawMessage `json:"descendants"`
	}
	err := v.single(ctx, "/api/v1/statuses/"+id+"/context", &thread)
	if guesthttp.Missing(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("ask for replies: %w", err)
	}
	return thread.Descendants, nil
}
