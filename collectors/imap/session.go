package imap

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"askahead/collectors"
)

// errGarbled is an answer that the library cannot read; it closes the connection then.
var errGarbled = errors.New("the server's answer cannot be read")

const (
	smallAnswer = 64 << 10 // bytes that an answer about the session has at most
	listAnswer  = 4 << 20  // and one that lists mailboxes
	maxSearched = 5_000_000
)

// session is one connection, logged in. It is used by one goroutine, and its context ends it at once.
type session struct {
	c      *Collector
	guard  *guard
	client *imapclient.Client
	caps   imap.CapSet
	watch  func() bool // stops watching the context
	box    string      // that is open; empty is none
	data   imap.SelectData
}

// connect dials, encrypts and logs in.
func (c *Collector) connect(ctx context.Context) (*session, error) {
	config, err := c.tlsConfig()
	if err != nil {
		return nil, err
	}
	what := "connect to " + c.server.addr()
	short, cancel := context.WithTimeout(ctx, c.settings.Timeout)
	defer cancel()
	conn, err := c.dial(short, "tcp", c.server.addr())
	if err != nil {
		return nil, c.orEnded(ctx, what, err)
	}
	if !c.server.startTLS {
		encrypted := tls.Client(conn, config)
		if err := encrypted.HandshakeContext(short); err != nil {
			conn.Close()
			return nil, c.orEnded(ctx, what, err)
		}
		conn = encrypted
	}
	s := &session{c: c, guard: newGuard(conn, c.silence)}
	s.watch = context.AfterFunc(ctx, func() { s.guard.Close() })
	if err := s.begin(ctx, config); err != nil {
		s.close()
		return nil, c.ungreeted(c.orEnded(ctx, what, err))
	}
	if err := s.login(ctx); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// orEnded explains why a connection did not come about.
func (c *Collector) orEnded(ctx context.Context, what string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if explained := c.explainTLS(err); explained != nil {
		return explained
	}
	if errors.Is(err, collectors.ErrSettings) {
		return err
	}
	return c.unavailable(what, err)
}

func (c *Collector) tlsConfig() (*tls.Config, error) {
	config := &tls.Config{ServerName: c.server.host, MinVersion: tls.VersionTLS12}
	if c.caFile == "" {
		return config, nil
	}
	pem, err := os.ReadFile(c.caFile)
	if err != nil {
		return nil, fmt.Errorf("%w: ca: %w", collectors.ErrSettings, err)
	}
	config.RootCAs = x509.NewCertPool()
	if !config.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%w: ca: %s holds no certificate in PEM", collectors.ErrSettings, c.caFile)
	}
	return config, nil
}

// begin hands the connection to the library, and waits for the server's greeting.
func (s *session) begin(ctx context.Context, config *tls.Config) error {
	return s.do(ctx, smallAnswer, func() error {
		if s.c.server.startTLS {
			client, err := imapclient.NewStartTLS(s.guard, &imapclient.Options{TLSConfig: config})
			if refused, ok := errors.AsType[*imap.Error](err); ok && !busy(refused) {
				return fmt.Errorf("%w: server: %s offers no encryption on this port (STARTTLS); write server: imaps://%s, if the server has it",
					collectors.ErrSettings, s.c.server.addr(), s.c.server.host)
			}
			if err != nil {
				return err
			}
			s.client = client
		} else {
			s.client = imapclient.New(s.guard, nil)
			if err := s.client.WaitGreeting(); err != nil {
				return err
			}
		}
		if s.caps = s.client.Caps(); s.caps == nil {
			return errGarbled
		}
		return nil
	})
}

// do runs one command whose answer has at most budget bytes, and says what became of it: an *imap.Error is a
// refusal, after which the connection goes on; anything else has ended it.
func (s *session) do(ctx context.Context, budget int64, command func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.guard.begin(budget)
	err := command()
	s.guard.finish()
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if refused, ok := errors.AsType[*imap.Error](err); ok {
		return refused
	}
	for _, own := range []error{errNoPassword, collectors.ErrSettings} {
		if errors.Is(err, own) {
			return err
		}
	}
	if cause := s.guard.why(); cause != nil && !isTLS(err) {
		return cause
	}
	if _, ok := errors.AsType[*deniedError](err); ok || isTLS(err) {
		return err
	}
	return errGarbled
}

