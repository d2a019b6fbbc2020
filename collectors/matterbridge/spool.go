package matterbridge

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"askahead/collectors"
)

// The spool is a file of lines: a head, then one record for each message, oldest first. A record is counted by
// the offset that its line would have if nothing had ever been cut off the front: head.Base is that of the
// first. A line without its end, of a write that was cut off, never was: nobody was told of it.

// spool is the file, and what it may do to it.
type spool struct {
	path    string
	server  string
	now     func() time.Time
	max     int64                              // bytes that it may grow to
	reserve func(f *os.File, more int64) error // makes sure that the disk has room
}

// The largest spool, and the room that is made sure of before matterbridge is asked: what it then gives
// exists nowhere else.
const (
	maxSpool = 256 << 20
	room     = 16 << 20
)

// maxLine is far above what any network lets people send at once. Of what is longer, or no message, the first
// maxOdd bytes are kept.
const (
	maxLine = 4 << 20
	maxOdd  = 512 << 10
)

type spoolHead struct {
	Spool  string `json:"spool"`
	Server string `json:"server"`
	Epoch  string `json:"epoch"` // when the file was made: offsets of another one mean nothing here
	Base   int64  `json:"base"`
}

const spoolKind = "askahead matterbridge/1"

// record is a line of the spool: a message, or what was to be one.
type record struct {
	At      time.Time       `json:"at"` // when it was taken from the API
	Message *wireMessage    `json:"m,omitempty"`
	Edit    bool            `json:"edit,omitempty"` // of a message that is before it in the spool
	Raw     json.RawMessage `json:"raw,omitempty"`  // what is no message
	Cut     string          `json:"cut,omitempty"`  // what is no JSON
}

// openSpool is the file, locked against other runs.
type openSpool struct {
	*os.File
	head  spoolHead
	start int64 // of the first record in the file
	end   int64 // of the last one
}

// offset is where the next record comes.
func (o *openSpool) offset() int64 { return o.head.Base + o.end - o.start }

var errNoSpool = errors.New("there is no spool yet")

// open opens and locks the file. It is made if create says so; otherwise a missing one is errNoSpool.
func (s *spool) open(ctx context.Context, create bool) (*openSpool, error) {
	flags := os.O_RDWR
	if create {
		flags |= os.O_CREATE
	}
	for {
		f, err := os.OpenFile(s.path, flags, 0o600)
		if err != nil {
			return nil, s.explain(err)
		}
		if err := lock(ctx, f); err != nil {
			f.Close()
			return nil, err
		}
		// Whoever had the lock may have put another file in its place.
		there, err := os.Stat(s.path)
		have, err2 := f.Stat()
		if err == nil && err2 == nil && os.SameFile(there, have) {
			o, err := s.read(f)
			if err != nil {
				f.Close()
			}
			return o, err
		}
		f.Close()
	}
}

// explain says what to do about an error of the system.
func (s *spool) explain(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist) && s.folder():
		return errNoSpool
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w: spool: there is no folder %s; make it, or name another file", collectors.ErrSettings, filepath.Dir(s.path))
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w: spool: the user that runs askahead may not write %s; give that user the right to, or name another file", collectors.ErrUnauthorized, s.path)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("%w: spool: the disk of %s is full; nothing is taken from matterbridge until there is room for %d MB", collectors.ErrUnavailable, s.path, room>>20)
	case errors.Is(err, syscall.EISDIR):
		return fmt.Errorf("%w: spool: %s is a folder; name a file", collectors.ErrSettings, s.path)
	}
	return fmt.Errorf("spool: %w", err)
}

func (s *spool) folder() bool {
	info, err := os.Stat(filepath.Dir(s.path))
	return err == nil && info.IsDir()
}

// try makes sure that a file can be made where there is none yet.
func (s *spool) try() error {
	f, err := os.CreateTemp(filepath.Dir(s.path), ".askahead-*")
	if err != nil {
		return s.explain(err)
	}
	f.Close()
	return os.Remove(f.Name())
}

// read reads the head, and finds the end.
func (s *spool) read(f *os.File) (*openSpool, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, s.explain(err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: spool: %s is no file; name another", collectors.ErrSettings, s.path)
	}
	first, err := bufio.NewReader(io.LimitReader(f, 4<<10)).ReadBytes('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, s.explain(err)
	}
	o := &openSpool{File: f, start: int64(len(first))}
	whole := err == nil
	if !whole && !(info.Size() < 4<<10 && strings.HasPrefix(`{"spool":"`+spoolKind, string(first[:min(len(first), 20)]))) {
		return nil, s.foreign()
	}
	if !whole { // new, or the head was cut off
		return o, s.begin(o)
	}
	if json.Unmarshal(first, &o.head) != nil || o.head.Spool != spoolKind {
		return nil, s.foreign()
	}
	if o.head.Server != s.server {
		return nil, fmt.Errorf("%w: spool: %s keeps what came from %s, and this source reads %s: each needs a file of its own; if the server moved, move the file away once all of it is stored", collectors.ErrSettings, s.path, o.head.Server, s.server)
	}
	if info.Mode().Perm()&0o077 != 0 {
		if err := f.Chmod(0o600); err != nil {
			return nil, s.explain(err)
		}
	}
	return o, s.findEnd(o, info.Size())
}

func (s *spool) foreign() error {
	return fmt.Errorf("%w: spool: %s is not a spool of askahead; name another file, which it then makes", collectors.ErrSettings, s.path)
}

