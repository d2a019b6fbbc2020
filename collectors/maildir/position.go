package maildir

import (
	"encoding/binary"
	"fmt"

	"askahead/collectors"
)

const cursorKind = "maildir/1"

// position is the cursor: which mails were seen, in a size that does not grow with their number.
//
// A mail that arrives has a name later than all others, almost always; so reading goes on behind the latest
// name seen. But a mail that is moved or copied into the folder keeps its old name. To notice those, the
// names up to the latest are kept as sums in 64 buckets: the number of names, and two sums of their hashes.
// One name that came or went in a bucket is found from the difference alone. Where more changed in the same
// bucket, the mails of that bucket are given again, 1 in 64 of what is there: nothing is lost, and what comes
// twice is known to the store by its id.
type position struct {
	at   key             // the latest name that was passed
	seen [buckets]bucket // of the names up to at
	mask uint64          // buckets that are given again; a bit for each
	redo key             // how far they were: their part of seen covers the names up to here
}

const buckets = 64

// bucket sums the hashes of some names.
type bucket struct {
	n        uint32
	xor, sum uint64
}

func (b *bucket) add(hash uint64) {
	b.n++
	b.xor ^= hash
	b.sum += hash
}

func (e entry) bucket() int { return int(e.hash % buckets) }

// limit is up to where seen speaks of the names of a bucket.
func (p *position) limit(b int) key {
	if p.mask&(1<<b) != 0 {
		return p.redo
	}
	return p.at
}

// compare gives the indexes of the entries that were not seen, in order. changed says that p itself changed,
// since mails are gone.
func (p *position) compare(entries []entry) (pending []int, changed bool) {
	var present [buckets]bucket
	for _, e := range entries {
		if b := e.bucket(); e.compare(p.limit(b)) <= 0 {
			present[b].add(e.hash)
		}
	}
	var arrived [buckets]uint64 // the hash of the one name that came
	var again uint64
	for b, now := range present {
		was, diff := p.seen[b], now.xor^p.seen[b].xor
		switch {
		case now == was:
		case now.n == was.n+1 && now.sum-was.sum == diff:
			arrived[b] = diff
		case now.n+1 == was.n && was.sum-now.sum == diff:
			p.seen[b], changed = now, true
		default:
			again |= 1 << b
		}
	}
	if again != 0 {
		p.again(again)
		changed = true
	}
	for i, e := range entries {
		b := e.bucket()
		if e.compare(p.limit(b)) > 0 || (arrived[b] == e.hash && again&(1<<b) == 0) {
			pending = append(pending, i)
		}
	}
	return pending, changed
}

// again begins anew with the buckets of mask, and with those that it had begun anew before.
func (p *position) again(mask uint64) {
	p.mask |= mask
	p.redo = key{}
	for b := range p.seen {
		if p.mask&(1<<b) != 0 {
			p.seen[b] = bucket{}
		}
	}
}

// pass moves p behind e, the next of the pending entries. there is false if its file was gone after all.
func (p *position) pass(e entry, there bool) {
	if there {
		p.seen[e.bucket()].add(e.hash)
	}
	switch {
	case e.compare(p.at) > 0:
		p.at = e.key
	case e.compare(p.redo) > 0 && p.mask != 0:
		p.redo = e.key
	}
}

// settle ends the second reading of buckets if rest, what is pending still, has none of their mails.
func (p *position) settle(entries []entry, rest []int) {
	if len(rest) == 0 || entries[rest[0]].compare(p.at) > 0 {
		p.mask, p.redo = 0, key{}
	}
}

// saved is position as JSON. Names are bytes, since a file's name need not be text.
type saved struct {
	Name []byte `json:"name"`
	Seen []byte `json:"seen"` // 20 bytes for each bucket
	Mask uint64 `json:"mask,omitempty"`
	Redo []byte `json:"redo,omitempty"`
}

const bucketSize = 4 + 8 + 8

func (p *position) cursor() (collectors.Cursor, error) {
	s := saved{Name: []byte(p.at.unique), Mask: p.mask, Redo: []byte(p.redo.unique)}
	for _, b := range p.seen {
		s.Seen = binary.BigEndian.AppendUint32(s.Seen, b.n)
		s.Seen = binary.BigEndian.AppendUint64(s.Seen, b.xor)
		s.Seen = binary.BigEndian.AppendUint64(s.Seen, b.sum)
	}
	return collectors.NewCursor(cursorKind, s)
}

func readPosition(c collectors.Cursor) (*position, error) {
	p := &position{}
	if c == "" {
		return p, nil
	}
	var s saved
	if err := c.Read(cursorKind, &s); err != nil {
		return nil, err
	}
	if len(s.Seen) != buckets*bucketSize {
		return nil, fmt.Errorf("%w: it has %d bytes of sums", collectors.ErrCursor, len(s.Seen))
	}
	p.mask, p.at, p.redo = s.Mask, newKey(s.Name), newKey(s.Redo)
	for i := range p.seen {
		part := s.Seen[i*bucketSize:]
		p.seen[i] = bucket{binary.BigEndian.Uint32(part), binary.BigEndian.Uint64(part[4:]), binary.BigEndian.Uint64(part[12:])}
	}
	return p, nil
}
