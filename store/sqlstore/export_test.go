package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"askahead/domain"
)

// Writer gives the tests the pool that writes.
func Writer(db *DB) *sql.DB { return db.writer }

// Reader gives the tests the pool that reads.
func Reader(db *DB) *sql.DB { return db.reader }

// TrySetting opens a file with one setting that is made and read back.
func TrySetting(path, name, value, want string) error {
	db := sql.OpenDB(&connector{dsn: fileURI(path, "mode=rwc"), pragmas: []pragma{{name, value, want}}})
	defer db.Close()
	return db.PingContext(context.Background())
}

// Tables names the tables of a schema.
func Tables(ctx context.Context, schema int) (names []string, err error) {
	tables, err := tablesOf(ctx, schema)
	for _, tab := range tables {
		names = append(names, tab.name)
	}
	return names, err
}

// Migrations gives the text of each.
func Migrations() ([]string, error) { return migrationTexts() }

// Tallies reads every row of the tables of a schema in its columns, whatever the database has besides.
func Tallies(ctx context.Context, dsn string, schema int) (map[string]string, error) {
	tables, err := tablesOf(ctx, schema)
	if err != nil {
		return nil, err
	}
	db, err := connect(ctx, dsn, Options{})
	if err != nil {
		return nil, err
	}
	defer db.Close()
	all := map[string]string{}
	err = db.read(ctx, "read everything", func(t *tx) error {
		read, err := t.tallies(ctx, without(tables, metaTable), &meter{})
		for name, of := range read {
			all[name] = fmt.Sprint(of.rows, " rows ", of.sum)
		}
		return err
	})
	return all, err
}

// MigrateTo opens a database and brings it to the last of these migrations.
func MigrateTo(ctx context.Context, dsn string, texts []string, keys domain.Keys, version string) error {
	db, err := connect(ctx, dsn, Options{Wait: time.Minute})
	if err != nil {
		return err
	}
	defer db.Close()
	return db.migrateTo(ctx, "open the store", texts, keys, version)
}

// Load runs statements that are written as migrations are.
func Load(ctx context.Context, dsn, text string) error {
	db, err := connect(ctx, dsn, Options{})
	if err != nil {
		return err
	}
	defer db.Close()
	return db.write(ctx, "load", func(t *tx) error {
		_, err := t.ExecContext(ctx, t.d.ddl.Replace(text))
		return err
	})
}

// TryWrite fails if somebody else changes the schema or, in a SQLite file, anything.
func TryWrite(ctx context.Context, dsn string) error {
	db, err := connect(ctx, dsn, Options{Wait: time.Millisecond})
	if err != nil {
		return err
	}
	defer db.Close()
	return db.write(ctx, "try", func(t *tx) error { return t.lockSchema(ctx) })
}

// Inspect checks a backup.
func Inspect(ctx context.Context, path string, keys domain.Keys) (Contents, error) {
	b, err := inspect(ctx, path, path, keys, Options{}.filled(), &meter{})
	if err != nil {
		return Contents{}, err
	}
	return b.Contents, b.Close()
}
