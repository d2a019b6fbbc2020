package sqlstore_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"askahead/domain"
	"askahead/store"
	"askahead/store/sqlstore"
)

// but gives tallies without some tables.
func but(all map[string]string, tables ...string) map[string]string {
	for _, table := range tables {
		delete(all, table)
	}
	return all
}

func TestADatabaseMovesBetweenSQLiteAndPostgreSQL(t *testing.T) {
	for name, order := range map[string][]func(*testing.T) string{
		"from SQLite to PostgreSQL and back": {newSQLite, newPostgres, newSQLite},
		"from PostgreSQL to SQLite and back": {newPostgres, newSQLite, newPostgres},
	} {
		t.Run(name, func(t *testing.T) {
			dsn := filled(t, order[0](t))
			want := but(tally(t, dsn, latest(t)), "leases")
			for _, newDSN := range order[1:] {
				path, _ := backUp(t, dsn)
				dsn = newDSN(t)
				done := restore(t, dsn, path, restoreOptions())
				if d := cmp.Diff(done.Backup.Rows, done.Rows); d != "" {
					t.Errorf("rows (-backup +database):\n%s", d)
				}
				if d := cmp.Diff(want, but(tally(t, dsn, latest(t)), "leases")); d != "" {
					t.Errorf("-first +restored:\n%s", d)
				}
			}
			readsAndWrites(t, openPatient(t, dsn), latest(t))
		})
	}
}

func TestABackupOfEverySchemaIsRestored(t *testing.T) {
	for schema := 1; schema <= latest(t); schema++ {
		path, _ := backUp(t, load(t, newSQLite(t), schema))
		want := but(tally(t, load(t, newSQLite(t), schema), schema), "leases")
		for name, newDSN := range databases() {
			t.Run(fmt.Sprintf("schema %d on %s", schema, name), func(t *testing.T) {
				dsn := newDSN(t)
				restore(t, dsn, path, restoreOptions())
				if d := cmp.Diff(want, but(tally(t, dsn, schema), "leases")); d != "" {
					t.Errorf("-backup +restored:\n%s", d)
				}
				readsAndWrites(t, openPatient(t, dsn), schema)
			})
		}
	}
}

func TestRestoringReplacesNothingUnasked(t *testing.T) {
	path, backup := backUp(t, filled(t, newSQLite(t)))
	for name, newDSN := range databases() {
		t.Run(name, func(t *testing.T) {
			dsn := load(t, newDSN(t), 1)
			openPatient(t, dsn).Close()
			before := tally(t, dsn, latest(t))
			_, err := sqlstore.Restore(t.Context(), dsn, path, benchKeys(), restoreOptions())
			helps(t, err, store.ErrHasData, path, "--replace")
			if d := cmp.Diff(before, tally(t, dsn, latest(t))); d != "" {
				t.Errorf("it changed (-before +after):\n%s", d)
			}
			opts := restoreOptions()
			opts.Replace = true
			done := restore(t, dsn, path, opts)
			if done.Questions != backup.Questions || (done.Kept == "") != (name == "PostgreSQL") {
				t.Errorf("when asked to: %+v", done)
			}
			if done.Kept != "" {
				if d := cmp.Diff(before, tallyOfFile(t, done.Kept)); d != "" {
					t.Errorf("what was kept is not what was there:\n%s", d)
				}
			}
		})
	}
}

