package sqlstore_test

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"askahead/domain"
	"askahead/store"
	"askahead/store/sqlstore"
	"askahead/store/storetest"
)

// The tests on PostgreSQL run on the server that this DSN names, each in a schema of its own.
const postgresEnv = "ASKAHEAD_TEST_POSTGRES"

func open(ctx context.Context, dsn string, keys domain.Keys) (store.Store, error) {
	return sqlstore.Open(ctx, dsn, keys, sqlstore.Options{Version: "test", Wait: 20 * time.Second})
}

func TestMain(m *testing.M) {
	for name, work := range map[string]func(string) error{
		asMigrating: migrateSlowly, asBackingUp: backUpAndTell, asRestoring: restoreAndTell,
	} {
		if dsn := os.Getenv(name); dsn != "" {
			fmt.Fprintln(os.Stderr, "the process ended:", work(dsn))
			os.Exit(1)
		}
	}
	storetest.Main(m, open)
}

// again is this test as a process of its own, which does what the variable says.
func again(t *testing.T, variable string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env = append(os.Environ(), variable)
	cmd.Stderr = new(bytes.Buffer)
	return cmd
}

func TestSQLiteKeepsThePromisesOfAStore(t *testing.T) {
	storetest.Run(t, storetest.Backend{New: newSQLite, Open: open})
}

func TestPostgreSQLKeepsThePromisesOfAStore(t *testing.T) {
	needPostgres(t)
	storetest.Run(t, storetest.Backend{New: newPostgres, Open: open})
}

// Prepared statements do not outlive a transaction behind pgbouncer in transaction pooling; here none are used.
func TestPostgreSQLWithoutPreparedStatementsKeepsThePromisesOfAStore(t *testing.T) {
	needPostgres(t)
	storetest.Run(t, storetest.Backend{Open: open, New: func(t *testing.T) string {
		return newPostgres(t) + "&default_query_exec_mode=exec"
	}})
}

func newSQLite(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "ask?ahead #1.db") }

// needPostgres gives the DSN of the server, or skips the test.
func needPostgres(t testing.TB) string {
	t.Helper()
	dsn := os.Getenv(postgresEnv)
	if dsn == "" {
		if os.Getenv("ASKAHEAD_TEST_REQUIRE_ALL") == "1" {
			t.Fatalf("all tests are required, and %s names no PostgreSQL server", postgresEnv)
		}
		t.Skipf("%s names no PostgreSQL server; set it to postgres://USER@HOST:PORT/NAME to run this", postgresEnv)
	}
	return dsn
}

var schemas atomic.Int64

func newPostgres(t *testing.T) string { return newSchema(t) }

// newSchema makes a schema and gives the DSN that leads to it.
func newSchema(t testing.TB) string {
	t.Helper()
	u, err := url.Parse(needPostgres(t))
	if err != nil {
		t.Fatalf("%s is not a URL", postgresEnv)
	}
	name := fmt.Sprintf("askahead_test_%d_%d", os.Getpid(), schemas.Add(1))
	runPostgres(t, u.String(), "CREATE SCHEMA "+name)
	t.Cleanup(func() { runPostgres(t, u.String(), "DROP SCHEMA "+name+" CASCADE") })
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = strings.ReplaceAll(q.Encode(), "+", "%20")
	return u.String()
}

func runPostgres(t testing.TB, dsn, query string) {
	t.Helper()
	ctx := context.Background() // cleaning up happens after the test's own has ended
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, query); err != nil {
		t.Fatal(err)
	}
}
