package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"askahead/monitor"
	"askahead/schedule"
	"askahead/store"
)

type runFlags struct {
	once bool
	log  string
}

func (a *app) runCommand() *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Do everything by the calendar, until it is stopped",
		Long: `run does by itself what the schedules in the configuration say: it reads the sources, asks them what was edited
or deleted, makes the digests and mails them, removes what has outlived its retention, and tells the organiser
when a source needs somebody.

What was due while it was down is done once when it starts, the sources before the digests. It may be started
more than once: nothing is done twice. SIGTERM or Ctrl-C lets it save what it has in hand and end; the next
start goes on from there. The configuration is read at the start: after a change, start it anew. What has no
schedule waits for askahead collect or askahead digest.

The log goes to standard error. With run.listen in the configuration, metrics and health are served there; with
web.listen, what sources call with, such as Discord's /ask, is answered there.

--once does what is due now and ends, with exit code 1 if something of it failed. It is for those who would rather
use cron, as in

  */5 * * * *  askahead run --once --quiet`,
		Example: `  askahead run
  askahead run --log json
  askahead run --once`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.runJobs(cmd.Context(), cmd.OutOrStdout(), f)
		},
	}
	cmd.Flags().BoolVar(&f.once, "once", false, "do what is due now, and end")
	cmd.Flags().StringVar(&f.log, "log", "text", "how the log is written: text or json")
	return cmd
}

func (a *app) runJobs(ctx context.Context, out io.Writer, f runFlags) error {
	if f.log != "text" && f.log != "json" {
		return usagef("--log %s: allowed are text and json", f.log)
	}
	e, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer e.close()
	if err := e.logTo(f); err != nil {
		return err
	}
	e.by = byCalendar
	places, err := e.places(nil)
	if err != nil {
		return err
	}
	jobs, err := e.jobs(places)
	if err != nil {
		return err
	}
	if err := e.actConfigured(ctx); err != nil {
		return err
	}
	if _, set := a.getenv("GOMEMLIMIT"); !set {
		defer debug.SetMemoryLimit(debug.SetMemoryLimit(runMemory))
	}
	if f.once {
		return e.runOnce(ctx, out, jobs, places)
	}
	return e.daemon(ctx, jobs, places)
}

// runMemory is collectMemory for several sources side by side.
const runMemory = 2 * collectMemory

// logTo sets where the log goes and how it looks. A daemon says what it does; --quiet leaves what needs somebody.
func (e *env) logTo(f runFlags) error {
	level := slog.LevelInfo
	switch {
	case e.app.verbose:
		level = slog.LevelDebug
	case e.app.quiet || f.once:
		level = slog.LevelWarn
	}
	options := &slog.HandlerOptions{Level: level}
	var handler slog.Handler = slog.NewTextHandler(e.app.err, options)
	if f.log == "json" {
		handler = slog.NewJSONHandler(e.app.err, options)
	}
	e.log = slog.New(handler)
	e.line.Log = e.log
	if f.once {
		e.warn()
		return nil
	}
	for _, w := range e.cfg.Warnings {
		e.log.Warn("the configuration: "+printable(strings.ReplaceAll(w.Text, "\n", " ")), "where", w.Where, "file", w.File, "line", w.Line)
	}
	return nil
}

func (e *env) runner(jobs []schedule.Job) schedule.Runner {
	return schedule.Runner{Jobs: jobs, Store: e.store, Classify: failureOf, Now: e.app.now, Log: e.log,
		Jitter: e.cfg.Run.Jitter, Observe: e.meter.observe}
}

// runOnce does what is due, and looks once more at what that brought to light.
func (e *env) runOnce(ctx context.Context, out io.Writer, jobs []schedule.Job, places []place) error {
	r := e.runner(slices.DeleteFunc(jobs, func(j schedule.Job) bool { return j.Name == jobWatch }))
	var done atomic.Int64
	r.Observe = func(ev schedule.Event) {
		if ev.Ended && ev.Err == nil {
			done.Add(1)
		}
	}
	r.Limit = 1 // what is printed of one does not stand within what is printed of another
	e.out = out
	err := r.Once(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	leases := schedule.Leases{Store: e.store, Now: e.app.now, Log: e.log}
	var watched error
	leased := leases.Do(ctx, store.Shared, jobWatch, func(ctx context.Context) *store.Run {
		watched = e.watch(ctx, places)
		return nil
	})
	if errors.As(leased, new(*store.Leased)) {
		leased = nil // another one looks right now
	}
	if done.Load() == 0 && err == nil && !e.app.quiet {
		fmt.Fprintln(out, "nothing is due; askahead status says when something is")
	}
	return errors.Join(err, watched, leased)
}

// daemon runs until ctx ends.
func (e *env) daemon(ctx context.Context, jobs []schedule.Job, places []place) error {
	m := e.newMonitor(jobs)
	e.meter = &meter{monitor: m}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	group, inner := errgroup.WithContext(ctx)
	if address := e.cfg.Run.Listen; address != "" {
		l, err := monitor.Listen(ctx, address)
		if err != nil {
			return err
		}
		e.log.Info("metrics and health are served", "address", l.Addr().String())
		group.Go(func() error { return m.Serve(inner, l) })
	}
	if err := e.beCalled(inner, group, places); err != nil {
		stop()
		return errors.Join(err, group.Wait())
	}
	group.Go(func() error {
		m.Watchdog(inner)
		return nil
	})
	r := e.runner(jobs)
	r.Tick = m.Beat
	e.log.Info("askahead runs", "version", version, "config", e.cfg.Path, "sessions", len(e.cfg.Sessions), "jobs", len(jobs))
	m.TellReady(fmt.Sprintf("%s by the calendar", count(len(jobs), "job")))
	group.Go(func() error {
		err := r.Run(inner)
		m.Stop()
		m.TellStopping()
		e.log.Info("askahead ends")
		return err
	})
	return group.Wait()
}
