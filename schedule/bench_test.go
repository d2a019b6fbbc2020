package schedule_test

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"askahead/domain"
	"askahead/schedule"
	"askahead/store"
	"askahead/store/sqlstore"
)

// thousand is what a large instance has: 200 sessions with 5 jobs each.
func thousand(b *testing.B, run func(context.Context) error) (jobs []schedule.Job) {
	for s := range 200 {
		for n := range 5 {
			j := job(b, fmt.Sprint("collect/", n), "*/15 * * * *", nil, run)
			j.Session = fmt.Sprint("session", s)
			jobs = append(jobs, j)
		}
	}
	return jobs
}

// BenchmarkTick is what an idle daemon does each minute.
func BenchmarkTick(b *testing.B) {
	m := newMemory()
	at := time.Date(2026, 3, 1, 12, 1, 0, 0, time.UTC)
	r := newRunner(m, thousand(b, func(context.Context) error { return nil })...)
	r.Now = func() time.Time { return at }
	if err := r.Once(b.Context()); err != nil {
		b.Fatal(err)
	}
	tick, err := schedule.Ticking(b.Context(), r)
	if err != nil {
		b.Fatal(err)
	}
	reads := m.reads
	for b.Loop() {
		tick()
	}
	if m.reads != reads {
		b.Errorf("it asked the store %d times", m.reads-reads)
	}
}

// BenchmarkStart is reading the records of all jobs and planning them, on SQLite.
func BenchmarkStart(b *testing.B) {
	db, err := sqlstore.Open(b.Context(), "sqlite:"+filepath.Join(b.TempDir(), "test.db"), domain.NewKeys([]byte("a key for tests")), sqlstore.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	r := newRunner(db, thousand(b, func(context.Context) error { return nil })...)
	if err := r.Once(b.Context()); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := r.Once(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	var mem runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&mem)
	b.ReportMetric(float64(mem.HeapAlloc)/(1<<20), "MiB-live")
}

// BenchmarkRun is one run of a job that does nothing: taking the lease, reading its record, recording.
func BenchmarkRun(b *testing.B) {
	db, err := sqlstore.Open(b.Context(), "sqlite:"+filepath.Join(b.TempDir(), "test.db"), domain.NewKeys([]byte("a key for tests")), sqlstore.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	l := schedule.Leases{Store: db, Holder: "this one", Now: time.Now}
	for b.Loop() {
		if err := l.Do(b.Context(), "panel", "source/list", func(ctx context.Context) *store.Run {
			if _, err := db.Runs(ctx, "panel"); err != nil {
				b.Error(err)
			}
			return &store.Run{Session: "panel", Job: "collect/list"}
		}); err != nil {
			b.Fatal(err)
		}
	}
}
