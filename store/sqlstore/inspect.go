//go:build cgo

package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"askahead/domain"
	"askahead/store"
)

// Contents is what a database or a backup holds.
type Contents struct {
	Schema    int
	Version   string    // of the askahead that made the schema
	Made      time.Time // of a backup; zero if the file does not say
	Sealed    bool      // the file says what it must hold, and holds it
	Sessions  int64
	Questions int64
	Editions  int64
	Rows      map[string]int64 // of each table
	Size      int64            // of the file, in bytes; 0 for a database on a server
}

// backupFile is a backup that was found whole, open to be read.
type backupFile struct {
	*DB
	Contents
	tables  []table // of its schema
	tallies tallies // of all but askahead_meta
}

// inspect opens a backup to read only and checks all of it: that it is whole, belongs to the key, has the tables of
// its schema and, if it is sealed, holds what it was sealed with. name is what the file is called in messages.
func inspect(ctx context.Context, path, name string, keys domain.Keys, opts Options, m *meter) (*backupFile, error) {
	info, err := regularFile(path)
	if err != nil {
		return nil, err
	}
	// Nobody writes to it: immutable lets it be read from a place that nobody can write to.
	pool := sql.OpenDB(&connector{dsn: fileURI(path, "mode=ro&immutable=1"),
		pragmas: []pragma{{"query_only", "1", "1"}, {"trusted_schema", "0", "0"}, {"cell_size_check", "1", "1"}}})
	pool.SetMaxOpenConns(1)
	b := &backupFile{DB: &DB{d: sqliteDialect(), name: name, writer: pool, reader: pool}}
	b.Size = info.Size()
	if err := b.check(ctx, keys, opts.Version, m); err != nil {
		return nil, errors.Join(b.explain(err), b.Close())
	}
	return b, nil
}

// explain says what the file is instead. What to do is for the caller to say: it is no database to go on with.
func (b *backupFile) explain(err error) error {
	if errors.Is(err, errOtherTables) {
		return fmt.Errorf("%w: it %w", store.ErrNotOurs, err)
	}
	if _, sentinel := b.d.explain(err); sentinel != nil {
		return sentinel
	}
	return err
}

// regularFile refuses what cannot be a backup, before SQLite is asked.
func regularFile(path string) (fs.FileInfo, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fs.ErrNotExist
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%w: it is not even a file", store.ErrNotOurs)
	case info.Size() == 0:
		return nil, fmt.Errorf("%w: it is empty", store.ErrDamaged)
	}
	for _, suffix := range companions {
		if beside, err := os.Stat(path + suffix); err == nil && beside.Size() > 0 && suffix != "-shm" {
			return nil, fmt.Errorf("beside it stands %s: it is a database in use, and no backup; make one with askahead backup", path+suffix)
		}
	}
	return info, nil
}

func (b *backupFile) check(ctx context.Context, keys domain.Keys, version string, m *meter) error {
	texts, err := migrationTexts()
	if err != nil {
		return err
	}
	if err := checkOurs(ctx, b.reader); err != nil {
		return err
	}
	begun, err := b.reader.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer begun.Rollback()
	t := &tx{Tx: begun, d: b.d}
	meta, err := readMeta(ctx, t)
	if err != nil {
		return err
	}
	if meta == nil {
		return fmt.Errorf("%w: it has no tables", store.ErrNotOurs)
	}
	b.Schema, _, err = b.checkMeta(meta, keys, version, len(texts))
	if errors.Is(err, store.ErrWrongKey) {
		return fmt.Errorf("%w: put back the key file of the askahead that made it", store.ErrWrongKey)
	}
	if err != nil {
		return err
	}
	if b.tables, err = tablesOf(ctx, b.Schema); err != nil {
		return err
	}
	for _, step := range []func(context.Context, *tx) error{wholeFile, noStrayRow, b.sameShape} {
		if err := step(ctx, t); err != nil {
			return err
		}
	}
	return b.count(ctx, t, meta, m)
}

// wholeFile lets SQLite look at every page.
func wholeFile(ctx context.Context, t *tx) error {
	return t.each(ctx, "PRAGMA integrity_check(1)", nil, func(rows *sql.Rows) error {
		var answer string
		if err := rows.Scan(&answer); err != nil {
			return err
		}
		if answer != "ok" {
			return fmt.Errorf("%w: %s", store.ErrDamaged, strings.ReplaceAll(answer, "\n", ": "))
		}
		return nil
	})
}

// noStrayRow looks for rows that point to what is not there.
func noStrayRow(ctx context.Context, t *tx) error {
	return t.each(ctx, "PRAGMA foreign_key_check", nil, func(*sql.Rows) error {
		return fmt.Errorf("%w: a row points to one that is not there", store.ErrDamaged)
	})
}

// sameShape checks that the file has the tables and columns of its schema, and nothing that acts by itself: a
// trigger in a file that someone else made would run when the file is migrated.
func (b *backupFile) sameShape(ctx context.Context, t *tx) error {
	var found []string
	if err := t.each(ctx, "SELECT name, type FROM sqlite_master WHERE type <> 'index' ORDER BY name LIMIT 1000", nil,
		func(rows *sql.Rows) error {
			var name, kind string
			if err := rows.Scan(&name, &kind); err != nil {
				return err
			}
			if kind != "table" {
				return fmt.Errorf("%w: it holds the %s %q", store.ErrNotOurs, kind, name)
			}
			found = append(found, name)
			return nil
		}); err != nil {
		return err
	}
	for _, tab := range b.tables {
		here := table{name: tab.name}
		if err := here.describe(ctx, t); err != nil {
			return err
		}
		if !slices.Contains(found, tab.name) || !slices.Equal(here.columns, tab.columns) {
			return fmt.Errorf("%w: its table %s is not that of schema %d", store.ErrDamaged, tab.name, b.Schema)
		}
	}
	return nil
}

// count reads every row.
func (b *backupFile) count(ctx context.Context, t *tx, meta map[string]string, m *meter) error {
	var err error
	if b.tallies, err = t.tallies(ctx, without(b.tables, metaTable), m); err != nil {
		return err
	}
	if sealed := meta[metaDigest]; sealed != "" {
		if sealed != b.tallies.digest(b.Schema) {
			return fmt.Errorf("%w: what it holds is not what was written to it", store.ErrDamaged)
		}
		b.Sealed = true
	}
	if micros, err := strconv.ParseInt(meta[metaMade], 10, 64); err == nil {
		b.Made = moment(micros)
	}
	b.Version = meta[metaVersion]
	return b.Contents.summarize(ctx, t, b.tallies)
}

// summarize fills in the figures that people are told.
func (c *Contents) summarize(ctx context.Context, t *tx, all tallies) error {
	c.Rows = all.counts()
	c.Questions, c.Editions = c.Rows["questions"], c.Rows["editions"]
	_, err := t.row(ctx, "SELECT count(*) FROM sessions WHERE session_id <> $1", []any{store.Shared}, &c.Sessions)
	return err
}
