package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"askahead/domain"
	"askahead/store"
)

// maxRecalls is the most recalls that one list or edition has; what is beyond comes with the next one.
const maxRecalls = 10_000

// SaveEdition records an edition under the next number of its session and name. Its recalls are what Recalls
// would give at this moment, and count as told from now on.
func (db *DB) SaveEdition(ctx context.Context, e store.Edition) (store.Edition, error) {
	if e.Session == "" || e.Name == "" {
		return e, errors.New("save an edition: it names no session or no edition")
	}
	err := db.write(ctx, "save edition "+e.Name, func(t *tx) error {
		if _, err := t.enter(ctx, e.Session, e.Created); err != nil {
			return err
		}
		if err := t.atGeneration(ctx, db.keys); err != nil {
			return err
		}
		var next int
		if _, err := t.row(ctx, "SELECT coalesce(max(number), 0) + 1 FROM editions WHERE session_id = $1 AND name = $2",
			[]any{e.Session, e.Name}, &next); err != nil {
			return err
		}
		if e.Number != 0 && e.Number != next {
			return fmt.Errorf("%w: edition %d was made by another process", domain.ErrConflict, e.Number)
		}
		e.Number = next
		var err error
		if e.Recalls, err = t.recalls(ctx, e.Session, e.Name); err != nil {
			return err
		}
		if _, err := t.exec(ctx, `INSERT INTO editions (session_id, name, number, audience, created, since, until)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			e.Session, e.Name, int64(e.Number), int64(e.Audience), micros(e.Created), micros(e.Since), micros(e.Until)); err != nil {
			return err
		}
		if err := t.quote(ctx, e); err != nil {
			return err
		}
		return t.address(ctx, e)
	})
	if err != nil {
		return store.Edition{}, err
	}
	return e, nil
}

// quote records what an edition quotes and recalls.
func (t *tx) quote(ctx context.Context, e store.Edition) error {
	var quoted, recalled []any
	for _, id := range distinct(slices.Clone(e.Questions)) {
		quoted = append(quoted, e.Session, e.Name, int64(e.Number), id)
	}
	if _, err := t.insert(ctx, "INSERT INTO edition_questions (session_id, name, number, question_id)", 4, quoted, ""); err != nil {
		return err
	}
	for _, r := range e.Recalls {
		recalled = append(recalled, e.Session, e.Name, int64(e.Number), int64(r.Edition), r.Question)
	}
	_, err := t.insert(ctx, "INSERT INTO edition_recalls (session_id, name, number, quoted_in, question_id)", 5, recalled, "")
	return err
}

// Editions lists the editions of a session, newest first, with their recalls; name "" lists all names.
func (db *DB) Editions(ctx context.Context, session, name string, limit int) ([]store.Edition, error) {
	w := &where{args: []any{session}}
	if name != "" {
		w.add(" AND e.name = ?", name)
	}
	w.add(" ORDER BY e.created DESC, e.name, e.number DESC LIMIT ?", int64(limit))
	var editions []store.Edition
	err := db.read(ctx, "list editions", func(t *tx) error {
		if err := t.each(ctx, `SELECT e.name, e.number, e.audience, e.created, e.since, e.until FROM editions e
			WHERE e.session_id = $1`+w.text.String(), w.args, func(r *sql.Rows) error {
			e := store.Edition{Session: session}
			var created, since, until int64
			err := r.Scan(&e.Name, &e.Number, &e.Audience, &created, &since, &until)
			e.Created, e.Since, e.Until = moment(created), moment(since), moment(until)
			editions = append(editions, e)
			return err
		}); err != nil {
			return err
		}
		for i := range editions {
			if err := t.addRecalls(ctx, &editions[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return editions, err
}

func (t *tx) addRecalls(ctx context.Context, e *store.Edition) error {
	return t.each(ctx, `SELECT question_id, quoted_in FROM edition_recalls
		WHERE session_id = $1 AND name = $2 AND number = $3 ORDER BY quoted_in, question_id LIMIT $4`,
		[]any{e.Session, e.Name, int64(e.Number), int64(maxRecalls)}, scanRecall(&e.Recalls))
}

// Recalls lists the questions that editions of that name quoted, that are gone or dismissed since, and that none has
// recalled yet: one for each edition that quoted the question, the oldest first.
func (db *DB) Recalls(ctx context.Context, session, name string) ([]store.Recall, error) {
	var recalls []store.Recall
	err := db.read(ctx, "list recalls", func(t *tx) (err error) {
		recalls, err = t.recalls(ctx, session, name)
		return err
	})
	return recalls, err
}

func (t *tx) recalls(ctx context.Context, session, name string) ([]store.Recall, error) {
	var recalls []store.Recall
	err := t.each(ctx, `SELECT e.question_id, e.number FROM edition_questions e
		JOIN editions d ON d.session_id = e.session_id AND d.name = e.name AND d.number = e.number
		WHERE e.session_id = $1 AND e.name = $2
		AND NOT EXISTS (SELECT 1 FROM questions q WHERE q.session_id = e.session_id AND q.question_id = e.question_id
			AND q.state <> $4 AND q.tlp <= d.audience)
		AND NOT EXISTS (SELECT 1 FROM edition_recalls r WHERE r.session_id = e.session_id AND r.name = e.name
			AND r.quoted_in = e.number AND r.question_id = e.question_id)
		ORDER BY e.number, e.question_id LIMIT $3`,
		[]any{session, name, int64(maxRecalls), int64(domain.Dismissed)}, scanRecall(&recalls))
	return recalls, err
}

func scanRecall(into *[]store.Recall) func(*sql.Rows) error {
	return func(r *sql.Rows) error {
		var one store.Recall
		err := r.Scan(&one.Question, &one.Edition)
		*into = append(*into, one)
		return err
	}
}
