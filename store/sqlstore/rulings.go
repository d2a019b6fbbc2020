package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"slices"
	"strings"
	"time"

	"askahead/domain"
	"askahead/store"
)

// line is everything that was decided about one question of an item, in order. It is not bound to the question's id:
// a question that its author inserts shifts those behind it.
type line struct {
	item      string
	number    int64
	decisions []recorded
}

// recorded is a decision as it is stored.
type recorded struct {
	store.Decision
	fingerprint string // of the source's text at that time
}

// ruling is what the decisions of a line come to.
type ruling struct {
	line     int64
	state    domain.State
	answered time.Time
	answer   string
	edited   bool
	text     string // empty if the words went when the question was gone
	terms    []string
	permit   domain.TLP          // 0 if there is no permission
	tags     map[string][]string // by kind; an empty list takes away those of the kind
}

// ruling works out what applies to a question whose text at the source has this fingerprint now.
func (l *line) ruling(fingerprint string) *ruling {
	r := &ruling{line: l.number, tags: map[string][]string{}}
	read, may := "", "" // the fingerprints of what was approved, and of what may be read
	for _, d := range l.decisions {
		switch d.Verb {
		case store.Approve:
			r.state, read = domain.Approved, d.fingerprint
		case store.Dismiss:
			r.state = domain.Dismissed
		case store.Answered:
			r.answered, r.answer = d.At, d.Reason
		case store.Reopen:
			r.state, r.answered, r.answer = domain.Open, time.Time{}, ""
		case store.Edit:
			r.edited, r.text, r.terms = true, d.Text, d.Terms
		case store.Unedit:
			r.edited, r.text, r.terms = false, "", nil
		case store.Retag:
			r.retag(d.Tags)
		case store.Untag:
			clear(r.tags)
		case store.Permit:
			r.permit, may = d.Audience, d.fingerprint
		case store.Revoke:
			r.permit = 0
		}
	}
	if r.state == domain.Approved && !r.edited && read != fingerprint {
		r.state = domain.Changed
	}
	if may != fingerprint {
		r.permit = 0
	}
	return r
}

func (r *ruling) retag(tags []domain.Tag) {
	for _, t := range tags {
		r.tags[t.Kind] = []string{}
	}
	for _, t := range tags {
		if t.Value != domain.Unknown {
			r.tags[t.Kind] = append(r.tags[t.Kind], t.Value)
		}
	}
}

// apply puts the moderator's tags before those that were found, of which it leaves out their kinds.
func (r *ruling) apply(found []domain.Tag) (tags []domain.Tag) {
	for _, kind := range slices.Sorted(maps.Keys(r.tags)) {
		for _, value := range r.tags[kind] {
			tags = append(tags, domain.Tag{Kind: kind, Value: value, Rule: store.ModeratorRule, Strength: store.ModeratorStrength})
		}
	}
	for _, t := range found {
		if _, replaced := r.tags[t.Kind]; !replaced {
			tags = append(tags, t)
		}
	}
	return tags
}

// obey makes the question what was decided, and keeps beside it how it was found.
func (r *row) obey(d *ruling) {
	if d == nil {
		return
	}
	q := *r.Question
	q.State, q.Edited, q.Answered, q.Answer = d.state, d.edited, d.answered, d.answer
	if d.edited {
		q.Text, q.Context, q.Terms, q.Keys, q.Vector = d.text, "", d.terms, nil, domain.Vector{}
	}
	q.Tags = d.apply(q.Tags)
	if d.permit != 0 && d.permit < q.TLP && q.TLP != domain.Red {
		q.TLP, q.Labelled = d.permit, q.TLP
	}
	r.Question, r.asked, r.ruling = &q, r.Question, d
}

