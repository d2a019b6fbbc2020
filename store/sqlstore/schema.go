//go:build cgo

package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

const (
	metaTable  = "askahead_meta"
	leaseTable = "leases"
)

var createdTable = regexp.MustCompile(`(?m)^CREATE TABLE (\w+)`)

// tablesOf gives the tables of a schema, each behind those that it points to: a migration can only point to what
// is there already. Their columns are asked of a database that the migrations make in memory.
func tablesOf(ctx context.Context, schema int) ([]table, error) {
	texts, err := migrationTexts()
	if err != nil {
		return nil, err
	}
	pool := sql.OpenDB(&connector{dsn: ":memory:"})
	pool.SetMaxOpenConns(1)
	defer pool.Close()
	d := sqliteDialect()
	var tables []table
	for _, text := range texts[:schema] {
		if _, err := pool.ExecContext(ctx, d.ddl.Replace(text)); err != nil {
			return nil, err
		}
		for _, m := range createdTable.FindAllStringSubmatch(text, -1) {
			tables = append(tables, table{name: m[1]})
		}
	}
	for i := range tables {
		if err := tables[i].describe(ctx, pool); err != nil {
			return nil, fmt.Errorf("describe the table %s: %w", tables[i].name, err)
		}
	}
	return tables, nil
}

// describe asks a SQLite database for the table's columns.
func (tab *table) describe(ctx context.Context, from interface {
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
}) error {
	rows, err := from.QueryContext(ctx, "SELECT name, pk FROM pragma_table_info(?) ORDER BY cid LIMIT 1000", tab.name)
	if err != nil {
		return err
	}
	defer rows.Close()
	key := map[int]string{}
	for rows.Next() {
		var column string
		var place int
		if err := rows.Scan(&column, &place); err != nil {
			return err
		}
		tab.columns = append(tab.columns, column)
		if place > 0 {
			key[place] = column
		}
	}
	for i := range len(key) {
		tab.key = append(tab.key, key[i+1])
	}
	return rows.Err()
}

// without leaves tables out.
func without(tables []table, names ...string) []table {
	return slices.DeleteFunc(slices.Clone(tables), func(tab table) bool { return slices.Contains(names, tab.name) })
}

// stream calls f with each row of a table, sorted by its key if that is asked for. The row is f's only until it
// returns.
func (t *tx) stream(ctx context.Context, tab table, sorted bool, f func(row []any) error) error {
	query := "SELECT " + strings.Join(tab.columns, ", ") + " FROM " + tab.name
	if sorted {
		query += " ORDER BY " + strings.Join(tab.key, ", ")
	}
	row := make([]any, len(tab.columns))
	into := make([]any, len(tab.columns))
	for i := range row {
		into[i] = &row[i]
	}
	return t.each(ctx, query, nil, func(rows *sql.Rows) error {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		return f(row)
	})
}

// rows counts those of some tables.
func (t *tx) rows(ctx context.Context, tables []table) (total int64, err error) {
	for _, tab := range tables {
		var n int64
		if _, err := t.row(ctx, "SELECT count(*) FROM "+tab.name, nil, &n); err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}
