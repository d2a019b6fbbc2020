package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"askahead/pipeline"
	"askahead/store"
)

type retryFlags struct {
	session string
	list    bool
}

func (a *app) retryCommand() *cobra.Command {
	var f retryFlags
	cmd := &cobra.Command{
		Use:   "retry [SOURCE…]",
		Short: "Try again what could not be read",
		Long: `retry takes what is in quarantine again, of all sources or of those that you name: mail from the bytes that are
kept for 14 days, everything else from its source, if that can be asked for single items. What can be read now is
treated as if it had just come, and leaves. What still can't stays, and is kept no longer for having been tried.`,
		Example: `  askahead retry
  askahead retry civil-society-list
  askahead retry --list`,
		RunE: func(cmd *cobra.Command, args []string) error {
			e, err := a.openToLook(cmd.Context(), f.session)
			if err != nil {
				return err
			}
			defer e.close()
			if f.list {
				return e.listQuarantine(cmd.Context(), cmd.OutOrStdout(), f.session, args)
			}
			e.warn()
			return e.retry(cmd.Context(), cmd.OutOrStdout(), f.session, args)
		},
	}
	cmd.Flags().StringVar(&f.session, "session", "", "of this session alone")
	cmd.Flags().BoolVarP(&f.list, "list", "l", false, "show what is there, and try nothing")
	cmd.Flags().BoolVar(&f.list, "dry-run", false, "the same as --list")
	return cmd
}

// ward is what of one source waits in quarantine, by one of its streams.
type ward struct {
	session string // store.Shared of a top-level source
	source  string
	stream  string
	rows    []store.Quarantined // without their bytes
}

// name is what a person calls it by.
func (w *ward) name() string {
	if w.imported() {
		return w.source + " (imported)"
	}
	return w.source
}

// imported says that it came from a file, and not from the source itself.
func (w *ward) imported() bool { return w.stream != w.source }

