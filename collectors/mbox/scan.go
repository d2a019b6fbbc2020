package mbox

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"slices"
	"strconv"

	"askahead/collectors"
)

// scanner cuts a stream into messages. It holds one message at a time, and one too large only in part.
type scanner struct {
	ctx  context.Context
	src  io.Reader
	buf  []byte // buf[at:] is not read yet; before it lie at least the last printSize bytes that were
	at   int
	base int64 // offset in the stream of buf[0]
	err  error // why src gives no more: io.EOF or a fault
	head []byte
	pin  int64 // an offset from which on nothing may be forgotten; -1 if there is none
}

const (
	firstBuffer = 1 << 20
	// window is how much must be there to judge a separator: itself, and the beginning of the line behind it.
	window = maxSeparator + maxBehind
)

// message is what stands between two separators.
type message struct {
	id       string // a hash of the message as it stands in the file: the same wherever and whenever it is read
	raw      []byte // the caller's own
	offset   int64  // of its separator
	last     bool   // the file ends behind it
	finished bool   // its last line has its end
	tooLarge bool   // raw is only its beginning
}

// newScanner reads src, which begins at offset base of the stream; head are the stream's first bytes, if base
// is not 0.
func newScanner(ctx context.Context, src io.Reader, base int64, head []byte) *scanner {
	return &scanner{ctx: ctx, src: src, base: base, head: head, pin: -1, buf: make([]byte, 0, firstBuffer)}
}

func (s *scanner) offset() int64 { return s.base + int64(s.at) }

func (s *scanner) rest() []byte { return s.buf[s.at:] }

// more reads on and says whether there was anything. What rest gave before is no longer valid.
func (s *scanner) more() bool {
	for tries := 0; s.err == nil && tries < 100; tries++ {
		if s.err = s.ctx.Err(); s.err != nil {
			break
		}
		s.makeRoom()
		n, err := s.src.Read(s.buf[len(s.buf):cap(s.buf)])
		s.buf = s.buf[:len(s.buf)+n]
		s.err = err
		if missing := printSize - len(s.head); missing > 0 && s.base == 0 {
			s.head = slices.Clone(s.buf[:min(len(s.buf), printSize)])
		}
		if n > 0 {
			return true
		}
	}
	if s.err == nil {
		s.err = io.ErrNoProgress
	}
	return false
}

func (s *scanner) makeRoom() {
	if cap(s.buf)-len(s.buf) >= firstBuffer/4 {
		return
	}
	keep := max(0, s.at-printSize)
	if s.pin >= 0 {
		keep = min(keep, int(s.pin-s.base))
	}
	if len(s.buf)-keep > cap(s.buf)/2 {
		larger := make([]byte, len(s.buf)-keep, 2*cap(s.buf))
		copy(larger, s.buf[keep:])
		s.buf = larger
	} else {
		s.buf = s.buf[:copy(s.buf, s.buf[keep:])]
	}
	s.base += int64(keep)
	s.at -= keep
}

// have says whether n bytes are there to be read, having tried.
func (s *scanner) have(n int) bool {
	for len(s.rest()) < n && s.more() {
	}
	return len(s.rest()) >= n
}

// skipBlank passes over blank lines, and over the byte order mark at the start of a file.
func (s *scanner) skipBlank() {
	if s.have(3); s.offset() == 0 && bytes.HasPrefix(s.rest(), []byte("\ufeff")) {
		s.at += 3
	}
	for s.have(2); ; s.have(2) {
		n := lineEnd(s.rest())
		if n == 0 {
			return
		}
		s.at += n
	}
}

// atSeparator says whether what comes next is a separator.
func (s *scanner) atSeparator() bool {
	s.have(window)
	return isSeparator(s.rest(), true)
}

// next reads the message whose separator stands at s. At the end of the file the error is io.EOF; a message
// that a fault of the stream cuts off is not given.
func (s *scanner) next(f format) (message, error) {
	s.skipBlank()
	if !s.have(1) {
		return message{}, s.err
	}
	m := message{offset: s.offset()}
	s.have(window)
	line := bytes.IndexByte(s.rest(), '\n')
	if line < 0 {
		line = len(s.rest()) - 1
	}
	s.at += line + 1
	end, begin := s.find(f)
	m.last = end == len(s.rest())
	if m.last && s.err != io.EOF {
		return message{}, s.err
	}
	raw := s.rest()[:end]
	s.at += end
	m.finished = end == 0 || raw[end-1] == '\n'
	if begin != nil {
		m.tooLarge, m.raw, m.id = true, begin, hash(begin)
		return m, nil
	}
	body := headerEnd(raw)
	raw = trimBlank(raw, body)
	m.id = hash(raw)
	m.raw = unquote(slices.Clone(raw), body, f)
	return m, nil
}

