package mastodon

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"askahead/collectors"
)

// stream is the timeline of one hashtag, read from its oldest post on.
type stream struct {
	number   int
	tag      string
	next     string // the id behind which the next page begins
	waiting  []post // read, not yet gone by, oldest first
	begun    bool   // its first page was read
	ended    bool
	downward bool // it is read by steps, see downward.go
	steps    []step
}

// post is a status as it came, with what is needed to put it in order.
type post struct {
	id      string // orders it; of the post before it where it has none
	own     string // what it can be asked for by; empty if it has nothing
	mark    collectors.Mark
	at      time.Time // when it was written; zero if unknown
	raw     json.RawMessage
	status  *wireStatus // nil if it could not be decoded
	tags    []int       // the numbers of the streams that it is in
	known   bool        // it was given before
	parent  parent      // what is known of it as something that is replied to
	replies bool        // it may have some
}

func hasID(raw json.RawMessage) bool { return idOf(raw) != "" }

// idOf is what a status can be asked for by; empty if it has nothing.
func idOf(raw json.RawMessage) string {
	var head struct {
		ID text `json:"id"`
	}
	if json.Unmarshal(raw, &head) != nil || !isID(head.ID) {
		return ""
	}
	return string(head.ID)
}

// sortPosts decodes the statuses of a page, newest first as servers send them, and gives those behind the id
// after, oldest first.
func sortPosts(statuses []json.RawMessage, after string) []post {
	posts := make([]post, 0, len(statuses))
	id := after
	for _, raw := range slices.Backward(statuses) {
		p := post{raw: raw, mark: collectors.MarkOf("raw:" + string(raw))}
		if own := idOf(raw); own != "" {
			if compareIDs(own, after) <= 0 {
				continue
			}
			id = own
			p.mark, p.own = collectors.MarkOf(id), id
		}
		p.id = id
		var s wireStatus
		if json.Unmarshal(raw, &s) == nil {
			p.status = &s
			p.at, _ = parseTime(s.CreatedAt)
			p.parent = s.asParent()
			p.replies = s.Reblog == nil && s.RepliesCount != "0" && s.declines() == "" && s.isPublic()
		}
		posts = append(posts, p)
	}
	slices.SortStableFunc(posts, func(a, b post) int { return compareIDs(a.id, b.id) })
	return posts
}

// merge takes from the streams what is certain to come next: up to where the first stream needs its next page.
// A post in several streams comes once.
func merge(streams []*stream) []post {
	horizon := ""
	for _, s := range streams {
		if n := len(s.waiting); n > 0 && !s.ended {
			if last := s.waiting[n-1].id; horizon == "" || compareIDs(last, horizon) < 0 {
				horizon = last
			}
		}
	}
	var posts []post
	place := map[collectors.Mark]int{}
	for _, s := range streams {
		n := 0
		for ; n < len(s.waiting) && (horizon == "" || compareIDs(s.waiting[n].id, horizon) <= 0); n++ {
			p := s.waiting[n]
			i, ok := place[p.mark]
			if !ok {
				i = len(posts)
				place[p.mark] = i
				posts = append(posts, p)
			}
			posts[i].tags = append(posts[i].tags, s.number)
		}
		s.waiting = s.waiting[n:]
	}
	slices.SortStableFunc(posts, func(a, b post) int { return compareIDs(a.id, b.id) })
	return posts
}

// add puts a post into the page: as an item, as broken, or not at all where it is not public. The bytes of what is
// broken are kept only where it is certain that the post is public and that nobody declines.
func (p *post) add(page *collectors.Page, reader *reader) {
	broken := collectors.Broken{Type: "application/json", Reason: odd}
	if p.status != nil {
		item, err := reader.item(p.status)
		switch {
		case err == nil:
			page.Add(item)
			return
		case errors.Is(err, errNotPublic):
			return
		}
		broken.Reason = err.Error()
		if p.status.declines() == "" {
			broken.Raw = p.raw
		}
	}
	broken.ID = p.own
	if broken.ID == "" {
		broken.ID = "without-id/" + hex.EncodeToString(p.mark[:]) // no id can look like that
	}
	broken.ID = reader.v.server.external(broken.ID)
	page.Break(broken)
}

// odd is why a status can't be read that could not be decoded.
const odd = "it is JSON of an unexpected shape"
