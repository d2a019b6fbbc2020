package chatexport

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"askahead/collectors"
)

// Limits of what is opened.
const (
	maxFiles  = 200_000
	maxPacked = 32 << 20 // bytes of one file of a .zip, unpacked
	maxZip    = 16 << 30 // of all of them together
	maxDepth  = 4        // of folders
)

// archive is a file, a folder or a .zip as a list of documents.
type archive struct {
	name  string
	names []string // of its documents, as paths with "/"
	read  func(name string) (content, error)
	close func() error
}

// content is an open document. Each part of it can be read again.
type content struct {
	io.ReaderAt
	size  int64
	held  int64 // bytes that it takes while it is open
	close func() error
}

// window is how much of a file is read at once: messages are mostly asked for in the order in which they stand.
const window = 128 << 10

// ahead is a file of which a piece is held.
type ahead struct {
	file io.ReaderAt
	held []byte
	at   int64 // of held
}

func (a *ahead) ReadAt(p []byte, off int64) (int, error) {
	if off < a.at || off+int64(len(p)) > a.at+int64(len(a.held)) {
		if len(p) >= window/2 {
			return a.file.ReadAt(p, off)
		}
		if a.held == nil {
			a.held = make([]byte, window)
		}
		n, err := a.file.ReadAt(a.held[:window], off)
		if a.held, a.at = a.held[:n], off; n < len(p) {
			return copy(p, a.held), err
		}
	}
	return copy(p, a.held[off-a.at:]), nil
}

// openArchive lists what may be documents: .json, .txt, .log and .weechatlog of a folder or a .zip, and a single file of any
// name.
func openArchive(ctx context.Context, at string) (*archive, error) {
	info, err := os.Stat(at)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, collectors.Missing("file or folder", at)
	case errors.Is(err, fs.ErrPermission):
		return nil, collectors.Denied("look into the folder of", at)
	case err != nil:
		return nil, fmt.Errorf("look at %s: %w", filepath.Base(at), err)
	case info.IsDir():
		return openFolder(ctx, at)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%w: path: %s is a device or a pipe, not a file", collectors.ErrSettings, at)
	}
	file, err := os.Open(at)
	if errors.Is(err, fs.ErrPermission) {
		return nil, collectors.Denied("read", at)
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", filepath.Base(at), err)
	}
	var magic [4]byte
	file.ReadAt(magic[:], 0)
	switch {
	case string(magic[:]) == "PK\x03\x04":
		return openZip(file, info.Size())
	case string(magic[:3]) == "BZh", string(magic[:2]) == "\x1f\x8b":
		file.Close()
		return nil, fmt.Errorf("%w: path: %s is packed; unpack it first", collectors.ErrSettings, filepath.Base(at))
	}
	name := filepath.Base(at)
	return &archive{
		name:  name,
		names: []string{name},
		read: func(string) (content, error) {
			return content{&ahead{file: file}, info.Size(), window, func() error { return nil }}, nil
		},
		close: file.Close,
	}, nil
}

// openFolder keeps to the folder: a link that leads out of it is not followed.
func openFolder(ctx context.Context, at string) (*archive, error) {
	root, err := os.OpenRoot(at)
	if errors.Is(err, fs.ErrPermission) {
		return nil, collectors.Denied("look into", at)
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", filepath.Base(at), err)
	}
	a := &archive{name: filepath.Base(at), close: root.Close}
	err = fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrPermission):
			return collectors.Denied("look into", filepath.Join(at, name))
		case err != nil:
			return err
		case d.IsDir() && strings.Count(name, "/") >= maxDepth:
			return fs.SkipDir
		case d.Type().IsRegular() && isDocument(name):
			a.names = append(a.names, name)
		}
		if len(a.names) > maxFiles {
			return tooMany(a.name)
		}
		return ctx.Err()
	})
	if err != nil {
		root.Close()
		return nil, err
	}
	a.read = func(name string) (content, error) {
		file, err := root.Open(name)
		if errors.Is(err, fs.ErrPermission) {
			return content{}, collectors.Denied("read", filepath.Join(at, name))
		}
		if err != nil {
			return content{}, err
		}
		info, err := file.Stat()
		if err != nil {
			file.Close()
			return content{}, err
		}
		return content{&ahead{file: file}, info.Size(), window, file.Close}, nil
	}
	slices.Sort(a.names)
	return a, nil
}

func openZip(file *os.File, size int64) (*archive, error) {
	name := filepath.Base(file.Name())
	z, err := zip.NewReader(file, size)
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("%s is no .zip, or damaged: download it again", name)
	}
	a := &archive{name: name, close: file.Close}
	entries := map[string]*zip.File{}
	var unpacked uint64 // as it says; a file of another size counts as damaged
	for _, f := range z.File {
		clean := path.Clean(f.Name)
		if f.FileInfo().IsDir() || !isDocument(clean) || entries[clean] != nil {
			continue
		}
		if len(entries) >= maxFiles {
			file.Close()
			return nil, tooMany(name)
		}
		if unpacked += min(f.UncompressedSize64, maxPacked); unpacked > maxZip {
			file.Close()
			return nil, fmt.Errorf("%w: path: %s unpacks to more than 16 GB; take the folder of one channel out of it, and name that", collectors.ErrSettings, name)
		}
		entries[clean] = f
		a.names = append(a.names, clean)
	}
	slices.Sort(a.names)
	a.read = func(name string) (content, error) {
		r, err := entries[name].Open()
		if err != nil {
			return content{}, fmt.Errorf("unpack %s: it is damaged, or packed in a way that is not known here", name)
		}
		defer r.Close()
		data, err := io.ReadAll(io.LimitReader(r, maxPacked+1))
		if err != nil {
			return content{}, fmt.Errorf("unpack %s: it is damaged: %w", name, err)
		}
		if len(data) > maxPacked {
			return content{}, fmt.Errorf("%w: path: %s is larger than 32 MB unpacked; unpack the .zip, and name its folder", collectors.ErrSettings, name)
		}
		return content{bytes.NewReader(data), int64(len(data)), max(int64(len(data)), window), func() error { return nil }}, nil
	}
	return a, nil
}

func tooMany(name string) error {
	return fmt.Errorf("%w: path: %s holds more than %d files; name the folder of one channel", collectors.ErrSettings, name, maxFiles)
}

func isDocument(name string) bool {
	if strings.HasPrefix(path.Base(name), ".") || strings.HasPrefix(name, "__MACOSX/") {
		return false
	}
	switch strings.ToLower(path.Ext(name)) {
	case ".json", ".txt", ".log", ".weechatlog":
		return true
	}
	return false
}
