package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"askahead/config"
	"askahead/digest"
	"askahead/domain"
	"askahead/protect"
	"askahead/topics"
)

type digestFlags struct {
	session, edition, audience, since, out string

	formats []string
	preview bool
	pending bool
}

func (a *app) digestCommand() *cobra.Command {
	var f digestFlags
	cmd := &cobra.Command{
		Use:   "digest",
		Short: "Build the next edition for the panelists, and mail it",
		Long: `digest builds the next edition of each digest that the configuration names, or of one, and gives it a
number. With a folder (--out, or out: in the configuration) it writes one file for each format; with recipients
(to: in the configuration) it mails the edition to each of them, once; without either it prints the text, or
else the first of its formats. Where there is a digest.schedule, askahead run does it by itself.

Earlier editions that have not reached all of their recipients yet go first. --pending does this alone.

Only what the audience may read is in it. What was held back, and why, is said on standard error, to you alone.
--preview builds it without a number: nothing is recorded, and nothing is mailed.`,
		Example: `  askahead digest
  askahead digest --pending
  askahead digest --edition public --format html,md --out public/
  askahead digest --since 7d --format txt --preview`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			e, err := a.openToLook(cmd.Context(), f.session)
			if err != nil {
				return err
			}
			defer e.close()
			e.warn()
			return e.digests(cmd.Context(), cmd.OutOrStdout(), f)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.session, "session", "", "session (default: all of them)")
	flags.StringVar(&f.edition, "edition", "", "name of the edition (default: all of the session's)")
	flags.StringVar(&f.audience, "audience", "", "highest label that it may carry (default: the configuration's, else clear)")
	flags.StringVar(&f.since, "since", "", "what is new: since 7d, 12h or 2018-11-01 (default: since the edition before)")
	flags.StringSliceVar(&f.formats, "format", nil, strings.Join(formatNames(), ", "))
	flags.StringVar(&f.out, "out", "", "folder to write to")
	flags.BoolVar(&f.preview, "preview", false, "record nothing and mail nothing")
	flags.BoolVar(&f.pending, "pending", false, "make no edition: only mail what has not arrived")
	cmd.MarkFlagsMutuallyExclusive("preview", "pending")
	return cmd
}

func formatNames() []string {
	var names []string
	for _, f := range digest.Formats() {
		names = append(names, f.Name)
	}
	return names
}

func (e *env) digests(ctx context.Context, out io.Writer, f digestFlags) error {
	wanted, err := e.wantedEditions(f)
	if err != nil {
		return err
	}
	failed := []error{e.expire(ctx)}
	if !f.preview {
		failed = append(failed, e.resumeAll(ctx, out, f.session))
	}
	for _, w := range wanted {
		if f.pending {
			break
		}
		err := e.aloneWithDigest(ctx, w.session.ID, f.preview, func(ctx context.Context) error {
			return e.digest(ctx, out, w.session, w.edition, f)
		})
		failed = append(failed, about(fmt.Sprintf("edition %q of session %s", w.edition.Name, w.session.ID), err))
	}
	return errors.Join(failed...)
}

// wanted is one edition of one session.
type wanted struct {
	session *config.Session
	edition config.Edition
}

// wantedEditions finds everything that the flags ask for before anything is built, so that a slip leaves no half.
func (e *env) wantedEditions(f digestFlags) ([]wanted, error) {
	if f.session != "" {
		if _, err := e.session(f.session); err != nil {
			return nil, err
		}
	}
	var all []wanted
	var names []string
	for i := range e.cfg.Sessions {
		s := &e.cfg.Sessions[i]
		if f.session != "" && f.session != s.ID {
			continue
		}
		editions, err := editionsOf(s, f)
		if err != nil {
			return nil, err
		}
		for _, ed := range editions {
			if names = append(names, ed.Name); f.edition == "" || f.edition == ed.Name {
				all = append(all, wanted{s, ed})
			}
		}
	}
	if len(all) == 0 {
		return nil, usagef("--edition %s: there is none of that name; there are %s", f.edition, strings.Join(firstFew(names), ", "))
	}
	return all, nil
}

