package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"askahead/config"
	"askahead/digest"
	"askahead/store"
)

// digestJob does what a session's digest is due for: it goes on with earlier editions that have not reached
// everyone, and makes, publishes and mails the editions of this slot, the time on the calendar that it is called for.
// Calling it again for a slot makes no second edition: one that was made at or after it counts, also when it was made
// by hand. What is missing of it, files or mails, is done. It is called by one process at a time.
//
// The error joins what went wrong. A *delivery.Later among it says when to call again; whoever is refused for good is
// logged, and no error, for calling again changes nothing.
func (e *env) digestJob(ctx context.Context, s *config.Session, slot time.Time) error {
	if s.Digest == nil {
		return nil
	}
	failed := []error{e.resumeJob(ctx, s)}
	for _, ed := range s.Digest.Editions {
		failed = append(failed, about(fmt.Sprintf("edition %q", ed.Name), e.editionJob(ctx, s, ed, slot)))
	}
	err := errors.Join(failed...)
	if errors.Is(err, store.ErrWiped) {
		e.log.Info("the session was wiped; start askahead anew, and it has no digest any more", "session", s.ID)
		return nil
	}
	return about("digest of session "+s.ID, err)
}

func (e *env) resumeJob(ctx context.Context, s *config.Session) error {
	list, err := e.unsent(ctx, s)
	failed := []error{err}
	for _, record := range list {
		err := e.mailJob(ctx, s, record)
		failed = append(failed, about(fmt.Sprintf("edition %q", record.Name), err))
		if forAllMail(err) {
			break
		}
	}
	return errors.Join(failed...)
}

func (e *env) editionJob(ctx context.Context, s *config.Session, ed config.Edition, slot time.Time) error {
	last, err := e.store.Editions(ctx, s.ID, ed.Name, 1)
	if err != nil {
		return err
	}
	if len(last) > 0 && !last[0].Created.Before(slot) {
		return e.missingFiles(ctx, s, ed, last[0])
	}
	built, held, err := digest.Build(ctx, e.store, e.request(s, ed))
	if err != nil {
		return err
	}
	going := e.target(ed, digestFlags{})
	going.Edition, going.session, going.name = built, s.ID, ed.Name
	record, err := e.publish(ctx, io.Discard, going)
	if err != nil {
		return err
	}
	e.log.Info("an edition was made", "session", s.ID, "edition", ed.Name, "number", record.Number, "questions", built.Questions(), "new", built.New(), "held back", len(held))
	if len(ed.To) == 0 {
		return nil
	}
	return e.mailJob(ctx, s, record)
}

// missingFiles writes those files of an edition that are not there: it was recorded, and then something came in
// between. They hold what may still be read.
func (e *env) missingFiles(ctx context.Context, s *config.Session, ed config.Edition, record store.Edition) error {
	if ed.Out == "" {
		return nil
	}
	made, _, err := digest.Rebuild(ctx, e.store, record, e.request(s, ed))
	if err != nil {
		return err
	}
	missing := edition{Edition: made, folder: e.cfg.Resolve(ed.Out)}
	for _, name := range ed.Formats {
		if _, err := os.Stat(missing.path(name)); errors.Is(err, os.ErrNotExist) {
			missing.formats = append(missing.formats, name)
		}
	}
	if len(missing.formats) == 0 {
		return nil
	}
	_, err = e.publish(ctx, io.Discard, missing)
	return err
}

// mailJob delivers an edition and logs what came of it.
func (e *env) mailJob(ctx context.Context, s *config.Session, record store.Edition) error {
	report, err := e.deliver(ctx, s, record)
	log := e.log.With("session", s.ID, "edition", record.Name, "number", record.Number)
	if report.Now > 0 {
		log.Info("an edition was mailed", "recipients", report.Of, "sent", report.Sent, "just now", report.Now, "waiting", len(report.Waiting))
	}
	for _, n := range report.Refused {
		log.Warn("the mail server refuses a recipient for good", "recipient", n.Place, "err", n.Why)
	}
	if err != nil {
		return err
	}
	return report.Unfinished()
}
