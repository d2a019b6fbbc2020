package bluesky

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"slices"

	"askahead/collectors"
	"askahead/internal/guesthttp"
)

// postsAtOnce is how many posts the network gives by their addresses.
const postsAtOnce = 25

// Sweep asks for posts by their addresses: those in whose place another record stands, or whose author declines by
// now, come as items; those that the network no longer shows, as Gone.
func (c *Collector) Sweep(ctx context.Context, ids []string) iter.Seq2[collectors.Batch, error] {
	return c.askAgain(ctx, ids, false)
}

// Fetch asks for posts as Sweep does, and gives all of them.
func (c *Collector) Fetch(ctx context.Context, ids []string) iter.Seq2[collectors.Batch, error] {
	return c.askAgain(ctx, ids, true)
}

func (c *Collector) askAgain(ctx context.Context, ids []string, all bool) iter.Seq2[collectors.Batch, error] {
	return func(yield func(collectors.Batch, error) bool) {
		ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
			_, _, ok := parseID(id)
			return !ok
		})
		slices.Sort(ids)
		ids = slices.Compact(ids)
		v, done := newVisit(c), 0
		for some := range slices.Chunk(ids, postsAtOnce) {
			page, err := v.again(ctx, some, all)
			if err != nil {
				yield(collectors.Batch{}, fmt.Errorf("ask for posts again: %w", err))
				return
			}
			done += len(some)
			page.Done = collectors.Progress{Now: int64(done), Total: int64(len(ids)), Unit: "posts"}
			if !page.Empty() && !yield(page.Batch, nil) {
				return
			}
		}
	}
}

// again says what became of a few posts: with all of everyone, else of those alone that are not as they were.
func (v *visit) again(ctx context.Context, ids []string, all bool) (collectors.Page, error) {
	var page collectors.Page
	found, err := v.byAddress(ctx, ids)
	if err != nil {
		return page, err
	}
	var needed []string
	for _, p := range found {
		needed = append(needed, p.needs()...)
	}
	if err := v.look(ctx, needed); err != nil {
		return page, err
	}
	for _, id := range ids {
		uri, cid, _ := parseID(id)
		p, there := found[uri]
		switch {
		case !there:
			page.Gone = append(page.Gone, id)
			continue
		case p.view == nil:
			page.Break(collectors.Broken{ID: id, Type: "application/json", Reason: p.reason, Raw: p.raw})
			continue
		}
		item, err := v.item(&p)
		changed := cid != "" && isCID(p.view.CID) && p.view.CID != cid
		switch {
		case err != nil && all:
			page.Break(collectors.Broken{ID: id, Type: "application/json", Reason: err.Error()})
		case err == nil && (all || changed || item.OptOut != ""):
			item.ExternalID = id
			item.Edited = changed || !all && item.OptOut != "" // who declines by now has changed it, too
			page.Add(item)
		case err == nil:
			page.Stays(id, item.Support)
		}
	}
	return page, nil
}

// byAddress gives the posts that the network shows.
func (v *visit) byAddress(ctx context.Context, ids []string) (map[postURI]post, error) {
	var uris []string
	for _, id := range ids {
		uri, _, _ := parseID(id)
		uris = append(uris, uri.String())
	}
	uris = slices.Compact(uris)
	var answer wirePosts
	if err := v.get(ctx, "app.bsky.feed.getPosts", url.Values{"uris": uris}, &answer); err != nil {
		return nil, err
	}
	found := map[postURI]post{}
	for _, raw := range answer.Posts {
		if p := readPost(raw); p.id != "" {
			found[p.uri] = p
		}
	}
	for _, text := range uris {
		uri, _ := parseURI(text)
		if _, ok := found[uri]; ok {
			continue
		}
		raw, err := v.single(ctx, uri)
		if err != nil {
			return nil, err
		}
		if raw == nil {
			continue
		}
		p := readPost(raw)
		if p.uri != uri {
			p = post{reason: odd, raw: raw, uri: uri}
		}
		found[uri] = p
	}
	return found, nil
}

// single asks for one post that was not among those asked for together. That is no proof that it is gone, for a server
// in trouble leaves out what it can't find in time; here it must say so. nil is a post that the network does not show: it
// was deleted, its author's account is closed or deactivated, or its author blocks the account that searches.
func (v *visit) single(ctx context.Context, uri postURI) (json.RawMessage, error) {
	var answer wireThread
	err := v.get(ctx, "app.bsky.feed.getPostThread", url.Values{"uri": {uri.String()}, "depth": {"0"}, "parentHeight": {"0"}}, &answer)
	switch {
	case isError(err, "NotFound"), err == nil && (answer.Thread.NotFound || answer.Thread.Blocked):
		return nil, nil
	case guesthttp.Missing(err), guesthttp.HasStatus(err, http.StatusNotImplemented), isError(err, "MethodNotImplemented"):
		return nil, nil // a server without that method: the first answer must do
	case err != nil:
		return nil, err
	case len(answer.Thread.Post) == 0:
		return nil, fmt.Errorf("%w: %s neither gives a post nor says that it has none", collectors.ErrUnavailable, v.session.server.Host)
	}
	return answer.Thread.Post, nil
}
