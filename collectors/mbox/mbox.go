// Package mbox reads a mailbox file: one file in which mails stand one after the other, each after a line that
// begins with "From ". Archives of mailing lists come like that, often packed with gzip or bzip2. A file
// that grows is read from where the last run ended.
package mbox

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"slices"
	"strings"
	"time"

	"askahead/collectors"
	"askahead/domain"
)

// Settings of a source of this kind.
type Settings struct {
	Path   string `yaml:"path"`   // of the file; relative to the configuration's folder
	Format string `yaml:"format"` // auto, mboxo, mboxrd or mboxcl2
}

// Validate says what is wrong with the settings.
func (s *Settings) Validate() []error {
	var errs []error
	if strings.TrimSpace(s.Path) == "" {
		errs = append(errs, errors.New("path: is empty; it names the mbox file to read"))
	}
	if !slices.Contains(formats(), format(s.Format)) {
		errs = append(errs, fmt.Errorf("format: %q is not one of auto, mboxo, mboxrd, mboxcl2", s.Format))
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
		Name:     "mbox",
		Settings: func() any { return &Settings{Format: string(auto)} },
		Ask:      []collectors.Question{{Key: "path", Text: "Which file?"}},
		Reads:    "mails of an archive: their text, the names and addresses of who sent and who got them, and the list by which they came",
		Readme:   readme,
		Sample:   sample,
		New: func(settings any, deps collectors.Deps) (collectors.Collector, error) {
			s, ok := settings.(*Settings)
			if !ok {
				return nil, fmt.Errorf("mbox: settings of type %T", settings)
			}
			return New(*s, deps)
		},
		Archive: func(path string, head []byte) (any, bool) {
			if head == nil || !beginsLikeMbox(head) {
				return nil, false
			}
			return &Settings{Path: path, Format: string(auto)}, true
		},
	}
}

// Collector reads one mbox file.
type Collector struct {
	path   string
	format format
	now    func() time.Time
	log    *slog.Logger
}

// New makes a collector; the file is opened by Collect.
func New(s Settings, deps collectors.Deps) (*Collector, error) {
	if err := errors.Join(s.Validate()...); err != nil {
		return nil, err
	}
	c := &Collector{path: deps.Path(s.Path), format: format(s.Format), now: deps.Now, log: deps.Log}
	if c.now == nil {
		c.now = time.Now
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	return c, nil
}

// writing is how long after its last change a file is taken to be still written to.
const writing = 10 * time.Second

// Collect yields the mails behind since, in the order of the file. A file that no longer is the one that since
// was made in is read from its start.
func (c *Collector) Collect(ctx context.Context, since collectors.Cursor) iter.Seq2[collectors.Batch, error] {
	return collectors.Batches(func(yield func(collectors.Batch, error) bool) error {
		return c.collect(ctx, since, yield)
	})
}

func (c *Collector) collect(ctx context.Context, since collectors.Cursor, yield func(collectors.Batch, error) bool) error {
	var at position
	if err := since.Read(cursorKind, &at); err != nil {
		return err
	}
	if !at.valid() {
		return fmt.Errorf("%w: its offsets make no sense", collectors.ErrCursor)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	src, err := open(ctx, c.path)
	if err != nil {
		return err
	}
	defer src.close()
	r := &reading{c: c, src: src, fresh: absolute(c.now().Sub(src.modified)) < writing}
	ready, err := r.resume(at)
	if err != nil {
		return err
	}
	if ready {
		return r.all(ctx, yield)
	}
	return r.end(io.EOF, yield)
}

func absolute(d time.Duration) time.Duration { return max(d, -d) }

// reading is one run over the file.
type reading struct {
	c        *Collector
	src      *source
	scan     *scanner
	fresh    bool // the file was changed just now
	page     collectors.Page
	at       position // behind the last message in page, without its fingerprint
	before   []byte   // the text before at
	reopened bool     // the next message was yielded before, when it was shorter
}

// all yields every message from where r stands.
func (r *reading) all(ctx context.Context, yield func(collectors.Batch, error) bool) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		m, err := r.scan.next(r.c.format)
		if err != nil {
			return r.end(err, yield)
		}
		if m.last && !m.finished && r.fresh {
			r.c.log.Debug("the last message is still being written and is left for the next run", "offset", m.offset)
			return r.end(io.EOF, yield)
		}
		r.take(m)
		if r.page.Full() {
			if err := r.flush(yield); err != nil {
				return err
			}
		}
	}
}

// take puts m into the page and moves the position behind it.
func (r *reading) take(m message) {
	switch {
	case m.tooLarge:
		r.page.Break(collectors.Broken{ID: m.id, Type: domain.TypeMail, Reason: collectors.TooLarge, Raw: m.raw, Cut: true})
	case len(bytes.TrimSpace(m.raw)) == 0:
		r.page.Break(collectors.Broken{ID: fmt.Sprintf("offset-%d", m.offset), Type: domain.TypeMail, Reason: "it has neither header nor text"})
	default:
		r.page.Add(domain.Item{ExternalID: m.id, Type: domain.TypeMail, Raw: m.raw, Edited: r.reopened})
	}
	r.reopened = false
	r.at = position{Offset: r.scan.offset()}
	r.before = append(r.before[:0], r.scan.before()...)
	if m.last && !m.tooLarge {
		r.at.Open, r.at.Last = true, m.offset
	}
}

// end yields what is left, and then the error unless it is the end of the file.
func (r *reading) end(err error, yield func(collectors.Batch, error) bool) error {
	atEnd := errors.Is(err, io.EOF)
	marked := atEnd && r.markPacked()
	if !r.page.Empty() || marked {
		if err := r.flush(yield); err != nil {
			return err
		}
	}
	if atEnd {
		return nil
	}
	return r.src.explain(err, r.scan.offset())
}

// markPacked notes in the position that a packed file was read to its end, so that the next run need not
// unpack it again to see that nothing came. It says whether that is news.
func (r *reading) markPacked() bool {
	if r.src.packed == "" || r.at.Offset == 0 || r.at.Packed == r.src.fingerprint || len(r.scan.rest()) > 0 {
		return false
	}
	r.at.Packed = r.src.fingerprint
	return true
}

func (r *reading) flush(yield func(collectors.Batch, error) bool) error {
	if r.at.Print == "" {
		r.at.Print = r.scan.print(r.before)
	}
	next, err := collectors.NewCursor(cursorKind, r.at)
	if err != nil {
		return err
	}
	r.page.Next = next
	done := r.src.position(r.at.Offset)
	r.page.Done = collectors.Progress{Now: done, Total: max(r.src.size, done), Unit: "bytes"}
	if !yield(r.page.Batch, nil) {
		return collectors.ErrStopped
	}
	r.page = collectors.Page{}
	return nil
}
