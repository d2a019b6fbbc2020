package sqlstore

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"
	"time"

	"askahead/domain"
	"askahead/store"
)

var _ store.Erasure = (*DB)(nil)

// ofPerson gives the conditions, each with its values, under which a question is somebody's.
func ofPerson(p store.Person) []struct {
	column string
	values []string
} {
	return []struct {
		column string
		values []string
	}{{"asker", p.Askers}, {"item_id", p.Items}, {"url", p.URLs}}
}

// OfPerson lists the questions of a person; see store.Erasure. There is no index by asker: that somebody asks for
// it is rare, and reading all questions of a session once costs less than keeping one for each that comes.
func (db *DB) OfPerson(ctx context.Context, session string, p store.Person, after string, limit int) ([]store.Holding, error) {
	limit = min(cmp.Or(max(limit, 0), defaultLimit), maxLimit)
	var list []store.Holding
	err := db.read(ctx, "look for what is kept of somebody", func(t *tx) error {
		numbers, byID := map[string]int64{}, map[string]*store.Holding{}
		for _, of := range ofPerson(p) {
			// Of each part of a long list of values the first ones are enough.
			err := lists(ctx, t, "SELECT q.n, q.line, "+questionColumns+` FROM questions q
				LEFT JOIN topics t ON t.session_id = q.session_id AND t.n = q.topic
				WHERE q.session_id = $1 AND q.question_id > $2 AND q.`+of.column+` IN (?) ORDER BY q.question_id LIMIT `+strconv.Itoa(limit),
				[]any{session, after}, distinct(slices.Clone(of.values)), func(r *sql.Rows) error {
					var n, line int64
					q, err := scanQuestion(r, session, &n, &line)
					numbers[q.ID], byID[q.ID] = n, &store.Holding{Question: q}
					return err
				})
			if err != nil {
				return err
			}
		}
		ids := make([]string, 0, len(byID))
		for id := range byID {
			ids = append(ids, id)
		}
		slices.Sort(ids)
		ids = ids[:min(len(ids), limit)]
		for _, id := range ids {
			if err := t.completeKept(ctx, byID[id], numbers[id]); err != nil {
				return err
			}
			list = append(list, *byID[id])
		}
		return nil
	})
	return list, err
}

// completeKept adds what other tables hold of a question.
func (t *tx) completeKept(ctx context.Context, k *store.Holding, n int64) error {
	if err := t.addTags(ctx, k.Session, []int64{n}, func(int) *domain.Question { return &k.Question }); err != nil {
		return err
	}
	var expires int64
	if _, err := t.row(ctx, "SELECT coalesce(max(expires), 0) FROM sightings WHERE session_id = $1 AND item_id = $2",
		[]any{k.Session, k.Item}, &expires); err != nil {
		return err
	}
	if end := moment(expires); expires != 0 && end.Year() < 9999 {
		k.Expires = end
	}
	if _, err := t.row(ctx, `SELECT count(*) FROM decisions d JOIN questions q ON q.session_id = d.session_id AND q.item_id = d.item_id AND q.line = d.line
		WHERE q.session_id = $1 AND q.question_id = $2`, []any{k.Session, k.ID}, &k.Decisions); err != nil {
		return err
	}
	return t.each(ctx, `SELECT e.name, e.number, e.audience, e.created FROM edition_questions x
		JOIN editions e ON e.session_id = x.session_id AND e.name = x.name AND e.number = x.number
		WHERE x.session_id = $1 AND x.question_id = $2 ORDER BY e.created, e.name, e.number LIMIT $3`,
		[]any{k.Session, k.ID, int64(maxLimit)}, func(r *sql.Rows) error {
			e := store.Edition{Session: k.Session}
			var created int64
			err := r.Scan(&e.Name, &e.Number, &e.Audience, &created)
			e.Created = moment(created)
			k.Editions = append(k.Editions, e)
			return err
		})
}

// Forget erases what a session keeps of a person; see store.Erasure.
func (db *DB) Forget(ctx context.Context, session string, p store.Person, now time.Time) (store.Erased, error) {
	var done store.Erased
	err := db.write(ctx, "forget somebody", func(t *tx) (err error) {
		done = store.Erased{}
		if _, err = t.enter(ctx, session, now); err != nil {
			return err
		}
		var items []string
		for _, of := range ofPerson(p) {
			if err := lists(ctx, t, "SELECT DISTINCT item_id FROM questions WHERE session_id = $1 AND "+of.column+" IN (?)",
				[]any{session}, distinct(slices.Clone(of.values)), scanAppend(&items)); err != nil {
				return err
			}
		}
		// Of an item without a question there is no more than its id; it stays, so that the item does not come back.
		if err := lists(ctx, t, "SELECT item_id FROM items WHERE session_id = $1 AND outcome <> '"+string(store.Forgotten)+"' AND item_id IN (?)",
			[]any{session}, distinct(slices.Clone(p.Items)), scanAppend(&items)); err != nil {
			return err
		}
		if err := t.forgetItems(ctx, session, distinct(items), &done); err != nil {
			return err
		}
		if done.Quarantined, err = t.forgetQuarantine(ctx, session, p.Words); err != nil {
			return err
		}
		done.Deliveries, err = execLists(ctx, t, "DELETE FROM deliveries WHERE session_id = $1 AND state NOT IN ('"+
			string(store.Waiting)+"', '"+string(store.Sending)+"') AND recipient IN (?)", []any{session}, distinct(slices.Clone(p.Recipients)))
		return err
	})
	if err != nil {
		return store.Erased{}, err
	}
	return done, nil
}

