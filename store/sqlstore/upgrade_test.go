package sqlstore_test

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"askahead/domain"
	"askahead/store"
	"askahead/store/sqlstore"
	"askahead/store/storetest"
)

var copySchemas = flag.Bool("schemas", false, "copy the statements of the migrations into testdata/schemas, which only new ones may need")

// databases are what every test below runs on.
func databases() map[string]func(*testing.T) string {
	return map[string]func(*testing.T) string{"SQLite": newSQLite, "PostgreSQL": newPostgres}
}

const rowsMark = "\n-- rows\n"

// fixture is what stands in testdata/schemas for one schema: the statements that made it when it was released, and
// rows as its askahead wrote them.
type fixture struct{ statements, rows string }

func (f fixture) String() string { return f.statements + rowsMark + f.rows }

func fixturePath(schema int) string { return fmt.Sprintf("testdata/schemas/%04d.sql", schema) }

func readFixture(t *testing.T, schema int) fixture {
	t.Helper()
	text, err := os.ReadFile(fixturePath(schema))
	if err != nil {
		t.Fatalf("schema %d has no fixture, so nobody knows whether its databases will open: write its statements (go test -run EverySchema -schemas "+
			"copies them) and rows for each new table and column: %v", schema, err)
	}
	statements, rows, ok := strings.Cut(string(text), rowsMark)
	if !ok {
		t.Fatalf("%s has no line %q", fixturePath(schema), strings.TrimSpace(rowsMark))
	}
	return fixture{statements, rows}
}

func latest(t *testing.T) int {
	t.Helper()
	texts, err := sqlstore.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	return len(texts)
}

// patient are options with which other tests on the same server are waited for: they change tables too.
func patient() sqlstore.Options { return sqlstore.Options{Version: "1.2.0", Wait: time.Minute} }

func openPatient(t *testing.T, dsn string) *sqlstore.DB {
	t.Helper()
	db, err := sqlstore.Open(t.Context(), dsn, benchKeys(), patient())
	check(t, err)
	t.Cleanup(func() { db.Close() })
	return db
}

// load makes an empty database into one of an earlier schema, with rows.
func load(t *testing.T, dsn string, schema int) string {
	t.Helper()
	for n := 1; n <= schema; n++ {
		if err := sqlstore.Load(t.Context(), dsn, readFixture(t, n).String()); err != nil {
			t.Fatalf("%s: %v", fixturePath(n), err)
		}
	}
	return dsn
}

var (
	lineComment = regexp.MustCompile(`(?m)[ \t]*--.*$`)
	blankLines  = regexp.MustCompile(`\n{2,}`)
)

// plain is a migration without its comments.
func plain(migration string) string {
	return strings.TrimSpace(blankLines.ReplaceAllString(lineComment.ReplaceAllString(migration, ""), "\n\n")) + "\n"
}

