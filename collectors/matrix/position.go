package matrix

import (
	"context"
	"time"

	"askahead/collectors"
)

const cursorKind = "matrix/1"

// position is the cursor.
type position struct {
	Rooms map[string]*place `json:"rooms"` // by id
}

// place is how far a room was read. Tokens of pages are not kept: what they mean, and for how long, differs
// from server to server; the ids of events are the same everywhere.
type place struct {
	Known []string `json:"known,omitempty"` // the events last gone by, oldest first
	After int64    `json:"after,omitempty"` // while nothing is known: only what was sent since this time, in milliseconds
}

// keep is how many events stay known. A message that reaches the homeserver late, since its own server was
// away, may have its place before others that were read: it is found if no more than these come behind it.
// They fit into one page, so that one request tells that a room has nothing new.
func (c *Collector) keep() int { return max(1, c.limit/2) }

// Rewind gives the place in every room before the messages of a time.
func (c *Collector) Rewind(ctx context.Context, to time.Time) (collectors.Cursor, error) {
	v := c.newVisit()
	defer v.leave(ctx)
	p := position{Rooms: map[string]*place{}}
	if err := v.login(ctx); err != nil {
		return "", err
	}
	for _, named := range c.rooms {
		r, err := v.open(ctx, named)
		if isRoomError(err) {
			continue // it is read from its beginning, once it can be
		}
		if err != nil {
			return "", err
		}
		if after := to.UnixMilli(); after > 0 {
			p.Rooms[r.id] = &place{After: after}
		}
	}
	return collectors.NewCursor(cursorKind, p)
}
