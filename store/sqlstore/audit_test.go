package sqlstore_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"askahead/domain"
	"askahead/store"
	"askahead/store/sqlstore"
)

func record(t *testing.T, db *sqlstore.DB, n int) {
	t.Helper()
	for i := range n {
		_, err := db.Record(t.Context(), store.Act{At: time.Date(2018, 11, 1, i, 0, 0, 0, time.UTC), By: "operator-1", Do: "purge", Detail: fmt.Sprint("rows=", i)})
		check(t, err)
	}
}

// What somebody does to the log who has the database and not the key.
func TestATamperedAuditLogSaysWhere(t *testing.T) {
	for name, newDSN := range databases() {
		for _, c := range []struct {
			what, statement string
			at              int64 // 0: it is whole
		}{
			{"nothing", "UPDATE audit SET detail = detail", 0},
			{"an act is changed", "UPDATE audit SET by_whom = 'operator-2' WHERE number = 4", 4},
			{"an act is given another time", "UPDATE audit SET at = at + 1 WHERE number = 1", 1},
			{"words are moved from one field to the next", "UPDATE audit SET done = 'purger', detail = 'ows=2' WHERE number = 3", 3},
			{"an act is taken out", "DELETE FROM audit WHERE number = 3", 3},
			{"the beginning is cut off", "DELETE FROM audit WHERE number BETWEEN 1 AND 2", 1},
			{"the end is cut off", "DELETE FROM audit WHERE number > 4", 5},
			{"all of it is gone", "DELETE FROM audit WHERE number > 0", 1},
			{"two acts change places", "UPDATE audit SET detail = CASE number WHEN 2 THEN 'rows=2' ELSE 'rows=1' END WHERE number IN (2, 3)", 2},
			{"an act is added with the seal of another", `INSERT INTO audit (session_id, number, at, concerns, by_whom, done, subject, detail, generation, seal)
				SELECT session_id, 7, at, concerns, by_whom, done, subject, detail, generation, seal FROM audit WHERE number = 6`, 7},
		} {
			t.Run(c.what+" on "+name, func(t *testing.T) {
				db := openPatient(t, newDSN(t))
				record(t, db, 6)
				_, err := sqlstore.Writer(db).ExecContext(t.Context(), c.statement)
				check(t, err)
				chain, err := db.VerifyActs(t.Context())
				broken, _ := errors.AsType[*store.BrokenChain](err)
				switch {
				case c.at == 0 && (err != nil || chain.Acts != 6):
					t.Errorf("a whole log is %+v, %v", chain, err)
				case c.at != 0 && (broken == nil || broken.At != c.at):
					t.Errorf("it is said to be broken at %v, not at %d: %v", broken, c.at, err)
				}
			})
		}
	}
}

func TestABackupCarriesTheAuditLog(t *testing.T) {
	for name, newDSN := range databases() {
		t.Run(name, func(t *testing.T) {
			dsn := newDSN(t)
			db := openPatient(t, dsn)
			record(t, db, 3)
			file := filepath.Join(t.TempDir(), "backup.db")
			now := time.Date(2018, 11, 2, 0, 0, 0, 0, time.UTC)
			_, err := sqlstore.Backup(t.Context(), dsn, file, benchKeys(), sqlstore.BackupOptions{Options: patient(), Now: now})
			check(t, err)
			into := newDSN(t)
			_, err = sqlstore.Restore(t.Context(), into, file, benchKeys(), sqlstore.RestoreOptions{Options: patient(), Now: now})
			check(t, err)
			restored := openPatient(t, into)
			record(t, restored, 1)
			if chain, err := restored.VerifyActs(t.Context()); err != nil || chain.Acts != 4 {
				t.Errorf("the restored log is %+v, %v", chain, err)
			}
		})
	}
}

func TestAnotherKeyMakesNoChain(t *testing.T) {
	a, b := domain.NewKeys([]byte("one key of 32 bytes for this one")), domain.NewKeys([]byte("two key of 32 bytes for this one"))
	if a.Link("act", "", "x") == b.Link("act", "", "x") {
		t.Error("who has no key can make a seal")
	}
	if a.Link("act", "", "x", "y") == a.Link("act", "", "xy") || a.Link("act", "", "x") == a.Link("end", "", "x") {
		t.Error("different things have one seal")
	}
}
