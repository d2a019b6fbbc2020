package sqlstore_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"askahead/store"
	"askahead/store/sqlstore"
)

// planted is a word that stands in a text, in its terms, in a URL, in quarantine and in a decision.
const planted = "zebrafinch"

// plant fills a session so that the word stands in every place that words get to, among others.
func plant(t *testing.T, db *sqlstore.DB, session string) {
	t.Helper()
	s := newSource()
	for n := range 20 {
		b := s.batch(100)
		b.Session = session
		for i := range b.Items {
			for j := range b.Items[i].Questions {
				q := &b.Items[i].Questions[j]
				q.Session = session
				q.Text = strings.Repeat(planted+" ", 1+n) + q.Text
				q.URL = "https://ask.example/" + planted
				q.Terms = append(q.Terms, planted)
			}
		}
		b.Broken = []store.Quarantined{{ID: planted, Source: b.Source, Type: "message/rfc822", Reason: "no end",
			Raw: bytes.Repeat([]byte(planted), 5000), Collected: b.Now, Expires: b.Now.AddDate(0, 0, 14)}}
		_, err := db.SaveBatch(t.Context(), b, sameText{})
		check(t, err)
	}
	page, err := db.Questions(t.Context(), store.Query{Session: session, Audience: 4, Limit: 3})
	check(t, err)
	for _, q := range page.Questions {
		_, err := db.Decide(t.Context(), store.Decision{Session: session, Question: q.ID, Verb: store.Edit, By: "moderator-1", At: time.Now(), Text: planted + "?"}, sameText{})
		check(t, err)
	}
}

func wipe(t *testing.T, db *sqlstore.DB, session string) {
	t.Helper()
	_, err := db.Wipe(t.Context(), store.Wipe{Session: session, At: time.Now(), By: "operator-1",
		State: func([]store.Cleared) (string, error) { return "it went", nil }})
	check(t, err)
}

// inFiles tells in which files of a folder the word stands.
func inFiles(t *testing.T, folder string) (names []string) {
	t.Helper()
	files, err := os.ReadDir(folder)
	check(t, err)
	for _, f := range files {
		text, err := os.ReadFile(filepath.Join(folder, f.Name()))
		check(t, err)
		if bytes.Contains(text, []byte(planted)) {
			names = append(names, f.Name())
		}
	}
	return names
}

func TestWipedBytesAreGoneFromTheFilesOfSQLite(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "askahead.db")
	db := openPatient(t, "sqlite:"+path)
	other := openPatient(t, "sqlite:"+path) // another process has it open
	_, err := other.Questions(t.Context(), store.Query{Session: "panel", Audience: 4})
	check(t, err)
	plant(t, db, "panel")
	if len(inFiles(t, folder)) == 0 {
		t.Fatal("the word was never there")
	}
	wipe(t, db, "panel")
	check(t, db.Compact(t.Context()))
	if names := inFiles(t, folder); len(names) > 0 {
		t.Errorf("the word still stands in %v", names)
	}
	if info, err := os.Stat(path + "-wal"); err == nil && info.Size() > 0 {
		t.Errorf("the log has %d bytes", info.Size())
	}
	backup := filepath.Join(t.TempDir(), "backup.db")
	_, err = sqlstore.Backup(t.Context(), "sqlite:"+path, backup, benchKeys(), sqlstore.BackupOptions{Options: patient(), Now: time.Now()})
	check(t, err)
	if names := inFiles(t, filepath.Dir(backup)); len(names) > 0 {
		t.Errorf("the word stands in a backup of it")
	}
}

func TestCompactSaysWhoIsInTheWay(t *testing.T) {
	path := filepath.Join(t.TempDir(), "askahead.db")
	db := openQuick(t, "sqlite:"+path)
	plant(t, db, "panel")
	reading, err := sqlstore.Reader(openQuick(t, "sqlite:"+path)).BeginTx(t.Context(), nil)
	check(t, err)
	defer reading.Rollback()
	var n int
	check(t, reading.QueryRow("SELECT count(*) FROM questions").Scan(&n))
	wipe(t, db, "panel")
	if err := db.Compact(t.Context()); !errors.Is(err, store.ErrLocked) {
		t.Errorf("the error is %v", err)
	}
	check(t, reading.Rollback())
	check(t, db.Compact(t.Context()))
	if names := inFiles(t, filepath.Dir(path)); len(names) > 0 {
		t.Errorf("the word still stands in %v", names)
	}
}

func TestWipedBytesAreGoneFromTheTablesOfPostgreSQL(t *testing.T) {
	dsn := newPostgres(t)
	db := openPatient(t, dsn)
	plant(t, db, "panel")
	conn, err := pgx.Connect(t.Context(), dsn)
	check(t, err)
	defer conn.Close(context.Background())
	// The files of the tables and what is stored beside them, as the server has them on its disk.
	const inTables = `SELECT count(*) FROM (
		SELECT oid, relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'i')
		UNION ALL SELECT t.oid, t.relname FROM pg_class c JOIN pg_class t ON t.oid = c.reltoastrelid WHERE c.relnamespace = current_schema()::regnamespace
		) f WHERE position($1::bytea in pg_read_binary_file(pg_relation_filepath(f.oid))) > 0`
	stands := func() (n int) {
		_, err := conn.Exec(t.Context(), "CHECKPOINT")
		check(t, err)
		check(t, conn.QueryRow(t.Context(), inTables, []byte(planted)).Scan(&n))
		return n
	}
	if stands() == 0 {
		t.Fatal("the word was never there")
	}
	wipe(t, db, "panel")
	if stands() == 0 {
		t.Log("deleting alone took it out of the files")
	}
	check(t, db.Compact(t.Context()))
	if n := stands(); n > 0 {
		t.Errorf("the word still stands in the files of %d tables and indexes", n)
	}
}
