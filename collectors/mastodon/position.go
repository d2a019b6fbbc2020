package mastodon

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
	"strings"

	"askahead/collectors"
)

// The cursor is a list of positions, one for each server. Before a source could have several it was one position.
const (
	cursorKind = "mastodon/2"
	cursorOfV1 = "mastodon/1"
)

// position is how far one server was read. The ids of posts grow with the time at which they were written, but a
// post of another server may arrive hours late, and is then sorted in among older ones. So reading begins again a
// little before the newest post, and what was given of that stretch is remembered.
type position struct {
	Server  string            `json:"server"`
	Tags    map[string]string `json:"tags"`              // by hashtag: the id behind which reading begins
	Seen    []byte            `json:"seen,omitempty"`    // the marks of posts behind those ids, in order
	Replies []byte            `json:"replies,omitempty"` // the marks of what answers them
}

// maxSeen bounds the stretch that is read again, so that a position stays below 2 kB. While a run goes on there
// are also the marks of the last run that it has not come by yet. maxReplies bounds what is remembered of answers:
// what is beyond comes again in the next run.
const (
	maxSeen    = 200
	maxMarks   = 3 * maxSeen
	maxReplies = 2000
)

// positions reads a cursor, by the name of the server.
func (c *Collector) positions(since collectors.Cursor) (map[string]position, error) {
	var list []position
	if strings.HasPrefix(string(since), cursorOfV1+" ") {
		list = make([]position, 1)
		if err := since.Read(cursorOfV1, &list[0]); err != nil {
			return nil, err
		}
	} else if err := since.Read(cursorKind, &list); err != nil {
		return nil, err
	}
	found := make(map[string]position, len(list))
	for _, p := range list {
		found[strings.ToLower(p.Server)] = p
	}
	return found, nil
}

// compareIDs orders the ids of one server: numbers (Mastodon, Pixelfed) by value, ULIDs (GoToSocial) and flake ids
// (Pleroma, Akkoma) as text, which are all of the same length.
func compareIDs(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}

// beginning is before all posts.
const beginning = "0"

// joinMarks writes a set, and of others what fits below most.
func joinMarks(set, others map[collectors.Mark]bool, most int) []byte {
	all := maps.Clone(set)
	for _, m := range slices.SortedFunc(maps.Keys(others), func(a, b collectors.Mark) int { return bytes.Compare(a[:], b[:]) }) {
		if len(all) >= most {
			break
		}
		all[m] = true
	}
	return collectors.PackMarks(slices.Collect(maps.Keys(all)), most)
}
