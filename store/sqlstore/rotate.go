package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"askahead/domain"
	"askahead/store"
)

// pseudonyms are the columns that hold pseudonyms of people, with what names a row. What else is made with the key
// stays as it is: ids are printed in editions, and they and the hashes of contents follow from what is not kept.
func pseudonyms() []pseudonym {
	return []pseudonym{
		{"questions", "asker", []string{"session_id", "n"}},
		{"deliveries", "recipient", []string{"session_id", "name", "number", "recipient"}},
		{"suppressed", "asker", []string{"session_id", "asker"}},
		{"requests", "asker", []string{"session_id", "request_id"}},
	}
}

type pseudonym struct {
	table, column string
	key           []string
}

// Keys are the keys up to the generation that the database is at.
func (db *DB) Keys() domain.Keys { return db.keys }

// Rotate carries the database to the newest generation of keys; see store.Rotator.
func (db *DB) Rotate(ctx context.Context, keys domain.Keys, by string, at time.Time) (store.Rotated, error) {
	done := store.Rotated{From: db.keys.Generation(), To: keys.Generation()}
	if done.From == done.To {
		return done, nil
	}
	err := db.write(ctx, "rotate the key", func(t *tx) error {
		if err := t.lockSchema(ctx); err != nil {
			return err
		}
		if t.d.lockTables != "" { // whoever is writing ends first, and whoever waits finds another generation
			tables := []string{"sessions"}
			for _, p := range pseudonyms() {
				tables = append(tables, p.table)
			}
			if _, err := t.ExecContext(ctx, fmt.Sprintf(t.d.lockTables, strings.Join(tables, ", "))); err != nil {
				return err
			}
		}
		if err := t.atGeneration(ctx, db.keys); err != nil {
			return err
		}
		carry := func(old string) string { return keys.Carry(old, done.From) }
		for _, p := range pseudonyms() {
			n, err := t.carry(ctx, p, carry)
			if err != nil {
				return fmt.Errorf("%s: %w", p.table, err)
			}
			done.Pseudonyms += n
		}
		var err error
		if done.Contacts, err = t.resealContacts(ctx, db.keys, keys); err != nil {
			return err
		}
		if err := t.carryPlaces(ctx, carry); err != nil {
			return err
		}
		if _, err := t.exec(ctx, "UPDATE askahead_meta SET value = $1 WHERE name = $2", keys.Check(), metaKey); err != nil {
			return err
		}
		_, err = t.addAct(ctx, keys, store.Act{At: at, By: by, Do: "rotate key",
			Detail: fmt.Sprintf("generation=%d pseudonyms=%d contacts=%d", done.To, done.Pseudonyms, done.Contacts)})
		return err
	})
	if err != nil {
		return store.Rotated{}, err
	}
	db.keys = keys
	return done, db.fail(ctx, "rotate the key", db.d.forget(ctx, db.writer))
}

// atGeneration fails if another process has carried the database on. It is asked behind the lock of a session.
func (t *tx) atGeneration(ctx context.Context, keys domain.Keys) error {
	var check string
	_, err := t.row(ctx, "SELECT value FROM askahead_meta WHERE name = $1", []any{metaKey}, &check)
	if err == nil && check != keys.Check() {
		err = store.ErrRotated
	}
	return err
}

// carry gives the rows of a column their new pseudonyms, page by page in the order of the key.
func (t *tx) carry(ctx context.Context, p pseudonym, carry func(string) string) (n int, err error) {
	columns := strings.Join(p.key, ", ")
	// The key may hold the column: the rows are named first, and then changed.
	var rows [][]any
	err = t.each(ctx, "SELECT "+p.column+", "+columns+" FROM "+p.table+" WHERE session_id > $1 ORDER BY "+columns, []any{""}, func(r *sql.Rows) error {
		row, into := make([]any, 1+len(p.key)), make([]any, 1+len(p.key))
		for i := range row {
			into[i] = &row[i]
		}
		err := r.Scan(into...)
		rows = append(rows, row)
		return err
	})
	if err != nil {
		return 0, err
	}
	where := make([]string, len(p.key))
	for i, column := range p.key {
		where[i] = fmt.Sprintf("%s = $%d", column, i+2)
	}
	query := "UPDATE " + p.table + " SET " + p.column + " = $1 WHERE " + strings.Join(where, " AND ")
	for _, row := range rows {
		row[0] = carry(row[0].(string))
		if _, err := t.exec(ctx, query, row...); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// carryPlaces carries the pseudonyms that stand in external ids: a source that is called names what somebody asked by
// who asked it, as "ask/PSEUDONYM/…", and finds it by that.
func (t *tx) carryPlaces(ctx context.Context, carry func(string) string) error {
	type place struct{ session, stream, id string }
	var places []place
	err := t.each(ctx, `SELECT session_id, stream, external_id FROM sightings
		WHERE session_id > $1 AND (external_id LIKE $2 OR external_id LIKE $3) ORDER BY session_id, stream, external_id`,
		[]any{"", "ask/%", "sent/%"}, func(r *sql.Rows) error {
			var p place
			err := r.Scan(&p.session, &p.stream, &p.id)
			places = append(places, p)
			return err
		})
	if err != nil {
		return err
	}
	for _, p := range places {
		parts := strings.SplitN(p.id, "/", 3)
		if len(parts) < 3 {
			continue
		}
		parts[1] = carry(parts[1])
		if _, err := t.exec(ctx, "UPDATE sightings SET external_id = $1 WHERE session_id = $2 AND stream = $3 AND external_id = $4",
			strings.Join(parts, "/"), p.session, p.stream, p.id); err != nil {
			return err
		}
	}
	return nil
}
