package sqlstore

import (
	"context"
	"database/sql"
	"strconv"

	"askahead/store"
)

var _ store.Overview = (*DB)(nil)

// maxFigures is the most sources or editions that figures are given of.
const maxFigures = 10_000

// Figures counts what stands in all sessions.
func (db *DB) Figures(ctx context.Context) (store.Figures, error) {
	var f store.Figures
	err := db.read(ctx, "count what is stored", func(t *tx) error {
		meta, err := readMeta(ctx, t)
		if err != nil {
			return err
		}
		if f.Schema, err = strconv.Atoi(meta[metaSchema]); err != nil {
			return err
		}
		if _, err := t.row(ctx, t.d.size, nil, &f.Bytes); err != nil {
			return err
		}
		if f.Quarantined, err = t.aside(ctx); err != nil {
			return err
		}
		if f.Editions, err = t.editionsMade(ctx); err != nil {
			return err
		}
		if f.Incidents, err = countBy[store.IncidentKind](ctx, t, `SELECT kind, count(*) FROM incidents
			WHERE session_id > $1 AND closed = 0 GROUP BY kind ORDER BY kind LIMIT $2`); err != nil {
			return err
		}
		f.Deliveries, err = countBy[store.DeliveryState](ctx, t, `SELECT state, count(*) FROM deliveries
			WHERE session_id > $1 GROUP BY state ORDER BY state LIMIT $2`)
		return err
	})
	return f, err
}

func (t *tx) aside(ctx context.Context) (all []store.SourceCount, err error) {
	err = t.each(ctx, `SELECT session_id, source, count(*) FROM quarantine WHERE session_id > $1
		GROUP BY session_id, source ORDER BY session_id, source LIMIT $2`, []any{"", int64(maxFigures)}, func(r *sql.Rows) error {
		var c store.SourceCount
		err := r.Scan(&c.Session, &c.Source, &c.N)
		all = append(all, c)
		return err
	})
	return all, err
}

func (t *tx) editionsMade(ctx context.Context) (all []store.EditionCount, err error) {
	err = t.each(ctx, `SELECT session_id, name, count(*), max(created) FROM editions WHERE session_id > $1
		GROUP BY session_id, name ORDER BY session_id, name LIMIT $2`, []any{"", int64(maxFigures)}, func(r *sql.Rows) error {
		var c store.EditionCount
		var last int64
		err := r.Scan(&c.Session, &c.Name, &c.N, &last)
		c.Last = moment(last)
		all = append(all, c)
		return err
	})
	return all, err
}

// countBy runs a query that gives words, each with how often it occurs.
func countBy[T ~string](ctx context.Context, t *tx, query string) (map[T]int64, error) {
	counts := map[T]int64{}
	err := t.each(ctx, query, []any{"", int64(maxFigures)}, func(r *sql.Rows) error {
		var of string
		var n int64
		err := r.Scan(&of, &n)
		counts[T(of)] = n
		return err
	})
	return counts, err
}
