package sqlstore

import (
	"context"
	"errors"
	"fmt"

	"askahead/domain"
)

// Seen is what Look found of a database.
type Seen struct {
	There   bool     // with tables of askahead; otherwise opening makes them
	Schema  int      // the number of its last migration
	Latest  int      // of those that this askahead knows: a lower Schema is brought up to it by opening
	Version string   // of the askahead that ran its last migration
	Wiped   []string // the sessions that were wiped
	Behind  int      // how many generations of the key it has not been carried to
}

// Look tells what Open would find, and fails as Open would, also where the user who runs askahead may not write.
// It makes, changes and locks nothing. A temporary file in the folder of a SQLite database is gone when it returns.
func Look(ctx context.Context, dsn string, keys domain.Keys, opts Options) (Seen, error) {
	texts, err := migrationTexts()
	if err != nil {
		return Seen{}, err
	}
	seen := Seen{Latest: len(texts)}
	var db *DB
	if path, ok := sqlitePath(dsn); ok {
		db, err = lookSQLite(path)
	} else {
		opts = opts.filled()
		opts.Readers = 1
		db, err = connect(ctx, dsn, opts)
	}
	if err != nil || db == nil {
		return seen, err
	}
	err = db.read(ctx, "open the store", func(t *tx) error {
		meta, err := readMeta(ctx, t)
		if err != nil {
			return err
		}
		schema, at, err := db.checkMeta(meta, keys, opts.Version, seen.Latest)
		if err != nil {
			return err
		}
		seen.Behind = keys.Generation() - at.Generation()
		seen.There, seen.Schema, seen.Version = schema > 0, schema, named(meta[metaVersion])
		if schema == seen.Latest {
			if err := t.each(ctx, "SELECT session_id FROM wipes WHERE session_id > $1 ORDER BY session_id LIMIT $2",
				[]any{"", int64(maxWiped)}, scanAppend(&seen.Wiped)); err != nil {
				return err
			}
		}
		return db.mayWrite(ctx, t, schema < seen.Latest)
	})
	return seen, errors.Join(err, db.reader.Close())
}

// mayWrite fails where writing would. create says that tables have to be made or changed.
func (db *DB) mayWrite(ctx context.Context, t *tx, create bool) error {
	if db.d.rights == nil {
		return nil
	}
	advice, err := db.d.rights(ctx, t, create)
	if err == nil && advice != "" {
		return fmt.Errorf("%s: %s", db.name, advice)
	}
	return err
}
