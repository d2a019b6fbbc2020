package collectors

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
)

// headSize is enough for any kind to know its own files by.
const headSize = 8 << 10

// Head reads the beginning of the file at path, unpacked if it is .gz or .bz2, for Kind.Archive. It is nil for
// a folder and never nil for a file.
func Head(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, nil
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is neither a file nor a folder", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, err := unpacked(bufio.NewReader(f))
	if err != nil {
		return nil, fmt.Errorf("unpack %s: it is damaged: %w", path, err)
	}
	head := make([]byte, headSize)
	n, err := io.ReadFull(r, head)
	if err != nil && n == 0 && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("unpack %s: it is damaged or cut off: %w", path, err)
	}
	return head[:n], nil
}

// unpacked tells a packed file by its first bytes: its name may say anything.
func unpacked(r *bufio.Reader) (io.Reader, error) {
	magic, err := r.Peek(4)
	if err != nil {
		return r, nil // shorter than any packed file
	}
	switch {
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
		return gzip.NewReader(r)
	case bytes.HasPrefix(magic, []byte("BZh")) && magic[3] >= '1' && magic[3] <= '9':
		return bzip2.NewReader(r), nil
	}
	return r, nil
}
