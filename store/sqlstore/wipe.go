package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"askahead/store"
)

// Wipe removes a session; see store.Wiper. Every table goes that store.KeptByWipe does not name, so that a new one is
// not forgotten.
func (db *DB) Wipe(ctx context.Context, w store.Wipe) (store.Wiped, error) {
	const doing = "wipe a session"
	tables, err := tablesOf(ctx, Schema())
	if err != nil {
		return store.Wiped{}, fmt.Errorf("%s: %w", doing, err)
	}
	done := store.Wiped{Session: w.Session, At: w.At.UTC()}
	err = db.write(ctx, doing, func(t *tx) error {
		_, err := t.exec(ctx, `INSERT INTO sessions (session_id, saved, numbered) VALUES ($1, $2, 0)
			ON CONFLICT (session_id) DO UPDATE SET saved = excluded.saved`, w.Session, micros(w.At)) // the lock
		if err != nil {
			return err
		}
		var at int64
		if done.Before, err = t.row(ctx, "SELECT at, statement FROM wipes WHERE session_id = $1", []any{w.Session}, &at, &done.Statement); err != nil || done.Before {
			done.At = moment(at)
			return err
		}
		if done.Gone, err = t.wipe(ctx, tables, w.Session); err != nil {
			return err
		}
		if w.Shared {
			shared, err := t.wipe(ctx, tables, store.Shared)
			if err != nil {
				return err
			}
			done.Gone = added(done.Gone, shared)
		}
		if done.Statement, err = w.State(done.Gone); err != nil {
			return err
		}
		if w.Try {
			return errTried
		}
		return db.recordWipe(ctx, t, w, done)
	})
	if err != nil && !errors.Is(err, errTried) {
		return store.Wiped{}, err
	}
	return done, nil
}

// wipe empties the tables of a session, those first that point to others.
func (t *tx) wipe(ctx context.Context, tables []table, session string) (gone []store.Cleared, err error) {
	kept := store.KeptByWipe()
	for _, tab := range slices.Backward(tables) {
		query := "DELETE FROM " + tab.name + " WHERE session_id = $1"
		if tab.name == "counts" {
			query += " AND subject <> ''"
		} else if kept[tab.name] != "" {
			continue
		}
		var rows int
		// Those that go with the rows that they point to are counted before.
		if _, err := t.row(ctx, "SELECT count(*)"+query[len("DELETE"):], []any{session}, &rows); err != nil {
			return nil, err
		}
		if _, err := t.exec(ctx, query, session); err != nil {
			return nil, err
		}
		if rows > 0 {
			gone = append(gone, store.Cleared{What: tab.name, Rows: rows})
		}
	}
	_, err = t.exec(ctx, "UPDATE leases SET holder = $1, expires = 0, epoch = epoch + 1 WHERE session_id = $2", "", session)
	slices.Reverse(gone)
	return gone, err
}

// added joins two lists, in the order of the first.
func added(gone, more []store.Cleared) []store.Cleared {
	for _, g := range more {
		i := slices.IndexFunc(gone, func(had store.Cleared) bool { return had.What == g.What })
		if i < 0 {
			gone = append(gone, g)
			continue
		}
		gone[i].Rows += g.Rows
	}
	return gone
}

func (db *DB) recordWipe(ctx context.Context, t *tx, w store.Wipe, done store.Wiped) error {
	if _, err := t.exec(ctx, "UPDATE sessions SET wiped = $1 WHERE session_id = $2", micros(w.At), w.Session); err != nil {
		return err
	}
	if _, err := t.exec(ctx, "INSERT INTO wipes (session_id, at, statement) VALUES ($1, $2, $3)", w.Session, micros(w.At), text(done.Statement)); err != nil {
		return err
	}
	rows := 0
	for _, g := range done.Gone {
		rows += g.Rows
	}
	_, err := t.addAct(ctx, db.keys, store.Act{At: w.At, Session: w.Session, By: w.By, Do: "wipe", Detail: fmt.Sprint("rows=", rows)})
	return err
}

// maxWiped is far more sessions than any instance has.
const maxWiped = 10_000

// Wiped lists the sessions that were wiped; see store.Wiper.
func (db *DB) Wiped(ctx context.Context) ([]store.Wiped, error) {
	var list []store.Wiped
	err := db.read(ctx, "read which sessions were wiped", func(t *tx) error {
		return t.each(ctx, "SELECT session_id, at, statement FROM wipes WHERE session_id > $1 ORDER BY session_id LIMIT $2",
			[]any{"", int64(maxWiped)}, func(r *sql.Rows) error {
				var w store.Wiped
				var at int64
				err := r.Scan(&w.Session, &at, &w.Statement)
				w.At = moment(at)
				list = append(list, w)
				return err
			})
	})
	return list, err
}

// Compact writes the database anew without what was deleted; see store.Wiper.
func (db *DB) Compact(ctx context.Context) error {
	const doing = "take what was deleted out of the files"
	tables, err := tablesOf(ctx, Schema())
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return db.fail(ctx, doing, db.d.compact(ctx, db.writer, tables))
}
