package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"askahead/domain"
	"askahead/store"
)

// How long a list of questions may be, and how many values a filter.
const (
	defaultLimit = 100
	maxLimit     = 1000
	maxValues    = 10000
)

// questionColumns are a question of the table q with its topic of the table t, as scanQuestion reads them.
const questionColumns = `q.question_id, q.item_id, coalesce(t.topic_id, ''), q.kind, q.tlp, q.published, q.collected,
	q.source, q.language, q.asker, q.fingerprint, q.no_name, q.url, q.why, q.context, q.text,
	q.state, q.edited, q.answered, q.answer, q.support, q.labelled`

// scanQuestion reads questionColumns, after other columns that go into before.
func scanQuestion(r *sql.Rows, session string, before ...any) (domain.Question, error) {
	q := domain.Question{Session: session}
	var published, collected, noName, edited, answered int64
	err := r.Scan(append(before, &q.ID, &q.Item, &q.Topic, &q.Kind, &q.TLP, &published, &collected, &q.Source, &q.Language,
		&q.Asker, &q.Fingerprint, &noName, &q.URL, &q.Why, &q.Context, &q.Text,
		&q.State, &edited, &answered, &q.Answer, &q.Support, &q.Labelled)...)
	q.Published, q.Collected, q.NoName, q.Edited = moment(published), moment(collected), noName != 0, edited != 0
	if answered != 0 {
		q.Answered = moment(answered)
	}
	return q, err
}

// Questions lists by time of publication, newest first, with tags; see store.Query. Ties go by id. A filter may
// name at most 10,000 ids.
func (db *DB) Questions(ctx context.Context, q store.Query) (store.Page, error) {
	const doing = "list questions"
	w, err := filter(q)
	if err != nil {
		return store.Page{}, fmt.Errorf("%s: %w", doing, err)
	}
	limit := q.Limit
	if limit <= 0 {
		limit = defaultLimit
	}
	limit = min(limit, maxLimit)
	w.add(" ORDER BY q.published DESC, q.question_id DESC LIMIT ?", int64(limit+1))
	var page store.Page
	err = db.read(ctx, doing, func(t *tx) error {
		var numbers []int64
		err := t.each(ctx, "SELECT q.n, "+questionColumns+` FROM questions q
			LEFT JOIN topics t ON t.session_id = q.session_id AND t.n = q.topic
			WHERE q.session_id = $1`+w.text.String(), w.args, func(r *sql.Rows) error {
			var n int64
			one, err := scanQuestion(r, q.Session, &n)
			numbers = append(numbers, n)
			page.Questions = append(page.Questions, one)
			return err
		})
		if err != nil {
			return err
		}
		if len(numbers) > limit {
			numbers, page.Questions = numbers[:limit], page.Questions[:limit]
			page.Next = placeOf(page.Questions[limit-1])
		}
		return t.addTags(ctx, q.Session, numbers, func(i int) *domain.Question { return &page.Questions[i] })
	})
	if err != nil {
		return store.Page{}, err
	}
	return page, nil
}

// where is what follows a condition on the session, $1, under construction.
type where struct {
	text strings.Builder
	args []any
}

// add appends a text in which each "?" stands for the next of args.
func (w *where) add(text string, args ...any) {
	for _, arg := range args {
		before, after, _ := strings.Cut(text, "?")
		w.args = append(w.args, arg)
		w.text.WriteString(before)
		w.text.WriteString("$" + strconv.Itoa(len(w.args)))
		text = after
	}
	w.text.WriteString(text)
}

// in appends a list of values.
func in[T ~string](w *where, values []T) {
	w.text.WriteByte('(')
	for i, v := range values {
		if i > 0 {
			w.text.WriteByte(',')
		}
		w.add("?", string(v))
	}
	w.text.WriteByte(')')
}