// insertRulings writes how questions stand with the moderators, and what is covered up by that.
func (s *saving) insertRulings(ctx context.Context, rows []row) error {
	for _, r := range rows {
		if r.ruling == nil {
			continue
		}
		var answered int64
		if !r.Answered.IsZero() {
			answered = micros(r.Answered)
		}
		if _, err := s.exec(ctx, `UPDATE questions SET state = $1, edited = $2, answered = $3, answer = $4, line = $5, labelled = $6
			WHERE session_id = $7 AND n = $8`,
			int64(r.State), flag(r.Edited), answered, r.Answer, r.ruling.line, int64(r.Labelled), s.b.Session, r.n); err != nil {
			return err
		}
		if r.Edited {
			if _, err := s.exec(ctx, `INSERT INTO original_texts (session_id, n, text, context, terms) VALUES ($1, $2, $3, $4, $5)`,
				s.b.Session, r.n, r.asked.Text, r.asked.Context, lined(r.asked.Terms)); err != nil {
				return err
			}
		}
		if len(r.ruling.tags) > 0 {
			if _, err := s.insert(ctx, "INSERT INTO original_tags (session_id, n, number, kind, value, rule, evidence, strength)",
				8, tagValues(s.b.Session, r.n, r.asked.Tags), ""); err != nil {
				return err
			}
		}
	}
	return nil
}

// lined writes terms as they are stored in one column.
func lined(terms []string) string {
	keys := make([]string, len(terms))
	for i, t := range terms {
		keys[i] = key(t)
	}
	return strings.Join(keys, "\n")
}

