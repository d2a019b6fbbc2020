package sqlstore

import (
	"context"
	"database/sql"
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
