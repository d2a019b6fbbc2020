package sqlstore

import (
	"context"
	"database/sql"
	"time"

	"askahead/store"
)

// expireStep is how many sightings one transaction of Expire removes, so that collecting goes on meanwhile.
const expireStep = 500

// Expire removes what has outlived its time, in all sessions: the bytes in quarantine, and sightings; an item
// whose last sighting goes loses its questions. It takes a transaction for every 500 sightings; where it is
// interrupted, the next one goes on.
func (db *DB) Expire(ctx context.Context, now time.Time) (store.Removed, error) {
	var removed store.Removed
	const doing = "remove what has expired"
	for after := ""; ; {
		var sessions []string
		err := db.read(ctx, doing, func(t *tx) error {
			return t.each(ctx, "SELECT session_id FROM sessions WHERE session_id > $1 AND wiped = 0 ORDER BY session_id LIMIT 100",
				[]any{after}, scanAppend(&sessions))
		})
		if err != nil {
			return removed, err
		}
		if len(sessions) == 0 {
			break
		}
		for _, session := range sessions {
			if err := db.expireSession(ctx, doing, session, now, &removed); err != nil {
				return removed, err
			}
		}
		after = sessions[len(sessions)-1]
	}
	if removed == (store.Removed{}) {
		return removed, nil
	}
	return removed, db.fail(ctx, doing, db.d.forget(ctx, db.writer))
}

func (db *DB) expireSession(ctx context.Context, doing, session string, now time.Time, removed *store.Removed) error {
	if err := db.expireWatch(ctx, doing, session, now); err != nil {
		return err
	}
	for {
		var due, raw, items int
		err := db.read(ctx, doing, func(t *tx) error { // most sessions have nothing to do, and need no lock
			_, err := t.row(ctx, "SELECT count(*) FROM sightings WHERE session_id = $1 AND expires <= $2",
				[]any{session, micros(now)}, &due)
			if err != nil {
				return err
			}
			_, err = t.row(ctx, "SELECT count(*) FROM quarantine WHERE session_id = $1 AND expires <= $2 AND length(raw) > 0",
				[]any{session, micros(now)}, &raw)
			return err
		})
		if err != nil || due == 0 && raw == 0 {
			return err
		}
		err = db.write(ctx, doing, func(t *tx) (err error) {
			raw, items, err = t.expire(ctx, session, now)
			return err
		})
		if err != nil {
			return err
		}
		removed.Raw += raw
		removed.Items += items
	}
}

// expire removes one step's worth of a session.
func (t *tx) expire(ctx context.Context, session string, now time.Time) (raw, items int, err error) {
	if _, err := t.enter(ctx, session, now); err != nil {
		return 0, 0, err
	}
	raw, err = t.exec(ctx, `UPDATE quarantine SET raw = $1
		WHERE session_id = $2 AND expires <= $3 AND length(raw) > 0`, []byte{}, session, micros(now))
	if err != nil {
		return 0, 0, err
	}
	type held struct{ stream, external, item string }
	var due []held
	if err := t.each(ctx, `SELECT stream, external_id, item_id FROM sightings
		WHERE session_id = $1 AND expires <= $2 ORDER BY stream, external_id LIMIT $3`,
		[]any{session, micros(now), int64(expireStep)}, func(r *sql.Rows) error {
			var h held
			err := r.Scan(&h.stream, &h.external, &h.item)
			due = append(due, h)
			return err
		}); err != nil {
		return 0, 0, err
	}
	byStream := map[string][]string{}
	ids := make([]string, 0, len(due))
	for _, h := range due {
		byStream[h.stream] = append(byStream[h.stream], h.external)
		ids = append(ids, h.item)
	}
	for stream, external := range byStream {
		if _, err := execLists(ctx, t, "DELETE FROM sightings WHERE session_id = $1 AND stream = $2 AND external_id IN (?)",
			[]any{session, stream}, external); err != nil {
			return 0, 0, err
		}
	}
	lost, err := t.unheld(ctx, session, ids)
	if err != nil {
		return 0, 0, err
	}
	if err := t.close(ctx, session, lost, store.Expired); err != nil {
		return 0, 0, err
	}
	old, err := t.takeQuestions(ctx, session, "item_id", lost)
	if err != nil {
		return 0, 0, err
	}
	if err := t.forgetDecisions(ctx, session, lost); err != nil {
		return 0, 0, err
	}
	return raw, len(lost), t.vacate(ctx, session, old)
}