func unlined(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

// rulings says what applies to the questions that are about to be written in the place of those of items, by their
// ids. Decisions whose question is not among them lose their words.
func (s *saving) rulings(ctx context.Context, items []string, old map[string]oldQuestion) (map[string]*ruling, error) {
	lines, err := s.lines(ctx, s.b.Session, items)
	if err != nil || len(lines) == 0 {
		return nil, err
	}
	byItem := map[string][]*line{}
	for _, l := range lines {
		byItem[l.item] = append(byItem[l.item], l)
	}
	found := map[string]*ruling{}
	for _, item := range slices.Sorted(maps.Keys(byItem)) {
		var questions []store.Question
		if it := s.by[item]; it != nil {
			questions = it.Questions
		}
		claims := claimsOf(byItem[item], item, old)
		for i, c := range heirs(claims, questions) {
			switch {
			case claims[i].line == nil:
			case c != nil:
				found[c.ID] = claims[i].line.ruling(c.Fingerprint)
			default:
				if err := s.emptyWords(ctx, s.b.Session, claims[i].line); err != nil {
					return nil, err
				}
			}
		}
	}
	return found, nil
}

// claim is a question as it was, which looks for itself among those of the item as it is now. Where nothing was
// decided about it, it only keeps what was decided about others away from itself.
type claim struct {
	line            *line // nil if nothing was decided
	id, fingerprint string
}

// claimsOf gives a claim for every line, and for the questions without one.
func claimsOf(lines []*line, item string, old map[string]oldQuestion) []claim {
	var claims []claim
	at := map[int64]int{}
	for _, l := range lines {
		last := l.decisions[len(l.decisions)-1]
		at[l.number] = len(claims)
		claims = append(claims, claim{l, last.Question, last.fingerprint})
	}
	for _, id := range slices.Sorted(maps.Keys(old)) {
		o := old[id]
		if o.item != item {
			continue
		}
		if i, ok := at[o.line]; ok {
			claims[i].id, claims[i].fingerprint = id, o.fingerprint
			continue
		}
		claims = append(claims, claim{nil, id, o.fingerprint})
	}
	return claims
}

// heirs finds for every claim its question, nil if there is none: the one that has its id and says the same, else one
// that says the same, else the one that has its id and says what no question of the item said before.
func heirs(claims []claim, questions []store.Question) []*store.Question {
	found := make([]*store.Question, len(claims))
	taken := make([]bool, len(questions))
	for _, fits := range []func(c *claim, q *store.Question) bool{
		func(c *claim, q *store.Question) bool { return q.ID == c.id && q.Fingerprint == c.fingerprint },
		func(c *claim, q *store.Question) bool { return q.Fingerprint == c.fingerprint },
		func(c *claim, q *store.Question) bool { return q.ID == c.id },
	} {
		for i := range claims {
			for k := range questions {
				if found[i] == nil && !taken[k] && fits(&claims[i], &questions[k]) {
					found[i], taken[k] = &questions[k], true
				}
			}
		}
	}
	return found
}

const decisionColumns = `d.item_id, d.line, d.question_id, d.fingerprint, d.verb, d.by_whom, d.decided, d.reason, d.body, d.terms`

// lines reads what was decided about the questions of items, ordered by item and line.
func (t *tx) lines(ctx context.Context, session string, items []string) ([]*line, error) {
	var found []*line
	err := lists(ctx, t, "SELECT "+decisionColumns+` FROM decisions d WHERE d.session_id = $1 AND d.item_id IN (?)
		ORDER BY d.item_id, d.line, d.number`, []any{session}, items, func(r *sql.Rows) error {
		item, number, d, err := scanDecision(r, session)
		if n := len(found); n == 0 || found[n-1].item != item || found[n-1].number != number {
			found = append(found, &line{item: item, number: number})
		}
		l := found[len(found)-1]
		l.decisions = append(l.decisions, d)
		return err
	})
	return found, err
}

// scanDecision reads decisionColumns.
func scanDecision(r *sql.Rows, session string) (item string, number int64, d recorded, err error) {
	var at int64
	var body, terms string
	d.Session = session
	err = r.Scan(&item, &number, &d.Question, &d.fingerprint, &d.Verb, &d.By, &at, &d.Reason, &body, &terms)
	d.At, d.Terms = moment(at), unlined(terms)
	switch d.Verb {
	case store.Edit:
		d.Text = body
	case store.Permit:
		d.Audience, _ = domain.ParseTLP(body) // what can't be read permits nothing
	case store.Retag:
		for _, tag := range unlined(body) {
			kind, value, _ := strings.Cut(tag, " ")
			d.Tags = append(d.Tags, domain.Tag{Kind: kind, Value: value})
		}
	}
	return item, number, d, err
}

// record appends a decision to a line.
func (t *tx) record(ctx context.Context, l *line, d recorded) error {
	body := d.Text
	if d.Verb == store.Permit {
		body = d.Audience.String()
	}
	if d.Verb == store.Retag {
		tags := make([]string, len(d.Tags))
		for i, tag := range d.Tags {
			tags[i] = tag.Kind + " " + text(tag.Value)
		}
		body = strings.Join(tags, "\n")
	}
	l.decisions = append(l.decisions, d)
	_, err := t.exec(ctx, `INSERT INTO decisions (session_id, item_id, line, number, question_id, fingerprint, verb, by_whom,
		decided, reason, body, terms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		d.Session, l.item, l.number, int64(len(l.decisions)), d.Question, d.fingerprint, string(d.Verb), d.By,
		micros(d.At), d.Reason, body, lined(d.Terms))
	return err
}

// emptyWords takes the words out of a line whose question is gone: what a moderator wrote tells of what its asker did.
func (t *tx) emptyWords(ctx context.Context, session string, l *line) error {
	_, err := t.exec(ctx, `UPDATE decisions SET reason = '', terms = '', body = CASE WHEN verb = $1 THEN '' ELSE body END
		WHERE session_id = $2 AND item_id = $3 AND line = $4`, string(store.Edit), session, l.item, l.number)
	return err
}

// forgetDecisions removes what was decided about items that will not come back.
func (t *tx) forgetDecisions(ctx context.Context, session string, items []string) error {
	_, err := execLists(ctx, t, "DELETE FROM decisions WHERE session_id = $1 AND item_id IN (?)", []any{session}, items)
	return err
}

// find gives the line with this number, or a new one behind all others of the item.
func find(lines []*line, item string, number int64) *line {
	next := int64(1)
	for _, l := range lines {
		if number != 0 && l.number == number {
			return l
		}
		next = max(next, l.number+1)
	}
	return &line{item: item, number: cmp.Or(number, next)}
}
