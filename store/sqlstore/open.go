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
	reader *sql.DB // the same as writer, or connections that can only read
}

var (
	_ store.Store     = (*DB)(nil)
	_ store.Decisions = (*DB)(nil)
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
	if opts.Wait <= 0 {
		opts.Wait = defaultWait
	}
	if opts.Readers <= 0 {
		opts.Readers = 4
	}
	var db *DB
	var err error
	switch scheme, rest, _ := strings.Cut(dsn, ":"); scheme {
	case "sqlite":
		db, err = openSQLite(ctx, rest, opts)
	case "postgres", "postgresql":
		db, err = openPostgres(dsn, opts)
	default:
		err = errScheme
	}
	if err != nil {
		return nil, err
	}
	if err := db.migrate(ctx, keys, opts.Version); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
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
	advice, sentinel := db.d.explain(err)
	if advice == "" {
		return fmt.Errorf("%s: %w", doing, err)
	}
	if sentinel == nil {
		sentinel = err
	}
	return fmt.Errorf("%s: %s: %w: %s", doing, db.name, sentinel, advice)
}
