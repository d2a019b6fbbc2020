package mbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"

	"askahead/collectors"
)

const cursorKind = "mbox/1"

// printSize is how much of a file is compared to see whether it is still the same, at its start and right
// before the place where reading ended.
const printSize = 4 << 10

// position is what the cursor says. Offsets are those of the unpacked text.
type position struct {
	Offset int64  `json:"offset"`           // behind the last message
	Open   bool   `json:"open,omitempty"`   // the file ended behind that message: it may grow
	Last   int64  `json:"last,omitempty"`   // where that message begins, if it is open
	Print  string `json:"print,omitempty"`  // fingerprint of what lies before Offset
	Packed string `json:"packed,omitempty"` // fingerprint of a packed file that was read to its end
}

func (p position) valid() bool {
	return p.Offset >= 0 && p.Last >= 0 && p.Last <= p.Offset && (!p.Open || p.Offset-p.Last <= 2*collectors.MaxRaw)
}

// fingerprint is short, for it stands in every cursor: 64 bits notice every change but one in 10^19.
func fingerprint(parts ...[]byte) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write(p)
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// before is the text right before the place where s stands, as much as is compared.
func (s *scanner) before() []byte { return s.buf[s.at-int(min(s.offset(), printSize)) : s.at] }

// print is the fingerprint of the stream up to a place that before is the text before of.
func (s *scanner) print(before []byte) string { return fingerprint(s.head[:len(before)], before) }

// resume makes r.scan stand where at says. ready is false if there is nothing behind it.
func (r *reading) resume(at position) (ready bool, err error) {
	r.at = at
	if at.Packed != "" && at.Packed == r.src.fingerprint {
		return false, nil
	}
	if at.Offset == 0 {
		return r.start()
	}
	same, err := r.verify(at)
	if err != nil {
		return false, err
	}
	if !same {
		return r.restart()
	}
	return r.behind(at)
}

// start begins at the first message. A file with nothing but white space has none.
func (r *reading) start() (bool, error) {
	if err := r.src.seek(0); err != nil {
		return false, err
	}
	r.scan = newScanner(r.src.ctx, r.src.text, 0, nil)
	r.scan.skipBlank()
	if !r.scan.have(1) {
		return false, r.fault()
	}
	if r.scan.have(window); !beginsLikeMbox(r.scan.rest()) {
		if err := r.fault(); err != nil {
			return false, err
		}
		return false, r.src.notMbox(r.scan.rest())
	}
	return true, nil
}

// restart is start for a file that is not the one that was read before.
func (r *reading) restart() (bool, error) {
	r.c.log.Info("the file was replaced or shortened since the last run and is read from its start")
	r.at = position{}
	return r.start()
}

// fault is what is wrong with the stream, nil at its end.
func (r *reading) fault() error {
	if err := r.scan.err; err != nil && !errors.Is(err, io.EOF) {
		return r.src.explain(err, r.scan.offset())
	}
	return nil
}

// verify goes to at and says whether the file up to there is the one that was read.
func (r *reading) verify(at position) (bool, error) {
	size := min(at.Offset, printSize)
	begin := at.Offset - size
	if at.Open {
		begin = min(begin, at.Last)
	}
	head := make([]byte, size)
	if n, err := r.src.skipTo(begin, head); err != nil {
		return false, r.src.explain(err, begin)
	} else if n < begin {
		return false, nil
	}
	r.scan = newScanner(r.src.ctx, r.src.text, begin, head)
	r.scan.pin = begin
	if !r.scan.have(int(at.Offset - begin)) {
		return false, r.fault()
	}
	r.scan.at += int(at.Offset - begin)
	// Where the file is short or begin is 0, the head lies in the buffer.
	if begin < size {
		copy(head[begin:], r.scan.buf)
	}
	return fingerprint(head, r.scan.before()) == at.Print, nil
}

// behind looks at what follows a verified position: nothing, a new message, or the rest of the last one.
func (r *reading) behind(at position) (bool, error) {
	defer func() { r.scan.pin = -1 }()
	r.scan.skipBlank()
	if !r.scan.have(1) {
		return false, r.fault()
	}
	if r.scan.atSeparator() {
		return true, nil
	}
	if r.fresh && !bytes.ContainsRune(r.scan.rest(), '\n') {
		return false, r.fault() // a separator is just being written
	}
	if !at.Open {
		return r.restart() // after a message that was complete there was another one, and no longer is
	}
	r.scan.at -= int(r.scan.offset() - at.Last)
	r.reopened = true
	return true, nil
}
