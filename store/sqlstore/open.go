package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"askahead/domain"
	"askahead/store"
)

// DB is a store.Store in a database. It may be used by several goroutines.
type DB struct {
	d      *dialect
	name   string // of the database, for messages: a path, or host, port and name; never a password
	writer *sql.DB
	reader *sql.DB     // the same as writer, or connections that can only read
	keys   domain.Keys // of a database that was opened as a store: up to the generation that it is at
}

var (
	_ store.Store     = (*DB)(nil)
	_ store.Decisions = (*DB)(nil)
	_ store.Auditor   = (*DB)(nil)
	_ store.Wiper     = (*DB)(nil)
	_ store.Purger    = (*DB)(nil)
	_ store.Rotator   = (*DB)(nil)
	_ store.Contacts  = (*DB)(nil)
)

// Options are what may be set besides the DSN. The zero value is fine.
type Options struct {
	Version string        // of this askahead; recorded with the schema that it makes
	Wait    time.Duration // how long to wait for a lock that another process holds; 0 is 10 seconds
	Readers int           // how many read at a time; 0 is 4
}

var errScheme = errors.New("the store's address begins with neither sqlite: nor postgres:; " +
	"write sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/NAME")

// defaultWait outlasts the writing of any batch.
const defaultWait = 10 * time.Second

// Open opens the database that dsn names (see the package), and makes its tables or adds what they lack.
//
// Errors: store.ErrNewerSchema, store.ErrWrongKey (keys are not those that the database was made with),
// store.ErrNotOurs, store.ErrLocked, store.ErrFull, store.ErrUnreachable. None of them changes what is stored.
func Open(ctx context.Context, dsn string, keys domain.Keys, opts Options) (*DB, error) {
	db, err := connect(ctx, dsn, opts)
	if err != nil {
		return nil, err
	}
	if err := db.migrate(ctx, keys, opts.Version); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

// connect opens a database as it is, whatever its schema.
func connect(ctx context.Context, dsn string, opts Options) (*DB, error) {
	opts = opts.filled()
	if path, ok := sqlitePath(dsn); ok {
		return openSQLite(ctx, path, opts)
	}
	if scheme, _, _ := strings.Cut(dsn, ":"); scheme == "postgres" || scheme == "postgresql" {
		return openPostgres(dsn, opts)
	}
	return nil, errScheme
}

// sqlitePath gives the file of a DSN that names one.
func sqlitePath(dsn string) (path string, ok bool) { return strings.CutPrefix(dsn, "sqlite:") }

func (o Options) filled() Options {
	if o.Wait <= 0 {
		o.Wait = defaultWait
	}
	if o.Readers <= 0 {
		o.Readers = 4
	}
	return o
}

// Close gives up all connections. With SQLite the last process to close the file also empties its journal.
func (db *DB) Close() error {
	var err error
	if db.reader != db.writer {
		err = db.reader.Close()
	}
	if err := errors.Join(err, db.writer.Close()); err != nil {
		return fmt.Errorf("close %s: %w", db.name, err)
	}
	return nil
}

// fail says what was tried, and where the driver's error is one that a person can do something about, what.
func (db *DB) fail(ctx context.Context, doing string, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", doing, ctx.Err())
	}
	if strings.HasPrefix(err.Error(), doing+": ") { // a transaction within one of another database says so already
		return err
	}
	advice, sentinel := db.d.explain(err)
	if advice == "" {
		return fmt.Errorf("%s: %w", doing, err)
	}
	if sentinel == nil {
		sentinel = err
	}
	return fmt.Errorf("%s: %s: %w: %s", doing, db.name, sentinel, advice)
}
