package monitor

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"askahead/store"
)

// Source gives what monitor does not know itself.
type Source interface {
	// Snapshot gives the figures of this moment.
	Snapshot(ctx context.Context) (Snapshot, error)
	// Ready tells why no work can be done at the moment, in one line without a secret, or nil: it tries a
	// transaction on the store.
	Ready(ctx context.Context) error
}

// Job is what a schedule runs, as it stands in the configuration.
type Job struct {
	Kind    string // "collect", "sweep", "digest", "cleanup", "watch"
	Session string // store.Shared for what is of no session
	Source  string // empty unless it is about one
}

// Edition is one of the configuration.
type Edition struct{ Session, Name string }

// Snapshot is how everything stands at one moment. What is left out is not shown.
type Snapshot struct {
	store.Figures
	Jobs []JobState
}

// JobState is how a job stands. Zero times stand for never.
type JobState struct {
	Job
	Good     time.Time // when it last ended well
	Next     time.Time // when it is due
	New      time.Time // when its source last brought something new
	Failures int       // in a row
}

// Run is a job that has just ended.
type Run struct {
	Job
	Cause     store.Cause // store.CauseNone: it went well
	Took      time.Duration
	Read      int // items
	Questions int // that are new
}

// Options are what New needs. All but Hosts, Visits and Stale must be set.
type Options struct {
	Source   Source
	Jobs     []Job
	Editions []Edition
	Hosts    []string      // web servers of the configuration, by the names that Visits gives them
	Visits   func() []Host // what web servers have told so far; each at most once
	Version  string        // of this askahead
	Store    string        // "sqlite", "postgres"
	Now      func() time.Time
	Log      *slog.Logger
	Stale    time.Duration // how long the scheduler may be silent; 0 is 5 minutes
}

// staleAfter is many times the interval in which a scheduler looks at its clock.
const staleAfter = 5 * time.Minute

// Monitor is what the machines ask. It may be used by several goroutines.
type Monitor struct {
	opts     Options
	known    known
	registry *prometheus.Registry // what is counted here
	events   *events
	desc     described
	busy     chan struct{}             // one for each scrape that goes on
	beat     atomic.Pointer[time.Time] // when the scheduler last said that it lives
	stopping atomic.Bool
	failing  atomic.Bool // the last snapshot could not be had
}

// New makes a monitor; nothing is served yet. The scheduler counts as having beaten now.
func New(opts Options) *Monitor {
	if opts.Stale <= 0 {
		opts.Stale = staleAfter
	}
	m := &Monitor{opts: opts, known: newKnown(opts), registry: prometheus.NewRegistry(), desc: describe(),
		busy: make(chan struct{}, maxScrapes)}
	m.events = newEvents(m.known)
	m.events.register(m.registry, opts)
	if opts.Visits != nil {
		m.registry.MustRegister(newHosts(opts))
	}
	m.Beat()
	return m
}

// Beat says that the scheduler lives. It is called whenever it has looked at its clock.
func (m *Monitor) Beat() {
	now := m.opts.Now() // with its monotonic part: a clock that is set is no silence
	m.beat.Store(&now)
}

// alive tells why the process counts as dead, or nil.
func (m *Monitor) alive() error {
	if silent := m.opts.Now().Sub(*m.beat.Load()); silent > m.opts.Stale {
		return errors.New("the scheduler has been silent for " + silent.Round(time.Second).String() + ": restart askahead and report this")
	}
	return nil
}

// Stop makes the process count as not ready any more: it is about to end.
func (m *Monitor) Stop() { m.stopping.Store(true) }

// ready tells why no work can be done, or nil.
func (m *Monitor) ready(ctx context.Context) error {
	if m.stopping.Load() {
		return errors.New("askahead is stopping")
	}
	return m.opts.Source.Ready(ctx)
}

// snapshot asks for the figures, and says in the log when they cannot be had, and when they can again.
func (m *Monitor) snapshot(ctx context.Context) (Snapshot, bool) {
	s, err := m.opts.Source.Snapshot(ctx)
	switch failed := err != nil; {
	case failed && !m.failing.Swap(true):
		m.opts.Log.Warn("the figures of the store cannot be read; it is tried again whenever somebody asks", "err", err)
	case !failed && m.failing.Swap(false):
		m.opts.Log.Info("the figures of the store can be read again")
	}
	return s, err == nil
}