// isTLS says whether an error is about the encryption that STARTTLS began.
func isTLS(err error) bool {
	_, cert := errors.AsType[*tls.CertificateVerificationError](err)
	_, record := errors.AsType[tls.RecordHeaderError](err)
	return cert || record
}

// close ends the connection without a word; end says goodbye first.
func (s *session) close() {
	s.watch()
	s.guard.Close()
	if s.client != nil {
		s.client.Close()
	}
}

func (s *session) end(ctx context.Context) {
	s.do(ctx, smallAnswer, func() error { return s.client.Logout().Wait() })
	s.close()
}

// open selects a mailbox; unless mails are to be marked, so that nothing in it can be changed (EXAMINE).
func (s *session) open(ctx context.Context, box string) error {
	s.box = ""
	options := &imap.SelectOptions{ReadOnly: !s.c.settings.MarkSeen, CondStore: s.caps.Has(imap.CapCondStore)}
	err := s.do(ctx, smallAnswer, func() error {
		data, err := s.client.Select(box, options).Wait()
		s.data = *data
		return err
	})
	if err != nil {
		return err
	}
	if s.data.UIDValidity == 0 {
		return fmt.Errorf("%w: mailboxes: %s gives no UIDVALIDITY for %s, so that new mails cannot be told from old ones (RFC 9051, section 2.3.1.1)",
			collectors.ErrSettings, s.c.server.host, listed([]string{box}))
	}
	s.box = box
	return nil
}

// mailbox is one that the server lists.
type mailbox struct {
	name  string
	attrs []imap.MailboxAttr
}

// list gives the mailboxes that can be opened, in the order of their names.
func (s *session) list(ctx context.Context) ([]mailbox, error) {
	var options *imap.ListOptions
	if s.caps.Has(imap.CapSpecialUse) && s.caps.Has(imap.CapListExtended) {
		options = &imap.ListOptions{ReturnSpecialUse: true}
	}
	var found []mailbox
	err := s.do(ctx, listAnswer, func() error {
		all, err := s.client.List("", "*", options).Collect()
		for _, m := range all {
			if !slices.Contains(m.Attrs, imap.MailboxAttrNoSelect) && !slices.Contains(m.Attrs, imap.MailboxAttrNonExistent) {
				found = append(found, mailbox{m.Mailbox, m.Attrs})
			}
		}
		return err
	})
	slices.SortFunc(found, func(a, b mailbox) int { return strings.Compare(a.name, b.name) })
	return found, err
}

// search gives those UIDs of set that are there and not marked as deleted or as drafts, in order, beginning
// with from: for "n:*" a server gives its last mail even if that is before n (RFC 9051, section 9, seq-range).
func (s *session) search(ctx context.Context, set imap.UIDSet, from imap.UID) ([]imap.UID, error) {
	return s.find(ctx, &imap.SearchCriteria{UID: []imap.UIDSet{set}}, from)
}

// find is search by other criteria.
func (s *session) find(ctx context.Context, criteria *imap.SearchCriteria, from imap.UID) ([]imap.UID, error) {
	most := min(int64(s.data.NumMessages), maxSearched) + 1000
	var options *imap.SearchOptions
	if s.caps.Has(imap.CapESearch) {
		options = &imap.SearchOptions{ReturnAll: true}
	}
	criteria.NotFlag = []imap.Flag{imap.FlagDeleted, imap.FlagDraft}
	var found []imap.UID
	err := s.do(ctx, smallAnswer+12*most, func() error {
		data, err := s.client.UIDSearch(criteria, options).Wait()
		if err != nil {
			return err
		}
		ranges, ok := data.All.(imap.UIDSet)
		if (!ok && data.All != nil) || (options != nil && ok && ranges == nil) {
			return errGarbled // an answer about something else, or none: that must not pass for "nothing is there"
		}
		for _, r := range ranges {
			if r.Stop == 0 {
				return errGarbled
			}
			for uid := max(r.Start, from, 1); uid <= r.Stop && int64(len(found)) < most; uid++ {
				found = append(found, uid)
				if uid == r.Stop { // the highest number has none behind it
					break
				}
			}
		}
		return nil
	})
	return found, err
}