func TestWhatIsNoBackupIsRefusedAndNothingChanges(t *testing.T) {
	dir := t.TempDir()
	good, _ := backUp(t, filled(t, newSQLite(t)))
	file := func(name string, make func(path string)) string {
		path := filepath.Join(dir, name)
		make(path)
		return path
	}
	dup := func(path string) { check(t, copyTo(good, path)) }
	cases := map[string]struct {
		path string
		keys domain.Keys
		is   error
		says string
	}{
		"a file that is not there": {dir + "/none", benchKeys(), os.ErrNotExist, dir},
		"a folder":                 {dir, benchKeys(), store.ErrNotOurs, "not even a file"},
		"a text": {file("text", func(p string) { check(t, os.WriteFile(p, []byte(strings.Repeat("hello\n", 1000)), 0o600)) }),
			benchKeys(), store.ErrNotOurs, "is not a database of askahead"},
		"another program's database": {file("other", func(p string) { execRaw(t, raw(t, p), "CREATE TABLE x (y)") }),
			benchKeys(), store.ErrNotOurs, "another program"},
		"another key's": {good, domain.NewKeys([]byte("another key of 32 bytes, for test")), store.ErrWrongKey, "put back the key file"},
		"a newer one's": {file("newer", func(p string) {
			dup(p)
			execRaw(t, raw(t, p), "UPDATE askahead_meta SET value = '77' WHERE name = 'schema'; UPDATE askahead_meta SET value = '9.9.9' WHERE name = 'version'")
		}), benchKeys(), store.ErrNewerSchema, "askahead 9.9.9"},
		"one with a changed row": {file("changed", func(p string) {
			dup(p)
			execRaw(t, raw(t, p), "UPDATE questions SET text = 'another' WHERE n = 1 AND session_id = 'ws164'")
		}), benchKeys(), store.ErrDamaged, "not what was written"},
		"one with a trigger": {file("trigger", func(p string) {
			dup(p)
			execRaw(t, raw(t, p), "CREATE TRIGGER x AFTER DELETE ON leases BEGIN DELETE FROM items; END")
		}), benchKeys(), store.ErrNotOurs, "trigger"},
		"one with a column more": {file("column", func(p string) {
			dup(p)
			execRaw(t, raw(t, p), "ALTER TABLE runs ADD COLUMN x INTEGER NOT NULL DEFAULT 0")
		}), benchKeys(), store.ErrDamaged, "runs"},
		"a database in use": {file("used", func(p string) {
			dup(p)
			check(t, os.WriteFile(p+"-wal", []byte("x"), 0o600))
		}), benchKeys(), nil, "askahead backup"},
	}
	for name, newDSN := range databases() {
		dsn := filled(t, newDSN(t))
		before := tally(t, dsn, latest(t))
		opts := restoreOptions()
		opts.Replace = true
		for what, c := range cases {
			_, err := sqlstore.Restore(t.Context(), dsn, c.path, c.keys, opts)
			if err == nil || c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s: %s: the error is not %v with %q: %v", name, what, c.is, c.says, err)
			}
		}
		if d := cmp.Diff(before, tally(t, dsn, latest(t))); d != "" {
			t.Errorf("%s: it changed (-before +after):\n%s", name, d)
		}
	}
}

func copyTo(from, to string) error {
	whole, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, whole, 0o600)
}

func TestADamagedBackupIsRefused(t *testing.T) {
	good, _ := backUp(t, filled(t, newSQLite(t)))
	whole, err := os.ReadFile(good)
	check(t, err)
	bad := filepath.Join(t.TempDir(), "bad.db")
	refused := func(what string, data []byte) bool {
		check(t, os.WriteFile(bad, data, 0o600))
		dsn := newSQLite(t)
		_, err := sqlstore.Restore(t.Context(), dsn, bad, benchKeys(), restoreOptions())
		if err == nil {
			return false
		}
		if !errors.Is(err, store.ErrDamaged) && !errors.Is(err, store.ErrNotOurs) && !errors.Is(err, store.ErrWrongKey) {
			t.Errorf("%s: the error is %v", what, err)
		}
		if list := names(t, filepath.Dir(strings.TrimPrefix(dsn, "sqlite:"))); len(list) != 0 {
			t.Errorf("%s: it left %v", what, list)
		}
		return true
	}
	for part := range 10 {
		if what := fmt.Sprintf("cut off at %d %%", part*10); !refused(what, whole[:len(whole)*part/10]) {
			t.Errorf("%s, it is restored", what)
		}
	}
	if !refused("without its last byte", whole[:len(whole)-1]) {
		t.Error("without its last byte, it is restored")
	}
	// A bit that stands where nothing is written may turn unnoticed; then all that was written is there.
	want := tallyOfFile(t, good)
	r := rand.New(rand.NewPCG(3, 4))
	unnoticed := 0
	for range 150 {
		at, bit := r.IntN(len(whole)), r.IntN(8)
		turned := append([]byte(nil), whole...)
		turned[at] ^= 1 << bit
		what := fmt.Sprintf("with bit %d of byte %d turned", bit, at)
		if !refused(what, turned) {
			unnoticed++
			if d := cmp.Diff(want, tallyOfFile(t, bad)); d != "" {
				t.Errorf("%s, it is restored, and is another one:\n%s", what, d)
			}
		}
	}
	t.Logf("%d of 150 turned bits stand where nothing is written", unnoticed)
}

