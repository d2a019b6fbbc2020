package mastodon

import (
	"slices"
	"strings"
	"time"

	"askahead/collectors"
)

// track is the position at one server while reading goes on.
type track struct {
	c      *Collector
	server *server
	low    []string                 // for each hashtag the id behind which the next run begins
	old    map[collectors.Mark]bool // given in earlier runs
	trail  []post                   // what this run went by behind low, in order of id

	oldReplies map[collectors.Mark]bool // given in earlier runs
	replies    map[collectors.Mark]bool // what this run went by
	done       bool                     // everything was read: what did not come again of the old ones was deleted
}

func (c *Collector) newTrack(s *server, p position) (*track, error) {
	old, err := collectors.UnpackMarks(p.Seen, maxMarks)
	if err != nil {
		return nil, err
	}
	oldReplies, err := collectors.UnpackMarks(p.Replies, maxReplies)
	if err != nil {
		return nil, err
	}
	t := &track{c: c, server: s, old: old, oldReplies: oldReplies, replies: map[collectors.Mark]bool{}}
	for _, tag := range c.tags {
		low := p.Tags[c.streamName(tag)]
		if low == "" {
			low = beginning
		}
		t.low = append(t.low, low)
	}
	return t, nil
}

// streamName tells apart what a hashtag gives with other settings beside it, so that it is read anew when they change.
func (c *Collector) streamName(tag string) string {
	if len(c.with) == 0 {
		return tag
	}
	return tag + "?" + strings.ToLower(c.with.Encode())
}

// seen says whether a post was given before.
func (t *track) seen(m collectors.Mark) bool {
	return t.old[m] || t.oldReplies[m] || t.replies[m] || slices.ContainsFunc(t.trail, func(p post) bool { return p.mark == m })
}

// pass notes a post that reading went by.
func (t *track) pass(p post) {
	p.raw, p.status = nil, nil
	t.trail = append(t.trail, p)
}

// parent tells of a post that reading went by lately, by its id.
func (t *track) parent(id string) (parent, bool) {
	for _, p := range slices.Backward(t.trail) {
		if p.own == id {
			return p.parent, true
		}
	}
	return parent{}, false
}

// position settles what lies further back than looking back reaches, and gives the rest.
func (t *track) position() position {
	t.settle()
	p := position{Server: t.server.name, Tags: map[string]string{}}
	for i, tag := range t.c.tags {
		p.Tags[t.c.streamName(tag)] = t.low[i]
	}
	here := map[collectors.Mark]bool{}
	for _, post := range t.trail {
		here[post.mark] = true
	}
	old, oldReplies := t.old, t.oldReplies
	if t.done {
		old, oldReplies = nil, nil
	}
	p.Seen, p.Replies = joinMarks(here, old, maxMarks), joinMarks(t.replies, oldReplies, maxReplies)
	return p
}

// settle moves low over the posts that are older than the newest one by more than looking back reaches, and
// over those that are too many. A post from times to come is no measure of how far reading is.
func (t *track) settle() {
	var newest time.Time
	now := t.c.now()
	for _, p := range t.trail {
		if p.at.After(newest) && !p.at.After(now) {
			newest = p.at
		}
	}
	until := newest.Add(-t.c.lookBack)
	keep := max(0, len(t.trail)-maxSeen)
	for i := keep; i < len(t.trail) && !t.trail[i].at.After(until); i++ {
		keep = i + 1
	}
	for _, p := range t.trail[:keep] {
		for _, stream := range p.tags {
			if compareIDs(p.id, t.low[stream]) > 0 {
				t.low[stream] = p.id
			}
		}
	}
	t.trail = slices.Delete(t.trail, 0, keep)
}
