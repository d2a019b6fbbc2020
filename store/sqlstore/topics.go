package sqlstore

import (
	"context"
	"database/sql"
	"time"

	"askahead/domain"
	"askahead/store"
)

// Topics gives the topics with these ids, with the tags of their leaders, in the order of ids; unknown ids are
// left out. Who may read a leader is for the caller to check.
func (db *DB) Topics(ctx context.Context, session string, ids []string) ([]domain.Topic, error) {
	found := make(map[string]domain.Topic, len(ids))
	err := db.read(ctx, "read topics", func(t *tx) error {
		var numbers []int64
		var leaders []domain.Question
		err := lists(ctx, t, "SELECT q.n, "+questionColumns+` FROM topics t
			JOIN questions q ON q.session_id = t.session_id AND q.n = t.leader
			WHERE t.session_id = $1 AND t.topic_id IN (?)`,
			[]any{session}, distinct(append([]string(nil), ids...)), func(r *sql.Rows) error {
				var n int64
				q, err := scanQuestion(r, session, &n)
				numbers = append(numbers, n)
				leaders = append(leaders, q)
				return err
			})
		if err != nil {
			return err
		}
		if err := t.addTags(ctx, session, numbers, func(i int) *domain.Question { return &leaders[i] }); err != nil {
			return err
		}
		for _, q := range leaders {
			found[q.Topic] = domain.Topic{ID: q.Topic, Leader: q}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	topics := make([]domain.Topic, 0, len(found))
	for _, id := range ids {
		if t, ok := found[id]; ok {
			topics = append(topics, t)
		}
	}
	return topics, nil
}

// Voices yields every panel question that audience may read, that is not dismissed, and that was collected before
// until (the zero time is no bound), oldest first, ties by id. The questions are those of one moment, however long yield takes; yield
// may use the store.
func (db *DB) Voices(ctx context.Context, session string, audience domain.TLP, until time.Time, yield func(store.Voice) error) error {
	w := &where{args: []any{session}}
	w.add(" AND q.kind = ?", string(domain.Panel))
	w.audience(audience, false)
	w.add(" AND q.state <> ?", int64(domain.Dismissed))
	if !until.IsZero() {
		w.add(" AND q.collected < ?", micros(until))
	}
	query := `SELECT q.question_id, t.topic_id, q.asker, q.fingerprint, q.published, coalesce(g.value, '') FROM questions q
		JOIN topics t ON t.session_id = q.session_id AND t.n = q.topic
		LEFT JOIN tags g ON g.session_id = q.session_id AND g.n = q.n AND g.kind = 'community'
		WHERE q.session_id = $1` + w.text.String() + " ORDER BY q.published, q.question_id"
	return db.read(ctx, "count voices", func(t *tx) error {
		var v store.Voice
		flush := func() error {
			if v.Question == "" {
				return nil
			}
			if len(v.Communities) > 1 {
				v.Communities = distinct(v.Communities)
			}
			return yield(v)
		}
		err := t.each(ctx, query, w.args, func(r *sql.Rows) error {
			var next store.Voice
			var published int64
			var community string
			if err := r.Scan(&next.Question, &next.Topic, &next.Asker, &next.Fingerprint, &published, &community); err != nil {
				return err
			}
			if next.Question != v.Question {
				if err := flush(); err != nil {
					return err
				}
				next.Published = moment(published)
				v = next
			}
			if community != "" {
				v.Communities = append(v.Communities, community)
			}
			return nil
		})
		if err != nil {
			return err
		}
		return flush()
	})
}
