package imap

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"

	"askahead/collectors"
)

// How often a run connects again before it leaves the rest to the next one. A mail that cannot be read costs
// three connections at most, so each run goes on by some mails even on the worst of servers.
const (
	maxBreaks  = 40
	maxConnect = 3
	firstPause = 200 * time.Millisecond
	longPause  = 5 * time.Second
)

// visit is the connections of one run: one at a time, and another where the server breaks it.
type visit struct {
	c      *Collector
	s      *session // nil if there is none
	breaks int
}

// in gives a session in which box is open; an empty box is any. validity is the one that it must have still; 0
// is any.
func (v *visit) in(ctx context.Context, box string, validity uint32) (*session, error) {
	for try := 1; ; try++ {
		err := v.enter(ctx, box)
		if err == nil && validity != 0 && v.s.data.UIDValidity != validity {
			return nil, fmt.Errorf("%w: the mailbox %s was numbered anew while it was read (UIDVALIDITY changed); the next run reads it from its beginning",
				collectors.ErrUnavailable, listed([]string{box}))
		}
		if err == nil {
			return v.s, nil
		}
		// A server that cannot be reached at first is for the next run; one that broke a connection gets time.
		again := broke(err) || (v.breaks > 0 && errors.Is(err, collectors.ErrUnavailable))
		if broke(err) {
			err = v.c.unavailable("open a mailbox", err)
		}
		if !again || try == maxConnect {
			return nil, err
		}
		if err := v.lost(ctx); err != nil {
			return nil, err
		}
	}
}

// enter connects where there is no connection, and opens box where another one is open.
func (v *visit) enter(ctx context.Context, box string) error {
	if v.s == nil {
		s, err := v.c.connect(ctx)
		if err != nil {
			return err
		}
		v.s = s
	}
	if v.s.box == box || box == "" {
		return nil
	}
	err := v.s.open(ctx, box)
	if refused, ok := errors.AsType[*imap.Error](err); ok {
		return v.explainOpen(ctx, box, refused)
	}
	return err
}

// broke says whether an error ended the connection, though another one may do.
func broke(err error) bool {
	for _, known := range []error{errGarbled, errLost, errSilent, errTooMuch} {
		if err == known { // as do gives them: what is wrapped was explained already
			return true
		}
	}
	return false
}

// lost drops the session that broke, and pauses: longer each time.
func (v *visit) lost(ctx context.Context) error {
	if v.s != nil {
		v.s.close()
		v.s = nil
	}
	if v.breaks++; v.breaks > maxBreaks {
		return fmt.Errorf("%w: %s broke the connection %d times; the next run goes on from here", collectors.ErrUnavailable, v.c.server.host, maxBreaks)
	}
	return v.c.pause(ctx, min(time.Duration(v.breaks)*firstPause, longPause))
}

// leave ends the session, if there is one.
func (v *visit) leave(ctx context.Context) {
	if v.s != nil {
		v.s.end(ctx)
		v.s = nil
	}
}

// errNoMailbox is wrapped in the error about a mailbox that the server does not list.
var errNoMailbox = errors.New("there is no such mailbox")

// explainOpen says why a mailbox was not opened: most often it has another name.
func (v *visit) explainOpen(ctx context.Context, box string, refused *imap.Error) error {
	if busy(refused) {
		return v.c.unavailable("open "+listed([]string{box}), refused)
	}
	there, err := v.s.list(ctx)
	if err != nil {
		return err
	}
	var names []string
	for _, m := range there {
		names = append(names, m.name)
	}
	if slices.Contains(names, box) {
		return fmt.Errorf("%w: open %s: the server answers %s; may this account read it?", collectors.ErrUnauthorized, listed([]string{box}), v.c.answer(refused))
	}
	return fmt.Errorf("%w: mailboxes: %w as %s; there are %s", collectors.ErrSettings, errNoMailbox, listed([]string{box}), listed(names))
}

// boxes gives the names of the mailboxes that wanted, of the settings, stands for: a special use is the mailbox
// that has it.
func (v *visit) boxes(ctx context.Context, wanted []string) ([]string, error) {
	var names []string
	var there []mailbox
	for _, name := range wanted {
		if strings.HasPrefix(name, `\`) {
			if there == nil {
				s, err := v.in(ctx, "", 0)
				if err != nil {
					return nil, err
				}
				if there, err = s.list(ctx); err != nil {
					return nil, v.c.unavailable("list the mailboxes", err)
				}
			}
			found, err := v.special(there, name)
			if err != nil {
				return nil, err
			}
			name = found
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names, nil
}

// special finds the mailbox of a special use (RFC 6154).
func (v *visit) special(there []mailbox, use string) (string, error) {
	uses := []string{}
	for _, m := range there {
		for _, attr := range m.attrs {
			if strings.EqualFold(string(attr), use) && validName(m.name) {
				return m.name, nil
			}
			if isUse(attr) {
				uses = append(uses, string(attr))
			}
		}
	}
	if len(uses) == 0 {
		uses = append(uses, "none")
	}
	return "", fmt.Errorf("%w: mailboxes: no mailbox has the special use %s; the server names these: %s", collectors.ErrSettings, use, listed(uses))
}

// isUse says whether an attribute of a mailbox is a special use.
func isUse(attr imap.MailboxAttr) bool {
	for _, use := range []imap.MailboxAttr{imap.MailboxAttrAll, imap.MailboxAttrArchive, imap.MailboxAttrDrafts, imap.MailboxAttrFlagged,
		imap.MailboxAttrJunk, imap.MailboxAttrSent, imap.MailboxAttrTrash, imap.MailboxAttrImportant} {
		if strings.EqualFold(string(attr), string(use)) {
			return true
		}
	}
	return false
}
