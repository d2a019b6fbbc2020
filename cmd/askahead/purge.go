package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"askahead/config"
	"askahead/store"
)

// purgeFlags are those of `askahead purge`.
type purgeFlags struct {
	session     string
	dry, shrink bool
}

func (a *app) purgeCommand() *cobra.Command {
	var f purgeFlags
	cmd := &cobra.Command{
		Use:   "purge",
		Short: "Remove what has outlived its retention, and say what",
		Long: `purge removes what has outlived its retention, and says how much of what went, by session and source. askahead
run does the same by itself, each night and before it collects. docs/keeping.md says what is kept how long.

A retention that was made shorter in the configuration applies to what is stored already; one that was made longer
does not. --dry-run shows what would go, and changes nothing.

--compact writes the database anew afterwards, so that what was ever deleted is gone from its files too.`,
		Example: `  askahead purge --dry-run
  askahead purge --session igf2018-ws164
  askahead purge --compact`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.dry && f.shrink {
				return usagef("--compact changes the files, and --dry-run changes nothing; leave one out")
			}
			return a.purge(cmd.Context(), cmd.OutOrStdout(), f)
		},
	}
	cmd.Flags().StringVar(&f.session, "session", "", "of this session alone")
	cmd.Flags().BoolVar(&f.dry, "dry-run", false, "show what would go, and change nothing")
	cmd.Flags().BoolVar(&f.shrink, "compact", false, "take what was deleted out of the files of the database")
	return cmd
}

func (a *app) purge(ctx context.Context, out io.Writer, f purgeFlags) error {
	e, err := a.openToLook(ctx, f.session)
	if err != nil {
		return err
	}
	defer e.close()
	if f.session != "" {
		if _, err := e.session(f.session); err != nil {
			return err
		}
	}
	p := store.Purge{Now: a.now().UTC(), Session: f.session, Keep: e.keep(), Try: f.dry}
	gone, err := e.store.Purge(ctx, p)
	if err := errors.Join(err, writePurged(out, gone, f.dry)); err != nil {
		return err
	}
	if !f.dry && len(gone) > 0 {
		if err := e.act(ctx, f.session, "purge", "", purgedDetail(gone)); err != nil {
			return err
		}
	}
	if !f.shrink {
		return nil
	}
	return e.compact(ctx, out, "purge --compact")
}

// keep is how long everything is kept, as the configuration has it.
func (e *env) keep() store.Keep {
	c := e.cfg.Keep
	keep := store.Keep{Arrivals: c.Arrivals, Incidents: c.Incidents, Deliveries: c.Deliveries}
	add := func(session string, list []config.Source) {
		for i := range list {
			src := &list[i]
			keep.Sources = append(keep.Sources, store.SourceKeep{Session: session, Source: src.Name, Questions: src.Retention,
				Raw: src.Keep.Quarantine, Contacts: max(contactsOf(src), time.Nanosecond)}) // where none are kept any more, none stay
		}
	}
	for i := range e.cfg.Sessions {
		add(e.cfg.Sessions[i].ID, e.cfg.Sessions[i].Sources)
		add(e.cfg.Sessions[i].ID, e.cfg.Sources)
	}
	add(store.Shared, e.cfg.Sources)
	return keep
}

// purgedNames are the kinds as people know them.
func purgedNames() map[store.Purgeable]string {
	return map[store.Purgeable]string{
		store.PurgedQuestions: "questions, with tags, search words and decisions", store.PurgedAsked: "items that they stood in",
		store.PurgedContacts: "sealed addresses of who asked for an answer", store.PurgedSilent: "items without a question", store.PurgedRaw: "unreadable items: their bytes",
		store.PurgedArrivals: "hours in which items came", store.PurgedIncidents: "alarms that are over",
		store.PurgedDeliveries: "recipients of editions",
	}
}

func writePurged(out io.Writer, gone []store.Purged, dry bool) error {
	if len(gone) == 0 {
		_, err := fmt.Fprintln(out, "nothing has outlived its retention")
		return err
	}
	head := "what has gone"
	if dry {
		head = "what would go"
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "session\tsource\tnumber\t%s\n", head)
	for _, g := range gone {
		session, source := g.Session, g.Source
		if session == store.Shared {
			session = "(all)"
		}
		if source == "" {
			source = "-"
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\n", printable(session), printable(source), g.N, purgedNames()[g.Kind])
	}
	return w.Flush()
}

// purgedDetail sums by kind.
func purgedDetail(gone []store.Purged) string {
	sums := map[store.Purgeable]int{}
	var order []store.Purgeable
	for _, g := range gone {
		if sums[g.Kind] == 0 {
			order = append(order, g.Kind)
		}
		sums[g.Kind] += g.N
	}
	detail := ""
	for _, kind := range order {
		detail += " " + string(kind) + "=" + strconv.Itoa(sums[kind])
	}
	return detail
}

// compact takes what was deleted out of the files. again is the command that does only that.
func (e *env) compact(ctx context.Context, out io.Writer, again string) error {
	err := e.store.Compact(ctx)
	switch {
	case errors.Is(err, store.ErrLocked):
		return withHint(fmt.Errorf("the rows are gone, and parts of them may still stand in the files: %w", err),
			"another process holds the database: stop askahead run, and run askahead %s", again)
	case errors.Is(err, store.ErrFull):
		return withHint(fmt.Errorf("the rows are gone, and parts of them may still stand in the files: %w", err),
			"writing the database anew takes as much room as it has: free some, and run askahead %s", again)
	case err != nil:
		return withHint(err, "the rows are gone; run askahead %s", again)
	}
	text := "The files of the database were written anew, without what was deleted."
	if _, file := e.cfg.Store.SQLite(); !file {
		text = "The tables of the database were written anew, without what was deleted. The server's log, its standbys and its backups are its operator's to clear."
	}
	_, err = fmt.Fprintln(out, text)
	return err
}
