package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"

	"askahead/config"
	"askahead/delivery"
	"askahead/store"
)

// mailServer gives the mail server of the configuration.
func (e *env) mailServer() (delivery.Server, error) {
	s := e.cfg.SMTP
	if s == nil {
		return delivery.Server{}, withHint(errors.New("there is no mail server"), "write smtp: at the top of %s", e.cfg.Path)
	}
	u, err := url.Parse(s.Server)
	if err != nil {
		return delivery.Server{}, fmt.Errorf("smtp.server: %w", err)
	}
	server := delivery.Server{
		Host: u.Hostname(), TLS: u.Scheme == "smtps", User: s.User, Password: s.Password.Reveal(), From: s.From,
		CA: e.cfg.Resolve(s.CA), Version: version, Now: e.app.now,
	}
	server.Port = map[bool]int{true: 465, false: 587}[server.TLS]
	if u.Port() != "" {
		if server.Port, err = strconv.Atoi(u.Port()); err != nil {
			return delivery.Server{}, fmt.Errorf("smtp.server: %w", err)
		}
	}
	if contact, err := url.Parse(e.cfg.Contact); err == nil && contact.Scheme == "mailto" {
		server.ReplyTo = contact.Opaque
	}
	return server, nil
}

// post gives what editions are mailed with.
func (e *env) post() (delivery.Post, error) {
	server, err := e.mailServer()
	return delivery.Post{Server: server, Store: e.store, Keys: e.line.Keys}, err
}

// deliver mails an edition that is recorded, as the configuration has it now, to those who have not got it yet. An
// edition that the configuration does not have any more goes to nobody.
func (e *env) deliver(ctx context.Context, s *config.Session, record store.Edition) (delivery.Report, error) {
	post, err := e.post()
	if err != nil {
		return delivery.Report{}, err
	}
	parcel := delivery.Parcel{Edition: record}
	if s.Digest != nil {
		for _, ed := range s.Digest.Editions {
			if ed.Name == record.Name {
				parcel.Request, parcel.Formats, parcel.To = e.request(s, ed), ed.Formats, ed.To
			}
		}
	}
	report, err := post.Deliver(ctx, parcel)
	if report.Now > 0 {
		err = errors.Join(err, e.act(ctx, s.ID, "mail edition", fmt.Sprintf("%s %d", record.Name, record.Number), fmt.Sprintf("recipients=%d", report.Now)))
	}
	return report, err
}

// maxUnsent is how many deliveries are looked at that are not over, and maxEditions how many editions.
const (
	maxUnsent   = 10_000
	maxEditions = 1000
)

// unsent lists the editions of a session that have not reached everyone, the lowest number of each name first.
func (e *env) unsent(ctx context.Context, s *config.Session) ([]store.Edition, error) {
	open, err := e.store.Unsent(ctx, s.ID, maxUnsent)
	if err != nil || len(open) == 0 {
		return nil, err
	}
	recorded, err := e.store.Editions(ctx, s.ID, "", maxEditions)
	if err != nil {
		return nil, err
	}
	var list []store.Edition
	for _, d := range open {
		if n := len(list); n > 0 && list[n-1].Name == d.Name && list[n-1].Number == d.Number {
			continue
		}
		for _, r := range recorded {
			if r.Name == d.Name && r.Number == d.Number {
				list = append(list, r)
			}
		}
	}
	return list, nil
}

// resumeAll goes on with the deliveries of all sessions, or of one.
func (e *env) resumeAll(ctx context.Context, out io.Writer, session string) error {
	var failed []error
	for i := range e.cfg.Sessions {
		s := &e.cfg.Sessions[i]
		if session != "" && s.ID != session {
			continue
		}
		err := e.aloneWithDigest(ctx, s.ID, false, func(ctx context.Context) error { return e.resume(ctx, out, s) })
		failed = append(failed, err)
		if forAllMail(err) {
			break
		}
	}
	return errors.Join(failed...)
}

// resume goes on with the deliveries of a session.
func (e *env) resume(ctx context.Context, out io.Writer, s *config.Session) error {
	list, err := e.unsent(ctx, s)
	failed := []error{err}
	for _, record := range list {
		err := e.mail(ctx, out, s, record)
		failed = append(failed, about(fmt.Sprintf("edition %q of session %s", record.Name, s.ID), err))
		if forAllMail(err) {
			break
		}
	}
	return errors.Join(failed...)
}

// forAllMail says that an error would meet every other mail too.
func forAllMail(err error) bool {
	return errors.Is(err, delivery.ErrUnauthorized) || errors.Is(err, delivery.ErrSettings) ||
		errors.Is(err, delivery.ErrUnavailable) || errors.Is(err, context.Canceled)
}

// mail delivers an edition and says what came of it.
func (e *env) mail(ctx context.Context, out io.Writer, s *config.Session, record store.Edition) error {
	report, err := e.deliver(ctx, s, record)
	if report.Now > 0 || report.Of > 0 && report.Sent == report.Of {
		fmt.Fprintf(out, "edition %d of %q mailed to %d of %s\n", record.Number, record.Name, report.Sent, count(report.Of, "recipient"))
	}
	notes := report.Refused
	if err == nil { // otherwise all of them wait for the same reason
		notes = slices.Concat(notes, report.Waiting)
	}
	for _, n := range notes {
		if n.Why != "" {
			fmt.Fprintf(e.app.err, "askahead: edition %d of %q, recipient %d: %s\n", record.Number, record.Name, n.Place, printable(n.Why))
		}
	}
	if err != nil {
		return withHint(err, "nothing is lost: the edition waits, and `askahead digest --pending` mails it")
	}
	failed := []error{report.Unfinished()}
	if failed[0] != nil {
		failed[0] = withHint(failed[0], "nothing is lost: `askahead digest --pending` tries them when it is time")
	}
	if n := len(report.Refused); n > 0 {
		failed = append(failed, withHint(fmt.Errorf("%s of %d: %w", count(n, "recipient"), report.Of, delivery.ErrRefused),
			"look at the address, which stands at that place of to: in the configuration; who is corrected there gets the next edition"))
	}
	return errors.Join(failed...)
}
