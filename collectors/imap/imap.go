// Package imap reads mailboxes of a mail server over IMAP: the account whose address was subscribed to the
// mailing lists of a session. It looks, and changes nothing, unless it is told to mark what it read.
package imap

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"askahead/collectors"
)

//go:embed README.md
var readme string

//go:embed sample.yaml
var sample string

// Kind is what builtin lists.
func Kind() collectors.Kind {
	return collectors.Kind{
		Name:     "imap",
		Settings: func() any { return defaults() },
		Ask: []collectors.Question{
			{Key: "server", Text: "Which mail server?"},
			{Key: "user", Text: "Which account there?"},
			{Key: "password", Text: "Its password?"},
		},
		Reads:  "mails of a mailbox: their text, the names and addresses of who sent and who got them, and the list by which they came",
		Readme: readme,
		Sample: sample,
		New: func(settings any, deps collectors.Deps) (collectors.Collector, error) {
			s, ok := settings.(*Settings)
			if !ok {
				return nil, fmt.Errorf("imap: settings of type %T", settings)
			}
			return New(*s, deps)
		},
	}
}

// Collector reads mailboxes of one account.
type Collector struct {
	settings  Settings
	server    server
	caFile    string
	program   string   // of password_command
	baseDir   string   // where it runs
	mailboxes []string // each once; INBOX in capitals
	dial      func(ctx context.Context, network, addr string) (net.Conn, error)
	log       *slog.Logger
	silence   time.Duration // how long a command's answer may pause
	pause     func(ctx context.Context, d time.Duration) error
}

// New makes a collector; the server is asked by Collect, and the file of `ca` is read then.
func New(s Settings, deps collectors.Deps) (*Collector, error) {
	if err := errors.Join(s.Validate()...); err != nil {
		return nil, err
	}
	where, err := parseServer(s.Server)
	if err != nil {
		return nil, err
	}
	c := &Collector{settings: s, server: where, caFile: deps.Path(s.CA), dial: deps.Dial, log: deps.Log,
		silence: s.Timeout, pause: pause, baseDir: deps.BaseDir}
	if len(s.Command) > 0 {
		if c.program = s.Command[0]; strings.ContainsRune(c.program, filepath.Separator) {
			c.program = deps.Path(c.program)
		}
	}
	for _, name := range s.Mailboxes {
		if strings.EqualFold(name, inbox) {
			name = inbox // RFC 9051 section 5.1: in any case
		}
		if !slices.Contains(c.mailboxes, name) {
			c.mailboxes = append(c.mailboxes, name)
		}
	}
	if len(c.mailboxes) == 0 {
		c.mailboxes = []string{inbox}
	}
	if c.dial == nil {
		c.dial = (&net.Dialer{}).DialContext
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	return c, nil
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// Collect yields the mails behind since: mailbox after mailbox, in the order of their arrival there. While the
// reader is busy with one batch, the next is fetched, and no more than that.
func (c *Collector) Collect(ctx context.Context, since collectors.Cursor) iter.Seq2[collectors.Batch, error] {
	return func(yield func(collectors.Batch, error) bool) {
		pos, err := readPosition(since)
		if err != nil {
			yield(collectors.Batch{}, err)
			return
		}
		inner, cancel := context.WithCancel(ctx)
		out := make(chan delivery)
		r := &run{visit: visit{c: c}, pos: pos, out: out}
		done := make(chan struct{})
		go func() {
			defer close(done)
			r.deliver(inner)
		}()
		defer func() {
			cancel()
			<-done
		}()
		for d := range out {
			err := d.err
			if ctx.Err() != nil {
				err = ctx.Err()
			}
			if err != nil {
				yield(collectors.Batch{}, err)
				return
			}
			if d.batch != nil && !yield(*d.batch, nil) {
				return
			}
		}
		if err := ctx.Err(); err != nil { // nothing is delivered once it ended
			yield(collectors.Batch{}, err)
		}
	}
}
