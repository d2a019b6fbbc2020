package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"askahead/collectors"
	"askahead/pipeline"
	"askahead/store"
)

func (a *app) collectCommand() *cobra.Command {
	var sweep bool
	cmd := &cobra.Command{
		Use:   "collect [SOURCE…]",
		Short: "Read everything new from the sources, once",
		Long: `collect reads what is new in every configured source, or in those that you name, and saves the questions
that it finds. It goes on where the run before stopped; stopping it loses nothing and repeats nothing. What
has a schedule is read by askahead run without it.

A source that fails does not keep the others from being read. --sweep also asks the sources what became
of the items that are held: what was edited there changes here, what was deleted there goes.`,
		Example: `  askahead collect
  askahead collect hashtag civil-society-list
  askahead collect --sweep`,
		RunE: func(cmd *cobra.Command, args []string) error {
			e, err := a.open(cmd.Context())
			if err != nil {
				return err
			}
			defer e.close()
			e.warn()
			return e.collect(cmd.Context(), cmd.OutOrStdout(), args, sweep)
		},
	}
	cmd.Flags().BoolVar(&sweep, "sweep", false, "also look for edits and deletions of what is held")
	return cmd
}

func (e *env) collect(ctx context.Context, out io.Writer, names []string, sweep bool) error {
	return e.eachSource(ctx, names, func(ctx context.Context, src pipeline.Source) error { return e.collectOne(ctx, out, src, sweep) })
}

// eachSource does something with the sources of these names, or with all. One that fails does not keep it from the
// others.
func (e *env) eachSource(ctx context.Context, names []string, do func(context.Context, pipeline.Source) error) error {
	sources, err := e.sources(names)
	if err != nil {
		return err
	}
	failed := []error{e.expire(ctx)}
	for _, src := range sources {
		if err := e.aloneAt(ctx, src, func(ctx context.Context) error { return do(ctx, src) }); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

// expire removes what has outlived its retention. Every command that writes begins with it, so that nothing is kept
// longer because nobody asked for its removal.
func (e *env) expire(ctx context.Context) error {
	gone, err := e.store.Purge(ctx, store.Purge{Now: e.app.now().UTC(), Keep: e.keep()})
	if err != nil {
		return fmt.Errorf("remove what has outlived its retention: %w", err)
	}
	if len(gone) > 0 {
		e.log.Info("what has outlived its retention was removed", "what", strings.TrimSpace(purgedDetail(gone)))
	}
	return nil
}

// collectMemory is what collecting may use of Go's heap before it is swept harder, in bytes. A run holds a few pages
// of its source at a time, however large the source is, and needs about half of this.
const collectMemory = 80 << 20

func (e *env) collectOne(ctx context.Context, out io.Writer, src pipeline.Source, sweep bool) error {
	defer e.lightly()()
	bar, finish := e.showing(src.Name)
	read := e.line.Collect
	if sweep {
		read = func(ctx context.Context, src pipeline.Source, report func(pipeline.Report)) (pipeline.Summary, error) {
			return e.line.CollectAndSweep(ctx, src, report, func(r pipeline.Report) {
				bar.at(r.Done.Now, r.Done.Total, r.Done.Unit, "looking for edits and deletions")
			})
		}
	}
	sum, err := read(ctx, src, bar.report)
	finish()
	if err := sayRun(out, src.Name, sum, err); err != nil || !sweep {
		return err
	}
	if _, can := src.Collector.(collectors.Sweeper); !can {
		_, err = fmt.Fprintf(out, "%s: such a source can't be asked what became of the items that are held\n", src.Name)
	}
	return err
}

// lightly holds memory down until the function that it gives is called, unless whoever runs askahead has said how much
// it may have.
func (e *env) lightly() func() {
	if _, set := e.app.getenv("GOMEMLIMIT"); set {
		return func() {}
	}
	before := debug.SetMemoryLimit(collectMemory)
	return func() { debug.SetMemoryLimit(before) }
}

// sayRun prints what a run did, also if it ended with an error, which it gives back.
func sayRun(out io.Writer, source string, sum pipeline.Summary, err error) error {
	if err == nil || sum != (pipeline.Summary{}) {
		if err := printSummary(out, source, sum); err != nil {
			return err
		}
	}
	return err
}
