package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"askahead/collectors"
	"askahead/config"
	"askahead/pipeline"
	"askahead/schedule"
	"askahead/store"
	"askahead/watch"
)

// The names of jobs; those of sources are followed by the source's.
const (
	jobCollect = "collect/"
	jobSweep   = "sweep/"
	jobDigest  = "digest"
	jobCleanup = "cleanup"
	jobWatch   = "watch"
	jobRequest = "requests"
)

// watchEvery is how often it is looked at whether a source needs somebody.
const watchEvery = "@every 5m"

// place is a configured source with what the configuration says of it.
type place struct {
	pipeline.Source
	session string // store.Shared at the top level
	config  *config.Source
}

// places gives all configured sources, or those with these names.
func (e *env) places(names []string) ([]place, error) {
	sources, err := e.sources(names)
	if err != nil {
		return nil, err
	}
	all := make([]place, len(sources))
	for i, src := range sources {
		session, list := store.Shared, e.cfg.Sources
		if !src.Shared {
			session = src.Parts[0].Session.ID
			list = e.cfg.Session(session).Sources
		}
		n := slices.IndexFunc(list, func(s config.Source) bool { return s.Name == src.Name })
		all[i] = place{src, session, &list[n]}
	}
	return all, nil
}

// jobs lists everything that is done by the calendar.
func (e *env) jobs(places []place) ([]schedule.Job, error) {
	var jobs []schedule.Job
	for _, p := range places {
		if p.config.Due.IsZero() {
			continue
		}
		jobs = append(jobs, schedule.Job{Session: p.session, Name: jobCollect + p.Name, Lease: leaseOfSource(p.Name), Due: p.config.Due,
			AtOnce: true, Run: func(ctx context.Context, _ time.Time) error { return e.collectJob(ctx, p) }})
		if _, ok := p.Collector.(collectors.Sweeper); ok && !p.config.SweepDue.IsZero() {
			jobs = append(jobs, schedule.Job{Session: p.session, Name: jobSweep + p.Name, Lease: leaseOfSource(p.Name), Due: p.config.SweepDue,
				Run: func(ctx context.Context, _ time.Time) error { return e.sweepJob(ctx, p) }})
		}
	}
	for i := range e.cfg.Sessions {
		if s := &e.cfg.Sessions[i]; s.Digest != nil && !s.Digest.Due.IsZero() {
			jobs = append(jobs, schedule.Job{Session: s.ID, Name: jobDigest, Due: s.Digest.Due, Last: true,
				Run: func(ctx context.Context, slot time.Time) error { return e.digestJob(ctx, s, slot) }})
		}
	}
	if len(jobs) == 0 && len(e.wiped) > 0 {
		return nil, withHint(fmt.Errorf("of what is left in %s nothing has a schedule: %s wiped", e.cfg.Path, counted(len(e.wiped), "session was", "sessions were")),
			"stop askahead for good, or add a session")
	}
	if len(jobs) == 0 && len(called(places)) == 0 {
		return nil, withHint(fmt.Errorf("nothing in %s has a schedule", e.cfg.Path),
			`write for example  schedule: "*/15 * * * *"  beside a source, and  schedule: "0 7 * * MON"  below digest:`)
	}
	looking, err := schedule.Parse(watchEvery, nil)
	if err != nil {
		return nil, err
	}
	if e.cfg.Requests.Address != "" {
		jobs = append(jobs, schedule.Job{Session: store.Shared, Name: jobRequest, Due: looking, AtOnce: true,
			Run: func(ctx context.Context, _ time.Time) error { return e.serveRequests(ctx) }})
	}
	return append(jobs,
		schedule.Job{Session: store.Shared, Name: jobCleanup, Due: e.cfg.Run.CleanupDue, AtOnce: true,
			Run: func(ctx context.Context, _ time.Time) error { return e.expire(ctx) }},
		schedule.Job{Session: store.Shared, Name: jobWatch, Due: looking,
			Run: func(ctx context.Context, _ time.Time) error { return e.watch(ctx, places) }},
	), nil
}

// collectJob reads what is new of a source.
func (e *env) collectJob(ctx context.Context, p place) error {
	return e.sourceJob(p, jobCollect, "collected", func(report func(pipeline.Report)) (pipeline.Summary, error) {
		return e.line.Collect(ctx, p.Source, report)
	})
}

// sweepJob reads what is new of a source, and asks it what was edited and deleted.
func (e *env) sweepJob(ctx context.Context, p place) error {
	return e.sourceJob(p, jobSweep, "swept", func(report func(pipeline.Report)) (pipeline.Summary, error) {
		return e.line.CollectAndSweep(ctx, p.Source, report, report)
	})
}

