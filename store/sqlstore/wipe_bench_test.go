package sqlstore_test

import (
	"testing"
	"time"

	"askahead/domain"
	"askahead/store"
	"askahead/store/sqlstore"
)

// BenchmarkWipe wipes one session of two alike, and takes its bytes out of the files. What is measured beside: carrying
// both to a new key before, and trying the wipe.
func BenchmarkWipe(b *testing.B) {
	benchDatabases(b, func(b *testing.B, newDSN func() string) {
		for range b.N {
			b.StopTimer()
			dsn := newDSN()
			fill(b, dsn, benchItems, 5000)
			db, err := sqlstore.Open(b.Context(), dsn, benchKeys(), patient())
			if err != nil {
				b.Fatal(err)
			}
			s := newSource()
			for range benchItems / 500 {
				batch := s.batch(500)
				batch.Session = "other"
				if _, err := db.SaveBatch(b.Context(), batch, sameText{}); err != nil {
					b.Fatal(err)
				}
			}
			clock := func(what string, f func() error) {
				begin := time.Now()
				if err := f(); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(time.Since(begin).Seconds(), what+"-s")
			}
			clock("rotate", func() error {
				_, err := db.Rotate(b.Context(), domain.NewKeys([]byte("a key of 32 bytes for tests only"+keyTwo)), "operator-1", time.Now())
				return err
			})
			w := store.Wipe{Session: "other", At: time.Now(), By: "operator-1", State: func([]store.Cleared) (string, error) { return "", nil }}
			wipe := func() error { _, err := db.Wipe(b.Context(), w); return err }
			w.Try = true
			clock("try", wipe)
			w.Try = false
			b.StartTimer()
			clock("wipe", wipe)
			clock("compact", func() error { return db.Compact(b.Context()) })
			b.StopTimer()
			db.Close()
		}
	})
}
