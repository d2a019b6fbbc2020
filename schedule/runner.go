package schedule

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"askahead/store"
)

// Runner runs jobs when they are due. What is due is decided by the records in the store and the calendar alone, so
// that nothing is forgotten or repeated whenever a process was down, slept, or was one of several.
type Runner struct {
	Jobs  []Job
	Store store.Jobs
	// Classify says what a job's error is recorded as.
	Classify func(error) Failure
	Now      func() time.Time
	Log      *slog.Logger

	Holder string        // names the process in leases; empty is Holder()
	Jitter time.Duration // by how much at most a job is late, so that not all begin at once
	Limit  int           // how many jobs run side by side; 0 is 4
	Grace  time.Duration // how long to wait for jobs that were told to stop; 0 is 30 seconds
	Tick   func()        // called, unless nil, whenever it has looked at the clock: at least once a minute
	// Observe, unless nil, is told of every run as it begins and as it ends. It is called by several goroutines.
	Observe func(Event)
}

// Event is a run that begins or has ended.
type Event struct {
	Session string
	Job     string
	Ended   bool
	Took    time.Duration // of one that has ended
	Cause   store.Cause   // why it failed
	Err     error         // also that it was interrupted; then Cause is CauseNone
}

const (
	defaultLimit = 4
	defaultGrace = 30 * time.Second
)

// Once runs everything that is due now, each job once and without jitter, and gives the errors of all that failed, as
// the jobs put them. What another process is at is left to it.
func (r Runner) Once(ctx context.Context) error {
	r.Jitter = 0
	e, err := r.load(ctx)
	if err != nil {
		return err
	}
	e.once = true
	e.dispatch(ctx)
	failed := []error{e.wait(ctx)}
	for _, t := range e.tasks {
		failed = append(failed, t.failed)
	}
	if ctx.Err() != nil {
		return errors.Join(ctx.Err(), failed[0])
	}
	return errors.Join(failed...)
}

// Run runs jobs until ctx ends. Then none begins any more, the context of those that run ends too, and they have
// the time of Grace to finish what they have in hand. A job that did not finish is due again.
func (r Runner) Run(ctx context.Context) error {
	e, err := r.load(ctx)
	if err != nil {
		return err
	}
	clock := cron.New(cron.WithLocation(time.UTC), cron.WithLogger(cron.DiscardLogger))
	clock.Schedule(waking{e}, cron.FuncJob(func() { e.tick(ctx) }))
	e.tick(ctx)
	clock.Start()
	<-ctx.Done()
	<-clock.Stop().Done()
	return e.wait(ctx)
}

// load checks the jobs and reads their records.
func (r Runner) load(ctx context.Context) (*engine, error) {
	if r.Limit <= 0 {
		r.Limit = defaultLimit
	}
	if r.Grace <= 0 {
		r.Grace = defaultGrace
	}
	if r.Holder == "" {
		r.Holder = Holder()
	}
	if r.Observe == nil {
		r.Observe = func(Event) {}
	}
	if r.Tick == nil {
		r.Tick = func() {}
	}
	records, err := r.records(ctx)
	if err != nil {
		return nil, err
	}
	e := &engine{Runner: r, busy: map[id]bool{}, tasks: make([]*task, 0, len(r.Jobs))}
	now := r.Now()
	for _, job := range r.Jobs {
		t := &task{Job: job}
		e.plan(t, records[id{job.Session, job.Name}], now)
		e.tasks = append(e.tasks, t)
	}
	return e, nil
}

// id is what a job or a lease is known by.
type id struct{ session, name string }

// records reads those of all jobs, in one go. It fails for jobs that can't be run.
func (r *Runner) records(ctx context.Context) (map[id]*store.Run, error) {
	seen := map[id]bool{}
	for i := range r.Jobs {
		j := &r.Jobs[i]
		of := id{j.Session, j.Name}
		switch {
		case j.Session == "" || j.Name == "" || j.Run == nil || j.Due.IsZero():
			return nil, fmt.Errorf("job %q of session %q: it lacks a name, a schedule or what to do", j.Name, j.Session)
		case seen[of]:
			return nil, fmt.Errorf("job %q of session %q is there twice", j.Name, j.Session)
		}
		seen[of] = true
	}
	runs, err := r.Store.Runs(ctx, "")
	if err != nil {
		return nil, err
	}
	records := make(map[id]*store.Run, len(runs))
	for i := range runs {
		records[id{runs[i].Session, runs[i].Job}] = &runs[i]
	}
	return records, nil
}

// waking is the one entry of robfig/cron: it says when to look for what is due, which is each minute, and in
// between when something is.
type waking struct{ *engine }

// Next counts from t on the clock that t was read from, which for robfig/cron is one that nobody can set: a wall
// clock that is set back does not make it sleep until the time has come again.
func (w waking) Next(t time.Time) time.Time {
	now := w.Now()
	wait := nextTick(now).Sub(now)
	if next := w.earliest(now); !next.IsZero() {
		wait = min(wait, next.Sub(now))
	}
	return t.Add(wait)
}

// nextTick is when everything is looked at again.
func nextTick(now time.Time) time.Time { return now.Truncate(time.Minute).Add(time.Minute) }

// wait waits until nothing runs any more, and once ctx has ended, for the time of Grace at most.
func (e *engine) wait(ctx context.Context) error {
	idle := make(chan struct{})
	go func() {
		e.running.Wait()
		close(idle)
	}()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
	}
	grace := time.NewTimer(e.Grace)
	defer grace.Stop()
	select {
	case <-idle:
		return nil
	case <-grace.C:
		return fmt.Errorf("%s did not stop within %s; what was saved is kept, and the next start goes on from there",
			strings.Join(e.unfinished(), ", "), e.Grace)
	}
}
