package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"askahead/pipeline"
)

func (a *app) rereadCommand() *cobra.Command {
	var since string
	cmd := &cobra.Command{
		Use:   "reread SOURCE…",
		Short: "Read a source again by today's rules",
		Long: `reread reads sources again and understands what was published since --since by the rules of today: those of a
newer askahead, and those of your configuration. Questions that were missed are added, those that are none go,
tags and labels are set anew. Nothing is stored twice, counted twice or kept longer, what a moderator decided
stays, and collecting goes on from where it was.

What is gone, declined or past its retention stays away. What a session holds and by its take would not take any
more stays as well.`,
		Example: `  askahead reread civil-society-list
  askahead reread hashtag --since 2018-10-01
  askahead reread archive --since all`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("reread needs the name of a source, or of several")
			}
			from, err := parseWindow(since, a.now())
			if err != nil {
				return err
			}
			e, err := a.open(cmd.Context())
			if err != nil {
				return err
			}
			defer e.close()
			e.warn()
			return e.reread(cmd.Context(), cmd.OutOrStdout(), args, from)
		},
	}
	cmd.Flags().StringVar(&since, "since", "30d", "what was published since then: a span (30d), a date, or all")
	return cmd
}

// parseWindow is parseSince, and the zero time for all.
func parseWindow(value string, now time.Time) (time.Time, error) {
	if value == "all" {
		return time.Time{}, nil
	}
	from, err := parseSince(value, now)
	if err != nil {
		return from, usagef("%v, or all", err)
	}
	return from, nil
}

func (e *env) reread(ctx context.Context, out io.Writer, names []string, since time.Time) error {
	return e.eachSource(ctx, names, func(ctx context.Context, src pipeline.Source) error { return e.rereadOne(ctx, out, src, since) })
}

func (e *env) rereadOne(ctx context.Context, out io.Writer, src pipeline.Source, since time.Time) error {
	defer e.lightly()()
	bar, finish := e.showing(src.Name)
	sum, err := e.line.Reread(ctx, src, since, bar.report)
	finish()
	if err == nil {
		session := ""
		if !src.Shared {
			session = src.Parts[0].Session.ID
		}
		err = e.act(ctx, session, "reread", src.Name, fmt.Sprintf("items=%d questions=%d", sum.Read, sum.Questions))
	}
	return sayRun(out, src.Name, sum, err)
}
