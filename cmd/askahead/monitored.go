package main

import (
	"context"

	"askahead/monitor"
	"askahead/schedule"
	"askahead/store"
)

// figures gives monitor what stands in the store, at the moment that somebody asks.
type figures struct {
	*env
	jobs []schedule.Job
}

// newMonitor answers what machines ask about these jobs.
func (e *env) newMonitor(jobs []schedule.Job) *monitor.Monitor {
	opts := monitor.Options{Source: figures{e, jobs}, Version: version, Store: "postgres", Now: e.app.now, Log: e.log, Visits: e.hostFigures}
	if _, file := e.cfg.Store.SQLite(); file {
		opts.Store = "sqlite"
	}
	for _, j := range jobs {
		opts.Jobs = append(opts.Jobs, monitored(j.Session, j.Name))
	}
	for _, h := range e.visited() {
		opts.Hosts = append(opts.Hosts, h.Name)
	}
	for i := range e.cfg.Sessions {
		s := &e.cfg.Sessions[i]
		if s.Digest == nil {
			continue
		}
		for _, ed := range s.Digest.Editions {
			opts.Editions = append(opts.Editions, monitor.Edition{Session: s.ID, Name: ed.Name})
		}
	}
	return monitor.New(opts)
}

// Snapshot reads the figures of the store and how the jobs stand.
func (f figures) Snapshot(ctx context.Context) (monitor.Snapshot, error) {
	var s monitor.Snapshot
	var err error
	if s.Figures, err = f.store.Figures(ctx); err != nil {
		return s, err
	}
	plan, err := f.runner(f.jobs).Plan(ctx, f.app.now())
	if err != nil {
		return s, err
	}
	for _, p := range plan {
		state := monitor.JobState{Job: monitored(p.Job.Session, p.Job.Name), Next: p.Next}
		if p.Record != nil {
			state.Good, state.Failures = p.Record.Good, p.Record.Failures
		}
		if state.Source != "" {
			progress, err := f.store.Progress(ctx, p.Job.Session, state.Source)
			if err != nil {
				return s, err
			}
			state.New = progress.LastNew
		}
		s.Jobs = append(s.Jobs, state)
	}
	return s, nil
}

// Ready tries whether the store answers.
func (f figures) Ready(ctx context.Context) error {
	_, err := f.store.Runs(ctx, store.Shared)
	return err
}