func hash(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:16])
}

// find gives the length of the message that s.rest begins with. Of one that is too large, begin is a copy of
// the first MaxRaw bytes, and all but its end was passed over.
func (s *scanner) find(f format) (end int, begin []byte) {
	length := -2 // of the body, as Content-Length says; -2 is not looked for yet, -1 none to be trusted
	body := 0
	s.have(len("From "))
	for from := -1; ; {
		i := bytes.Index(s.rest()[max(from, 0):], []byte("\nFrom "))
		if from < 0 && bytes.HasPrefix(s.rest(), []byte("From ")) {
			i = -1 // an empty message: its separator is followed by the next one
		} else if i < 0 {
			from = max(0, len(s.rest())-len("\nFrom")) // a separator may have begun here
			if from > collectors.MaxRaw || begin != nil {
				begin = s.pass(begin, &from)
			}
			if !s.more() {
				return len(s.rest()), begin
			}
			continue
		}
		candidate := max(from, 0) + i + 1
		if !s.judge(candidate) {
			from = candidate
			continue
		}
		if begin != nil || f == mboxo || f == mboxrd {
			return candidate, begin
		}
		if length == -2 {
			body = headerEnd(s.rest()[:candidate])
			length = contentLength(s.rest()[:body])
		}
		if length >= 0 && body+length > candidate {
			if landed, ok := s.lands(body + length); ok {
				return landed, nil
			}
			length = -1
		}
		return candidate, nil
	}
}

// judge decides whether the "From " at rest[i] is a separator.
func (s *scanner) judge(i int) bool {
	s.have(i + window)
	r := s.rest()
	before := bytes.TrimSuffix(r[:max(i-1, 0)], []byte("\r"))
	afterBlank := len(before) == 0 || before[len(before)-1] == '\n'
	return isSeparator(r[i:], afterBlank)
}

// lands says whether a separator or the end of the file stands at rest[i], one or two line ends aside, and
// where: the only case in which a Content-Length is believed.
func (s *scanner) lands(i int) (int, bool) {
	if i > collectors.MaxRaw {
		return 0, false
	}
	s.have(i + 4 + window)
	r := s.rest()
	for range 2 {
		i += lineEnd(r[min(i, len(r)):])
	}
	switch {
	case i == len(r):
		return i, s.err == io.EOF
	case i > len(r) || r[i-1] != '\n':
		return 0, false
	}
	return i, isSeparator(r[i:], true)
}

// lineEnd is the length of the line end that text begins with, 0 if there is none.
func lineEnd(text []byte) int {
	switch {
	case len(text) > 0 && text[0] == '\n':
		return 1
	case len(text) > 1 && text[0] == '\r' && text[1] == '\n':
		return 2
	}
	return 0
}

// pass keeps the beginning of a message that is too large, drops the rest of it that was read, and moves from
// along. Two bytes before from stay, to see whether a separator follows a blank line.
func (s *scanner) pass(begin []byte, from *int) []byte {
	if begin == nil {
		begin = slices.Clone(s.rest()[:collectors.MaxRaw])
	}
	drop := max(0, *from-2)
	s.at += drop
	*from -= drop
	return begin
}

// headerEnd is where the body begins: behind the first blank line. Without one it is len(raw).
func headerEnd(raw []byte) int {
	for at := 0; at < len(raw); {
		i := bytes.IndexByte(raw[at:], '\n')
		if i < 0 {
			break
		}
		if i == 0 || i == 1 && raw[at] == '\r' {
			return at + i + 1
		}
		at += i + 1
	}
	return len(raw)
}

// contentLength reads the header field of that name; -1 if there is none that makes sense.
func contentLength(header []byte) int {
	for len(header) > 0 {
		line, rest, _ := bytes.Cut(header, []byte("\n"))
		header = rest
		const name = "content-length:"
		if len(line) > len(name) && line[0]|0x20 == 'c' && bytes.EqualFold(line[:len(name)], []byte(name)) {
			n, err := strconv.Atoi(string(bytes.TrimSpace(line[len(name):])))
			if err == nil && n >= 0 && n <= collectors.MaxRaw {
				return n
			}
			return -1
		}
	}
	return -1
}

// trimBlank takes away the blank line that stands before the next separator, but not the one that ends the header.
func trimBlank(raw []byte, body int) []byte {
	for _, blank := range []string{"\r\n", "\n"} {
		cut, ok := bytes.CutSuffix(raw, []byte(blank))
		if ok && len(cut) >= body && bytes.HasSuffix(cut, []byte("\n")) {
			return cut
		}
	}
	return raw
}