// forgetItems takes the items out, with everything that was made of them.
func (t *tx) forgetItems(ctx context.Context, session string, items []string, done *store.Erased) error {
	old, err := t.takeQuestions(ctx, session, "item_id", items)
	if err != nil {
		return err
	}
	done.Items, done.Questions = len(items), len(old)
	ids := make([]string, 0, len(old))
	for id := range old {
		ids = append(ids, id)
	}
	quoted := map[string]bool{}
	if err := lists(ctx, t, "SELECT DISTINCT name || ' ' || number FROM edition_questions WHERE session_id = $1 AND question_id IN (?)",
		[]any{session}, distinct(ids), func(r *sql.Rows) error {
			var edition string
			err := r.Scan(&edition)
			quoted[edition] = true
			return err
		}); err != nil {
		return err
	}
	done.Editions = len(quoted)
	if err := t.forgetDecisions(ctx, session, items); err != nil {
		return err
	}
	if err := t.forgetContacts(ctx, session, items); err != nil {
		return err
	}
	// The source's own id of an item may name who wrote it.
	if _, err := execLists(ctx, t, "DELETE FROM sightings WHERE session_id = $1 AND item_id IN (?)", []any{session}, items); err != nil {
		return err
	}
	if err := t.close(ctx, session, items, store.Forgotten); err != nil {
		return err
	}
	return t.vacate(ctx, session, old)
}

// forgetQuarantine takes out what holds one of the words, as it came or in what askahead says of it.
func (t *tx) forgetQuarantine(ctx context.Context, session string, words []string) (int, error) {
	if len(words) == 0 {
		return 0, nil
	}
	type place struct{ source, id string }
	var found []place
	err := t.each(ctx, "SELECT source, id, reason, raw FROM quarantine WHERE session_id = $1 ORDER BY source, id", []any{session}, func(r *sql.Rows) error {
		var p place
		var reason string
		var raw []byte
		if err := r.Scan(&p.source, &p.id, &reason, &raw); err != nil {
			return err
		}
		raw = bytes.ToLower(raw)
		text := strings.ToLower(p.id + "\n" + reason)
		if slices.ContainsFunc(words, func(w string) bool {
			w = strings.ToLower(w)
			return w != "" && (bytes.Contains(raw, []byte(w)) || strings.Contains(text, w))
		}) {
			found = append(found, p)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	for _, p := range found {
		if _, err := t.exec(ctx, "DELETE FROM quarantine WHERE session_id = $1 AND source = $2 AND id = $3", session, p.source, p.id); err != nil {
			return 0, err
		}
	}
	return len(found), nil
}

// maxSessions is far more than any instance has.
const maxSessions = 10_000

// SessionIDs lists the sessions of which anything is kept; see store.Erasure.
func (db *DB) SessionIDs(ctx context.Context) (ids []string, err error) {
	err = db.read(ctx, "list the sessions", func(t *tx) error {
		return t.each(ctx, "SELECT session_id FROM sessions WHERE session_id > $1 AND wiped = 0 ORDER BY session_id LIMIT $2",
			[]any{"", int64(maxSessions)}, scanAppend(&ids))
	})
	return ids, err
}

// Suppress puts askers on the list of those who are not read; see store.Erasure.
func (db *DB) Suppress(ctx context.Context, askers []string, now time.Time) error {
	return db.write(ctx, "note who is not to be read", func(t *tx) error {
		var args []any
		for _, a := range distinct(slices.Clone(askers)) {
			args = append(args, store.Shared, a, micros(now))
		}
		_, err := t.insert(ctx, "INSERT INTO suppressed (session_id, asker, since)", 3, args, " ON CONFLICT (session_id, asker) DO NOTHING")
		return err
	})
}

// Unsuppress takes askers off the list; see store.Erasure.
func (db *DB) Unsuppress(ctx context.Context, askers []string) (n int, err error) {
	err = db.write(ctx, "note who may be read again", func(t *tx) error {
		n, err = execLists(ctx, t, "DELETE FROM suppressed WHERE session_id = $1 AND asker IN (?)", []any{store.Shared}, distinct(slices.Clone(askers)))
		return err
	})
	return n, err
}

// Suppressed tells which askers are on the list; see store.Erasure.
func (db *DB) Suppressed(ctx context.Context, askers []string) (map[string]time.Time, error) {
	since := map[string]time.Time{}
	err := db.read(ctx, "look who is not to be read", func(t *tx) error {
		return lists(ctx, t, "SELECT asker, since FROM suppressed WHERE session_id = $1 AND asker IN (?)",
			[]any{store.Shared}, distinct(slices.Clone(askers)), func(r *sql.Rows) error {
				var asker string
				var at int64
				err := r.Scan(&asker, &at)
				since[asker] = moment(at)
				return err
			})
	})
	return since, err
}
