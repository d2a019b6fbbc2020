package sqlstore

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
	"sync"
)

// dialect is what cannot be said alike to both databases.
type dialect struct {
	// ddl turns the text of a migration, which is PostgreSQL's, into this database's.
	ddl *strings.Replacer
	// placeholder is what stands before the number of an argument.
	placeholder string
	// maxRows is the most rows in one INSERT. A longer one gains nothing here, or has too many arguments.
	maxRows int
	// begin is run at the start of a writing transaction; empty if there is nothing to set.
	begin string
	// lockSchema makes other processes wait while the schema is looked at and changed.
	lockSchema string
	// lockTables, before the names of tables, keeps others from writing to them until the transaction ends; empty
	// where no one else can anyway.
	lockTables string
	// tables lists the names of the tables that are there.
	tables string
	// size gives the bytes that the database takes.
	size string
	// reading are the options of a transaction that reads one state in several statements.
	reading *sql.TxOptions
	// explain tells what to do about an error of the driver, and which of the store's sentinel errors it is, if any.
	explain func(error) (advice string, sentinel error)
	// rights tells what to do where the user may not write, or not create tables; nil if only files say so.
	rights func(ctx context.Context, t *tx, create bool) (advice string, err error)
	// forget overwrites what was deleted where the database would otherwise keep it for a while.
	forget func(ctx context.Context, db *sql.DB) error
	// compact writes the files anew without what was deleted.
	compact func(ctx context.Context, db *sql.DB, tables []table) error

	texts sync.Map // from shape to the placeholders for it
}

// shape is a list of placeholders, or rows of them.
type shape struct {
	what string
	a, b int
}

// cached gives what write makes of a and b; there are few different ones, and some are long.
func (d *dialect) cached(what string, a, b int, write func(a, b int) string) string {
	at := shape{what, a, b}
	if text, ok := d.texts.Load(at); ok {
		return text.(string)
	}
	text := write(a, b)
	d.texts.Store(at, text)
	return text
}

// sql puts the database's placeholders into a statement whose arguments are written $1, $2, …
func (d *dialect) sql(query string) string {
	if d.placeholder == "$" {
		return query
	}
	return strings.ReplaceAll(query, "$", d.placeholder)
}

// values writes rows times "($1,$2,…)" with cols placeholders each.
func (d *dialect) values(rows, cols int) string {
	var b strings.Builder
	b.Grow(rows * cols * 7)
	for r := range rows {
		if r > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		d.placeholders(&b, r*cols+1, cols)
		b.WriteByte(')')
	}
	return b.String()
}

// list writes "($3,$4,…)" with n placeholders, counting from first.
func (d *dialect) list(first, n int) string {
	var b strings.Builder
	b.Grow(n * 6)
	b.WriteByte('(')
	d.placeholders(&b, first, n)
	b.WriteByte(')')
	return b.String()
}

// placeholders writes n of them, separated by commas, counting from first.
func (d *dialect) placeholders(b *strings.Builder, first, n int) {
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(d.placeholder)
		b.WriteString(strconv.Itoa(first + i))
	}
}
