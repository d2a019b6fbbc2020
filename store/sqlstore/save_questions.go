package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"slices"

	"askahead/domain"
)

// dropQuestions removes the questions of items that are gone, and of those that are replaced, as far as they are not
// the same as before.
func (s *saving) dropQuestions(ctx context.Context) error {
	items := slices.Clone(s.lost)
	for _, id := range s.write {
		if !s.fresh[id] {
			items = append(items, id)
		}
	}
	old, err := s.takeQuestions(ctx, s.b.Session, "item_id", items)
	if err != nil {
		return err
	}
	byItem := map[string][]oldQuestion{}
	for _, o := range old {
		byItem[o.item] = append(byItem[o.item], o)
	}
	for _, id := range s.write {
		inherit(s.by[id], byItem[id])
	}
	rulings, err := s.rulings(ctx, items, old)
	if err != nil {
		return err
	}
	var rows []row
	for _, id := range s.write {
		it := s.by[id]
		for i := range it.Questions {
			r := row{Question: &it.Questions[i], back: !s.fresh[id], undated: it.Published.IsZero()}
			r.obey(rulings[r.ID])
			rows = append(rows, r)
		}
	}
	return s.settle(ctx, rows, old)
}

// settle puts back the rows of old whose text is the same as before. The others wait in s.rows for a number and a
// topic, and the topics that they left are repaired.
func (s *saving) settle(ctx context.Context, rows []row, old map[string]oldQuestion) error {
	var kept []row
	for _, r := range rows {
		if o, ok := old[r.ID]; ok {
			r.take(o, s.b.Reread)
		}
		if r.n == 0 {
			s.rows = append(s.rows, r)
			continue
		}
		kept = append(kept, r)
		delete(old, r.ID)
	}
	if err := s.insertQuestions(ctx, kept); err != nil {
		return err
	}
	if err := s.refile(ctx, kept); err != nil {
		return err
	}
	return s.vacate(ctx, s.b.Session, old)
}

// oldQuestion is what stays known of a question whose row was taken out.
type oldQuestion struct {
	id, item             string
	n, topic, line       int64
	collected, published int64
	text                 string // a moderator's, where one edited it
	asked                string // the asker's
	fingerprint          string // of that
	vector               domain.Vector
}

// takeQuestions removes the questions whose column has one of the values, with their tags and terms, and gives what
// they were, by id.
func (t *tx) takeQuestions(ctx context.Context, session, column string, values []string) (map[string]oldQuestion, error) {
	old := map[string]oldQuestion{}
	err := lists(ctx, t, `SELECT q.question_id, q.item_id, q.n, q.topic, q.line, q.collected, q.published, q.text,
		coalesce(x.text, q.text), q.fingerprint FROM questions q
		LEFT JOIN original_texts x ON x.session_id = q.session_id AND x.n = q.n
		WHERE q.session_id = $1 AND q.`+column+" IN (?)",
		[]any{session}, values, func(r *sql.Rows) error {
			var o oldQuestion
			err := r.Scan(&o.id, &o.item, &o.n, &o.topic, &o.line, &o.collected, &o.published, &o.text, &o.asked, &o.fingerprint)
			old[o.id] = o
			return err
		})
	if err != nil || len(old) == 0 {
		return nil, err
	}
	if err := t.addVectors(ctx, session, old); err != nil {
		return nil, err
	}
	_, err = execLists(ctx, t, "DELETE FROM questions WHERE session_id = $1 AND "+column+" IN (?)", []any{session}, values)
	return old, err
}

// vacate repairs the topics that questions were taken from. One without questions is deleted. Where the leader
// went, the earliest question leads, and bands waits for the next batch: its keys take a Grouper to know.
func (t *tx) vacate(ctx context.Context, session string, old map[string]oldQuestion) error {
	var left []int64
	for _, o := range old {
		if o.topic != 0 {
			left = append(left, o.topic)
		}
	}
	var headless []int64
	err := lists(ctx, t, `SELECT t.n FROM topics t WHERE t.session_id = $1 AND t.n IN (?) AND NOT EXISTS (
		SELECT 1 FROM questions q WHERE q.session_id = t.session_id AND q.n = t.leader)`,
		[]any{session}, distinct(left), scanAppend(&headless))
	if err != nil || len(headless) == 0 {
		return err
	}
	heirs := map[int64]int64{}
	err = lists(ctx, t, `SELECT r.topic, r.n FROM (
			SELECT q.topic, q.n, row_number() OVER (PARTITION BY q.topic ORDER BY q.published, q.question_id) AS place
			FROM questions q WHERE q.session_id = $1 AND q.topic IN (?)) r
		WHERE r.place = 1`,
		[]any{session}, distinct(headless), func(r *sql.Rows) error {
			var topic, n int64
			err := r.Scan(&topic, &n)
			heirs[topic] = n
			return err
		})
	if err != nil {
		return err
	}
	var empty []int64
	for _, topic := range headless {
		heir, ok := heirs[topic]
		if !ok {
			empty = append(empty, topic)
			continue
		}
		if _, err := t.exec(ctx, "UPDATE topics SET leader = $1, indexed = 0 WHERE session_id = $2 AND n = $3",
			heir, session, topic); err != nil {
			return err
		}
	}
	if _, err := execLists(ctx, t, "DELETE FROM bands WHERE session_id = $1 AND topic IN (?)", []any{session}, headless); err != nil {
		return err
	}
	_, err = execLists(ctx, t, "DELETE FROM topics WHERE session_id = $1 AND n IN (?)", []any{session}, empty)
	return err
}

