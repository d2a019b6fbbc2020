package schedule_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"askahead/domain"
	"askahead/schedule"
	"askahead/store"
	"askahead/store/sqlstore"
)

func openStore(t *testing.T, dsn string) *sqlstore.DB {
	t.Helper()
	db, err := sqlstore.Open(t.Context(), dsn, domain.NewKeys([]byte("a key for tests")), sqlstore.Options{Wait: 20 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// postgres gives the DSN of a database for one test alone. A schema would do, but who makes one waits for others who
// make some in the same database.
func postgres(t *testing.T) string {
	t.Helper()
	u, err := url.Parse(os.Getenv("ASKAHEAD_TEST_POSTGRES"))
	switch {
	case err != nil:
		t.Fatal("ASKAHEAD_TEST_POSTGRES is not a URL")
	case u.Host == "" && os.Getenv("ASKAHEAD_TEST_REQUIRE_ALL") == "1":
		t.Fatal("all tests are required, and ASKAHEAD_TEST_POSTGRES names no server")
	case u.Host == "":
		t.Skip("ASKAHEAD_TEST_POSTGRES names no PostgreSQL server; set it to postgres://USER@HOST:PORT/NAME to run this")
	}
	do := func(query string) {
		ctx := context.Background() // cleaning up happens after the test's own has ended
		conn, err := pgx.Connect(ctx, os.Getenv("ASKAHEAD_TEST_POSTGRES"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(ctx)
		if _, err := conn.Exec(ctx, query); err != nil {
			t.Fatal(err)
		}
	}
	name := fmt.Sprintf("askahead_schedule_%d", os.Getpid())
	do("CREATE DATABASE " + name)
	t.Cleanup(func() { do("DROP DATABASE " + name) })
	u.Path = "/" + name
	return u.String()
}

// Two daemons on one store, as two machines would be: whoever comes first runs what is due, and the other one finds
// that it was done. Time is what the test says; the databases are real.
func TestTwoDaemonsRunEverythingOnce(t *testing.T) {
	for name, dsn := range map[string]func(*testing.T) string{
		"on SQLite":     func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "test.db") },
		"on PostgreSQL": postgres,
	} {
		t.Run(name, func(t *testing.T) { runTwo(t, dsn(t)) })
	}
}

func runTwo(t *testing.T, dsn string) {
	from := time.Date(2026, 3, 28, 20, 0, 0, 0, time.UTC) // the night in which clocks skip an hour
	to := from.Add(8 * time.Hour)
	paris := zone(t, "Europe/Paris")
	var mu sync.Mutex
	now, ran := from, map[string][]time.Time{}
	clock := func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		return now
	}
	calendar := []listed{
		{line: "*/15 * * * *", spec: spec{minutes: []int{0, 15, 30, 45}}},
		{line: "0 * * * *", spec: spec{minutes: []int{0}}},
		{line: "30 2 * * *", spec: spec{minutes: []int{30}, hours: []int{2}}},
	}
	var daemons [2]schedule.Runner
	for i := range daemons {
		daemons[i] = newRunner(openStore(t, dsn))
		daemons[i].Now, daemons[i].Holder = clock, fmt.Sprint("daemon ", i)
		for _, l := range calendar {
			daemons[i].Jobs = append(daemons[i].Jobs, sharing("one", job(t, l.line, l.line, paris, func(context.Context) error {
				mu.Lock()
				defer mu.Unlock()
				ran[l.line] = append(ran[l.line], now)
				return nil
			})))
		}
	}
	for at := from; at.Before(to); at = at.Add(time.Minute) {
		mu.Lock()
		now = at
		mu.Unlock()
		both(t, func(i int) error { return daemons[i].Once(t.Context()) })
		// Who found the lease taken has skipped; here the minute is looked at again.
		both(t, func(i int) error { return daemons[i].Once(t.Context()) })
		if err := daemons[0].Once(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for _, l := range calendar {
		want := l.slots(from, to, paris)
		var got []store.Run
		for _, at := range ran[l.line] {
			got = append(got, store.Run{Slot: at})
		}
		sameSlots(t, l.line, got, want)
	}
}

func both(t *testing.T, f func(i int) error) {
	t.Helper()
	var group sync.WaitGroup
	var errs [2]error
	for i := range errs {
		group.Go(func() { errs[i] = f(i) })
	}
	group.Wait()
	if err := errors.Join(errs[:]...); err != nil {
		t.Fatal(err)
	}
}
