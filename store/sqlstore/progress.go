package sqlstore

import (
	"context"
	"database/sql"

	"askahead/store"
)

// Progress tells how far a stream was read for a session, and how many items its source holds.
func (db *DB) Progress(ctx context.Context, session, stream string) (store.Progress, error) {
	var p store.Progress
	err := db.read(ctx, "read the progress of "+stream, func(t *tx) error {
		if _, err := t.row(ctx, "SELECT read_to FROM progress WHERE session_id = $1 AND stream = $2",
			[]any{session, stream}, &p.Cursor); err != nil {
			return err
		}
		// Of a source, what was imported under its name counts too.
		var lastRun, lastNew int64
		found, err := t.row(ctx, `SELECT last_run, last_new FROM progress WHERE session_id = $1 AND (stream = $2 OR source = $2)
			ORDER BY last_new DESC, last_run DESC, stream LIMIT 1`, []any{session, stream}, &lastRun, &lastNew)
		if err != nil || !found {
			return err
		}
		p.LastRun, p.LastNew = moment(lastRun), moment(lastNew)
		_, err = t.row(ctx, `SELECT count(*) FROM sightings WHERE session_id = $1 AND stream IN
			(SELECT stream FROM progress WHERE session_id = $1 AND (stream = $2 OR source = $2))`, []any{session, stream}, &p.Items)
		return err
	})
	return p, err
}

// Has tells which of the items were ever stored for a session, and what came of them.
func (db *DB) Has(ctx context.Context, session string, items []string) (map[string]store.Known, error) {
	var known map[string]store.Known
	err := db.read(ctx, "look up items", func(t *tx) (err error) {
		known, err = t.known(ctx, session, distinct(append([]string(nil), items...)))
		return err
	})
	if err != nil {
		return nil, err
	}
	return known, nil
}

// Held gives the external ids of a stream's items that have questions, after (exclusive), in order.
func (db *DB) Held(ctx context.Context, session, stream, after string, limit int) ([]string, error) {
	var ids []string
	err := db.read(ctx, "list the items of "+stream, func(t *tx) error {
		return t.each(ctx, `SELECT s.external_id FROM sightings s
			JOIN items i ON i.session_id = s.session_id AND i.item_id = s.item_id
			WHERE s.session_id = $1 AND s.stream = $2 AND s.external_id > $3 AND i.outcome = $4
			ORDER BY s.external_id LIMIT $5`,
			[]any{session, stream, text(after), string(store.Kept), int64(limit)}, scanAppend(&ids))
	})
	return ids, err
}

// maxCounts is the most rows that Counts gives: the names of senders' domains are what anyone sends.
const maxCounts = 100_000

// Counts sums what was counted for a session, the largest first.
func (db *DB) Counts(ctx context.Context, session string) ([]store.Count, error) {
	var counts []store.Count
	err := db.read(ctx, "read the counts", func(t *tx) error {
		return t.each(ctx, `SELECT source, what, subject, happened FROM counts WHERE session_id = $1
			ORDER BY happened DESC, source, what, subject LIMIT $2`,
			[]any{session, int64(maxCounts)}, func(r *sql.Rows) error {
				var c store.Count
				err := r.Scan(&c.Source, &c.What, &c.Key, &c.N)
				counts = append(counts, c)
				return err
			})
	})
	return counts, err
}
