package feed

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"

	"askahead/collectors"
	"askahead/internal/guesthttp"
)

const cursorKind = "feed/1"

// position is the cursor.
type position struct {
	Feeds []state `json:"feeds"`
}

// state is how far one feed was read. A feed is a window, so what was in it is remembered, and a little of what was in it
// before: posts come back to feeds that are sorted by their last answer.
type state struct {
	Feed                 string `json:"feed"` // stands for its address
	guesthttp.Validators        // only once all of that version was given
	Newest               int64  `json:"newest,omitempty"` // seconds: when the newest post that was given was published
	Moved                bool   `json:"moved,omitempty"`  // it was told that the feed has another address
	Known                []byte `json:"known,omitempty"`  // marks, newest first
}

// How many posts are remembered: of all feeds together, so that the cursor stays below a megabyte; and of one feed
// those that are not in it any more.
const (
	maxKnown = 24_000
	maxPast  = 200
)

// feedName stands for the address of a feed in the cursor.
func feedName(u *url.URL) string {
	return base64.RawURLEncoding.EncodeToString(sum(u.String())[:9])
}

func (s *state) known() *known {
	var list []marks
	for b := range slices.Chunk(s.Known, marksSize) {
		list = append(list, readMarks(b))
	}
	return newKnown(list)
}

func (s *state) setKnown(list []marks) {
	s.Known = make([]byte, 0, len(list)*marksSize)
	for _, m := range list {
		s.Known = m.append(s.Known)
	}
}

// readPosition gives the states of the feeds in the order of the settings.
func (c *Collector) readPosition(since collectors.Cursor) (position, error) {
	var old position
	if err := since.Read(cursorKind, &old); err != nil {
		return position{}, err
	}
	have := map[string]state{}
	for _, s := range old.Feeds {
		if len(s.Known)%marksSize != 0 || len(s.Known) > maxKnown*marksSize {
			return position{}, fmt.Errorf("%w: it remembers half a post, or too many", collectors.ErrCursor)
		}
		have[s.Feed] = s
	}
	var p position
	for _, u := range c.feeds {
		s := have[feedName(u)]
		s.Feed = feedName(u)
		p.Feeds = append(p.Feeds, s)
	}
	return p, nil
}
