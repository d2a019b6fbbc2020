package sqlstore_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"askahead/domain"
	"askahead/store"
	"askahead/store/sqlstore"
)

// tree lists every file of a folder with its size and the time of its last change.
func tree(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString(e.Name() + " " + info.ModTime().String() + " " + info.Mode().String() + "\n")
	}
	return b.String()
}

func TestLook(t *testing.T) {
	for name, fresh := range map[string]func(*testing.T) string{"SQLite": newSQLite, "PostgreSQL": newPostgres} {
		t.Run(name+" tells a new database, one that is there, and one of another key", func(t *testing.T) {
			dsn := fresh(t)
			seen, err := sqlstore.Look(t.Context(), dsn, benchKeys(), quick())
			if err != nil || seen.There || seen.Schema != 0 || seen.Latest < 5 {
				t.Fatalf("of a new database: %+v, %v", seen, err)
			}
			openQuick(t, dsn).Close()
			seen, err = sqlstore.Look(t.Context(), dsn, benchKeys(), quick())
			if err != nil || !seen.There || seen.Schema != seen.Latest || seen.Version == "" {
				t.Errorf("of one that is there: %+v, %v", seen, err)
			}
			_, err = sqlstore.Look(t.Context(), dsn, domain.NewKeys([]byte("another key, also of 32 bytes...")), quick())
			helps(t, err, store.ErrWrongKey, "put back the key file")
		})
	}
}

func TestLookLeavesNoTrace(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "ask.db")
	look := func(when string) {
		t.Helper()
		before := tree(t, dir)
		if _, err := sqlstore.Look(t.Context(), "sqlite:"+path, benchKeys(), quick()); err != nil {
			t.Fatal(err)
		}
		if after := tree(t, dir); after != before {
			t.Errorf("%s: before\n%safter\n%s", when, before, after)
		}
	}
	look("no database")
	db := openQuick(t, "sqlite:"+path)
	if _, err := db.SaveBatch(t.Context(), newSource().batch(10), sameText{}); err != nil {
		t.Fatal(err)
	}
	look("a database that is open")
	db.Close()
	look("a database")
}

func TestLookSaysWhatIsWrongWithFiles(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "text"), []byte("Subject: hello\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := sqlstore.Look(t.Context(), "sqlite:"+filepath.Join(dir, "text"), benchKeys(), quick())
	helps(t, err, store.ErrNotOurs, "another file")
	for path, want := range map[string]string{dir: "name a file", filepath.Join(dir, "none", "ask.db"): "create " + dir + "/none"} {
		if _, err := sqlstore.Look(t.Context(), "sqlite:"+path, benchKeys(), quick()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: the error does not say %q: %v", path, want, err)
		}
	}
	newer := filepath.Join(dir, "newer.db")
	openQuick(t, "sqlite:"+newer).Close()
	db := raw(t, newer)
	execRaw(t, db, "UPDATE askahead_meta SET value = '77' WHERE name = 'schema'")
	db.Close()
	_, err = sqlstore.Look(t.Context(), "sqlite:"+newer, benchKeys(), quick())
	helps(t, err, store.ErrNewerSchema, "schema 77")
}

func TestLookAtPostgreSQLNamesWhatIsMissing(t *testing.T) {
	dsn := newPostgres(t)
	_, err := sqlstore.Look(t.Context(), strings.Replace(dsn, "search_path=", "search_path=not_there_", 1), benchKeys(), quick())
	if err == nil || !strings.Contains(err.Error(), "create the schema") {
		t.Errorf("a schema that is not there: %v", err)
	}
	_, err = sqlstore.Look(t.Context(), "postgres://bot:secret@127.0.0.1:1/ask?sslmode=disable", benchKeys(), quick())
	if !errors.Is(err, store.ErrUnreachable) || strings.Contains(err.Error(), "secret") {
		t.Errorf("nobody there: %v", err)
	}
	role := strings.Split(strings.Split(dsn, "search_path=")[1], "&")[0] + "_role"
	runPostgres(t, dsn, "CREATE ROLE "+role+" LOGIN; GRANT USAGE ON SCHEMA "+strings.TrimSuffix(role, "_role")+" TO "+role)
	defer runPostgres(t, dsn, "DROP OWNED BY "+role+"; DROP ROLE "+role)
	_, err = sqlstore.Look(t.Context(), strings.Replace(dsn, "postgres://postgres@", "postgres://"+role+"@", 1), benchKeys(), quick())
	if err == nil || !strings.Contains(err.Error(), "grant the user the rights to create") {
		t.Errorf("a user who may not create tables: %v", err)
	}
}
