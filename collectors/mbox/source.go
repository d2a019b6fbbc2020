package mbox

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"askahead/collectors"
)

// source is the open file, with its text unpacked.
type source struct {
	ctx         context.Context
	name        string
	file        *os.File
	counted     *counter
	text        io.Reader
	packed      string // "gzip", "bzip2", or empty
	size        int64
	modified    time.Time
	fingerprint string // of a packed file: its size, start and end
}

// counter counts what is read of the file.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// open opens the file; what it is packed with is seen from its first bytes, not from its name.
func open(ctx context.Context, path string) (*source, error) {
	name := filepath.Base(path)
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, collectors.Missing("file", path)
	case errors.Is(err, fs.ErrPermission):
		return nil, collectors.Denied("look into the folder of", path)
	case err != nil:
		return nil, fmt.Errorf("look at %s: %w", name, err)
	case info.IsDir():
		hint := "name a file in it"
		if sub, err := os.Stat(filepath.Join(path, "cur")); err == nil && sub.IsDir() {
			hint = "it looks like a Maildir: use the kind maildir"
		}
		return nil, fmt.Errorf("%w: path: %s is a folder; %s", collectors.ErrSettings, path, hint)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%w: path: %s is a device or a pipe, not a file", collectors.ErrSettings, path)
	}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrPermission) {
		return nil, collectors.Denied("read", path)
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	s := &source{ctx: ctx, name: name, file: file, size: info.Size(), modified: info.ModTime()}
	if err := s.recognise(); err != nil {
		file.Close()
		return nil, err
	}
	return s, nil
}

func (s *source) close() { s.file.Close() }

// recognise sets packed and, for a packed file, its fingerprint.
func (s *source) recognise() error {
	head, tail := make([]byte, printSize), make([]byte, printSize)
	n, err := s.file.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return fmt.Errorf("read %s: %w", s.name, err)
	}
	head = head[:n]
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		s.packed = "gzip"
	case len(head) > 3 && bytes.HasPrefix(head, []byte("BZh")) && head[3] >= '1' && head[3] <= '9':
		s.packed = "bzip2"
	default:
		return nil
	}
	n, err = s.file.ReadAt(tail, max(0, s.size-printSize))
	if err != nil && err != io.EOF {
		return fmt.Errorf("read %s: %w", s.name, err)
	}
	s.fingerprint = fingerprint([]byte(fmt.Sprint(s.size)), head, tail[:n])
	return nil
}

// seek goes to an offset of the file that is read as it stands, and to the start of one that is packed.
func (s *source) seek(offset int64) error {
	if s.packed != "" {
		offset = 0
	}
	if _, err := s.file.Seek(offset, io.SeekStart); err != nil {
		return fmt.Errorf("read %s: %w", s.name, err)
	}
	s.counted = &counter{r: s.file, n: offset}
	switch s.packed {
	case "":
		s.text = s.counted
	case "gzip":
		z, err := gzip.NewReader(bufio.NewReaderSize(s.counted, 64<<10))
		if err != nil {
			return s.explain(err, 0)
		}
		s.text = &unpacked{r: z, in: s.counted}
	default:
		s.text = &unpacked{r: bzip2.NewReader(bufio.NewReaderSize(s.counted, 64<<10)), in: s.counted}
	}
	return nil
}

// skipTo goes to an offset of the text and fills head with the first bytes of it, as far as they lie before
// that offset. It returns how far it came, which is less where the text ends before.
func (s *source) skipTo(offset int64, head []byte) (int64, error) {
	head = head[:min(int64(len(head)), offset)]
	if s.packed == "" {
		if n, err := s.file.ReadAt(head, 0); err != nil && err != io.EOF || s.size < offset {
			return int64(n), ignoreEOF(err)
		}
		return offset, s.seek(offset)
	}
	if err := s.seek(0); err != nil {
		return 0, err
	}
	n, err := io.ReadFull(s.text, head)
	done := int64(n)
	for err == nil && done < offset {
		if err = s.ctx.Err(); err != nil {
			break
		}
		var m int64
		m, err = io.CopyN(io.Discard, s.text, min(offset-done, 4<<20))
		done += m
	}
	// A text that breaks off before offset is not the one that was read: resume starts anew, and meets the fault.
	if s.ctx.Err() == nil {
		err = nil
	}
	return done, err
}

func ignoreEOF(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

// position is how much of the file was read when the text was read up to offset.
func (s *source) position(offset int64) int64 {
	if s.packed == "" {
		return offset
	}
	return s.counted.n
}

// errBomb means that a packed file unpacks to far more than mail does.
var errBomb = errors.New("it unpacks to more than 200 times its size, which mail does not")

const (
	bombRatio = 200
	bombFrom  = 64 << 20 // bytes of text that are always read
)

// unpacked reads the text of a packed file and refuses to unpack a bomb.
type unpacked struct {
	r  io.Reader
	in *counter
	n  int64
}

func (u *unpacked) Read(p []byte) (int, error) {
	n, err := u.r.Read(p)
	u.n += int64(n)
	if u.n > bombFrom && u.n/bombRatio > u.in.n {
		return 0, errBomb
	}
	return n, err
}

// explain says for a person what is wrong with the file, which was read up to offset of its text.
func (s *source) explain(err error, offset int64) error {
	if err == nil || s.ctx.Err() != nil {
		return s.ctx.Err()
	}
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%s is cut off: its %s data end in the middle, after %d bytes of text; what stands before is kept: copy the file again", s.name, s.packed, offset)
	case errors.Is(err, errBomb):
		return fmt.Errorf("%s: %w; unpack it by hand if it is in order", s.name, err)
	case s.packed != "" && !errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s is damaged: its %s data cannot be unpacked after %d bytes of text (%w); what stands before is kept: copy the file again", s.name, s.packed, offset, err)
	}
	return fmt.Errorf("read %s after %d bytes: %w", s.name, offset, err)
}