func TestEverySchemaHasAFixtureAndIsNeverChanged(t *testing.T) {
	texts, err := sqlstore.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	for i, text := range texts {
		schema := i + 1
		if *copySchemas {
			f := fixture{rows: "\n"}
			if _, err := os.Stat(fixturePath(schema)); err == nil {
				f = readFixture(t, schema)
			}
			head := fmt.Sprintf("-- Schema %d as it was released, and rows as its askahead wrote them. Loaded behind those before it.\n\n", schema)
			f.statements = head + plain(text)
			if err := os.WriteFile(fixturePath(schema), []byte(f.String()), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if d := cmp.Diff(plain(readFixture(t, schema).statements), plain(text)); d != "" {
			t.Errorf("migration %d is not what was released; add another one instead (-released +now):\n%s", schema, d)
		}
	}
	if files, _ := filepath.Glob("testdata/schemas/*.sql"); len(files) != len(texts) {
		t.Errorf("%d fixtures stand for %d schemas", len(files), len(texts))
	}
}

func TestADatabaseOfEverySchemaOpensWithAllItsRows(t *testing.T) {
	for name, newDSN := range databases() {
		for schema := 1; schema <= latest(t); schema++ {
			t.Run(fmt.Sprintf("schema %d on %s", schema, name), func(t *testing.T) {
				dsn := load(t, newDSN(t), schema)
				before := tally(t, dsn, schema)
				for table, of := range before {
					if strings.HasPrefix(of, "0 rows") {
						t.Errorf("the fixture has no row in %s", table)
					}
				}
				db := openPatient(t, dsn)
				db.Close()
				if d := cmp.Diff(before, tally(t, dsn, schema)); d != "" {
					t.Errorf("the rows are not what they were (-before +after):\n%s", d)
				}
				readsAndWrites(t, openPatient(t, dsn), schema)
			})
		}
	}
}

func tally(t *testing.T, dsn string, schema int) map[string]string {
	t.Helper()
	all, err := sqlstore.Tallies(t.Context(), dsn, schema)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// readsAndWrites asks a database with the rows of the fixtures for everything, and goes on with it.
func readsAndWrites(t *testing.T, db *sqlstore.DB, schema int) {
	t.Helper()
	ctx, now := t.Context(), time.Date(2018, 10, 10, 9, 0, 0, 0, time.UTC)
	page, err := db.Questions(ctx, store.Query{Session: "ws164", Audience: domain.Green})
	check(t, err)
	var texts []string
	for _, q := range page.Questions {
		texts = append(texts, q.Text)
	}
	slices.Sort(texts)
	who := "Who pays for the deletion of logs?"
	if schema >= 4 {
		who = "Who pays for deleting logs?" // a moderator's words
	}
	want := []string{who, "Will the WHOIS stay public?", "Will the WHOIS stay public?"}
	if d := cmp.Diff(want, texts); d != "" {
		t.Errorf("questions (-want +got):\n%s", d)
	}
	var topics []string
	check(t, db.Voices(ctx, "ws164", domain.Green, time.Time{}, func(v store.Voice) error {
		topics = append(topics, v.Topic)
		return nil
	}))
	found, err := db.Topics(ctx, "ws164", slices.Compact(slices.Sorted(slices.Values(topics))))
	if check(t, err); len(topics) != 3 || len(found) != 2 {
		t.Errorf("%d voices in %d topics, want 3 in 2", len(topics), len(found))
	}
	counts, err := db.Counts(ctx, "ws164")
	check(t, err)
	aside, err := db.Quarantine(ctx, "ws164", "", 10)
	check(t, err)
	editions, err := db.Editions(ctx, "ws164", "", 10)
	check(t, err)
	progress, err := db.Progress(ctx, "ws164", "list")
	check(t, err)
	if len(counts) != 2 || len(aside) != 1 || string(aside[0].Raw) != "Subject no colon" || len(editions) != 2 ||
		len(editions[0].Recalls) != 1 || progress.Cursor != "c2" {
		t.Errorf("counts %v, quarantine %v, editions %v, progress %v", counts, aside, editions, progress)
	}

	batch := newSource().batch(20)
	batch.Session, batch.Source, batch.Since, batch.Next = "ws164", "list", "c2", "c3"
	if saved, err := db.SaveBatch(ctx, batch, sameText{}); err != nil || saved.New != 20 {
		t.Errorf("saving more: %+v, %v", saved, err)
	}
	e, err := db.SaveEdition(ctx, store.Edition{Session: "ws164", Name: "panelists", Audience: domain.Green, Created: now})
	if err != nil || e.Number != 3 {
		t.Errorf("the next edition: %+v, %v", e, err)
	}
	if removed, err := db.Expire(ctx, time.Date(9999, 12, 1, 0, 0, 0, 0, time.UTC)); err != nil || removed.Raw != 1 || removed.Items < 5 {
		t.Errorf("removing what has expired: %+v, %v", removed, err)
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// What a store promises holds for one that was released as the first schema, too.
func TestAnUpgradedDatabaseKeepsThePromisesOfAStore(t *testing.T) {
	for name, newDSN := range databases() {
		t.Run(name, func(t *testing.T) {
			storetest.Run(t, storetest.Backend{Open: open, New: func(t *testing.T) string { return load(t, newDSN(t), 1) }})
		})
	}
}

// broken are today's migrations and two more, of which the last fails.
func broken(t *testing.T) []string {
	t.Helper()
	texts, err := sqlstore.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	return append(slices.Clone(texts),
		"CREATE TABLE later (session_id text NOT NULL, PRIMARY KEY (session_id));\nUPDATE questions SET text = 'lost';",
		"INSERT INTO later (session_id) VALUES ('a');\nINSERT INTO nowhere (session_id) VALUES ('a');")
}

func TestAMigrationThatFailsLeavesTheOldSchema(t *testing.T) {
	for name, newDSN := range databases() {
		t.Run(name, func(t *testing.T) {
			dsn := load(t, newDSN(t), 1)
			before := tally(t, dsn, 1)
			if err := sqlstore.MigrateTo(t.Context(), dsn, broken(t), benchKeys(), "9.9.9"); err == nil {
				t.Fatal("it did not fail")
			}
			stillOfSchema1(t, dsn, before)
		})
	}
}

// stillOfSchema1 checks that nothing is left of a migration that was not finished, and that the next one works.
func stillOfSchema1(t *testing.T, dsn string, before map[string]string) {
	t.Helper()
	if d := cmp.Diff(before, tally(t, dsn, 1)); d != "" {
		t.Errorf("the rows are not what they were (-before +after):\n%s", d)
	}
	for _, text := range []string{"CREATE TABLE later (session_id text NOT NULL, PRIMARY KEY (session_id))", "CREATE TABLE leases (session_id text NOT NULL, PRIMARY KEY (session_id))"} {
		if err := sqlstore.Load(t.Context(), dsn, text+";\nDROP TABLE "+strings.Fields(text)[2]); err != nil {
			t.Errorf("a table of the migrations is there: %v", err)
		}
	}
	readsAndWrites(t, openPatient(t, dsn), 1)
}

// asMigrating makes a process of its own that is killed within the last migration.
const asMigrating = "ASKAHEAD_TEST_MIGRATE"

// migrateSlowly runs in that process. A server notices that its client is gone when a statement ends, so there it must
// end by itself: until then others would wait for the lock.
func migrateSlowly(dsn string) error {
	texts, err := sqlstore.Migrations()
	if err != nil {
		return err
	}
	slow := "WITH RECURSIVE counting (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counting) SELECT count(*) FROM counting WHERE n < 0;"
	if strings.HasPrefix(dsn, "postgres") {
		slow = "SELECT pg_sleep(1);"
	}
	texts = append(texts, "UPDATE questions SET text = 'lost'; CREATE TABLE later (session_id text NOT NULL, PRIMARY KEY (session_id));", slow, "INSERT INTO nowhere (session_id) VALUES ('a');")
	fmt.Println("migrating")
	return sqlstore.MigrateTo(context.Background(), dsn, texts, benchKeys(), "9.9.9")
}

func TestAMigrationThatIsKilledLeavesTheOldSchema(t *testing.T) {
	for name, newDSN := range databases() {
		t.Run(name, func(t *testing.T) {
			dsn := load(t, newDSN(t), 1)
			before := tally(t, dsn, 1)
			cmd := again(t, asMigrating+"="+dsn)
			out, err := cmd.StdoutPipe()
			check(t, err)
			check(t, cmd.Start())
			lines := bufio.NewReader(out)
			lines.ReadString('\n')
			over := make(chan struct{})
			go func() {
				defer close(over)
				io.Copy(io.Discard, lines)
			}()
			untilLocked(t, dsn, over)
			cmd.Process.Kill()
			<-over
			if cmd.Wait(); cmd.ProcessState.Exited() {
				t.Fatalf("it ended before it was killed: %s", bytes.TrimSpace(cmd.Stderr.(*bytes.Buffer).Bytes()))
			}
			stillOfSchema1(t, dsn, before)
		})
	}
}

// untilLocked returns when somebody changes the tables, or when it is over.
func untilLocked(t *testing.T, dsn string, over <-chan struct{}) {
	t.Helper()
	for sqlstore.TryWrite(t.Context(), dsn) == nil {
		select {
		case <-over:
			return
		default:
		}
	}
}
