package bluesky

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"askahead/collectors"
)

const cursorKind = "bluesky/1"

// moment is a time in milliseconds since 1970, as fine as a search can be limited.
type moment int64

func momentOf(t time.Time) moment { return moment(t.UnixMilli()) }
func (m moment) time() time.Time  { return time.UnixMilli(int64(m)).UTC() }
func (m moment) String() string   { return m.time().Format("2006-01-02T15:04:05.000Z") }

// within keeps a moment among those that can be asked for.
func (m moment) within() moment { return max(beginning, min(m, endOfTime)) }

// Authors write what time they like on their posts, so there are some from the year 1 on. But for these, there is
// nothing before the network began.
const (
	beginning   moment = -62135596800000 // 0001-01-01
	began       moment = 1667260800000   // 2022-11-01
	endOfTime   moment = 253402300799999 // 9999-12-31
	openEnd     moment = 1<<63 - 1
	millisecond moment = 1
)

// position is the cursor. Everything older than the moment of a hashtag was given; of what is younger, that which has
// a mark. Posts may be found late and are then sorted in by the time at which they were written, so after a run that
// moment lies a little before the newest post.
type position struct {
	Service string            `json:"service"`
	Tags    map[string]moment `json:"tags"`           // by hashtag in lower case
	Seen    []byte            `json:"seen,omitempty"` // marks, in order
	// Top and Width are plans for a backlog: see window. They are 0 where there is none.
	Top   moment `json:"top,omitempty"`
	Width moment `json:"width,omitempty"`
}

// maxSeen bounds the stretch that is read again, so that the cursor stays at 4 kB; while a run is in the midst of a
// window, there are also the marks of that.
const (
	maxSeen  = 500
	maxMarks = 2 * maxHeld
)

// track is the position while reading goes on.
type track struct {
	c     *Collector
	low   map[string]moment
	old   map[collectors.Mark]bool   // given in earlier runs
	given map[collectors.Mark]passed // what this run went by
	top   moment
	width moment
}

// passed is when a post that was given was written, and the later of that and when it was found.
type passed struct{ at, latest moment }

func (c *Collector) newTrack(since collectors.Cursor) (*track, error) {
	var p position
	if err := since.Read(cursorKind, &p); err != nil {
		return nil, err
	}
	if p.Service != c.service.Host {
		p = position{} // another network, perhaps
	}
	old, err := collectors.UnpackMarks(p.Seen, maxMarks)
	if err != nil {
		return nil, err
	}
	t := &track{c: c, low: map[string]moment{}, old: old, given: map[collectors.Mark]passed{}, top: p.Top.within(), width: max(0, p.Width.within())}
	for _, tag := range c.tags {
		key := strings.ToLower(tag)
		t.low[key] = beginning
		if low, ok := p.Tags[key]; ok {
			t.low[key] = low.within()
		}
	}
	return t, nil
}

// Rewind gives the place before what was written at or after a time.
func (c *Collector) Rewind(_ context.Context, to time.Time) (collectors.Cursor, error) {
	p := position{Service: c.service.Host, Tags: map[string]moment{}}
	for _, tag := range c.tags {
		p.Tags[strings.ToLower(tag)] = momentOf(to).within()
	}
	return collectors.NewCursor(cursorKind, p)
}

// next gives the hashtags that are read from the earliest moment on, that moment, and where the others join them:
// those that came into the settings later are read by themselves at first.
func (t *track) next() (tags []string, low, end moment) {
	low, end = openEnd, openEnd
	for _, at := range t.low {
		low = min(low, at)
	}
	for _, tag := range t.c.tags {
		if at := t.low[strings.ToLower(tag)]; at == low {
			tags = append(tags, tag)
		} else {
			end = min(end, at)
		}
	}
	return tags, low, end
}

// seen says whether a post was given before.
func (t *track) seen(m collectors.Mark) bool {
	_, now := t.given[m]
	return now || t.old[m]
}

// pass notes a post that reading went by.
func (t *track) pass(p *post) { t.given[p.mark] = passed{p.moment, max(p.moment, p.latest)} }

// complete is told that everything of these hashtags before end was given.
func (t *track) complete(tags []string, end moment) {
	for _, tag := range tags {
		t.low[strings.ToLower(tag)] = end
	}
	for m := range t.given {
		delete(t.old, m)
	}
	clear(t.given)
}

// finish is told that everything was given. The next run begins before the newest post, as far back as the settings
// say and maxSeen lets it. Posts of earlier runs that did not come again were deleted.
func (t *track) finish() {
	newest, now := beginning, momentOf(t.c.now())
	latest := make([]moment, 0, len(t.given))
	for _, p := range t.given {
		latest = append(latest, p.latest)
		if p.at <= now {
			newest = max(newest, p.at)
		}
	}
	low := newest - moment(t.c.lookBack.Milliseconds())
	if slices.Sort(latest); len(latest) > maxSeen {
		low = max(low, latest[len(latest)-maxSeen-1]+millisecond)
	}
	for tag, at := range t.low {
		t.low[tag] = max(at, low)
	}
	maps.DeleteFunc(t.given, func(_ collectors.Mark, p passed) bool { return p.latest < low })
	clear(t.old)
	t.top, t.width = 0, 0
}

func (t *track) cursor() (collectors.Cursor, error) {
	marks := slices.AppendSeq(slices.Collect(maps.Keys(t.given)), maps.Keys(t.old))
	return collectors.NewCursor(cursorKind, position{
		Service: t.c.service.Host, Tags: t.low, Seen: collectors.PackMarks(marks, maxMarks), Top: t.top, Width: t.width,
	})
}