func TestNobodyMayHaveTheFileOpenThatIsReplaced(t *testing.T) {
	path, _ := backUp(t, filled(t, newSQLite(t)))
	dsn := filled(t, newSQLite(t))
	db := openPatient(t, dsn)
	opts := restoreOptions()
	opts.Replace, opts.Force, opts.Wait = true, true, quick().Wait
	_, err := sqlstore.Restore(t.Context(), dsn, path, benchKeys(), opts)
	helps(t, err, store.ErrLocked, "try again")
	check(t, db.Close())
	restore(t, dsn, path, opts)
}

func TestALeaseKeepsAServersRowsFromBeingReplaced(t *testing.T) {
	path, _ := backUp(t, filled(t, newSQLite(t)))
	dsn := filled(t, newPostgres(t))
	ends := backupTime().Add(time.Minute).UnixMicro()
	runPostgres(t, dsn, fmt.Sprintf("UPDATE leases SET epoch = 40, expires = %d WHERE session_id = 'ws164'", ends))
	opts := restoreOptions()
	opts.Replace = true
	_, err := sqlstore.Restore(t.Context(), dsn, path, benchKeys(), opts)
	var leased *store.Leased
	if !errors.As(err, &leased) || leased.By.Name != "collect/list" || !strings.Contains(err.Error(), "stop it first") {
		t.Fatalf("the error is %v", err)
	}
	opts.Force = true
	restore(t, dsn, path, opts)
	if d := cmp.Diff([]string{"*, collect/everybody, , 5, 0", "ws164, collect/list, , 41, 0"}, leases(t, dsn)); d != "" {
		t.Errorf("whoever was at work would not find out (-want +got):\n%s", d)
	}
}

func leases(t *testing.T, dsn string) (list []string) {
	t.Helper()
	db := openPatient(t, dsn)
	rows, err := sqlstore.Reader(db).Query("SELECT session_id, name, holder, epoch, expires FROM leases ORDER BY session_id, name")
	check(t, err)
	defer rows.Close()
	for rows.Next() {
		var session, name, holder string
		var epoch, expires int64
		check(t, rows.Scan(&session, &name, &holder, &epoch, &expires))
		list = append(list, fmt.Sprintf("%s, %s, %s, %d, %d", session, name, holder, epoch, expires))
	}
	return list
}