// unread is why a run failed, with what it left to be read.
type unread struct {
	error
	left int64
}

func (u unread) Unwrap() error { return u.error }

// sourceJob runs f, says what it did, and notes with its error how much of the source is left.
func (e *env) sourceJob(p place, job, did string, f func(func(pipeline.Report)) (pipeline.Summary, error)) error {
	var left int64
	sum, err := f(func(r pipeline.Report) { left = max(0, r.Done.Total-r.Done.Now) })
	e.meter.read(monitored(p.session, job+p.Name), sum)
	e.say(did, p, sum, err)
	if errors.Is(err, store.ErrWiped) {
		e.log.Info("the session was wiped; start askahead anew, and its sources are left alone", "session", p.session, "source", p.Name)
		return nil
	}
	if err != nil && left > 0 {
		return unread{err, left}
	}
	return err
}

// say tells what a run did: a person who waits for it, or the log.
func (e *env) say(did string, p place, sum pipeline.Summary, err error) {
	switch {
	case e.out != nil:
		if !e.app.quiet && (err == nil || sum != (pipeline.Summary{})) {
			_ = printSummary(e.out, p.Name, sum) // whoever does not listen any more does not stop a run
		}
	case sum == (pipeline.Summary{}):
		e.log.Debug(did, "session", p.session, "source", p.Name, "read", 0)
	default:
		e.log.Info(did, "session", p.session, "source", p.Name, "read", sum.Read, "questions", sum.Questions, "topics", sum.Topics,
			"changed", sum.Changed, "removed", sum.Removed, "quarantine", sum.Broken, "red", sum.Red)
	}
}

// watch looks at every source that is read by itself, and tells the organiser what needs somebody.
func (e *env) watch(ctx context.Context, places []place) error {
	runs, err := e.store.Runs(ctx, "")
	if err != nil {
		return err
	}
	wiped, err := e.store.Wiped(ctx)
	if err != nil {
		return err
	}
	ended := func(session string) bool { // since this process was started
		return slices.ContainsFunc(wiped, func(w store.Wiped) bool { return w.Session == session })
	}
	places = slices.DeleteFunc(slices.Clone(places), func(p place) bool { return ended(p.session) })
	w := watch.Watcher{Store: e.store, Now: e.app.now, Log: e.log}
	watched := watchedSources(places, e.app.now())
	failed := []error{w.Keep(ctx, watched)}
	for _, src := range watched {
		i := slices.IndexFunc(runs, func(r store.Run) bool { return r.Session == src.Session && r.Job == jobCollect+src.Name })
		if i < 0 {
			continue // it was never run
		}
		if err := w.Look(ctx, src, runs[i]); err != nil {
			return err
		}
	}
	failed = append(failed, e.watchDigests(ctx, &w, runs, ended))
	teller, err := e.teller()
	if err != nil {
		return err
	}
	return errors.Join(append(failed, teller.Tell(ctx))...)
}

// watchDigests looks whether the editions of each session are made and reach everyone.
func (e *env) watchDigests(ctx context.Context, w *watch.Watcher, runs []store.Run, ended func(session string) bool) error {
	var sessions []string
	for i := range e.cfg.Sessions {
		s := &e.cfg.Sessions[i]
		if s.Digest == nil || s.Digest.Due.IsZero() || ended(s.ID) {
			continue
		}
		sessions = append(sessions, s.ID)
		n := slices.IndexFunc(runs, func(r store.Run) bool { return r.Session == s.ID && r.Job == jobDigest })
		if n < 0 {
			continue // it was never made
		}
		d := watch.Digest{Session: s.ID}
		for _, ed := range s.Digest.Editions {
			state, err := e.edition(ctx, s.ID, ed)
			if err != nil {
				return err
			}
			d.Refused += state.Refused
		}
		if err := w.LookAtDigest(ctx, d, runs[n]); err != nil {
			return err
		}
	}
	return w.KeepDigests(ctx, sessions)
}

// watchedSources are those that are read by themselves.
func watchedSources(places []place, now time.Time) []watch.Source {
	var list []watch.Source
	for _, p := range places {
		if p.config.Due.IsZero() {
			continue
		}
		first := p.config.Due.Next(now)
		list = append(list, watch.Source{Session: p.session, Name: p.Name, Interval: p.config.Due.Next(first).Sub(first),
			After: p.config.Silence.After, Off: p.config.Silence.Off})
	}
	return list
}
