//go:build cgo

package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/mattn/go-sqlite3"

	"askahead/store"
)

// pragma is a setting of a SQLite connection and what it reads as once it is set.
type pragma struct{ name, value, want string }

// sqlitePragmas are set on every connection, in this order, and read back: SQLite says nothing about a name
// or a value that it does not know.
func sqlitePragmas(opts Options, write bool) []pragma {
	same := func(name string, value int64) pragma {
		s := strconv.FormatInt(value, 10)
		return pragma{name, s, s}
	}
	p := []pragma{
		same("busy_timeout", opts.Wait.Milliseconds()), // first: the others may have to wait
		same("temp_store", 2),                          // sorting leaves no text in a temporary file
		same("cache_size", -16<<10),                    // KiB
	}
	if !write {
		return append(p, same("query_only", 1))
	}
	return append(p,
		pragma{"journal_mode", "wal", "wal"},
		same("synchronous", 1), // NORMAL: in WAL mode, a crash of the machine can't tear a transaction
		same("foreign_keys", 1),
		same("secure_delete", 1), // what is deleted is overwritten
		same("cache_size", -32<<10),
		same("wal_autocheckpoint", 32000), // pages, 128 MB: a page that many batches touch is copied back once
		same("journal_size_limit", 128<<20),
	)
}

// openSQLite opens one connection that writes and some that can only read.
func openSQLite(ctx context.Context, path string, opts Options) (*DB, error) {
	db := &DB{d: sqliteDialect(), name: path}
	doing := "open the store"
	if err := createFile(path); err != nil {
		return nil, fmt.Errorf("%s: %s: %w", doing, path, err)
	}
	// Whether the file is ours is looked at before anything is set: the journal mode is written to the file.
	look := sql.OpenDB(&connector{dsn: fileURI(path, "mode=ro")})
	defer look.Close()
	if err := checkOurs(ctx, look); err != nil {
		return nil, db.fail(ctx, doing, err)
	}
	db.writer = sql.OpenDB(&connector{
		dsn:     fileURI(path, "mode=rw&_txlock=immediate&_stmt_cache_size=200"),
		pragmas: sqlitePragmas(opts, true),
	})
	db.writer.SetMaxOpenConns(1)
	if err := db.writer.PingContext(ctx); err != nil {
		return nil, errors.Join(db.fail(ctx, doing, err), db.writer.Close())
	}
	db.reader = sql.OpenDB(&connector{
		dsn:     fileURI(path, "mode=ro&_stmt_cache_size=50"),
		pragmas: sqlitePragmas(opts, false),
	})
	db.reader.SetMaxOpenConns(opts.Readers)
	db.reader.SetMaxIdleConns(opts.Readers)
	return db, nil
}

// lookSQLite opens a database for reading alone, so that not even a journal is made; nil if there is none and one
// can be made. It fails where the file or its folder can't be written.
func lookSQLite(path string) (*DB, error) {
	db := &DB{d: sqliteDialect(), name: path}
	doing := "open the store"
	info, err := os.Stat(path)
	switch {
	case err == nil && !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s: %s: is not a file: name a file for the database", doing, path)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	if err := mayWriteFiles(path, err == nil); err != nil {
		return nil, fmt.Errorf("%s: %s: %w", doing, path, err)
	}
	if err != nil {
		return nil, nil
	}
	// Without a write-ahead log nobody has it open, and the file says all; with one, what stands there counts too.
	params := "mode=ro"
	if _, err := os.Stat(path + "-wal"); errors.Is(err, fs.ErrNotExist) {
		params += "&immutable=1"
	}
	db.reader = sql.OpenDB(&connector{dsn: fileURI(path, params)})
	if err := checkOurs(context.Background(), db.reader); err != nil {
		return nil, errors.Join(db.fail(context.Background(), doing, err), db.reader.Close())
	}
	return db, nil
}

