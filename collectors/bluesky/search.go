package bluesky

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"askahead/collectors"
)

// search walks through what was posted under a hashtag between two moments, from the newest post to the oldest, as
// the network gives it.
//
// The network's own paging counts from the newest post on: if one is deleted while we read, all others move up and one
// is missed. So the next page is asked for by time where that can be: everything before the oldest post of this page.
// Servers order posts by the time that they were written, or found, or the earlier of both (searchPosts leaves it
// open); what is later than both of every post of the page, is later than the end of the page by any of these.
type search struct {
	v         *visit
	tag       string
	low, high moment // high is openEnd for a search up to now

	until  moment // of the next request
	cursor string // of the next request; empty where until alone says it
	oldest moment // that was read so far
	seen   map[collectors.Mark]bool
	idle   int  // pages in a row that brought nothing new
	paging bool // asking by time led nowhere
	ended  bool
}

// maxIdle is how many pages a server may fill with nothing but posts that it does not show to us; slack is how
// roughly it may take `until`.
const (
	maxIdle        = 10
	slack   moment = 60_000
)

func (v *visit) newSearch(tag string, low, high moment) *search {
	return &search{v: v, tag: tag, low: low, high: high, until: high, oldest: high, seen: map[collectors.Mark]bool{}}
}

// page reads the next page and gives what is new in it.
func (s *search) page(ctx context.Context) ([]post, error) {
	found, err := s.v.search(ctx, s.tag, s.low, s.until, s.cursor, s.v.c.limit)
	if err != nil {
		return nil, err
	}
	all, fresh, older, err := s.sort(found.Posts)
	if err != nil {
		return nil, err
	}
	if s.idle++; len(fresh) > 0 {
		s.idle = 0
	}
	n, again := len(found.Posts), found.Cursor == s.cursor
	switch {
	case found.Cursor == "", n > 0 && older == n, n == 0 && (again || s.idle > maxIdle):
		s.ended = true
		return fresh, nil
	case s.idle > maxIdle, s.idle > 1 && again:
		return nil, fmt.Errorf("search #%s: %s gives the same posts again instead of older ones", s.tag, s.v.session.server.Host)
	}
	s.paging = s.paging || s.idle > 0 && s.cursor == "" && n > 0
	if until, ok := endOf(all); ok && until < s.until && !s.paging {
		s.until, s.cursor = until, ""
	} else {
		s.cursor = found.Cursor
	}
	return fresh, nil
}

// sort decodes a page. Of all posts that belong to the search, fresh are those that did not come before; older counts
// those that are too old, which servers send that do not know `since`.
func (s *search) sort(page []json.RawMessage) (all, fresh []post, older int, err error) {
	for _, raw := range page {
		p := readPost(raw)
		switch {
		case p.latest == 0:
			p.moment = s.before(all)
		case p.latest < s.low:
			older++
			continue
		case s.high != openEnd && p.moment > s.high+slack:
			return nil, nil, 0, fmt.Errorf("%w: service: %s cannot search before a time (until), so that posts would be missed",
				collectors.ErrSettings, s.v.session.server.Host)
		case p.moment >= s.high:
			continue // it belongs to the next window
		}
		all = append(all, p)
		if !s.seen[p.mark] {
			s.seen[p.mark] = true
			s.oldest = min(s.oldest, p.moment)
			fresh = append(fresh, p)
		}
	}
	return all, fresh, older, nil
}

// before is where a post stands that does not say when it was written: behind the one above it.
func (s *search) before(above []post) moment {
	if n := len(above); n > 0 {
		return above[n-1].moment
	}
	if s.oldest != openEnd {
		return s.oldest
	}
	return s.low
}

// endOf is a moment that is not before the end of a page, and before its middle: else it would lead to posts that are
// known already.
func endOf(page []post) (moment, bool) {
	end, times := openEnd, make([]moment, 0, len(page))
	for i := range page {
		if page[i].latest != 0 {
			end = min(end, page[i].latest+millisecond)
			times = append(times, page[i].moment)
		}
	}
	if len(times) == 0 {
		return 0, false
	}
	slices.Sort(times)
	return end, end <= times[len(times)/2]
}

// search asks for one page of posts under a hashtag, newest first.
func (v *visit) search(ctx context.Context, tag string, since, until moment, cursor string, limit int) (wirePosts, error) {
	query := url.Values{"q": {"#" + tag}, "tag": {tag}, "sort": {"latest"}, "limit": {strconv.Itoa(limit)}}
	if since != beginning {
		query.Set("since", since.String())
	}
	if until != openEnd {
		query.Set("until", until.String())
	}
	if cursor != "" {
		query.Set("cursor", cursor)
	}
	var found wirePosts
	if err := v.get(ctx, "app.bsky.feed.searchPosts", query, &found); err != nil {
		if isLimited(err) {
			return found, err
		}
		return found, fmt.Errorf("search #%s: %w", tag, err)
	}
	if found.Posts == nil { // no posts are an empty list: this is something else, and no end of the posts
		return found, fmt.Errorf("search #%s: %w: %s answered without a list of posts", tag, collectors.ErrUnavailable, v.session.server.Host)
	}
	return found, nil
}

func isLimited(err error) bool {
	_, limited := errors.AsType[*collectors.RateLimited](err)
	return limited
}
