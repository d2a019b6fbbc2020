package schedule

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"askahead/store"
)

// engine is a Runner at work: what it knows of each job, and which ones run. When nothing is due it asks the
// store for nothing.
type engine struct {
	Runner
	once    bool // each job at most once
	running sync.WaitGroup

	mu    sync.Mutex
	tasks []*task
	busy  map[id]bool // leases of the jobs that run
	pause time.Time   // nothing begins before then: the store could not be used
	seen  time.Time   // what the clock showed at the last tick
}

// task is a job with when it is to run. All but the Job is guarded by engine.mu.
type task struct {
	Job
	at      time.Time // when it is to run, by what is known of its record; the zero time is at once
	running bool
	done    bool  // it need not be looked at again
	failed  error // of Once
}

// tick looks for what is due. When the clock was set back, what was planned by the time before is planned anew.
func (e *engine) tick(ctx context.Context) {
	now := e.Now()
	e.mu.Lock()
	back := now.Before(e.seen)
	e.seen = now
	e.mu.Unlock()
	if back {
		e.Log.Warn("the clock was set back; what was done already is not done again")
		e.planAnew(ctx, now)
	}
	e.dispatch(ctx)
	e.Tick()
}

func (e *engine) planAnew(ctx context.Context, now time.Time) {
	records, err := e.records(ctx)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.pause = time.Time{}
	for _, t := range e.tasks {
		if err != nil {
			t.at = now // the record is read again before it runs
		} else {
			e.plan(t, records[id{t.Session, t.Name}], now)
		}
	}
}

// plan notes when a job is to run, by its record.
func (e *engine) plan(t *task, rec *store.Run, now time.Time) { t.at = t.nextWith(rec, now, e.Jitter) }

// earliest is when the next job is to run that is not due yet.
func (e *engine) earliest(now time.Time) (next time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, t := range e.tasks {
		if !t.running && t.at.After(now) && (next.IsZero() || t.at.Before(next)) {
			next = t.at
		}
	}
	return next
}

// dispatch begins what is due, the longest overdue first, as far as the limit allows. It is called when the
// clock wakes it and whenever a job has ended.
func (e *engine) dispatch(ctx context.Context) {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := e.Now()
	if ctx.Err() != nil || now.Before(e.pause) {
		return
	}
	running := 0
	var due []*task
	for _, t := range e.tasks {
		switch {
		case t.running:
			running++
		case !t.done && !t.at.After(now):
			due = append(due, t)
		}
	}
	slices.SortStableFunc(due, func(a, b *task) int { return a.at.Compare(b.at) })
	for _, t := range due {
		if running >= e.Limit {
			return
		}
		lease := id{t.Session, t.lease()}
		if e.busy[lease] || t.Last && now.Sub(t.at) < lastWait && e.others(t, now) {
			continue
		}
		running++
		t.running, e.busy[lease] = true, true
		e.running.Go(func() { e.work(ctx, t, lease) })
	}
}

// others says whether a job that t waits for is due or runs.
func (e *engine) others(t *task, now time.Time) bool {
	return slices.ContainsFunc(e.tasks, func(o *task) bool {
		return !o.Last && (o.Session == t.Session || o.Session == store.Shared) && (o.running || !o.done && !o.at.After(now))
	})
}

// work runs a job that is due, and then looks for what has been waiting for it.
func (e *engine) work(ctx context.Context, t *task, lease id) {
	o := e.underLease(ctx, t)
	now := e.Now()
	e.mu.Lock()
	t.running, t.done, t.failed = false, e.once, errors.Join(o.failed, t.about(o.store))
	delete(e.busy, lease)
	if o.known {
		e.plan(t, o.record, now)
	} else { // another process is at it, or the store can't be used
		t.at = nextTick(now)
	}
	if o.store != nil {
		e.pause = nextTick(now)
	}
	e.mu.Unlock()
	e.dispatch(ctx)
}

// about names the job in an error that is not its own.
func (t *task) about(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s of %s: %w", t.Name, t.Session, err)
}

// outcome is what came of a job whose turn it was.
type outcome struct {
	record *store.Run // as it is now
	known  bool       // that record is
	failed error      // the job's own; what it says is for Runner.Classify to put into words
	store  error      // the store could not be used
}

