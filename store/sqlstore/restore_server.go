//go:build cgo

package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
)

// intoServer replaces all rows in one transaction.
func (r *restoring) intoServer(ctx context.Context) (Restored, error) {
	texts, err := migrationTexts()
	if err != nil {
		return Restored{}, err
	}
	tables, err := tablesOf(ctx, len(texts))
	if err != nil {
		return Restored{}, err
	}
	file, err := inspect(ctx, r.path, r.path, r.keys, r.Options, &r.meter)
	if err != nil {
		return Restored{}, err
	}
	defer file.Close()
	done := Restored{Backup: file.Contents}
	from := file.DB
	if file.Schema < len(texts) {
		if from, err = r.migrated(ctx); err != nil {
			return Restored{}, err
		}
		defer from.Close()
	}
	db, err := connect(ctx, r.dsn, r.Options)
	if err != nil {
		return Restored{}, err
	}
	defer db.Close()
	err = from.read(ctx, r.doing, func(source *tx) error {
		return db.write(ctx, r.doing, func(t *tx) error {
			return r.replaceRows(ctx, db, source, t, texts, tables)
		})
	})
	if err != nil {
		return Restored{}, err
	}
	done.Contents, _, done.Expired, err = r.finish(ctx, db)
	return done, errors.Join(err, db.Close())
}

// replaceRows is the transaction: t holds in the end what source holds, and nothing else.
func (r *restoring) replaceRows(ctx context.Context, db *DB, source, t *tx, texts []string, tables []table) error {
	if err := t.lockSchema(ctx); err != nil {
		return err
	}
	meta, err := readMeta(ctx, t)
	if err != nil {
		return err
	}
	schema := 0
	if meta != nil { // of whatever key: no row of it stays
		if schema, err = db.checkSchema(meta, r.Version, len(texts)); err != nil {
			return err
		}
	}
	made, err := readMeta(ctx, source)
	if err != nil {
		return err
	}
	// The rows are at the generation of the key that the backup was made at, whatever the key has by now.
	_, keys, err := db.checkMeta(made, r.keys, r.Version, len(texts))
	if err != nil {
		return err
	}
	if err := t.apply(ctx, texts, schema, keys, r.Version); err != nil {
		return err
	}
	rows := without(tables, metaTable)
	if err := t.shutOut(ctx, rows); err != nil {
		return err
	}
	if err := r.mayReplace(ctx, db, t, rows); err != nil {
		return err
	}
	seen := map[leaseOf]int64{}
	if err := t.epochs(ctx, seen); err != nil {
		return err
	}
	for _, tab := range slices.Backward(rows) {
		if _, err := t.exec(ctx, "DELETE FROM "+tab.name); err != nil {
			return err
		}
	}
	written, err := copyTables(ctx, source, t, rows, &r.meter)
	if err != nil {
		return err
	}
	read, err := t.tallies(ctx, rows, &r.meter)
	if err != nil {
		return err
	}
	if err := written.differs(read); err != nil {
		return err
	}
	return t.freeLeases(ctx, seen)
}

// shutOut keeps everybody else from writing until the transaction ends.
func (t *tx) shutOut(ctx context.Context, tables []table) error {
	if t.d.lockTables == "" {
		return nil
	}
	names := make([]string, len(tables))
	for i, tab := range tables {
		names[i] = tab.name
	}
	_, err := t.ExecContext(ctx, fmt.Sprintf(t.d.lockTables, strings.Join(names, ", ")))
	return err
}

// mayReplace looks whether there is anything that would be lost, or anybody who would lose it.
func (r *restoring) mayReplace(ctx context.Context, db *DB, t *tx, tables []table) error {
	if !r.Force {
		if err := t.leased(ctx, r.Now); err != nil {
			return err
		}
	}
	there, err := t.rows(ctx, without(tables, leaseTable))
	if err == nil && there > 0 && !r.Replace {
		err = hasData(db.name, "back it up, then say --replace to have the backup's rows instead of those that are there")
	}
	return err
}

// migrated gives a copy of the backup with today's tables. Nobody but this process can find it: its name goes as
// soon as it is open.
func (r *restoring) migrated(ctx context.Context) (*DB, error) {
	f, err := os.CreateTemp("", "askahead-restore-*") // mode 0600
	if err != nil {
		return nil, err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	from, err := os.Open(r.path)
	if err != nil {
		return nil, err
	}
	defer from.Close()
	if _, err := copyWhile(ctx, f, from); err != nil {
		return nil, err
	}
	db := scratchFile(f.Name())
	if err := db.migrate(ctx, r.keys, r.Version); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}