// scanAppend collects the one column of each row.
func scanAppend[T any](into *[]T) func(*sql.Rows) error {
	return func(r *sql.Rows) error {
		var v T
		err := r.Scan(&v)
		*into = append(*into, v)
		return err
	}
}

// writeQuestions writes the questions that were numbered and grouped.
func (s *saving) writeQuestions(ctx context.Context) error {
	if err := s.insertQuestions(ctx, s.rows); err != nil {
		return err
	}
	if len(s.rows) == 0 {
		return nil
	}
	_, err := s.exec(ctx, "UPDATE sessions SET numbered = $1 WHERE session_id = $2", s.numbered, s.b.Session)
	return err
}

// insertQuestions writes questions, their tags and their terms, and how they stand with the moderators.
func (s *saving) insertQuestions(ctx context.Context, rows []row) error {
	const columns = 19
	args := make([]any, 0, columns*len(rows))
	var tags []any
	var terms []term
	for _, r := range rows {
		args = append(args, s.b.Session, r.ID, r.n, r.Item, r.topic, string(r.Kind), int64(r.TLP),
			micros(r.Published), micros(r.Collected), r.Source, r.Language, r.Asker, r.Fingerprint,
			flag(r.NoName), r.URL, r.Why, r.Context, r.Text, int64(r.Support))
		tags = append(tags, tagValues(s.b.Session, r.n, r.Tags)...)
		for _, t := range r.Terms {
			terms = append(terms, term{key(t), r.n})
		}
	}
	if _, err := s.insert(ctx, `INSERT INTO questions (session_id, question_id, n, item_id, topic, kind, tlp, published,
		collected, source, language, asker, fingerprint, no_name, url, why, context, text, support)`, columns, args, ""); err != nil {
		return err
	}
	if _, err := s.insert(ctx, "INSERT INTO tags (session_id, n, number, kind, value, rule, evidence, strength)",
		8, tags, ""); err != nil {
		return err
	}
	if err := s.insertTerms(ctx, terms); err != nil {
		return err
	}
	if err := s.insertVectors(ctx, rows); err != nil {
		return err
	}
	return s.insertRulings(ctx, rows)
}

// writeSupport stores how many support the items that stay as they are. The word of the source that brought their
// questions counts: another one may know of fewer.
func (s *saving) writeSupport(ctx context.Context) error {
	changed := map[string]bool{}
	err := lists(ctx, s.tx, "SELECT item_id, support FROM questions WHERE session_id = $1 AND source = $2 AND item_id IN (?)",
		[]any{s.b.Session, text(s.b.Source)}, slices.Sorted(maps.Keys(s.again)), func(r *sql.Rows) error {
			var id string
			var support int
			err := r.Scan(&id, &support)
			if support != s.again[id] {
				changed[id] = true
			}
			return err
		})
	if err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(changed)) {
		if _, err := s.exec(ctx, "UPDATE questions SET support = $1 WHERE session_id = $2 AND item_id = $3 AND source = $4",
			int64(s.again[id]), s.b.Session, id, text(s.b.Source)); err != nil {
			return err
		}
	}
	return nil
}

// tagValues are the rows of tags, for eight columns.
func tagValues(session string, n int64, tags []domain.Tag) (args []any) {
	for i, tag := range tags {
		args = append(args, session, n, int64(i+1), text(tag.Kind), text(tag.Value), text(tag.Rule),
			text(tag.Evidence), int64(tag.Strength))
	}
	return args
}

// term is one entry of the index for searching.
type term struct {
	term string
	n    int64
}

// insertTerms writes the entries in the order of the index, where neighbours fall onto the same page.
func (s *saving) insertTerms(ctx context.Context, terms []term) error {
	slices.SortFunc(terms, func(a, b term) int { return cmp.Or(cmp.Compare(a.term, b.term), cmp.Compare(a.n, b.n)) })
	args := make([]any, 0, 3*len(terms))
	for _, t := range terms {
		args = append(args, s.b.Session, t.term, t.n)
	}
	_, err := s.insert(ctx, "INSERT INTO terms (session_id, term, n)", 3, args, " ON CONFLICT (session_id, term, n) DO NOTHING")
	return err
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