// wards finds what waits, in the order of the configuration; of all sources if names is empty.
func (e *env) wards(ctx context.Context, session string, names []string) ([]*ward, error) {
	if session != "" {
		if _, err := e.session(session); err != nil {
			return nil, err
		}
	}
	want := chosen{names: names, used: make([]bool, len(names))}
	for i := range e.cfg.Sources {
		want.has(e.cfg.Sources[i].Name, e.cfg.Sources[i].Name)
	}
	var all []*ward
	for i := range e.cfg.Sessions {
		s := &e.cfg.Sessions[i]
		for j := range s.Sources {
			want.has(s.ID+"/"+s.Sources[j].Name, s.Sources[j].Name)
		}
		if session == "" || session == s.ID {
			found, err := e.wardsOf(ctx, s.ID, &want)
			if err != nil {
				return nil, err
			}
			all = append(all, found...)
		}
	}
	if session == "" {
		found, err := e.wardsOf(ctx, store.Shared, &want)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, want.unused()
}

// wardsOf finds what waits of one session.
func (e *env) wardsOf(ctx context.Context, session string, want *chosen) ([]*ward, error) {
	var all []*ward
	wanted := map[string]bool{}
	const page = 100
	for after := ""; ; {
		rows, err := e.store.Quarantine(ctx, session, after, page)
		if err != nil {
			return nil, err
		}
		if len(rows) == 0 {
			return all, nil
		}
		for _, q := range rows {
			yes, asked := wanted[q.Source]
			if !asked {
				full := session + "/" + q.Source
				if session == store.Shared {
					full = q.Source
				}
				yes = want.has(full, q.Source)
				wanted[q.Source] = yes
			}
			if !yes {
				continue
			}
			i := slices.IndexFunc(all, func(w *ward) bool { return w.source == q.Source && w.stream == q.Stream })
			if i < 0 {
				i = len(all)
				all = append(all, &ward{session: session, source: q.Source, stream: q.Stream})
			}
			if len(q.Raw) > 0 {
				q.Raw = []byte{} // that there are some is all that is told
			} else {
				q.Raw = nil
			}
			all[i].rows = append(all[i].rows, q)
		}
		after = rows[len(rows)-1].Place
	}
}

// sourceOf says how what waits is to be treated: as its source is configured, or as the session treats imported files
// of that name.
func (e *env) sourceOf(w *ward) (pipeline.Source, error) {
	if w.session == store.Shared || !w.imported() && e.configures(w) {
		name := w.source
		if w.session != store.Shared {
			name = w.session + "/" + w.source
		}
		sources, err := e.sources([]string{name})
		if err != nil {
			return pipeline.Source{}, err
		}
		i := slices.IndexFunc(sources, func(s pipeline.Source) bool { return s.Shared == (w.session == store.Shared) })
		if i < 0 {
			return pipeline.Source{}, fmt.Errorf("source %q: no session takes anything from it", w.source)
		}
		return sources[i], nil
	}
	session, err := e.session(w.session)
	if err != nil {
		return pipeline.Source{}, err
	}
	src, err := treatment(e.cfg, session, w.source)
	src.Stream = w.stream
	return src, err
}

// configures says whether the session has the source in its own configuration.
func (e *env) configures(w *ward) bool {
	s := e.cfg.Session(w.session)
	if s == nil {
		return false
	}
	c := configured(e.cfg, s, w.source)
	return c != nil && !c.shared
}

func (e *env) retry(ctx context.Context, out io.Writer, session string, names []string) error {
	failed := []error{e.expire(ctx)}
	wards, err := e.wards(ctx, session, names)
	if err != nil {
		return err
	}
	if len(wards) == 0 {
		_, err := fmt.Fprintln(out, "nothing is in quarantine")
		return errors.Join(append(failed, err)...)
	}
	for _, w := range wards {
		if err := e.retryOne(ctx, out, w); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

func (e *env) retryOne(ctx context.Context, out io.Writer, w *ward) error {
	src, err := e.sourceOf(w)
	if err != nil {
		return err
	}
	defer e.lightly()()
	bar, finish := e.showing(w.source)
	var got pipeline.Retried
	err = e.aloneAt(ctx, src, func(ctx context.Context) (err error) {
		got, err = e.line.Retry(ctx, src, bar.report)
		return err
	})
	finish()
	if err == nil || got.Sum != (pipeline.Summary{}) {
		if err := printRetried(out, w, got); err != nil {
			return err
		}
	}
	return err
}

// printRetried says what became of everything that waited.
func printRetried(out io.Writer, w *ward, r pipeline.Retried) error {
	s := r.Sum
	parts := []string{fmt.Sprintf("%s: %s in quarantine", w.name(), thousands(r.Waiting))}
	add := func(n int, format string, args ...any) {
		if n > 0 {
			parts = append(parts, thousands(n)+" "+fmt.Sprintf(format, args...))
		}
	}
	readable, further := s, ""
	if readable.Broken = 0; s.Copies > 0 {
		further = fmt.Sprintf(" (and %s for further sessions)", thousands(s.Copies))
	}
	add(s.Read-s.Broken, "can be read now%s%s", further, accounts(readable))
	add(s.Broken, "still cannot: %s", reasons(r.Reasons))
	add(r.Gone, "gone at the source, and gone here")
	add(r.Ended, "left unread, for their retention has ended")
	add(r.Left, "not tried, for their bytes are not kept%s", hintOf(w, r))
	add(r.Lost(), "not tried yet")
	_, err := fmt.Fprintln(out, parts[0]+": "+strings.Join(parts[1:], "; "))
	return err
}

// hintOf says what to do about what was not tried.
func hintOf(w *ward, r pipeline.Retried) string {
	switch {
	case w.imported():
		return ": askahead import --again reads the file again"
	case r.Asked:
		return " and the source does not know them"
	}
	return ": askahead reread " + w.source + " reads the source again"
}

// reasons lists why something can't be read, the most frequent reason first.
func reasons(of map[string]int) string {
	sorted := slices.SortedFunc(maps.Keys(of), func(a, b string) int {
		if of[a] != of[b] {
			return of[b] - of[a]
		}
		return strings.Compare(a, b)
	})
	for i, why := range sorted {
		sorted[i] = fmt.Sprintf("%s (%s)", printable(why), thousands(of[why]))
	}
	return strings.Join(firstFew(sorted), ", ")
}

// listQuarantine shows what waits: nothing of what it says.
func (e *env) listQuarantine(ctx context.Context, out io.Writer, session string, names []string) error {
	wards, err := e.wards(ctx, session, names)
	if err != nil {
		return err
	}
	if len(wards) == 0 {
		_, err := fmt.Fprintln(out, "nothing is in quarantine")
		return err
	}
	for _, w := range wards {
		if _, err := fmt.Fprintf(out, "%s: %s in quarantine\n", w.name(), thousands(len(w.rows))); err != nil {
			return err
		}
		for _, q := range w.rows {
			kept := "its bytes are not kept"
			if q.Raw != nil {
				kept = "its bytes are kept until " + q.Expires.UTC().Format(time.DateOnly)
			}
			if _, err := fmt.Fprintf(out, "  %s  since %s  %s; %s\n", shownID(q.ID), q.Collected.UTC().Format(time.DateOnly), printable(q.Reason), kept); err != nil {
				return err
			}
		}
	}
	return nil
}

// shownID is an external id as it may be printed: sources make them of anything, and an address is nobody's business.
func shownID(id string) string {
	if strings.Contains(id, "@") {
		return "(an id with an address)"
	}
	return strings.ReplaceAll(printable(id), "\n", "�")
}
