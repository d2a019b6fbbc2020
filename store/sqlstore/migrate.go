package sqlstore

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"askahead/domain"
	"askahead/store"
)

// migrations are numbered from 0001 and only ever added to: a database somewhere was made with each of them.
//
//go:embed migrations/*.sql
var migrations embed.FS

// The names in askahead_meta.
const (
	metaSchema  = "schema"  // number of the last migration
	metaVersion = "version" // of the askahead that ran it
	metaKey     = "key"     // Keys.Check of the key that all ids and pseudonyms were made with

	// Only a backup has these.
	metaMade   = "backup_made"   // when, in microseconds
	metaDigest = "backup_digest" // of all rows
)

// migrationTexts gives the migrations in their order; the first is number 1.
func migrationTexts() ([]string, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	texts := make([]string, len(names))
	for i, name := range names {
		if !strings.HasPrefix(name, fmt.Sprintf("migrations/%04d_", i+1)) {
			return nil, fmt.Errorf("%s: its number is not %04d", name, i+1)
		}
		text, err := migrations.ReadFile(name)
		if err != nil {
			return nil, err
		}
		texts[i] = string(text)
	}
	return texts, nil
}

// Schema is the number of the schema that this askahead works with.
func Schema() int {
	texts, err := migrationTexts()
	if err != nil {
		return 0 // Open says so
	}
	return len(texts)
}

// migrate brings the tables up to date, in one transaction, and checks that key and schema fit.
func (db *DB) migrate(ctx context.Context, keys domain.Keys, version string) error {
	const doing = "open the store"
	texts, err := migrationTexts()
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return db.migrateTo(ctx, doing, texts, keys, version)
}

func (db *DB) migrateTo(ctx context.Context, doing string, texts []string, keys domain.Keys, version string) error {
	ready := false
	look := func(t *tx) (schema int, err error) {
		meta, err := readMeta(ctx, t)
		if err != nil {
			return 0, err
		}
		if schema, db.keys, err = db.checkMeta(meta, keys, version, len(texts)); err != nil {
			return 0, err
		}
		ready = schema == len(texts) && meta[metaDigest] == ""
		return schema, err
	}
	// An up-to-date database is only read: it opens while another process writes.
	err := db.read(ctx, doing, func(t *tx) error {
		_, err := look(t)
		return err
	})
	if err != nil || ready {
		return err
	}
	return db.write(ctx, doing, func(t *tx) error {
		if err := t.lockSchema(ctx); err != nil {
			return err
		}
		schema, err := look(t) // again: another process may have been faster
		if err != nil {
			return err
		}
		if schema < len(texts) {
			if err := t.apply(ctx, texts, schema, db.keys, version); err != nil {
				return err
			}
		}
		return unseal(ctx, t)
	})
}

// lockSchema makes other processes wait that want to change the tables too.
func (t *tx) lockSchema(ctx context.Context) error {
	if t.d.lockSchema == "" {
		return nil
	}
	_, err := t.ExecContext(ctx, t.d.lockSchema)
	return err
}

// apply runs the migrations behind schema, and records that.
func (t *tx) apply(ctx context.Context, texts []string, schema int, keys domain.Keys, version string) error {
	for _, text := range texts[schema:] {
		if _, err := t.ExecContext(ctx, t.d.ddl.Replace(text)); err != nil {
			return err
		}
	}
	return writeMeta(ctx, t, map[string]string{
		metaSchema: strconv.Itoa(len(texts)), metaVersion: version, metaKey: keys.Check(),
	})
}

// unseal makes a backup that is opened as a store an ordinary database: what it must hold changes from now on.
func unseal(ctx context.Context, t *tx) error {
	_, err := t.exec(ctx, "DELETE FROM askahead_meta WHERE name IN ($1, $2)", metaMade, metaDigest)
	return err
}

// checkMeta tells the number of the last migration, 0 for a database without tables of ours, and the keys up to the
// generation that the database is at. It fails for a database that this askahead can't use.
func (db *DB) checkMeta(meta map[string]string, keys domain.Keys, version string, latest int) (int, domain.Keys, error) {
	if meta == nil {
		return 0, keys, nil
	}
	schema, err := db.checkSchema(meta, version, latest)
	if err != nil {
		return 0, keys, err
	}
	generation := len(strings.Fields(meta[metaKey]))
	if generation > keys.Generation() || keys.Until(generation).Check() != meta[metaKey] {
		return 0, keys, fmt.Errorf(`%s: %w: put back the key file that it was made with, or name another database in "store"`,
			db.name, store.ErrWrongKey)
	}
	return schema, keys.Until(generation), nil
}

// checkSchema is checkMeta, whatever the key.
func (db *DB) checkSchema(meta map[string]string, version string, latest int) (int, error) {
	schema, err := strconv.Atoi(meta[metaSchema])
	switch {
	case err != nil || schema < 1 || meta[metaKey] == "":
		return 0, fmt.Errorf("%s: %w: its table askahead_meta lacks the schema or the key; restore it from a backup",
			db.name, store.ErrNotOurs)
	case schema > latest:
		return 0, fmt.Errorf("%s: %w: it has schema %d, made by askahead %s, and askahead %s knows up to %d; "+
			"install askahead %[4]s or newer", db.name, store.ErrNewerSchema, schema, named(meta[metaVersion]), named(version), latest)
	}
	return schema, nil
}

// named keeps a message readable where a build has no version.
func named(version string) string {
	if version == "" {
		return "(unknown version)"
	}
	return version
}

// readMeta gives what askahead_meta holds; nil if there is no such table.
func readMeta(ctx context.Context, t *tx) (map[string]string, error) {
	found := false
	err := t.each(ctx, t.d.tables, nil, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		found = found || name == "askahead_meta"
		return err
	})
	if err != nil || !found {
		return nil, err
	}
	meta := map[string]string{}
	err = t.each(ctx, "SELECT name, value FROM askahead_meta ORDER BY name LIMIT 100", nil, func(rows *sql.Rows) error {
		var name, value string
		err := rows.Scan(&name, &value)
		meta[name] = value
		return err
	})
	return meta, err
}

func writeMeta(ctx context.Context, t *tx, meta map[string]string) error {
	for _, name := range []string{metaSchema, metaVersion, metaKey} {
		if _, err := t.exec(ctx, `INSERT INTO askahead_meta (name, value) VALUES ($1, $2)
			ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, meta[name]); err != nil {
			return err
		}
	}
	return nil
}