// mayWriteFiles tries what SQLite does: it writes the file, if it is there, and makes others beside it.
func mayWriteFiles(path string, there bool) error {
	const advice = "make the file and its folder writable for the user who runs askahead"
	if there {
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			return fmt.Errorf("it can't be written: %s: %w", advice, errors.Unwrap(err))
		}
		f.Close()
	}
	folder := filepath.Dir(path)
	f, err := os.CreateTemp(folder, ".askahead-check-*")
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("its folder does not exist: create %s", folder)
	case err != nil:
		return fmt.Errorf("no file can be made beside it: %s: %w", advice, errors.Unwrap(err))
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// createFile makes an empty file that nobody else may read, unless there is one. SQLite gives its other files
// the same rights.
func createFile(path string) error {
	if path == "" || strings.HasPrefix(path, ":") {
		return errors.New("is not the name of a file: write sqlite:PATH")
	}
	info, err := os.Stat(path)
	switch {
	case err == nil && !info.Mode().IsRegular():
		return errors.New("is not a file: name a file for the database")
	case err == nil:
		return nil
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("its folder does not exist: create %s", filepath.Dir(path))
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// fileURI names a file to SQLite, whatever characters its path has.
func fileURI(path, params string) string {
	return "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() + "?" + params
}

// checkOurs fails for a database that has tables, but not askahead's.
func checkOurs(ctx context.Context, look *sql.DB) error {
	var tables, ours int
	err := look.QueryRowContext(ctx, "SELECT count(*), coalesce(sum(name = 'askahead_meta'), 0) FROM sqlite_master").
		Scan(&tables, &ours)
	if err == nil && tables > 0 && ours == 0 {
		return errOtherTables
	}
	return err
}

// errOtherTables stands for a SQLite file of another program.
var errOtherTables = errors.New("holds tables of another program")

// connector opens connections with their settings made and checked.
type connector struct {
	dsn     string
	pragmas []pragma
}

func (c *connector) Driver() driver.Driver { return &sqlite3.SQLiteDriver{} }

func (c *connector) Connect(context.Context) (driver.Conn, error) {
	conn, err := (&sqlite3.SQLiteDriver{}).Open(c.dsn)
	if err != nil {
		return nil, err
	}
	for _, p := range c.pragmas {
		if err := setPragma(conn.(*sqlite3.SQLiteConn), p); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	return conn, nil
}

func setPragma(conn *sqlite3.SQLiteConn, p pragma) error {
	if _, err := conn.Exec("PRAGMA "+p.name+" = "+p.value, nil); err != nil {
		return err
	}
	rows, err := conn.Query("PRAGMA "+p.name, nil)
	if err != nil {
		return err
	}
	defer rows.Close()
	got := make([]driver.Value, max(1, len(rows.Columns())))
	if err := rows.Next(got); err != nil && err != io.EOF { // EOF: there is no such setting
		return err
	}
	if s := fmt.Sprint(got[0]); s != p.want {
		return fmt.Errorf("the setting %s is %q and not %q as asked: put the file on a local disk, "+
			"and build askahead with its own SQLite", p.name, s, p.want)
	}
	return nil
}

func sqliteDialect() *dialect {
	return &dialect{
		ddl: strings.NewReplacer("/*sqlite ", "", "*/", "", ` COLLATE "C"`, "",
			" bigint ", " INTEGER ", " bytea ", " BLOB "),
		placeholder: "?",
		maxRows:     128,
		tables:      "SELECT name FROM sqlite_master WHERE type = 'table'",
		size:        "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
		explain:     explainSQLite,
		forget:      forgetSQLite,
		compact:     compactSQLite,
	}
}

// forgetSQLite empties the write-ahead log, where pages from before a deletion still stand. It does not wait
// for readers: what they hold up goes the next time.
func forgetSQLite(ctx context.Context, db *sql.DB) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	var wait, busy, log, done int
	if err := conn.QueryRowContext(ctx, "PRAGMA busy_timeout").Scan(&wait); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, "PRAGMA busy_timeout = 0"); err != nil {
		return err
	}
	err = conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &log, &done)
	_, restored := conn.ExecContext(ctx, "PRAGMA busy_timeout = "+strconv.Itoa(wait))
	return errors.Join(err, restored)
}

// compactSQLite rebuilds the file, which secure_delete has overwritten by then wherever something was deleted, and cuts
// off the log behind it, where earlier pages stand.
func compactSQLite(ctx context.Context, db *sql.DB, _ []table) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	for _, statement := range []string{"", "VACUUM"} {
		if statement != "" {
			if _, err := conn.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		// Before VACUUM, too: what it needs is room on the disk.
		var busy, log, done int
		if err := conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &log, &done); err != nil {
			return err
		}
		if busy != 0 {
			return sqlite3.Error{Code: sqlite3.ErrBusy}
		}
	}
	return nil
}

// explainSQLite reads the codes of https://www.sqlite.org/rescode.html.
func explainSQLite(err error) (advice string, sentinel error) {
	if errors.Is(err, errOtherTables) {
		return "it holds tables of another program; name another file", store.ErrNotOurs
	}
	var e sqlite3.Error
	if !errors.As(err, &e) {
		return "", nil
	}
	switch e.Code {
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		return "wait until it is done, or end it, and try again", store.ErrLocked
	case sqlite3.ErrFull:
		return "free some space and try again; what was saved before is intact", store.ErrFull
	case sqlite3.ErrNotADB:
		return "name another file, or restore this one from a backup", store.ErrNotOurs
	case sqlite3.ErrIoErr:
		if e.SystemErrno == syscall.ENOSPC || e.SystemErrno == syscall.EDQUOT || e.SystemErrno == syscall.EFBIG {
			return "free some space and try again; what was saved before is intact", store.ErrFull
		}
		return "check the disk", nil
	case sqlite3.ErrCorrupt:
		return "restore it from a backup", store.ErrDamaged
	case sqlite3.ErrReadonly, sqlite3.ErrPerm, sqlite3.ErrCantOpen:
		return "make the file and its folder writable for the user who runs askahead", nil
	}
	return "", nil
}
