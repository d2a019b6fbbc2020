package sqlstore_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3"

	"askahead/domain"
	"askahead/store"
	"askahead/store/sqlstore"
)

// quick are options with which a lock is not waited for long.
func quick() sqlstore.Options {
	return sqlstore.Options{Version: "1.2.0", Wait: 50 * time.Millisecond}
}

// openQuick opens a database that must open.
func openQuick(t *testing.T, dsn string) *sqlstore.DB {
	t.Helper()
	db, err := sqlstore.Open(t.Context(), dsn, benchKeys(), quick())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// raw opens a SQLite file as any other program would.
func raw(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	return db
}

func execRaw(t *testing.T, db *sql.DB, query string) {
	t.Helper()
	if _, err := db.Exec(query); err != nil {
		t.Fatal(err)
	}
}

// helps fails unless err is the sentinel and says what was tried, where, and what to do, in one line.
func helps(t *testing.T, err, sentinel error, words ...string) {
	t.Helper()
	if !errors.Is(err, sentinel) {
		t.Fatalf("the error is %v, want %v", err, sentinel)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("the error does not say %q: %v", w, err)
		}
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("the error has several lines: %v", err)
	}
	if doing, rest, _ := strings.Cut(err.Error(), ": "); strings.HasPrefix(rest, doing) {
		t.Errorf("the error says twice what was tried: %v", err)
	}
}

func TestASQLiteFileIsForItsOwnerAlone(t *testing.T) {
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	path := filepath.Join(t.TempDir(), "ask.db")
	db := openQuick(t, "sqlite:"+path)
	if _, err := db.SaveBatch(t.Context(), newSource().batch(10), sameText{}); err != nil {
		t.Fatal(err)
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", info.Name(), info.Mode())
		}
	}
}

func TestWhatIsNoDatabaseOfAskaheadIsRefusedAndLeftAsItIs(t *testing.T) {
	for name, write := range map[string]func(t *testing.T, path string){
		"a text": func(t *testing.T, path string) {
			if err := os.WriteFile(path, bytes.Repeat([]byte("Subject: hello\n"), 1000), 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"a short text": func(t *testing.T, path string) {
			if err := os.WriteFile(path, []byte("hello"), 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"a database of another program": func(t *testing.T, path string) {
			db := raw(t, path)
			execRaw(t, db, "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT)")
			db.Close()
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "file")
			write(t, path)
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			_, err = sqlstore.Open(t.Context(), "sqlite:"+path, benchKeys(), quick())
			helps(t, err, store.ErrNotOurs, path, "another file")
			after, err := os.ReadFile(path)
			if err != nil || !bytes.Equal(before, after) {
				t.Errorf("the file changed, %v", err)
			}
		})
	}
}

func TestAnAddressThatCannotWorkIsExplained(t *testing.T) {
	dir := t.TempDir()
	for dsn, want := range map[string]string{
		"mysql://localhost/ask":          "sqlite:PATH",
		"":                               "sqlite:PATH",
		"sqlite:":                        "write sqlite:PATH",
		"sqlite::memory:":                "write sqlite:PATH",
		"sqlite:" + dir:                  "name a file",
		"sqlite:" + dir + "/none/ask.db": "create " + dir + "/none",
		"postgres://bot:pass/word@db.example/ask":               "special characters",
		"postgres://bot:secret@db.example:99999/ask":            "USER:PASSWORD@HOST:PORT/NAME",
		"postgres://bot:secret@127.0.0.1:1/ask?sslmode=disable": "check its address",
	} {
		_, err := sqlstore.Open(t.Context(), dsn, benchKeys(), quick())
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: the error does not say %q: %v", dsn, want, err)
			continue
		}
		for _, secret := range []string{"secret", "word@", "pass/", ":pass"} {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("the error holds a part of the password: %v", err)
			}
		}
		if strings.Contains(dsn, "127.0.0.1") {
			helps(t, err, store.ErrUnreachable, "127.0.0.1:1/ask", "connection refused")
		}
	}
}

func TestANewerSchemaIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ask.db")
	openQuick(t, "sqlite:"+path).Close()
	db := raw(t, path)
	execRaw(t, db, "UPDATE askahead_meta SET value = '77' WHERE name = 'schema'; UPDATE askahead_meta SET value = '9.9.9' WHERE name = 'version'")
	_, err := sqlstore.Open(t.Context(), "sqlite:"+path, benchKeys(), quick())
	helps(t, err, store.ErrNewerSchema, path, "schema 77", "askahead 9.9.9", "askahead 1.2.0", "install")
}

func TestALockOfAnotherProcessIsNamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ask.db")
	db := openQuick(t, "sqlite:"+path)
	s := newSource()
	batch := s.batch(10)
	other := raw(t, path)
	execRaw(t, other, "BEGIN IMMEDIATE")
	_, err := db.SaveBatch(t.Context(), batch, sameText{})
	helps(t, err, store.ErrLocked, path, "try again")
	if _, err := db.Progress(t.Context(), batch.Session, batch.Source); err != nil {
		t.Errorf("reading while another process writes: %v", err)
	}
	again, err := sqlstore.Open(t.Context(), "sqlite:"+path, benchKeys(), quick())
	if err != nil {
		t.Errorf("opening while another process writes: %v", err)
	} else {
		again.Close()
	}
	execRaw(t, other, "ROLLBACK")
	if saved, err := db.SaveBatch(t.Context(), batch, sameText{}); err != nil || saved.New != 10 {
		t.Errorf("after the lock is gone: %+v, %v", saved, err)
	}
	db.Close()
	other.Close()

	exclusive := raw(t, path)
	execRaw(t, exclusive, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE x (y); ROLLBACK")
	_, err = sqlstore.Open(t.Context(), "sqlite:"+path, benchKeys(), quick())
	helps(t, err, store.ErrLocked, path, "try again")
}

// smallDisk mounts a file system of so many bytes, which takes root.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		if os.Getenv("ASKAHEAD_TEST_REQUIRE_ALL") == "1" {
			t.Fatalf("all tests are required, and no small disk can be mounted: %v", err)
		}
		t.Skipf("no small disk can be mounted (%v); run this as root", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func TestAFullDiskLosesNothingThatWasSaved(t *testing.T) {
	dir := smallDisk(t, "8m")
	path := filepath.Join(dir, "ask.db")
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 5<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	db := openQuick(t, "sqlite:"+path)
	s := newSource()
	var batch store.Batch
	var err error
	saved := 0
	for range 100 {
		batch = s.batch(200)
		if _, err = db.SaveBatch(t.Context(), batch, sameText{}); err != nil {
			break
		}
		saved += 200
	}
	helps(t, err, store.ErrFull, path, "free some space")
	p, err := db.Progress(t.Context(), batch.Session, batch.Source)
	if err != nil || p.Cursor != batch.Since || p.Items != int64(saved) {
		t.Errorf("%d items were saved, and %+v, %v is there", saved, p, err)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if again, err := db.SaveBatch(t.Context(), batch, sameText{}); err != nil || again.New != 200 {
		t.Errorf("the same batch, with space again: %+v, %v", again, err)
	}
	db.Close()
	intact(t, path)
	p, err = openQuick(t, "sqlite:"+path).Progress(t.Context(), batch.Session, batch.Source)
	if err != nil || p.Cursor != batch.Next || p.Items != int64(saved)+200 {
		t.Errorf("after opening again: %+v, %v", p, err)
	}
}

func TestADiskThatIsFullFromTheBeginningIsNamed(t *testing.T) {
	dir := smallDisk(t, "64k")
	path := filepath.Join(dir, "ask.db")
	_, err := sqlstore.Open(t.Context(), "sqlite:"+path, benchKeys(), quick())
	helps(t, err, store.ErrFull, path, "free some space")
}

// intact lets SQLite check the whole file.
func intact(t *testing.T, path string) {
	t.Helper()
	var answer string
	if err := raw(t, path).QueryRow("PRAGMA integrity_check").Scan(&answer); err != nil || answer != "ok" {
		t.Errorf("the file is damaged: %s, %v", answer, err)
	}
	rows, err := raw(t, path).Query("PRAGMA foreign_key_check")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	if rows.Next() {
		t.Error("a row points to one that is not there")
	}
}

func TestWhatExpiredIsInNoFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ask.db")
	db := openQuick(t, "sqlite:"+path)
	s := newSource()
	batch := s.batch(50)
	const word = "Unmistakable"
	for i := range batch.Items {
		for k := range batch.Items[i].Questions {
			batch.Items[i].Questions[k].Text = word
			batch.Items[i].Questions[k].Terms = []string{strings.ToLower(word)}
		}
	}
	batch.Broken = []store.Quarantined{{ID: "x", Raw: bytes.Repeat([]byte(word), 1000), Collected: batch.Now, Expires: batch.Now}}
	if _, err := db.SaveBatch(t.Context(), batch, sameText{}); err != nil {
		t.Fatal(err)
	}
	if n := count(t, path, word); n == 0 {
		t.Fatal("the text is not found where it is stored: the test proves nothing")
	}
	if _, err := db.Expire(t.Context(), batch.Now.AddDate(1, 0, 0)); err != nil {
		t.Fatal(err)
	}
	if n := count(t, path, word); n != 0 {
		t.Errorf("the text stands %d times in the files", n)
	}
}

// count tells how often a word stands in the files of a database, in any case of letters.
func count(t *testing.T, path, word string) (n int) {
	t.Helper()
	files, err := filepath.Glob(path + "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		n += bytes.Count(bytes.ToLower(data), []byte(strings.ToLower(word)))
	}
	return n
}

func TestSQLiteMakesItsSettings(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ask.db")
	db := openQuick(t, "sqlite:"+path)
	for name, want := range map[string]string{"journal_mode": "wal", "foreign_keys": "1", "secure_delete": "1", "synchronous": "1", "busy_timeout": "50"} {
		var got string
		if err := sqlstore.Writer(db).QueryRow("PRAGMA " + name).Scan(&got); err != nil || got != want {
			t.Errorf("%s of the writer is %s, %v; want %s", name, got, err, want)
		}
	}
	if _, err := sqlstore.Reader(db).Exec("DELETE FROM items"); err == nil {
		t.Error("a connection for reading writes")
	}
	first, err := sqlstore.Writer(db).Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer first.Rollback()
	if _, err := raw(t, path+"?_busy_timeout=1").Exec("BEGIN IMMEDIATE"); err == nil {
		t.Error("a writing transaction has not taken the lock when it begins")
	}
}

func TestASettingThatDoesNotTakeIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ask.db")
	for _, c := range []struct{ name, value, want string }{
		{"jurnal_mode", "wal", "wal"}, // no such setting: SQLite says nothing
		{"journal_mode", "wall", "wall"},
		{"synchronous", "1", "2"},
	} {
		err := sqlstore.TrySetting(path, c.name, c.value, c.want)
		if err == nil || !strings.Contains(err.Error(), c.name) {
			t.Errorf("%s = %s: %v", c.name, c.value, err)
		}
	}
	if err := sqlstore.TrySetting(path, "synchronous", "1", "1"); err != nil {
		t.Error(err)
	}
}

