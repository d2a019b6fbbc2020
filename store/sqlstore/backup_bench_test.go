package sqlstore_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"askahead/store/sqlstore"
)

// benchItems is how many items the databases hold that are backed up and restored here.
const benchItems = 20_000

// benchDatabases are what backing up and restoring is measured on.
func benchDatabases(b *testing.B, run func(b *testing.B, newDSN func() string)) {
	b.Run("SQLite", func(b *testing.B) {
		run(b, func() string { return "sqlite:" + filepath.Join(b.TempDir(), "ask.db") })
	})
	b.Run("PostgreSQL", func(b *testing.B) { run(b, func() string { return newSchema(b) }) })
}

func BenchmarkBackup(b *testing.B) {
	benchDatabases(b, func(b *testing.B, newDSN func() string) {
		dsn := newDSN()
		fill(b, dsn, benchItems, 5000)
		dir := b.TempDir()
		n := 0
		before := processorTime()
		for b.Loop() {
			n++
			c, err := sqlstore.Backup(b.Context(), dsn, filepath.Join(dir, fmt.Sprint(n)), benchKeys(), backupOptions())
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(c.Size)
		}
		b.ReportMetric((processorTime()-before).Seconds()/float64(n), "cpu-s/op")
	})
}

func BenchmarkRestore(b *testing.B) {
	benchDatabases(b, func(b *testing.B, newDSN func() string) {
		from := "sqlite:" + filepath.Join(b.TempDir(), "from.db")
		fill(b, from, benchItems, 5000)
		path := filepath.Join(b.TempDir(), "backup.db")
		c, err := sqlstore.Backup(b.Context(), from, path, benchKeys(), backupOptions())
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(c.Size)
		dsn := newDSN()
		opts := restoreOptions()
		opts.Replace = true
		n := 0
		before := processorTime()
		for b.Loop() {
			opts.Now = opts.Now.AddDate(0, 0, -1) // the name of what is kept
			n++
			if _, err := sqlstore.Restore(b.Context(), dsn, path, benchKeys(), opts); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric((processorTime()-before).Seconds()/float64(n), "cpu-s/op")
	})
}
