package mastodon

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"askahead/collectors"
)

const cursorKind = "mastodon/1"

// position is the cursor. The ids of posts grow with the time at which they were written, but a post of
// another server may arrive hours late, and is then sorted in among older ones. So reading begins again a
// little before the newest post, and what was given of that stretch is remembered.
type position struct {
	Server string            `json:"server"`
	Tags   map[string]string `json:"tags"`           // by hashtag: the id behind which reading begins
	Seen   []byte            `json:"seen,omitempty"` // the marks of posts behind those ids, in order
}

// mark stands for a post in a cursor. Of 2^48 marks, two among 200 posts are alike once in 10^10 times.
type mark [6]byte

func markOf(id string) mark {
	sum := sha256.Sum256([]byte(id))
	return mark(sum[:len(mark{})])
}

// maxSeen bounds the stretch that is read again, so that the cursor stays below 2 kB. While a run goes on there
// are also the marks of the last run that it has not come by yet.
const (
	maxSeen  = 200
	maxMarks = 3 * maxSeen
)

// compareIDs orders the ids of one server: numbers (Mastodon) by value, ULIDs (GoToSocial) and flake ids
// (Pleroma) as text, which are all of the same length.
func compareIDs(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}

// beginning is before all posts.
const beginning = "0"

// track is the position while reading goes on.
type track struct {
	c     *Collector
	low   []string      // for each stream the id behind which the next run begins
	old   map[mark]bool // given in earlier runs
	trail []post        // what this run went by behind low, in order of id
}

func (c *Collector) newTrack(since collectors.Cursor) (*track, error) {
	var p position
	if err := since.Read(cursorKind, &p); err != nil {
		return nil, err
	}
	if len(p.Seen)%len(mark{}) != 0 || len(p.Seen) > maxMarks*len(mark{}) {
		return nil, fmt.Errorf("%w: it remembers half a post, or too many", collectors.ErrCursor)
	}
	t := &track{c: c, old: map[mark]bool{}}
	if p.Server != c.server.Host {
		p = position{} // the ids of another server mean nothing here
	}
	for _, tag := range c.tags {
		low := p.Tags[c.streamName(tag)]
		if low == "" {
			low = beginning
		}
		t.low = append(t.low, low)
	}
	for m := range slices.Chunk(p.Seen, len(mark{})) {
		t.old[mark(m)] = true
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
func (t *track) seen(m mark) bool {
	return t.old[m] || slices.ContainsFunc(t.trail, func(p post) bool { return p.mark == m })
}

// pass notes a post that reading went by.
func (t *track) pass(p post) {
	p.raw, p.status = nil, nil
	t.trail = append(t.trail, p)
}

// cursor settles what lies further back than looking back reaches, and writes the rest. ended says that
// everything was read, so that posts of earlier runs that did not come again were deleted.
func (t *track) cursor(ended bool) (collectors.Cursor, error) {
	t.settle()
	p := position{Server: t.c.server.Host, Tags: map[string]string{}}
	for i, tag := range t.c.tags {
		p.Tags[t.c.streamName(tag)] = t.low[i]
	}
	here := map[mark]bool{}
	for _, post := range t.trail {
		here[post.mark] = true
	}
	if !ended {
		for _, m := range sortedMarks(t.old) {
			if len(here) == maxMarks {
				break
			}
			here[m] = true
		}
	}
	for _, m := range sortedMarks(here) {
		p.Seen = append(p.Seen, m[:]...)
	}
	return collectors.NewCursor(cursorKind, p)
}

func sortedMarks(set map[mark]bool) []mark {
	return slices.SortedFunc(maps.Keys(set), func(a, b mark) int { return bytes.Compare(a[:], b[:]) })
}

// settle moves low over the posts that are older than the newest one by more than looking back reaches, and
// over those that are too many.
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
