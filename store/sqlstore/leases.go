package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"askahead/store"
)

var _ store.Jobs = (*DB)(nil)

// nobody is the holder of a lease that was given up.
const nobody = ""

// Acquire takes a lease that nobody has any more. Of several who try at the same time one gets it: the row
// changes hands only as it was seen.
func (db *DB) Acquire(ctx context.Context, l store.Lease, now time.Time, dead func(holder string) bool) (store.Lease, error) {
	if l.Session == "" || l.Name == "" || l.Holder == nobody {
		return l, errors.New("take a lease: it names no session, nothing to lease or no holder")
	}
	err := db.write(ctx, "take the lease of "+l.Name, func(t *tx) error {
		n, err := t.exec(ctx, `INSERT INTO leases (session_id, name, holder, epoch, expires) VALUES ($1, $2, $3, 1, $4)
			ON CONFLICT (session_id, name) DO NOTHING`, l.Session, l.Name, l.Holder, micros(l.Expires))
		if err != nil {
			return err
		}
		if n == 1 {
			l.Epoch = 1
			return nil
		}
		l.Epoch, err = t.takeOver(ctx, l, now, dead)
		return err
	})
	return l, err
}

// takeOver takes a lease whose row is there, and gives its new epoch. One that was given up has expired long ago.
// Whoever is faster makes the lease one that somebody has; so this ends.
func (t *tx) takeOver(ctx context.Context, l store.Lease, now time.Time, dead func(string) bool) (epoch int64, err error) {
	for {
		has := store.Lease{Session: l.Session, Name: l.Name}
		var expires int64
		if _, err := t.row(ctx, "SELECT holder, epoch, expires FROM leases WHERE session_id = $1 AND name = $2",
			[]any{l.Session, l.Name}, &has.Holder, &has.Epoch, &expires); err != nil {
			return 0, err
		}
		has.Expires = moment(expires)
		if has.Expires.After(now) && (dead == nil || !dead(has.Holder)) {
			return 0, &store.Leased{By: has}
		}
		taken, err := t.row(ctx, `UPDATE leases SET holder = $1, epoch = epoch + 1, expires = $2
			WHERE session_id = $3 AND name = $4 AND epoch = $5 AND holder = $6 AND expires = $7 RETURNING epoch`,
			[]any{l.Holder, micros(l.Expires), l.Session, l.Name, has.Epoch, has.Holder, expires}, &epoch)
		if err != nil || taken {
			return epoch, err
		}
	}
}

// Renew sets a new end, also of a lease that has expired and that nobody took over.
func (db *DB) Renew(ctx context.Context, l store.Lease) error {
	return db.write(ctx, "renew the lease of "+l.Name, func(t *tx) error {
		return t.change(ctx, l, l.Holder, l.Expires)
	})
}

// change writes a lease that is still held, or fails with store.ErrLeaseLost.
func (t *tx) change(ctx context.Context, l store.Lease, holder string, expires time.Time) error {
	n, err := t.exec(ctx, `UPDATE leases SET holder = $1, expires = $2
		WHERE session_id = $3 AND name = $4 AND epoch = $5 AND holder = $6`,
		holder, micros(expires), l.Session, l.Name, l.Epoch, l.Holder)
	if err == nil && n == 0 {
		err = store.ErrLeaseLost
	}
	return err
}

// Release gives up a lease and records how the run went, or fails and does neither.
func (db *DB) Release(ctx context.Context, l store.Lease, run *store.Run) error {
	return db.write(ctx, "give up the lease of "+l.Name, func(t *tx) error {
		if err := t.change(ctx, l, nobody, time.Time{}); err != nil || run == nil {
			return err
		}
		return t.recordRun(ctx, run)
	})
}

// pageRows is how many rows of a list that must be whole are read at once.
const pageRows = 1000

// whole reads a list page by page: more adds to it the rows that follow the last one.
func whole[Row any](list *[]Row, more func(last Row) error) error {
	var last Row
	for {
		before := len(*list)
		if err := more(last); err != nil || len(*list)-before < pageRows {
			return err
		}
		last = (*list)[len(*list)-1]
	}
}

// Leases lists the leases that somebody has, by session and name.
func (db *DB) Leases(ctx context.Context, now time.Time) ([]store.Lease, error) {
	var leases []store.Lease
	err := db.read(ctx, "list leases", func(t *tx) error {
		return whole(&leases, func(last store.Lease) error { return t.leasesAfter(ctx, last, now, &leases) })
	})
	return leases, err
}

func (t *tx) leasesAfter(ctx context.Context, last store.Lease, now time.Time, into *[]store.Lease) error {
	return t.each(ctx, `SELECT session_id, name, holder, epoch, expires FROM leases
		WHERE session_id >= $1 AND (session_id > $1 OR name > $2) AND holder <> $3 AND expires > $4
		ORDER BY session_id, name LIMIT $5`,
		[]any{last.Session, last.Name, nobody, micros(now), int64(pageRows)}, func(r *sql.Rows) error {
			var l store.Lease
			var expires int64
			err := r.Scan(&l.Session, &l.Name, &l.Holder, &l.Epoch, &expires)
			l.Expires = moment(expires)
			*into = append(*into, l)
			return err
		})
}