func TestABuildWithoutCGoSaysWhatToInstall(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs the compiler")
	}
	cmd := exec.CommandContext(t.Context(), "go", "build", ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	if err == nil || !bytes.Contains(out, []byte("askahead needs cgo for SQLite: install a C compiler")) {
		t.Errorf("it builds, or says something else: %v\n%s", err, out)
	}
	if bytes.Contains(out, []byte("undefined")) {
		t.Errorf("the sentence is not alone:\n%s", out)
	}
}

func TestACanceledContextEndsWaiting(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ask.db")
	db := openQuick(t, "sqlite:"+path)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := db.SaveBatch(ctx, newSource().batch(10), sameText{}); !errors.Is(err, context.Canceled) {
		t.Errorf("saving: %v", err)
	}
	if _, err := db.Questions(ctx, store.Query{Session: "s", Audience: domain.Green}); !errors.Is(err, context.Canceled) {
		t.Errorf("listing: %v", err)
	}
	if _, err := sqlstore.Open(ctx, "sqlite:"+path, benchKeys(), quick()); !errors.Is(err, context.Canceled) {
		t.Errorf("opening: %v", err)
	}
	if _, err := db.SaveBatch(t.Context(), newSource().batch(10), sameText{}); err != nil {
		t.Errorf("saving afterwards: %v", err)
	}
}

func TestAKeyThatManyTopicsShareIsIndexedForTheFirstOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ask.db")
	db := openQuick(t, "sqlite:"+path)
	s := newSource()
	for range 3 {
		batch := s.batch(200)
		for i := range batch.Items {
			for k := range batch.Items[i].Questions {
				batch.Items[i].Questions[k].Keys = []int64{7, int64(1000 + s.r.IntN(1_000_000))}
			}
		}
		if _, err := db.SaveBatch(t.Context(), batch, sameText{}); err != nil {
			t.Fatal(err)
		}
	}
	var n int
	if err := sqlstore.Reader(db).QueryRow("SELECT count(*) FROM bands WHERE band = 7").Scan(&n); err != nil || n != 64 {
		t.Errorf("%d topics stand under the key, %v; want 64", n, err)
	}
}
