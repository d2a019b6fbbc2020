package sqlstore

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"time"

	"askahead/domain"
	"askahead/store"
)

// said is what a moderator said that the tags of a kind are.
type said struct {
	values []string // none takes away those of the kind
	found  bool     // takes back what was said before: what was found counts
	alone  bool     // of one question, and not of its asker
	by     string
	at     time.Time
}

// ofAskers are the kinds of tags that are of the asker, and not of what is asked.
func ofAskers() []string { return []string{domain.TagCommunity, domain.TagRegion} }

// saidIn gives what a retag says, by kind.
func saidIn(d *store.Decision) map[string]said {
	all := map[string]said{}
	for _, t := range d.Tags {
		s, ok := all[t.Kind]
		if !ok {
			s = said{values: []string{}, alone: d.Alone, by: d.By, at: d.At}
		}
		if t.Value != domain.Unknown {
			s.values = append(s.values, t.Value)
		}
		all[t.Kind] = s
	}
	return all
}

// heed adds what is said of the asker, where it is not older than what the question's own decisions say of the asker;
// what they say of the question alone stands above it. What was taken back is out.
func (r *ruling) heed(asker map[string]said) {
	tags := map[string]said{}
	maps.Copy(tags, r.tags)
	for kind, s := range asker {
		if own, ok := tags[kind]; !ok || !own.alone && !s.at.Before(own.at) {
			tags[kind] = s
		}
	}
	maps.DeleteFunc(tags, func(_ string, s said) bool { return s.found })
	r.tags = tags
}

// correct records what a decision says of an asker; false if it says nothing.
func (t *tx) correct(ctx context.Context, asker string, d *store.Decision) (changed bool, err error) {
	switch {
	case d.Alone:
	case d.Verb == store.Untag:
		n, err := t.exec(ctx, "UPDATE corrections SET said = '', by_whom = $1, decided = $2 WHERE session_id = $3 AND asker = $4",
			d.By, micros(d.At), d.Session, asker)
		return n > 0, err
	case d.Verb == store.Retag:
		all := saidIn(d)
		for _, kind := range ofAskers() {
			if s, ok := all[kind]; ok {
				changed = true
				if err := t.writeCorrection(ctx, d.Session, asker, kind, s); err != nil {
					return false, err
				}
			}
		}
	}
	return changed, nil
}

func (t *tx) writeCorrection(ctx context.Context, session, asker, kind string, s said) error {
	values := domain.Unknown
	if len(s.values) > 0 {
		values = lined(s.values)
	}
	_, err := t.exec(ctx, `INSERT INTO corrections (session_id, asker, kind, said, by_whom, decided) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (session_id, asker, kind) DO UPDATE SET said = excluded.said, by_whom = excluded.by_whom, decided = excluded.decided`,
		session, asker, kind, values, text(s.by), micros(s.at))
	return err
}

// remembered gives what is said of askers, by asker and kind.
func (t *tx) remembered(ctx context.Context, session string, askers []string) (map[string]map[string]said, error) {
	some, err := t.row(ctx, "SELECT 1 FROM corrections WHERE session_id = $1 LIMIT 1", []any{session}, new(int))
	if err != nil || !some {
		return nil, err
	}
	all := map[string]map[string]said{}
	err = lists(ctx, t, "SELECT asker, kind, said, by_whom, decided FROM corrections WHERE session_id = $1 AND asker IN (?) ORDER BY asker, kind",
		[]any{session}, distinct(slices.Clone(askers)), func(r *sql.Rows) error {
			var asker, kind, values string
			var at int64
			s := said{values: []string{}}
			err := r.Scan(&asker, &kind, &values, &s.by, &at)
			s.at, s.found = moment(at), values == ""
			if values != "" && values != domain.Unknown {
				s.values = unlined(values)
			}
			if all[asker] == nil {
				all[asker] = map[string]said{}
			}
			all[asker][kind] = s
			return err
		})
	return all, err
}

// askers gives what is said of the askers of the questions that are about to be written. A question that was gone brings
// back what was said of its asker with it.
func (s *saving) askers(ctx context.Context, rows []row, rulings map[string]*ruling) (map[string]map[string]said, error) {
	askers := make([]string, len(rows))
	for i := range rows {
		askers[i] = rows[i].Asker
	}
	all, err := s.remembered(ctx, s.b.Session, askers)
	if err != nil {
		return nil, err
	}
	back := map[string]map[string]said{}
	for _, r := range rows {
		d := rulings[r.ID]
		if d == nil || r.NoName {
			continue
		}
		for _, kind := range ofAskers() {
			own, ok := d.tags[kind]
			if _, known := all[r.Asker][kind]; known || !ok || own.alone {
				continue
			}
			if back[r.Asker] == nil {
				back[r.Asker] = map[string]said{}
			}
			if other, ok := back[r.Asker][kind]; !ok || other.at.Before(own.at) {
				back[r.Asker][kind] = own
			}
		}
	}
	for _, asker := range slices.Sorted(maps.Keys(back)) {
		for _, kind := range slices.Sorted(maps.Keys(back[asker])) {
			if err := s.writeCorrection(ctx, s.b.Session, asker, kind, back[asker][kind]); err != nil {
				return nil, err
			}
		}
	}
	if len(back) == 0 {
		return all, nil
	}
	return s.remembered(ctx, s.b.Session, askers)
}

