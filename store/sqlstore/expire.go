package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"askahead/store"
)

// expireStep is how many sightings one transaction of Purge removes, so that collecting goes on meanwhile.
const expireStep = 500

// Expire is Purge by what is stored alone, in all sessions.
func (db *DB) Expire(ctx context.Context, now time.Time) (store.Removed, error) {
	gone, err := db.Purge(ctx, store.Purge{Now: now})
	var removed store.Removed
	for _, g := range gone {
		switch g.Kind {
		case store.PurgedRaw:
			removed.Raw += g.N
		case store.PurgedSilent, store.PurgedAsked:
			removed.Items += g.N
		}
	}
	return removed, err
}

// purgeSession removes what is due of a session. It takes a transaction for every 500 sightings; a try takes a single
// one, and gives it up.
func (db *DB) purgeSession(ctx context.Context, doing, session string, p *purging) error {
	var some bool
	err := db.read(ctx, doing, func(t *tx) (err error) { // most sessions have nothing to do, and need no lock
		some, err = t.anyOf(ctx, slices.Concat(p.ended(session), p.shorter(session), p.whole(session)))
		return err
	})
	if err != nil || !some {
		return err
	}
	steps := []purgeStep{
		func(t *tx, p *purging) (bool, error) { return false, t.shorten(ctx, session, p) },
		func(t *tx, p *purging) (bool, error) { return t.expire(ctx, session, p) },
		func(t *tx, p *purging) (bool, error) { return false, t.purgeWhole(ctx, session, p) },
	}
	if p.Try {
		return db.tryPurge(ctx, doing, session, p, steps)
	}
	for _, step := range steps {
		for more := true; more; {
			one := &purging{Purge: p.Purge, gone: map[store.Purged]int{}} // it counts once it is done
			err := db.write(ctx, doing, func(t *tx) error {
				if _, err := t.enter(ctx, session, p.Now); err != nil {
					return err
				}
				more, err = step(t, one)
				return err
			})
			if err != nil {
				return err
			}
			p.add(one)
		}
	}
	return nil
}

// purgeStep is a part of what is due; more says that it left some of it.
type purgeStep func(*tx, *purging) (more bool, err error)

func (db *DB) tryPurge(ctx context.Context, doing, session string, p *purging, steps []purgeStep) error {
	err := db.write(ctx, doing, func(t *tx) error {
		if _, err := t.enter(ctx, session, p.Now); err != nil {
			return err
		}
		for _, step := range steps {
			for more := true; more; {
				var err error
				if more, err = step(t, p); err != nil {
					return err
				}
			}
		}
		return errTried
	})
	if errors.Is(err, errTried) {
		return nil
	}
	return err
}

// shorten gives what is stored the shorter time that it may have now.
func (t *tx) shorten(ctx context.Context, session string, p *purging) error {
	for _, o := range p.shorter(session) {
		if _, err := t.exec(ctx, "UPDATE "+o.table+" SET expires = $2 WHERE "+o.where, o.args...); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) purgeWhole(ctx context.Context, session string, p *purging) error {
	for _, o := range p.whole(session) {
		if err := t.tell(ctx, session, o, p); err != nil {
			return err
		}
		if _, err := t.exec(ctx, "DELETE"+o.from(), o.args...); err != nil {
			return err
		}
	}
	return nil
}

// due is a sighting whose time is over.
type due struct{ stream, external, item, source string }

// expire removes one step's worth of a session: the bytes in quarantine, and sightings; an item whose last sighting
// goes loses its questions.
func (t *tx) expire(ctx context.Context, session string, p *purging) (more bool, err error) {
	if err := t.tell(ctx, session, p.ended(session)[1], p); err != nil {
		return false, err
	}
	if _, err = t.exec(ctx, "UPDATE quarantine SET raw = $1 WHERE session_id = $2 AND expires <= $3 AND length(raw) > 0",
		[]byte{}, session, micros(p.Now)); err != nil {
		return false, err
	}
	var ended []due
	if err := t.each(ctx, `SELECT s.stream, s.external_id, s.item_id, coalesce(p.source, s.stream) FROM sightings s
		LEFT JOIN progress p ON p.session_id = s.session_id AND p.stream = s.stream
		WHERE s.session_id = $1 AND s.expires <= $2 ORDER BY s.stream, s.external_id LIMIT $3`,
		[]any{session, micros(p.Now), int64(expireStep)}, func(r *sql.Rows) error {
			var d due
			err := r.Scan(&d.stream, &d.external, &d.item, &d.source)
			ended = append(ended, d)
			return err
		}); err != nil {
		return false, err
	}
	byStream, sources := map[string][]string{}, map[string]string{}
	ids := make([]string, 0, len(ended))
	for _, d := range ended {
		byStream[d.stream] = append(byStream[d.stream], d.external)
		ids = append(ids, d.item)
		sources[d.item] = d.source
	}
	for stream, external := range byStream {
		if _, err := execLists(ctx, t, "DELETE FROM sightings WHERE session_id = $1 AND stream = $2 AND external_id IN (?)",
			[]any{session, stream}, external); err != nil {
			return false, err
		}
	}
	lost, err := t.unheld(ctx, session, ids)
	if err != nil {
		return false, err
	}
	if err := t.tellLost(ctx, session, lost, sources, p); err != nil {
		return false, err
	}
	if err := t.close(ctx, session, lost, store.Expired); err != nil {
		return false, err
	}
	old, err := t.takeQuestions(ctx, session, "item_id", lost)
	if err != nil {
		return false, err
	}
	if err := t.forgetDecisions(ctx, session, lost); err != nil {
		return false, err
	}
	return len(ended) == expireStep, t.vacate(ctx, session, old)
}

// tellLost counts items that no source holds any more, and their questions.
func (t *tx) tellLost(ctx context.Context, session string, lost []string, sources map[string]string, p *purging) error {
	asked := map[string]bool{}
	err := lists(ctx, t, "SELECT item_id, source FROM questions WHERE session_id = $1 AND item_id IN (?)", []any{session}, lost, func(r *sql.Rows) error {
		var item, source string
		err := r.Scan(&item, &source)
		p.count(session, source, store.PurgedQuestions, 1)
		asked[item] = true
		return err
	})
	for _, item := range lost {
		kind := store.PurgedSilent
		if asked[item] {
			kind = store.PurgedAsked
		}
		p.count(session, sources[item], kind, 1)
	}
	return err
}