// filter turns a query into conditions on the table q.
func filter(q store.Query) (*where, error) {
	if len(q.IDs) > maxValues || len(q.Topics) > maxValues || len(q.Terms) > maxValues {
		return nil, fmt.Errorf("a filter names more than %d values", maxValues)
	}
	w := &where{args: []any{q.Session}}
	w.audience(q.Audience, q.Held)
	if len(q.Kinds) == 0 {
		q.Kinds = []domain.Kind{domain.Panel}
	}
	w.add(" AND q.kind IN ")
	in(w, q.Kinds)
	w.tags(q)
	if q.Source != "" {
		w.add(" AND q.source = ?", q.Source)
	}
	if q.Answer {
		w.add(" AND EXISTS (SELECT 1 FROM contacts c WHERE c.session_id = q.session_id AND c.item_id = q.item_id)")
	}
	if q.Language != "" {
		w.add(" AND q.language = ?", q.Language)
	}
	if len(q.Topics) > 0 {
		w.add(" AND t.topic_id IN ")
		in(w, q.Topics)
	}
	if len(q.IDs) > 0 {
		w.add(" AND q.question_id IN ")
		in(w, q.IDs)
	}
	if q.Begins != "" {
		w.add(" AND q.question_id >= ? AND q.question_id < ?", text(q.Begins), text(q.Begins)+"~") // behind every letter and digit
	}
	if err := w.standing(q.Standing); err != nil {
		return nil, err
	}
	for _, term := range q.Terms {
		w.add(" AND EXISTS (SELECT 1 FROM terms x WHERE x.session_id = q.session_id AND x.term = ? AND x.n = q.n)", key(term))
	}
	if !q.Since.IsZero() {
		w.add(" AND q.collected >= ?", micros(q.Since))
	}
	if !q.Until.IsZero() {
		w.add(" AND q.collected < ?", micros(q.Until))
	}
	if q.After != "" {
		published, id, err := place(q.After)
		if err != nil {
			return nil, err
		}
		w.add(" AND (q.published, q.question_id) < (?, ?)", published, id)
	}
	return w, nil
}

// audience lets through what may be read, as domain.TLP.For says, or with held everything else.
func (w *where) audience(audience domain.TLP, held bool) {
	readable := "(q.tlp >= ? AND q.tlp < ? AND q.tlp <= ?)"
	if audience < domain.Clear || audience >= domain.Red {
		audience = domain.Clear - 1 // reads nothing
	}
	if held {
		readable = "NOT " + readable
	}
	w.add(" AND "+readable, int64(domain.Clear), int64(domain.Red), int64(audience))
}

// standing adds the condition on what moderators decided.
func (w *where) standing(s store.Standing) error {
	dismissed := int64(domain.Dismissed)
	switch s {
	case store.NotDismissed:
		w.add(" AND q.state <> ?", dismissed)
	case store.Undecided:
		w.add(" AND q.state IN (?, ?) AND q.answered = 0", int64(domain.Open), int64(domain.Changed))
	case store.IsApproved:
		w.add(" AND q.state = ?", int64(domain.Approved))
	case store.IsDismissed:
		w.add(" AND q.state = ?", dismissed)
	case store.IsAnswered:
		w.add(" AND q.answered <> 0 AND q.state <> ?", dismissed)
	case store.AnyStanding:
	default:
		return fmt.Errorf("%q is no standing of a question", s)
	}
	return nil
}

// tags adds the conditions on communities, regions and themes.
func (w *where) tags(q store.Query) {
	const tagged = "EXISTS (SELECT 1 FROM tags g WHERE g.session_id = q.session_id AND g.n = q.n AND g.kind = ?"
	for _, tag := range []struct{ kind, value string }{
		{domain.TagCommunity, q.Community}, {domain.TagRegion, q.Region}, {domain.TagTheme, q.Theme},
	} {
		switch {
		case tag.value == "":
		case tag.kind == domain.TagCommunity && tag.value == domain.Unknown:
			w.add(" AND NOT "+tagged+")", tag.kind)
		default:
			w.add(" AND "+tagged+" AND g.value = ?)", tag.kind, tag.value)
		}
	}
}

// placeOf names where a question stands in the list: what Page.Next holds.
func placeOf(q domain.Question) string {
	return strconv.FormatInt(micros(q.Published), 36) + "~" + q.ID
}

func place(after string) (published int64, id string, err error) {
	at, id, _ := strings.Cut(after, "~")
	published, err = strconv.ParseInt(at, 36, 64)
	if err != nil || id == "" {
		return 0, "", errors.New("it cannot go on after what is not the end of a page")
	}
	return published, text(id), nil
}

// addTags reads the tags of the questions with these numbers; question gives the i-th of them.
func (t *tx) addTags(ctx context.Context, session string, numbers []int64, question func(i int) *domain.Question) error {
	return t.addTagsFrom(ctx, "tags", session, numbers, question)
}

func (t *tx) addTagsFrom(ctx context.Context, table, session string, numbers []int64, question func(i int) *domain.Question) error {
	at := make(map[int64]int, len(numbers))
	for i, n := range numbers {
		at[n] = i
	}
	return lists(ctx, t, "SELECT n, kind, value, rule, evidence, strength FROM "+table+`
		WHERE session_id = $1 AND n IN (?) ORDER BY n, number`,
		[]any{session}, numbers, func(r *sql.Rows) error {
			var n int64
			var tag domain.Tag
			err := r.Scan(&n, &tag.Kind, &tag.Value, &tag.Rule, &tag.Evidence, &tag.Strength)
			q := question(at[n])
			q.Tags = append(q.Tags, tag)
			return err
		})
}