// retagged is a question of an asker of whom something was said.
type retagged struct {
	domain.Question
	n, line int64
}

// retagOthers gives the other questions of the asker of q the tags that they have by what is said of the asker. They are
// found by reading the session's questions once: see OfPerson.
func (s *saving) retagOthers(ctx context.Context, q *store.Question, asker map[string]said) error {
	var all []retagged
	var items []string
	var numbers []int64
	err := s.each(ctx, `SELECT q.n, q.line, q.question_id, q.item_id, q.fingerprint FROM questions q
		WHERE q.session_id = $1 AND q.asker = $2 AND q.question_id <> $3 ORDER BY q.n`,
		[]any{q.Session, q.Asker, q.ID}, func(r *sql.Rows) error {
			var o retagged
			err := r.Scan(&o.n, &o.line, &o.ID, &o.Item, &o.Fingerprint)
			all, items, numbers = append(all, o), append(items, o.Item), append(numbers, o.n)
			return err
		})
	if err != nil || len(all) == 0 {
		return err
	}
	at := func(i int) *domain.Question { return &all[i].Question }
	if err := s.addTags(ctx, q.Session, numbers, at); err != nil {
		return err
	}
	if err := s.uncoverTags(ctx, q.Session, numbers, at); err != nil {
		return err
	}
	lines, err := s.lines(ctx, q.Session, distinct(items))
	if err != nil {
		return err
	}
	for _, table := range []string{"tags", "original_tags"} {
		if _, err := execLists(ctx, s.tx, "DELETE FROM "+table+" WHERE session_id = $1 AND n IN (?)", []any{q.Session}, numbers); err != nil {
			return err
		}
	}
	var tags, originals []any
	for _, o := range all {
		r := &ruling{}
		if o.line != 0 {
			r = find(lines, o.Item, o.line).ruling(o.Fingerprint)
		}
		r.heed(asker)
		tags = append(tags, tagValues(q.Session, o.n, r.apply(o.Tags))...)
		if len(r.tags) > 0 {
			originals = append(originals, tagValues(q.Session, o.n, o.Tags)...)
		}
	}
	if _, err := s.insert(ctx, "INSERT INTO tags (session_id, n, number, kind, value, rule, evidence, strength)", 8, tags, ""); err != nil {
		return err
	}
	_, err = s.insert(ctx, "INSERT INTO original_tags (session_id, n, number, kind, value, rule, evidence, strength)", 8, originals, "")
	return err
}

// uncoverTags gives questions the tags that were found, where a moderator's stand in their place.
func (t *tx) uncoverTags(ctx context.Context, session string, numbers []int64, question func(i int) *domain.Question) error {
	found := make([]domain.Question, len(numbers))
	if err := t.addTagsFrom(ctx, "original_tags", session, numbers, func(i int) *domain.Question { return &found[i] }); err != nil {
		return err
	}
	for i := range found {
		q := question(i)
		covered := slices.ContainsFunc(q.Tags, func(t domain.Tag) bool { return t.Rule == store.ModeratorRule })
		if covered || len(found[i].Tags) > 0 {
			q.Tags = found[i].Tags
		}
	}
	return nil
}

// Corrections tells what was said of the asker of a question; see store.Decisions.
func (db *DB) Corrections(ctx context.Context, session, question string) (list []store.Correction, others int, err error) {
	err = db.read(ctx, "read what was said of an asker", func(t *tx) error {
		q, err := t.question(ctx, session, question)
		if err != nil || q.NoName {
			return err
		}
		asker, err := t.remembered(ctx, session, []string{q.Asker})
		if err != nil {
			return err
		}
		for _, kind := range ofAskers() {
			if s, ok := asker[q.Asker][kind]; ok && !s.found {
				list = append(list, store.Correction{Kind: kind, Values: s.values, By: s.by, At: s.at})
			}
		}
		if len(list) == 0 {
			return nil
		}
		_, err = t.row(ctx, "SELECT count(*) FROM questions WHERE session_id = $1 AND asker = $2 AND question_id <> $3 AND no_name = 0",
			[]any{session, q.Asker, q.ID}, &others)
		return err
	})
	return list, others, err
}
