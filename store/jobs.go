package store

import (
	"context"
	"errors"
	"time"
)

// Jobs is what a schedule keeps: who is running what, and how it went. Top-level sources and what is of no
// session stand under the session Shared.
type Jobs interface {
	// Acquire takes the lease of a name until l.Expires. It is given if nobody has it, if it has expired at now,
	// or if its holder is one for whom dead returns true. The lease comes back with its epoch. Otherwise the error
	// is a *Leased. dead may be nil; it is asked within the transaction, and must not use the store.
	Acquire(ctx context.Context, l Lease, now time.Time, dead func(holder string) bool) (Lease, error)
	// Renew sets a new end of a lease that is still held with this epoch; ErrLeaseLost if it is not.
	Renew(ctx context.Context, l Lease) error
	// Release gives up a lease and records how the run went, or only gives it up if run is nil. If the lease was
	// lost meanwhile, nothing is recorded and the error is ErrLeaseLost.
	Release(ctx context.Context, l Lease, run *Run) error
	// Runs lists the records of a session's jobs, by name; of all sessions if session is empty.
	Runs(ctx context.Context, session string) ([]Run, error)
	// Leases lists those that somebody has and that have not expired at now, by session and name.
	Leases(ctx context.Context, now time.Time) ([]Lease, error)
}

// Lease is the right to do what only one may do at a time.
type Lease struct {
	Session string
	Name    string
	Holder  string // names the process
	Epoch   int64  // grows whenever the lease changes hands
	Expires time.Time
}

// Run is how the last run of a job went. The zero time stands for never.
type Run struct {
	Session  string
	Job      string    // "collect/NAME", "sweep/NAME", "digest", "cleanup", "watch"
	Slot     time.Time // the last time on the calendar that was dealt with
	Started  time.Time
	Ended    time.Time
	Good     time.Time // when it last ended well
	Failures int       // in a row
	Retry    time.Time // not before then; zero: with the next time on the calendar
	Cause    Cause
	Error    string // of the last run, for the operator: no address, no secret
	Backlog  int64  // items that the last run left to be read, as far as is known
}

// Cause says who must act about a failed run.
type Cause string

// The causes of a failed run.
const (
	CauseNone         Cause = ""
	CauseUnauthorized Cause = "unauthorized" // a person: password, token, a feed closed to visitors
	CauseUnavailable  Cause = "unavailable"  // nobody: it passes
	CauseRateLimited  Cause = "rate-limited" // nobody: it was asked to wait
	CauseSettings     Cause = "settings"     // a person: the configuration does not fit what is there
	CauseOther        Cause = "other"        // a person, if it lasts
)

// ErrLeaseLost is what a holder learns who renewed or gave up too late.
var ErrLeaseLost = errors.New("another process has taken over")

// Leased is why a lease was not given.
type Leased struct{ By Lease }

func (e *Leased) Error() string {
	return "another askahead is at it, until " + e.By.Expires.UTC().Format(time.TimeOnly) + " UTC at the latest unless it goes on"
}
