//go:build cgo

package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"askahead/domain"
	"askahead/store"
)

// RestoreOptions are what may be set besides the DSN and the file. Now must be set.
type RestoreOptions struct {
	Options
	Now     time.Time
	Replace bool                    // the database may hold data already
	Force   bool                    // on PostgreSQL: though a lease says that another askahead is at work
	Report  func(done, total int64) // told now and then how much of the work is done; may be nil
}

// Restored is what Restore did.
type Restored struct {
	Contents               // of the database now
	Backup   Contents      // of the file
	Kept     string        // where the SQLite database that was there is now; empty if there was nothing in it
	Expired  store.Removed // what had outlived its time since
}

// Restore puts what a backup holds into the database that dsn names. The file is checked from end to end first, and
// the database afterwards. A backup of an earlier schema is brought up to date on the way, what has outlived its
// time is removed again, and no lease is held afterwards. The file is not changed.
//
// Either the whole backup is in its place in the end, or what was there before. With SQLite, a database that is
// replaced is kept beside, and nobody else may have it open. With PostgreSQL everything is one transaction, which
// whoever is at work meanwhile notices by its lease.
//
// Errors: those of Open; store.ErrDamaged, store.ErrNotOurs, store.ErrWrongKey, store.ErrNewerSchema for the file;
// store.ErrHasData if the database holds data and Replace is not set; store.ErrLocked or a *store.Leased if another
// askahead is at work on it.
func Restore(ctx context.Context, dsn, path string, keys domain.Keys, opts RestoreOptions) (Restored, error) {
	opts.Options = opts.filled()
	r := &restoring{RestoreOptions: opts, dsn: dsn, path: path, keys: keys, doing: "restore " + path}
	r.meter.report = opts.Report
	into := r.intoServer
	if _, ok := sqlitePath(dsn); ok {
		into = r.intoFile
	}
	restored, err := into(ctx)
	if err != nil {
		return Restored{}, explainFile(r.doing, err)
	}
	return restored, nil
}

// restoring is one Restore under way.
type restoring struct {
	RestoreOptions
	dsn   string
	path  string // of the backup
	keys  domain.Keys
	doing string
	meter meter
}

// hasData is the refusal to replace what is there.
func hasData(where, how string) error {
	return fmt.Errorf("%s: %w: %s", where, store.ErrHasData, how)
}

// finish removes from a database that was just restored what has outlived its time, and tells what is left.
func (r *restoring) finish(ctx context.Context, db *DB) (c Contents, all tallies, removed store.Removed, err error) {
	if removed, err = db.Expire(ctx, r.Now); err != nil {
		return c, nil, removed, err
	}
	c, all, err = r.look(ctx, db)
	return c, all, removed, err
}

// look reads all that a database holds.
func (r *restoring) look(ctx context.Context, db *DB) (c Contents, all tallies, err error) {
	texts, err := migrationTexts()
	if err != nil {
		return c, nil, err
	}
	tables, err := tablesOf(ctx, len(texts))
	if err != nil {
		return c, nil, err
	}
	c.Schema, c.Version = len(texts), r.Version
	err = db.read(ctx, r.doing, func(t *tx) error {
		if all, err = t.tallies(ctx, without(tables, metaTable), &r.meter); err != nil {
			return err
		}
		return c.summarize(ctx, t, all)
	})
	return c, all, err
}

// leaseOf names a lease.
type leaseOf struct{ session, name string }

// maxLeases is far more than any instance has jobs.
const maxLeases = 100_000

// epochs reads how often each lease has changed hands.
func (t *tx) epochs(ctx context.Context, into map[leaseOf]int64) error {
	return t.each(ctx, `SELECT session_id, name, epoch FROM leases WHERE session_id > $1
		ORDER BY session_id, name LIMIT $2`, []any{"", int64(maxLeases)}, func(rows *sql.Rows) error {
		var of leaseOf
		var epoch int64
		err := rows.Scan(&of.session, &of.name, &epoch)
		into[of] = max(into[of], epoch)
		return err
	})
}

// freeLeases takes every lease from whoever held it when the backup was made, or holds it now: both find out, since
// the epoch is beyond any that they have seen. seen are epochs of leases that stood there before.
func (t *tx) freeLeases(ctx context.Context, seen map[leaseOf]int64) error {
	if err := t.epochs(ctx, seen); err != nil {
		return err
	}
	var rows []any
	for of, epoch := range seen {
		rows = append(rows, of.session, of.name, "", epoch+1, int64(0))
	}
	_, err := t.insert(ctx, "INSERT INTO leases (session_id, name, holder, epoch, expires)", 5, rows,
		" ON CONFLICT (session_id, name) DO UPDATE SET holder = excluded.holder, epoch = excluded.epoch, expires = excluded.expires")
	return err
}

// leased fails if somebody holds a lease that has not ended.
func (t *tx) leased(ctx context.Context, now time.Time) error {
	var held store.Lease
	var ends int64
	found, err := t.row(ctx, `SELECT session_id, name, holder, epoch, expires FROM leases
		WHERE session_id > $1 AND holder <> $2 AND expires > $3 ORDER BY expires DESC, session_id, name LIMIT 1`,
		[]any{"", "", micros(now)}, &held.Session, &held.Name, &held.Holder, &held.Epoch, &ends)
	if err != nil || !found {
		return err
	}
	held.Expires = moment(ends)
	return fmt.Errorf("the database is in use: %w: stop it first", &store.Leased{By: held})
}
