package sqlstore

import (
	"context"
	"database/sql"

	"askahead/domain"
	"askahead/store"
)

var _ store.Coverer = (*DB)(nil)

// maxCoverage is far more rules and sources than a session has.
const maxCoverage = 10_000

// gathered is the questions of a session, $1, that coverage is about.
const gathered = " AND q.kind = $2 AND q.state <> $3"

// Coverage counts by which rules a session's questions are tagged; see store.Coverer. It reads the tags of the session
// once, by their key.
func (db *DB) Coverage(ctx context.Context, session string) (store.Coverage, error) {
	var c store.Coverage
	args := []any{session, string(domain.Panel), int64(domain.Dismissed)}
	err := db.read(ctx, "count the tags", func(t *tx) error {
		err := t.each(ctx, `SELECT r.kind, r.value, r.rule, count(*), sum(r.leads) FROM (
				SELECT g.kind, g.value, g.rule, CASE WHEN EXISTS (SELECT 1 FROM tags e WHERE e.session_id = g.session_id AND e.n = g.n
					AND e.kind = g.kind AND e.number < g.number) THEN 0 ELSE 1 END AS leads
				FROM questions q JOIN tags g ON g.session_id = q.session_id AND g.n = q.n WHERE q.session_id = $1`+gathered+`) r
			GROUP BY r.kind, r.value, r.rule ORDER BY r.kind, 4 DESC, r.value, r.rule LIMIT $4`,
			append(args[:3:3], int64(maxCoverage)), func(r *sql.Rows) error {
				var one store.RuleCoverage
				err := r.Scan(&one.Kind, &one.Value, &one.Rule, &one.Questions, &one.First)
				c.Rules = append(c.Rules, one)
				return err
			})
		if err != nil {
			return err
		}
		err = t.each(ctx, `SELECT q.source, count(*), sum(CASE WHEN EXISTS (SELECT 1 FROM tags g WHERE g.session_id = q.session_id AND g.n = q.n
				AND g.kind = $4) THEN 0 ELSE 1 END) FROM questions q WHERE q.session_id = $1`+gathered+` GROUP BY q.source ORDER BY 3 DESC, q.source LIMIT $5`,
			append(args[:3:3], domain.TagCommunity, int64(maxCoverage)), func(r *sql.Rows) error {
				var one store.SourceCoverage
				err := r.Scan(&one.Source, &one.Questions, &one.Unknown)
				c.Sources = append(c.Sources, one)
				c.Questions += one.Questions
				return err
			})
		if err != nil {
			return err
		}
		w := &where{args: args}
		w.contradicting()
		_, err = t.row(ctx, "SELECT count(*) FROM questions q WHERE q.session_id = $1"+gathered+w.text.String(), w.args, &c.Contradicting)
		return err
	})
	return c, err
}

// Senders yields by what items were counted; see store.Coverer.
func (db *DB) Senders(ctx context.Context, session string, yield func(key string, n int64) error) error {
	return db.read(ctx, "count the senders", func(t *tx) error {
		return t.each(ctx, `SELECT c.subject, sum(c.happened) FROM counts c WHERE c.session_id = $1 AND c.subject <> ''
			GROUP BY c.subject ORDER BY 2 DESC, c.subject LIMIT $2`, []any{session, int64(maxSenders)}, func(r *sql.Rows) error {
			var key string
			var n int64
			if err := r.Scan(&key, &n); err != nil {
				return err
			}
			return yield(key, n)
		})
	})
}

// maxSenders bounds how many lists and domains are told of; those behind it are seldom.
const maxSenders = 1_000_000