// underLease takes the lease, looks whether the job is still due, since another process may have run it, and
// runs it.
func (e *engine) underLease(ctx context.Context, t *task) (o outcome) {
	leases := Leases{Store: e.Store, Holder: e.Holder, Now: e.Now, Log: e.Log}
	err := leases.Do(ctx, t.Session, t.lease(), func(held context.Context) (run *store.Run) {
		if o.record, o.store = e.record(held, t); o.store != nil {
			return nil
		}
		o.known = true
		switch now := e.Now(); {
		case t.next(o.record, now).After(now):
			return nil
		case t.waits(o.record, now):
			seen := store.Run{Session: t.Session, Job: t.Name, Slot: t.slot(nil, now)}
			run = &seen
		default:
			run, o.failed = e.run(held, t, o.record)
		}
		if run != nil {
			o.record = run
		}
		return run
	})
	o.store = errors.Join(o.store, err)
	var leased *store.Leased
	switch {
	case o.store == nil:
	case errors.As(err, &leased):
		e.Log.Debug("another process is at it", "session", t.Session, "job", t.Name)
		o.store = nil
	case errors.Is(err, store.ErrLeaseLost):
		e.Log.Warn("another process has taken over", "session", t.Session, "job", t.Name)
		o.store, o.failed, o.known = nil, err, false
	case ctx.Err() != nil && errors.Is(o.store, ctx.Err()):
		o.store = nil
	case !e.once:
		e.Log.Warn("the schedule can't be kept in the store", "session", t.Session, "job", t.Name, "err", o.store)
	}
	return o
}

// record reads the record of one job; nil if there is none.
func (e *engine) record(ctx context.Context, t *task) (*store.Run, error) {
	runs, err := e.Store.Runs(ctx, t.Session)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(runs, func(r store.Run) bool { return r.Job == t.Name })
	if i < 0 {
		return nil, nil
	}
	return &runs[i], nil
}

// run runs a job and gives the record of it; none if it was interrupted, so that it is due again.
func (e *engine) run(ctx context.Context, t *task, rec *store.Run) (*store.Run, error) {
	run := t.began(rec, e.Now())
	e.Observe(Event{Session: t.Session, Job: t.Name})
	err := e.call(ctx, t, run.Slot)
	now := e.Now()
	event := Event{Session: t.Session, Job: t.Name, Ended: true, Took: now.Sub(run.Started), Err: err}
	defer func() { e.Observe(event) }()
	if err != nil && ctx.Err() != nil {
		e.Log.Debug("interrupted", "session", t.Session, "job", t.Name)
		return nil, err
	}
	var failed *Failure
	if err != nil {
		failed = e.classify(err)
		event.Cause = failed.Cause
	}
	run = ended(run, now, failed)
	if failed != nil && !e.once {
		e.Log.Warn("a job failed", "session", t.Session, "job", t.Name, "cause", failed.Cause, "failures", run.Failures,
			"again", t.next(&run, now), "err", failed.Text)
	}
	return &run, err
}

// errFault stands for a panic in a job.
var errFault = errors.New("it failed by a fault of askahead: please report it; the log says where")

// call runs a job. A panic is its failure; what it says may quote what was read, where it happened may not.
func (e *engine) call(ctx context.Context, t *task, slot time.Time) (err error) {
	defer func() {
		fault := recover()
		if fault == nil {
			return
		}
		what := fmt.Sprintf("%T", fault)
		if known, ok := fault.(runtime.Error); ok {
			what = known.Error()
		}
		e.Log.Error("a job panicked", "session", t.Session, "job", t.Name, "fault", what, "stack", string(debug.Stack()))
		err = t.about(errFault)
	}()
	return t.Run(ctx, slot)
}

func (e *engine) classify(err error) *Failure {
	if errors.Is(err, errFault) {
		return &Failure{Cause: store.CauseOther, Text: errFault.Error()}
	}
	f := e.Classify(err)
	if f.Cause == store.CauseNone {
		f.Cause = store.CauseOther
	}
	return &f
}

// unfinished names the jobs that run.
func (e *engine) unfinished() (names []string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, t := range e.tasks {
		if t.running {
			names = append(names, t.Name+" of "+t.Session)
		}
	}
	return names
}
