package sqlstore

import (
	"context"
	"database/sql"
	"reflect"
	"slices"

	"askahead/domain"
	"askahead/store"
)

// question is one as it is stored; of one that was decided about, as it was found.
type question struct {
	domain.Question
	n, topic, line int64
	terms          []string // in order
}

// loadReread reads what is stored of the questions that a rereading may understand otherwise.
func (s *saving) loadReread(ctx context.Context) error {
	if !s.b.Reread {
		return nil
	}
	var items []string
	for i := range s.b.Items {
		it := &s.b.Items[i]
		if k := s.items[it.ID]; k.Outcome == store.Kept && k.Content == it.Content && s.holds(it) {
			items = append(items, it.ID)
		}
	}
	items = distinct(items)
	s.old = map[string][]question{}
	var all []question
	err := lists(ctx, s.tx, "SELECT q.n, q.topic, q.line, "+questionColumns+` FROM questions q
		LEFT JOIN topics t ON t.session_id = q.session_id AND t.n = q.topic
		WHERE q.session_id = $1 AND q.item_id IN (?)`,
		[]any{s.b.Session}, items, func(r *sql.Rows) (err error) {
			var q question
			q.Question, err = scanQuestion(r, s.b.Session, &q.n, &q.topic, &q.line)
			all = append(all, q)
			return err
		})
	if err != nil {
		return err
	}
	numbers := make([]int64, len(all))
	at := map[int64]*question{}
	for i := range all {
		numbers[i], at[all[i].n] = all[i].n, &all[i]
	}
	if err := s.addTags(ctx, s.b.Session, numbers, func(i int) *domain.Question { return &all[i].Question }); err != nil {
		return err
	}
	err = lists(ctx, s.tx, "SELECT n, term FROM terms WHERE session_id = $1 AND n IN (?) ORDER BY n, term",
		[]any{s.b.Session}, numbers, func(r *sql.Rows) error {
			var n int64
			var term string
			err := r.Scan(&n, &term)
			at[n].terms = append(at[n].terms, term)
			return err
		})
	if err != nil {
		return err
	}
	if err := s.uncoverAll(ctx, items, all); err != nil {
		return err
	}
	for _, q := range all {
		s.old[q.Item] = append(s.old[q.Item], q)
	}
	return nil
}

// uncoverAll takes off the questions what moderators made of them: a rereading compares what was found.
func (s *saving) uncoverAll(ctx context.Context, items []string, all []question) error {
	numbers := make([]int64, len(all))
	for i := range all {
		numbers[i] = all[i].n
	}
	if err := s.uncoverTags(ctx, s.b.Session, numbers, func(i int) *domain.Question { return &all[i].Question }); err != nil {
		return err
	}
	lines, err := s.lines(ctx, s.b.Session, items)
	if err != nil {
		return err
	}
	for i := range all {
		at := slices.IndexFunc(lines, func(l *line) bool { return l.item == all[i].Item && l.number == all[i].line })
		if at < 0 {
			continue
		}
		q := store.Question{Question: all[i].Question}
		if err := s.uncover(ctx, &q, all[i].n, lines[at].ruling(q.Fingerprint)); err != nil {
			return err
		}
		all[i].Question, all[i].terms = q.Question, distinct(q.Terms)
	}
	return nil
}

// holds says that this stream has the item where the batch has it.
func (s *saving) holds(it *store.Item) bool {
	at, ok := s.sightings[it.ExternalID]
	return ok && at.item == it.ID
}

// anew says whether a stored item is to be written as a rereading understands it; see store.Batch.
func (s *saving) anew(it *store.Item, k store.Known) bool {
	readable := k.Outcome == store.Kept || k.Outcome == store.NoQuestion
	switch {
	case readable && it.Outcome == store.OptedOut:
		s.saved.Anew++
	case readable && it.Edited && it.Content != k.Content:
		s.saved.Changed++
	case readable && it.Content == k.Content && s.holds(it) && s.differs(it, k):
		s.saved.Anew++
	default:
		s.saved.Again++
		if at, ok := s.sightings[it.ExternalID]; ok && at.item != it.ID && (readable || k.Outcome == store.OptedOut) {
			s.see(it) // the item that stood there is this one by today's rules
		}
		return false
	}
	s.before[it.ID] = k.Outcome
	return true
}

// differs says whether something else would be stored of the item than is.
func (s *saving) differs(it *store.Item, k store.Known) bool {
	old := s.old[it.ID]
	if slices.ContainsFunc(old, func(q question) bool { return q.Source != text(s.b.Source) }) {
		return false // the first source's word stands
	}
	if k.Outcome != it.Outcome || len(old) != len(it.Questions) {
		return true
	}
	before := make([]oldQuestion, len(old))
	for i, q := range old {
		before[i] = oldQuestion{id: q.ID, asked: q.Text}
	}
	now := *it
	now.Questions = slices.Clone(it.Questions)
	inherit(&now, before)
	for i := range now.Questions {
		q := &now.Questions[i]
		n := slices.IndexFunc(old, func(o question) bool { return o.ID == q.ID })
		if n < 0 || !old[n].same(q, it.Published.IsZero()) {
			return true
		}
	}
	return false
}

// same says whether q is stored as it would be now. Where it is undated, its time of collection stands for its
// publication.
func (old *question) same(q *store.Question, undated bool) bool {
	now := q.Question
	now.Topic, now.Collected, now.Support = old.Topic, old.Collected, old.Support
	now.Published = moment(micros(now.Published))
	if undated {
		now.Published = old.Published
	}
	now.Tags = make([]domain.Tag, len(q.Tags))
	for i, tag := range q.Tags {
		now.Tags[i] = domain.Tag{Kind: text(tag.Kind), Value: text(tag.Value), Rule: text(tag.Rule),
			Evidence: text(tag.Evidence), Strength: tag.Strength}
	}
	stored := old.Question
	stored.Tags = append([]domain.Tag{}, stored.Tags...)
	terms := make([]string, len(q.Terms))
	for i, t := range q.Terms {
		terms[i] = key(t)
	}
	return reflect.DeepEqual(now, stored) && slices.Equal(distinct(terms), old.terms)
}

// silence adds to sums what items count as that a rereading found without a question, and takes it back from those in
// which it found their first.
func (s *saving) silence(add func([]store.Count, int64)) {
	for _, id := range s.write {
		it := s.by[id]
		switch was := s.before[id]; {
		case !s.b.Reread || s.fresh[id]:
		case was == store.Kept && it.Outcome == store.NoQuestion:
			add(it.Silent, 1)
		case was == store.NoQuestion && it.Outcome == store.Kept:
			add(it.Silent, -1)
		}
	}
}