func TestNoLeaseIsHeldAfterRestoring(t *testing.T) {
	path, _ := backUp(t, filled(t, newSQLite(t)))
	for name, newDSN := range databases() {
		dsn := newDSN(t)
		restore(t, dsn, path, restoreOptions())
		if d := cmp.Diff([]string{"*, collect/everybody, , 5, 0", "ws164, collect/list, , 18, 0"}, leases(t, dsn)); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

func TestWhatHasOutlivedItsRetentionDoesNotComeBack(t *testing.T) {
	path, _ := backUp(t, filled(t, newSQLite(t)))
	for name, newDSN := range databases() {
		t.Run(name, func(t *testing.T) {
			dsn := newDSN(t)
			opts := restoreOptions()
			opts.Now = backupTime().AddDate(1, 0, 0) // the 900 items of the list had three months
			done := restore(t, dsn, path, opts)
			if done.Expired.Items != 900 || done.Questions != 5 || done.Backup.Questions < 500 {
				t.Errorf("%+v", done)
			}
			if done.Rows["decisions"] != 5 || done.Rows["items"] != done.Backup.Rows["items"] {
				t.Errorf("of what stays for good, there is %v", done.Rows)
			}
		})
	}
}

func TestADatabaseThatCannotBeReadIsReplacedAndKept(t *testing.T) {
	path, _ := backUp(t, filled(t, newSQLite(t)))
	for what, spoil := range map[string]func([]byte) []byte{
		"its head is gone": func(b []byte) []byte { copy(b, make([]byte, 100)); return b },
		"it is cut off":    func(b []byte) []byte { return b[:len(b)/2] },
	} {
		t.Run(what, func(t *testing.T) {
			dsn := filled(t, newSQLite(t))
			database := strings.TrimPrefix(dsn, "sqlite:")
			whole, err := os.ReadFile(database)
			check(t, err)
			spoilt := spoil(whole)
			check(t, os.WriteFile(database, spoilt, 0o600))
			_, err = sqlstore.Restore(t.Context(), dsn, path, benchKeys(), restoreOptions())
			helps(t, err, store.ErrHasData, "--replace")
			opts := restoreOptions()
			opts.Replace = true
			done := restore(t, dsn, path, opts)
			intact(t, database)
			if kept, err := os.ReadFile(done.Kept); err != nil || len(kept) != len(spoilt) {
				t.Errorf("%d bytes are kept of %d, %v", len(kept), len(spoilt), err)
			}
		})
	}
}

func TestRestoringReplacesWhatALinkLeadsTo(t *testing.T) {
	path, _ := backUp(t, filled(t, newSQLite(t)))
	dir := t.TempDir()
	check(t, os.Mkdir(filepath.Join(dir, "disk"), 0o700))
	filled(t, "sqlite:"+filepath.Join(dir, "disk", "ask.db"))
	check(t, os.Symlink("disk/ask.db", filepath.Join(dir, "ask.db")))
	opts := restoreOptions()
	opts.Replace = true
	restore(t, "sqlite:"+filepath.Join(dir, "ask.db"), path, opts)
	if d := cmp.Diff([]string{"ask.db", "disk"}, names(t, dir)); d != "" {
		t.Error(d)
	}
	if to, err := os.Readlink(filepath.Join(dir, "ask.db")); err != nil || to != "disk/ask.db" {
		t.Errorf("the link is %q, %v", to, err)
	}
}

func TestABackupMayBeOpenedAsAStore(t *testing.T) {
	path, _ := backUp(t, filled(t, newSQLite(t)))
	db := openPatient(t, "sqlite:"+path)
	_, err := db.SaveEdition(t.Context(), store.Edition{Session: "ws164", Name: "panelists", Audience: domain.Green, Created: backupTime()})
	check(t, err)
	check(t, db.Close())
	if c, err := sqlstore.Inspect(t.Context(), path, benchKeys()); err != nil || c.Editions != 3 || c.Sealed {
		t.Errorf("it holds %+v, %v", c, err)
	}
	// It is a database now, and a copy of a closed one can be restored as well.
	if done := restore(t, newSQLite(t), path, restoreOptions()); done.Editions != 3 || done.Backup.Sealed {
		t.Errorf("restored, it holds %+v", done)
	}
}

func TestAFullDiskLeavesTheOldDatabase(t *testing.T) {
	path, _ := backUp(t, filled(t, newSQLite(t)))
	dir := smallDisk(t, "1m")
	dsn := load(t, "sqlite:"+filepath.Join(dir, "ask.db"), 1)
	before := tally(t, dsn, 1)
	opts := restoreOptions()
	opts.Replace = true
	_, err := sqlstore.Restore(t.Context(), dsn, path, benchKeys(), opts)
	helps(t, err, store.ErrFull, path, "free some space")
	if d := cmp.Diff([]string{"ask.db"}, names(t, dir)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(before, tally(t, dsn, 1)); d != "" {
		t.Error(d)
	}
}

func TestRestoringThatIsKilledLeavesOneOrTheOther(t *testing.T) {
	for name, newDSN := range databases() {
		t.Run(name, func(t *testing.T) {
			path, _ := backUp(t, filled(t, newSQLite(t)))
			dsn := load(t, newDSN(t), latest(t))
			old := but(tally(t, dsn, latest(t)), "leases")
			restored := but(tallyOfFile(t, path), "leases")
			killed := 0
			for n := 1; killAt(t, asRestoring+"="+dsn+"\n"+path, n); n++ {
				killed++
				now := but(tally(t, dsn, latest(t)), "leases")
				if cmp.Diff(old, now) != "" && cmp.Diff(restored, now) != "" {
					t.Fatalf("killed at report %d, it is neither the one nor the other", n)
				}
			}
			if killed < 3 {
				t.Errorf("it was killed %d times only", killed)
			}
			if d := cmp.Diff(restored, but(tally(t, dsn, latest(t)), "leases")); d != "" {
				t.Errorf("when it was not killed:\n%s", d)
			}
		})
	}
}

func TestRestoringThatIsCanceledChangesNothing(t *testing.T) {
	path, _ := backUp(t, filled(t, newSQLite(t)))
	for name, newDSN := range databases() {
		dsn := load(t, newDSN(t), latest(t))
		before := tally(t, dsn, latest(t))
		ctx, cancel := context.WithCancel(t.Context())
		opts := restoreOptions()
		opts.Replace = true
		opts.Report = func(int64, int64) { cancel() }
		if _, err := sqlstore.Restore(ctx, dsn, path, benchKeys(), opts); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
		if d := cmp.Diff(before, tally(t, dsn, latest(t))); d != "" {
			t.Errorf("%s:\n%s", name, d)
		}
	}
}
