package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"askahead/domain"
	"askahead/store"
)

// maxDecided is the most decisions that a history shows.
const maxDecided = 1000

// Decide records a decision and puts it into force; see store.Decisions. It waits for its turn in the session, as
// SaveBatch does: neither undoes what the other did.
func (db *DB) Decide(ctx context.Context, d store.Decision, g store.Grouper) (domain.Question, error) {
	d, err := d.Cleaned()
	if err != nil {
		return domain.Question{}, err
	}
	d.By, d.Reason, d.Text = text(d.By), text(d.Reason), text(d.Text)
	var now domain.Question
	err = db.write(ctx, "decide about a question", func(t *tx) error {
		numbered, err := t.enter(ctx, d.Session, d.At)
		if err != nil {
			return err
		}
		s := &saving{tx: t, b: &store.Batch{Session: d.Session}, g: g, numbered: numbered}
		if err := s.decide(ctx, d); err != nil {
			return err
		}
		if now, err = t.question(ctx, d.Session, d.Question); err != nil {
			return err
		}
		_, err = t.addAct(ctx, db.keys, store.Act{At: d.At, Session: d.Session, By: d.By, Do: string(d.Verb), Of: d.Question})
		return err
	})
	if err != nil {
		return domain.Question{}, err
	}
	return now, nil
}

// decide writes the question anew, as it was found and then decided about. While its text is the same it keeps its
// number and its topic.
func (s *saving) decide(ctx context.Context, d store.Decision) error {
	q, l, err := s.original(ctx, d.Session, d.Question)
	if err != nil {
		return err
	}
	if err := s.record(ctx, l, recorded{d, q.Fingerprint}); err != nil {
		return err
	}
	r := row{Question: q, back: true}
	r.obey(l.ruling(q.Fingerprint))
	old, err := s.takeQuestions(ctx, d.Session, "question_id", []string{d.Question})
	if err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{
		func(ctx context.Context) error { return s.settle(ctx, []row{r}, old) }, s.group, s.writeQuestions,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Original gives a question as it was found; see store.Decisions.
func (db *DB) Original(ctx context.Context, session, question string) (domain.Question, error) {
	var found domain.Question
	err := db.read(ctx, "read a question", func(t *tx) error {
		q, _, err := t.original(ctx, session, question)
		if err == nil {
			found = q.Question
		}
		return err
	})
	return found, err
}

// Decided lists what was decided about a question; see store.Decisions.
func (db *DB) Decided(ctx context.Context, session, question string) ([]store.Decision, error) {
	var history []store.Decision
	err := db.read(ctx, "read what was decided", func(t *tx) error {
		if _, err := t.question(ctx, session, question); err != nil {
			return err
		}
		return t.each(ctx, "SELECT "+decisionColumns+` FROM decisions d
			JOIN questions q ON q.session_id = d.session_id AND q.item_id = d.item_id AND q.line = d.line
			WHERE d.session_id = $1 AND q.question_id = $2 ORDER BY d.number DESC LIMIT $3`,
			[]any{session, text(question), int64(maxDecided)}, func(r *sql.Rows) error {
				_, _, d, err := scanDecision(r, session)
				history = append(history, d.Decision)
				return err
			})
	})
	slices.Reverse(history)
	return history, err
}

// question reads one question as it is now, with its tags.
func (t *tx) question(ctx context.Context, session, id string) (domain.Question, error) {
	var q domain.Question
	n := int64(-1)
	err := t.each(ctx, "SELECT q.n, "+questionColumns+` FROM questions q
		LEFT JOIN topics t ON t.session_id = q.session_id AND t.n = q.topic
		WHERE q.session_id = $1 AND q.question_id = $2`, []any{session, text(id)}, func(r *sql.Rows) (err error) {
		q, err = scanQuestion(r, session, &n)
		return err
	})
	if err == nil && n < 0 {
		err = fmt.Errorf("%w: there is no question %s in session %s", domain.ErrNotFound, id, session)
	}
	if err != nil {
		return domain.Question{}, err
	}
	return q, t.addTags(ctx, session, []int64{n}, func(int) *domain.Question { return &q })
}

// original reads a question as it was found, and what was decided about it: an empty line if nothing was.
func (t *tx) original(ctx context.Context, session, id string) (*store.Question, *line, error) {
	now, err := t.question(ctx, session, id)
	if err != nil {
		return nil, nil, err
	}
	var n, number int64
	if _, err := t.row(ctx, "SELECT n, line FROM questions WHERE session_id = $1 AND question_id = $2",
		[]any{session, now.ID}, &n, &number); err != nil {
		return nil, nil, err
	}
	lines, err := t.lines(ctx, session, []string{now.Item})
	if err != nil {
		return nil, nil, err
	}
	l := find(lines, now.Item, number)
	q := &store.Question{Question: now}
	if err := t.uncover(ctx, q, n, l.ruling(now.Fingerprint)); err != nil {
		return nil, nil, err
	}
	return q, l, nil
}

// uncover takes off a question what a ruling made of it.
func (t *tx) uncover(ctx context.Context, q *store.Question, n int64, d *ruling) error {
	session := q.Session
	q.State, q.Edited, q.Answered, q.Answer = domain.Open, false, time.Time{}, ""
	if q.Labelled != 0 {
		q.TLP, q.Labelled = q.Labelled, 0
	}
	if len(d.tags) > 0 {
		q.Tags = nil
		if err := t.addTagsFrom(ctx, "original_tags", session, []int64{n}, func(int) *domain.Question { return &q.Question }); err != nil {
			return err
		}
	}
	if d.edited {
		var terms string
		_, err := t.row(ctx, "SELECT text, context, terms FROM original_texts WHERE session_id = $1 AND n = $2",
			[]any{session, n}, &q.Text, &q.Context, &terms)
		q.Terms = unlined(terms)
		return err
	}
	return t.each(ctx, "SELECT term FROM terms WHERE session_id = $1 AND n = $2 ORDER BY term", []any{session, n}, scanAppend(&q.Terms))
}
