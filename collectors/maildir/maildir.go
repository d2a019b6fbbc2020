// Package maildir reads a Maildir: a folder that holds each mail as a file of its own, as Dovecot, Postfix,
// mutt, mbsync and offlineimap keep them. It never moves, marks or changes anything in it.
package maildir

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"askahead/collectors"
	"askahead/domain"
)

// Settings of a source of this kind.
type Settings struct {
	Path string `yaml:"path"` // of the folder that holds cur and new; relative to the configuration's folder
	// Folders to read, below path: "." is path itself, ".Lists" a folder of Maildir++, "**" every folder.
	// None is path alone.
	Folders []string `yaml:"folders"`
}

// Validate says what is wrong with the settings.
func (s *Settings) Validate() []error {
	var errs []error
	if strings.TrimSpace(s.Path) == "" {
		errs = append(errs, errors.New("path: is empty; it names the Maildir to read"))
	}
	for i, f := range s.Folders {
		if f != all && !filepath.IsLocal(f) {
			errs = append(errs, fmt.Errorf("folders: entry %d, %q, is not a folder below path; write \".\" for path itself, \".Lists\", or \"**\" for all", i+1, f))
		}
	}
	return errs
}

//go:embed README.md
var readme string

//go:embed sample.yaml
var sample string

// Kind is what builtin lists.
func Kind() collectors.Kind {
	return collectors.Kind{
		Name:     "maildir",
		Settings: func() any { return &Settings{} },
		Ask:      []collectors.Question{{Key: "path", Text: "Which folder (the one that holds cur and new)?"}},
		Reads:    "mails of a folder: their text, the names and addresses of who sent and who got them, and the list by which they came",
		Readme:   readme,
		Sample:   sample,
		New: func(settings any, deps collectors.Deps) (collectors.Collector, error) {
			s, ok := settings.(*Settings)
			if !ok {
				return nil, fmt.Errorf("maildir: settings of type %T", settings)
			}
			return New(*s, deps)
		},
		Archive: func(path string, head []byte) (any, bool) {
			if head != nil || !isMaildir(path) {
				return nil, false
			}
			return &Settings{Path: path}, true
		},
	}
}

// Collector reads one Maildir.
type Collector struct {
	path    string
	folders []string
	log     *slog.Logger
}

// New makes a collector; nothing is read before Collect.
func New(s Settings, deps collectors.Deps) (*Collector, error) {
	if err := errors.Join(s.Validate()...); err != nil {
		return nil, err
	}
	c := &Collector{path: deps.Path(s.Path), folders: s.Folders, log: deps.Log}
	if len(c.folders) == 0 {
		c.folders = []string{"."}
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	return c, nil
}

// Collect yields the mails that since does not know, in the order of delivery.
func (c *Collector) Collect(ctx context.Context, since collectors.Cursor) iter.Seq2[collectors.Batch, error] {
	return collectors.Batches(func(yield func(collectors.Batch, error) bool) error {
		return c.collect(ctx, since, yield)
	})
}

func (c *Collector) collect(ctx context.Context, since collectors.Cursor, yield func(collectors.Batch, error) bool) error {
	seen, err := readPosition(since)
	if err != nil {
		return err
	}
	entries, err := c.list(ctx)
	if err != nil {
		return err
	}
	pending, changed := seen.compare(entries)
	var page collectors.Page
	flush := func(done int, rest []int) error {
		seen.settle(entries, rest)
		next, err := seen.cursor()
		if err != nil {
			return err
		}
		page.Next = next
		page.Done = collectors.Progress{Now: int64(done), Total: int64(len(entries)), Unit: "messages"}
		if !yield(page.Batch, nil) {
			return collectors.ErrStopped
		}
		page, changed = collectors.Page{}, false
		return nil
	}
	for n, i := range pending {
		if err := ctx.Err(); err != nil {
			return err
		}
		there, err := c.take(&page, entries[i])
		if err != nil {
			return err
		}
		seen.pass(entries[i], there)
		changed = true
		if page.Full() {
			if err := flush(i+1, pending[n+1:]); err != nil {
				return err
			}
		}
	}
	if !changed {
		return nil
	}
	return flush(len(entries), nil)
}

// take reads the mail of e into page. It is false if the mail is no longer there.
func (c *Collector) take(page *collectors.Page, e entry) (bool, error) {
	raw, err := e.read()
	if errors.Is(err, fs.ErrNotExist) {
		// It was renamed since the listing, because somebody read it, or it was deleted.
		if e, err = e.again(); err == nil {
			raw, err = e.read()
		}
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		c.log.Debug("a mail vanished while the Maildir was read", "folder", e.folder)
		return false, nil
	case errors.Is(err, fs.ErrPermission):
		return false, collectors.Denied("read the mails in", e.folder)
	case err != nil:
		return false, fmt.Errorf("read a mail in %s: %w", e.folder, err)
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		page.Break(collectors.Broken{ID: e.id(), Type: domain.TypeMail, Reason: "it has neither header nor text"})
		return true, nil
	}
	page.Add(domain.Item{ExternalID: e.id(), Type: domain.TypeMail, Raw: raw})
	return true, nil
}

// read gives the file's text, at most one byte more than MaxRaw.
func (e entry) read() ([]byte, error) {
	f, err := os.Open(filepath.Join(e.folder, e.dir, e.name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fs.ErrNotExist // swapped for something else since the listing
	}
	raw := make([]byte, min(info.Size(), collectors.MaxRaw+1))
	n, err := io.ReadFull(f, raw)
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		err = nil
	}
	return raw[:n], err
}
