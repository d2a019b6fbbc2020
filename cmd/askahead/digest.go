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
}

func (a *app) digestCommand() *cobra.Command {
	var f digestFlags
	cmd := &cobra.Command{
		Use:   "digest",
		Short: "Build the next edition for the panelists",
		Long: `digest builds the next edition of each digest that the configuration names, or of one, and gives it a
number. With a folder (--out, or out: in the configuration) it writes one file for each format; otherwise it
prints the first format.

Only what the audience may read is in it. What was held back, and why, is said on standard error, to you alone.
--preview builds it without a number: nothing is recorded.`,
		Example: `  askahead digest
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
	flags.BoolVar(&f.preview, "preview", false, "record nothing")
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
	for _, w := range wanted {
		if err := e.digest(ctx, out, w.session, w.edition, f); err != nil {
			failed = append(failed, fmt.Errorf("edition %q of session %s: %w", w.edition.Name, w.session.ID, err))
		}
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
	request := digest.Request{Session: s.Domain(), Name: ed.Name, Audience: ed.Audience, Now: e.app.now().UTC(), Options: digestOptions(e.cfg, s)}
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
	folder, formats := e.target(ed, f)
	if err := e.publish(ctx, out, edition{built, s.ID, ed.Name, folder, formats, !f.preview}); err != nil {
		return err
	}
	e.sayHeld(ed, held)
	return nil
}

// target says where an edition goes: into a folder in all of its formats, or to the standard output in the first
// of those that were asked for. A terminal shows text better than HTML.
func (e *env) target(ed config.Edition, f digestFlags) (folder string, formats []string) {
	folder = f.out
	if folder == "" && ed.Out != "" && !f.preview {
		folder = e.cfg.Resolve(ed.Out)
	}
	switch {
	case folder != "":
		return folder, ed.Formats
	case len(f.formats) == 0 && slices.Contains(ed.Formats, "txt"):
		return "", []string{"txt"}
	}
	return "", ed.Formats[:1]
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