// editionsOf gives the session's editions as the flags want them; a session without any gets one.
func editionsOf(s *config.Session, f digestFlags) ([]config.Edition, error) {
	var all []config.Edition
	if s.Digest != nil {
		all = slices.Clone(s.Digest.Editions)
	}
	if len(all) == 0 {
		all = []config.Edition{{Name: "panelists", Audience: domain.Clear, Formats: []string{"md"}}}
	}
	for i := range all {
		ed := &all[i]
		if f.audience != "" {
			level, err := parseAudience("--audience", f.audience)
			if err != nil {
				return nil, err
			}
			if level > ed.Audience && len(ed.To) > 0 && !f.preview {
				return nil, usagef("--audience %s: edition %q is mailed to people who may read %s at most; add --preview to look at it yourself",
					f.audience, ed.Name, ed.Audience.Label())
			}
			ed.Audience = level
		}
		if len(f.formats) > 0 {
			ed.Formats = f.formats
		}
		for _, name := range ed.Formats {
			if _, ok := formatNamed(name); !ok {
				return nil, usagef("--format %s: allowed are %s", name, strings.Join(formatNames(), ", "))
			}
		}
	}
	return all, nil
}

func formatNamed(name string) (digest.Format, bool) {
	for _, f := range digest.Formats() {
		if f.Name == name {
			return f, true
		}
	}
	return digest.Format{}, false
}

func (e *env) digest(ctx context.Context, out io.Writer, s *config.Session, ed config.Edition, f digestFlags) error {
	request := e.request(s, ed)
	if f.since != "" {
		since, err := parseSince(f.since, e.app.now())
		if err != nil {
			return err
		}
		request.Since = since
	}
	p := e.app.newProgress(fmt.Sprintf("edition %q", ed.Name))
	built, held, err := digest.Build(ctx, e.store, request)
	p.finish()
	if err != nil {
		return err
	}
	going := e.target(ed, f)
	going.Edition, going.session, going.name = built, s.ID, ed.Name
	record, err := e.publish(ctx, out, going)
	if err != nil {
		return err
	}
	e.sayHeld(ed, held)
	if len(going.to) == 0 {
		return nil
	}
	return e.mail(ctx, out, s, record)
}

// request asks for an edition as the configuration has it, now.
func (e *env) request(s *config.Session, ed config.Edition) digest.Request {
	o := digestOptions(e.cfg, s)
	if len(ed.To) > 0 { // its readers know the organiser; a public page need not give the address to everyone
		o.Contact = strings.TrimPrefix(e.cfg.Contact, "mailto:")
	}
	return digest.Request{Session: s.Domain(), Name: ed.Name, Audience: ed.Audience, Approved: ed.Approved,
		Now: e.app.now().UTC(), Options: o}
}

// target says where an edition goes: into a folder in all of its formats, to its readers by mail, or else to the
// standard output in the first of those that were asked for. A terminal shows text better than HTML.
func (e *env) target(ed config.Edition, f digestFlags) edition {
	going := edition{folder: f.out, formats: ed.Formats, record: !f.preview}
	if !f.preview {
		going.to = ed.To
		if going.folder == "" && ed.Out != "" {
			going.folder = e.cfg.Resolve(ed.Out)
		}
	}
	if going.folder != "" || len(going.to) > 0 {
		return going
	}
	going.formats = ed.Formats[:1]
	if len(f.formats) == 0 && slices.Contains(ed.Formats, "txt") {
		going.formats = []string{"txt"}
	}
	return going
}

// digestOptions takes the thresholds, the names of communities and those of the sources from the configuration.
func digestOptions(cfg *config.Config, s *config.Session) digest.Options {
	o := digest.Options{
		Thresholds: topics.Options{Floor: s.Measures.Floor, Z: s.Measures.Z, MinAskers: s.Measures.Askers, MinCommunities: s.Measures.Communities},
		Titles:     map[string]string{},
	}
	for _, c := range s.Communities {
		o.Titles[c.ID] = c.Title
	}
	for _, src := range s.Sources {
		o.Sources = append(o.Sources, src.Name)
	}
	if _, ok := s.SharedTake(); ok {
		for _, src := range cfg.Sources {
			o.Sources = append(o.Sources, src.Name)
		}
	}
	return o
}

// sayHeld tells the operator what the gate held back, by reason.
func (e *env) sayHeld(ed config.Edition, held []protect.Held) {
	if len(held) == 0 || e.app.quiet {
		return
	}
	reasons := map[string]int{}
	var order []string
	for _, h := range held {
		if reasons[h.Why] == 0 {
			order = append(order, h.Why)
		}
		reasons[h.Why]++
	}
	fmt.Fprintf(e.app.err, "askahead: edition %q for an audience of TLP:%s held back %s:\n", ed.Name, strings.ToUpper(ed.Audience.String()), count(len(held), "question"))
	for _, why := range order {
		fmt.Fprintf(e.app.err, "  %4d  %s\n", reasons[why], why)
	}
}
