package schedule

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"askahead/store"
)

const (
	leaseTTL   = time.Minute
	renewEvery = 20 * time.Second
	// storeWait is how long giving up a lease may take, when everything else has been told to stop.
	storeWait = 15 * time.Second
)

// Leases takes leases in the name of one process.
type Leases struct {
	Store  store.Jobs
	Holder string // names the process; empty is Holder()
	Now    func() time.Time
	Log    *slog.Logger
}

// Do runs f while it holds a lease, and gives the lease up together with the record that f returns, which may be
// nil. The error is a *store.Leased if somebody else has the lease; f is not called then. When the lease is
// lost, f's context ends with store.ErrLeaseLost as its cause, and nothing is recorded.
func (l Leases) Do(ctx context.Context, session, name string, f func(ctx context.Context) *store.Run) error {
	now := l.Now()
	holder := l.Holder
	if holder == "" {
		holder = Holder()
	}
	lease, err := l.Store.Acquire(ctx, store.Lease{Session: session, Name: name, Holder: holder, Expires: now.Add(leaseTTL)}, now, Dead)
	if err != nil {
		return err
	}
	inner, lose := context.WithCancelCause(ctx)
	renewing, stop := context.WithCancel(context.WithoutCancel(ctx))
	renewed := make(chan struct{})
	go func() {
		defer close(renewed)
		l.renew(renewing, lease, lose)
	}()
	defer func() { // also when f panics
		stop()
		<-renewed
		lose(nil)
	}()
	run := f(inner)
	stop()
	<-renewed
	if cause := context.Cause(inner); errors.Is(cause, store.ErrLeaseLost) {
		return cause
	}
	closing, done := context.WithTimeout(context.WithoutCancel(ctx), storeWait)
	defer done()
	return l.Store.Release(closing, lease, run)
}

// renew keeps a lease until ctx ends. A store that can't be reached is asked again as long as the lease lasts.
func (l Leases) renew(ctx context.Context, lease store.Lease, lose context.CancelCauseFunc) {
	ticker := time.NewTicker(renewEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		next := lease
		next.Expires = l.Now().Add(leaseTTL)
		asking, done := context.WithTimeout(ctx, renewEvery)
		err := l.Store.Renew(asking, next)
		done()
		switch {
		case err == nil:
			lease = next
		case ctx.Err() != nil:
			return
		case errors.Is(err, store.ErrLeaseLost):
			lose(err)
			return
		case !l.Now().Before(lease.Expires):
			l.Log.Warn("a lease has run out because the store did not answer", "session", lease.Session, "lease", lease.Name, "err", err)
			lose(store.ErrLeaseLost)
			return
		}
	}
}
