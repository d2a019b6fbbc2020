package chatexport

import (
	"maps"

	"askahead/collectors"
)

const cursorKind = "chatexport/1"

// mark is how far a channel was read: up to the time of a message, and how many of that very time.
type mark struct {
	At    int64 `json:"at"` // microseconds since 1970
	Count int   `json:"n"`
}

// position is the cursor: the mark of each channel. So a newer export in the place of the old one is read from
// there on, and a channel that it has more from its beginning.
type position map[string]mark

func readPosition(since collectors.Cursor) (position, error) {
	at := position{}
	return at, since.Read(cursorKind, &at)
}

func (p position) cursor() (collectors.Cursor, error) { return collectors.NewCursor(cursorKind, p) }

func (p position) clone() position { return maps.Clone(p) }

// before says whether a message lies behind the position.
func (p position) before(channel string, m mark) bool {
	known, ok := p[channel]
	return !ok || m.At > known.At || m.At == known.At && m.Count > known.Count
}

// walk follows the rows of an export in their order.
type walk struct{ last map[int32]mark }

func (w *walk) pass(r *row) mark {
	if w.last == nil {
		w.last = map[int32]mark{}
	}
	m := w.last[r.channel]
	if m.At != r.at {
		m = mark{At: r.at}
	}
	m.Count++
	w.last[r.channel] = m
	return m
}
