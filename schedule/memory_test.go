package schedule_test

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"askahead/store"
	"askahead/store/storetest"
)

// memory keeps jobs as long as the test runs: a year of the calendar passes too fast for a disk. It keeps the same
// promises.
type memory struct {
	mu     sync.Mutex
	leases map[[2]string]store.Lease
	runs   map[[2]string]store.Run
	past   map[[2]string][]store.Run // every record that there ever was
	reads  int                       // how often Runs was called
}

func newMemory() *memory {
	return &memory{leases: map[[2]string]store.Lease{}, runs: map[[2]string]store.Run{}, past: map[[2]string][]store.Run{}}
}

func TestMemoryKeepsThePromisesOfJobs(t *testing.T) {
	storetest.Jobs(t, func(*testing.T) [2]store.Jobs {
		m := newMemory()
		return [2]store.Jobs{m, m}
	})
}

func (m *memory) Acquire(_ context.Context, l store.Lease, now time.Time, dead func(string) bool) (store.Lease, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if l.Session == "" || l.Name == "" || l.Holder == "" {
		return l, errors.New("it names no session, nothing to lease or no holder")
	}
	at := [2]string{l.Session, l.Name}
	has := m.leases[at]
	if has.Holder != "" && has.Expires.After(now) && (dead == nil || !dead(has.Holder)) {
		return l, &store.Leased{By: has}
	}
	l.Epoch = has.Epoch + 1
	m.leases[at] = l
	return l, nil
}

func (m *memory) Renew(_ context.Context, l store.Lease) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.change(l, l)
}

func (m *memory) change(l, to store.Lease) error {
	at := [2]string{l.Session, l.Name}
	if has := m.leases[at]; has.Epoch != l.Epoch || has.Holder != l.Holder {
		return store.ErrLeaseLost
	}
	m.leases[at] = to
	return nil
}

func (m *memory) Release(_ context.Context, l store.Lease, run *store.Run) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	free := l
	free.Holder = ""
	if err := m.change(l, free); err != nil || run == nil {
		return err
	}
	at := [2]string{run.Session, run.Job}
	m.runs[at] = *run
	m.past[at] = append(m.past[at], *run)
	return nil
}

func (m *memory) Runs(_ context.Context, session string) (runs []store.Run, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.reads++
	for _, r := range m.runs {
		if session == "" || session == r.Session {
			runs = append(runs, r)
		}
	}
	slices.SortFunc(runs, func(a, b store.Run) int {
		return cmp.Or(cmp.Compare(a.Session, b.Session), cmp.Compare(a.Job, b.Job))
	})
	return runs, nil
}

// ran gives the records of all runs of a job, but not that it was seen for the first time.
func (m *memory) ran(session, job string) []store.Run {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(m.past[[2]string{session, job}]), func(r store.Run) bool { return r.Started.IsZero() })
}

func (m *memory) Leases(_ context.Context, now time.Time) (leases []store.Lease, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, l := range m.leases {
		if l.Holder != "" && l.Expires.After(now) {
			leases = append(leases, l)
		}
	}
	slices.SortFunc(leases, func(a, b store.Lease) int {
		return cmp.Or(cmp.Compare(a.Session, b.Session), cmp.Compare(a.Name, b.Name))
	})
	return leases, nil
}
