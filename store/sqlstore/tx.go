package sqlstore

import (
	"context"
	"database/sql"
	"math/bits"
	"strings"
)

// maxList is the longest list of values in one statement; longer ones are asked in parts.
const maxList = 2048

// tx is a transaction that speaks the dialect of its database.
type tx struct {
	*sql.Tx
	d *dialect
}

// write runs f in a transaction that no other writer of the same session (on SQLite: of the same file) is in.
// If f fails, nothing of it is stored. doing says what was tried, for the error.
func (db *DB) write(ctx context.Context, doing string, f func(*tx) error) error {
	return db.run(ctx, db.writer, nil, doing, func(t *tx) error {
		if db.d.begin != "" {
			if _, err := t.ExecContext(ctx, db.d.begin); err != nil {
				return err
			}
		}
		return f(t)
	})
}

// read runs f on one state of the database, whatever is written meanwhile.
func (db *DB) read(ctx context.Context, doing string, f func(*tx) error) error {
	return db.run(ctx, db.reader, db.d.reading, doing, f)
}

func (db *DB) run(ctx context.Context, pool *sql.DB, opts *sql.TxOptions, doing string, f func(*tx) error) error {
	t, err := pool.BeginTx(ctx, opts)
	if err != nil {
		return db.fail(ctx, doing, err)
	}
	defer t.Rollback() // does nothing once it is committed
	if err := f(&tx{Tx: t, d: db.d}); err != nil {
		return db.fail(ctx, doing, err)
	}
	return db.fail(ctx, doing, t.Commit())
}

// exec runs a statement and tells how many rows it touched.
func (t *tx) exec(ctx context.Context, query string, args ...any) (int, error) {
	res, err := t.ExecContext(ctx, t.d.sql(query), args...)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	return int(n), err
}

// each runs a query and calls scan for each row.
func (t *tx) each(ctx context.Context, query string, args []any, scan func(*sql.Rows) error) error {
	rows, err := t.QueryContext(ctx, t.d.sql(query), args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// row runs a query that gives one row, which it scans; false if it gives none.
func (t *tx) row(ctx context.Context, query string, args []any, into ...any) (bool, error) {
	err := t.QueryRowContext(ctx, t.d.sql(query), args...).Scan(into...)
	if err == sql.ErrNoRows {
		return false, nil
	}
	return err == nil, err
}

// insert adds rows whose values stand one after the other in args, cols to a row. into is the statement up to
// VALUES, conflict what follows the rows. It tells how many rows were touched.
func (t *tx) insert(ctx context.Context, into string, cols int, args []any, conflict string) (int, error) {
	total := 0
	for len(args) > 0 {
		// Powers of two keep the number of different statements small: each is prepared once.
		rows := min(t.d.maxRows, 1<<(bits.Len(uint(len(args)/cols))-1))
		query := into + " VALUES " + t.d.cached("values", rows, cols, t.d.values) + conflict
		res, err := t.ExecContext(ctx, query, args[:rows*cols]...)
		if err != nil {
			return total, err
		}
		n, err := res.RowsAffected()
		if err != nil {
			return total, err
		}
		total += int(n)
		args = args[rows*cols:]
	}
	return total, nil
}

// lists runs a query once for each part of values. The query holds one "(?)", which becomes the list; args are
// the arguments before it. Of the values none may come twice, else rows could come twice.
func lists[T any](ctx context.Context, t *tx, query string, args []any, values []T, scan func(*sql.Rows) error) error {
	for len(values) > 0 {
		part := values[:min(maxList, len(values))]
		values = values[len(part):]
		query, args := list(t.d, query, args, part)
		if err := t.each(ctx, query, args, scan); err != nil {
			return err
		}
	}
	return nil
}

// execLists is lists for a statement that gives no rows. It tells how many rows were touched.
func execLists[T any](ctx context.Context, t *tx, query string, args []any, values []T) (int, error) {
	total := 0
	for len(values) > 0 {
		part := values[:min(maxList, len(values))]
		values = values[len(part):]
		query, args := list(t.d, query, args, part)
		n, err := t.exec(ctx, query, args...)
		if err != nil {
			return total, err
		}
		total += n
	}
	return total, nil
}

// list replaces "(?)" by placeholders for values. The last value is repeated until their number is a power of
// two, so that there are few different statements.
func list[T any](d *dialect, query string, args []any, values []T) (string, []any) {
	before, after, _ := strings.Cut(query, "(?)")
	n := 1 << bits.Len(uint(len(values)-1))
	query = before + d.cached("list", len(args)+1, n, d.list) + after
	all := make([]any, 0, len(args)+n)
	all = append(all, args...)
	for i := range n {
		all = append(all, values[min(i, len(values)-1)])
	}
	return query, all
}