// begin writes the head of a new file.
func (s *spool) begin(o *openSpool) error {
	o.head = spoolHead{Spool: spoolKind, Server: s.server, Epoch: s.now().UTC().Format(time.RFC3339Nano)}
	n, err := writeHead(o.File, o.head)
	if err == nil {
		err = o.Truncate(n)
	}
	if err == nil {
		err = o.Sync()
	}
	if err == nil {
		err = syncDir(filepath.Dir(s.path))
	}
	if err != nil {
		return s.explain(err)
	}
	o.start, o.end = n, n
	return nil
}

func writeHead(f *os.File, head spoolHead) (int64, error) {
	line, err := json.Marshal(head)
	if err != nil {
		return 0, err
	}
	line = append(line, '\n')
	_, err = f.WriteAt(line, 0)
	return int64(len(line)), err
}

// findEnd finds the end of the last whole line: the next one is written there.
func (s *spool) findEnd(o *openSpool, size int64) error {
	buf := make([]byte, 64<<10)
	for o.end = size; o.end > o.start; {
		n := min(o.end-o.start, int64(len(buf)))
		if _, err := o.ReadAt(buf[:n], o.end-n); err != nil {
			return s.explain(err)
		}
		if i := bytes.LastIndexByte(buf[:n], '\n'); i >= 0 {
			o.end += int64(i) + 1 - n
			break
		}
		o.end -= n
	}
	return nil
}

// ready makes sure that what comes can be kept.
func (s *spool) ready(o *openSpool) error {
	if o.end >= s.max {
		return fmt.Errorf("%w: spool: %s has grown to %d MB, and nothing more is taken from matterbridge: are its messages stored? See what `askahead status` says of this source", collectors.ErrUnavailable, s.path, s.max>>20)
	}
	if err := s.reserve(o.File, o.end+room); err != nil {
		return s.explain(err)
	}
	return nil
}

// add writes records behind the last one. They are safe when sync returns.
func (s *spool) add(o *openSpool, records ...record) error {
	var lines bytes.Buffer
	for _, r := range records {
		line, err := json.Marshal(r)
		if err == nil && len(line) > maxLine {
			line, err = json.Marshal(record{At: r.At, Cut: string(line[:maxOdd])})
		}
		if err != nil {
			return err
		}
		lines.Write(line)
		lines.WriteByte('\n')
	}
	n, err := o.WriteAt(lines.Bytes(), o.end)
	if err != nil {
		o.Truncate(o.end) // half of them would be read as the beginning of the next
		return s.explain(err)
	}
	o.end += int64(n)
	return nil
}

func (s *spool) sync(o *openSpool) error {
	if err := o.Sync(); err != nil {
		return s.explain(err)
	}
	return nil
}

// entry is a record with the offsets of its line and of what follows.
type entry struct {
	record
	from, next int64
	broken     []byte // the line, if it is none that was written here
}

// entries goes through the records from an offset on to the end that the file had when it was opened. visit
// ends it by an error.
func (o *openSpool) entries(from int64, visit func(entry) error) error {
	at := max(from, o.head.Base)
	r := bufio.NewReaderSize(io.NewSectionReader(o.File, o.start+at-o.head.Base, o.end-(o.start+at-o.head.Base)), 256<<10)
	for {
		line, err := readLine(r)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		e := entry{from: at, next: at + int64(len(line))}
		if json.Unmarshal(line, &e.record) != nil {
			e.record, e.broken = record{}, line
		}
		at = e.next
		if err := visit(e); err != nil {
			return err
		}
	}
}

// readLine reads a line with its end.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		if err == nil || !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
		if len(line) > 2*maxLine {
			return nil, errors.New("spool: a line of it is longer than any that is written there; was the file changed by hand?")
		}
	}
}

// trim cuts the records off the front that are stored, which is those before upTo, and older than keep. So that
// the file is not copied in every run, it waits until the oldest is a quarter older than that.
func (s *spool) trim(o *openSpool, upTo int64, keep time.Duration) error {
	cut := o.head.Base
	limit := s.now().Add(-keep)
	errEnough := errors.New("enough")
	err := o.entries(cut, func(e entry) error {
		if e.next > upTo || e.broken == nil && !e.At.Before(limit) || cut == o.head.Base && e.At.After(limit.Add(-keep/4)) {
			return errEnough
		}
		cut = e.next
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return s.explain(err)
	}
	if cut == o.head.Base {
		return nil
	}
	return s.rewrite(o, cut)
}

// rewrite puts a file in the place of this one that begins at the offset base. The one that is open stays
// readable, and is what the caller goes on with until it opens the spool again.
func (s *spool) rewrite(o *openSpool, base int64) (err error) {
	tmp := s.path + ".new"
	f, err := os.OpenFile(tmp, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return s.explain(err)
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(tmp)
			err = s.explain(err)
		}
	}()
	head := o.head
	head.Base = base
	n, err := writeHead(f, head)
	if err != nil {
		return err
	}
	if _, err = f.Seek(n, io.SeekStart); err != nil {
		return err
	}
	from := o.start + base - o.head.Base
	if _, err = io.Copy(f, io.NewSectionReader(o.File, from, o.end-from)); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = os.Rename(tmp, s.path); err != nil {
		return err
	}
	if err = syncDir(filepath.Dir(s.path)); err != nil {
		return err
	}
	return f.Close()
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// reader gives the same records to read, without the lock.
func (s *spool) reader(o *openSpool) (*openSpool, error) {
	f, err := os.Open(s.path)
	if err != nil {
		return nil, s.explain(err)
	}
	return &openSpool{File: f, head: o.head, start: o.start, end: o.end}, nil
}

// close gives the lock up.
func (o *openSpool) close() {
	o.Truncate(o.end) // gives back what was reserved, and a line that was cut off
	o.File.Close()
}
