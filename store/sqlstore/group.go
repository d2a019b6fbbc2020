package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"askahead/domain"
)

// How many topics are looked at for one question. A key that very many leaders share tells little, and must not
// make saving slow: the first maxPerKey topics are found by it, later ones only by their other keys. Of what is
// found, the maxNear topics that share the most keys with the question are offered, the older ones first.
const (
	maxPerKey = 64
	maxNear   = 32
)

// grouping finds the topics of the new questions of a batch.
type grouping struct {
	*saving
	keys   [][]int64               // of rows, in their order; nil unless a panel question
	bands  map[int64][]int64       // key → topics
	topics map[int64]*domain.Topic // by number: those that may be near, and those opened by this batch
	opened []any                   // rows of topics
	filed  []band                  // rows of bands
	share  map[int64]int           // of candidates; kept to be used again
}

// band is one entry of the index of leaders.
type band struct{ key, topic int64 }

// group gives every question to write its number, and every panel question its topic.
func (s *saving) group(ctx context.Context) error {
	if err := s.order(); err != nil {
		return err
	}
	g := &grouping{saving: s, keys: make([][]int64, len(s.rows)), bands: map[int64][]int64{},
		topics: map[int64]*domain.Topic{}, share: map[int64]int{}}
	panel := false
	for i := range s.rows {
		r := &s.rows[i]
		s.numbered++
		r.n = s.numbered
		if r.Kind != domain.Panel {
			continue
		}
		panel = true
		if g.keys[i] = r.Keys; len(r.Keys) == 0 {
			g.keys[i] = s.g.Keys(r.Question.Question)
		}
	}
	if !panel {
		return nil // topics without an index entry wait for a batch that needs them
	}
	if err := g.load(ctx); err != nil {
		return err
	}
	for i := range s.rows {
		if s.rows[i].Kind == domain.Panel {
			if err := g.place(ctx, &s.rows[i], g.keys[i]); err != nil {
				return err
			}
		}
	}
	return g.flush(ctx)
}

// order brings the panel questions into the order of the grouper, behind the others, so that neither the topics nor the
// numbers, which decide among equals, depend on the order of the batch.
func (s *saving) order() error {
	var panel []row
	var questions []domain.Question
	rest := s.rows[:0:0]
	for _, r := range s.rows {
		if r.Kind != domain.Panel {
			rest = append(rest, r)
			continue
		}
		panel, questions = append(panel, r), append(questions, r.Question.Question)
	}
	if len(panel) > 0 && s.g == nil {
		return errors.New("there is no grouper for its questions")
	}
	s.rows = rest
	if len(panel) > 0 {
		for _, i := range s.g.Order(questions) {
			s.rows = append(s.rows, panel[i])
		}
	}
	return nil
}

// load reads all topics that may be near a question of the batch, in a few queries.
func (g *grouping) load(ctx context.Context) error {
	var stale []int64
	if err := g.each(ctx, "SELECT n FROM topics WHERE session_id = $1 AND indexed = 0 ORDER BY n",
		[]any{g.b.Session}, scanAppend(&stale)); err != nil {
		return err
	}
	if err := g.loadTopics(ctx, stale); err != nil {
		return err
	}
	keys := slices.Concat(g.keys...)
	staleKeys := make([][]int64, len(stale))
	for i, n := range stale {
		staleKeys[i] = g.g.Keys(g.topics[n].Leader)
		keys = append(keys, staleKeys[i]...)
	}
	if err := lists(ctx, g.tx, "SELECT band, topic FROM bands WHERE session_id = $1 AND band IN (?) ORDER BY band, topic",
		[]any{g.b.Session}, distinct(keys), func(r *sql.Rows) error {
			var b band
			err := r.Scan(&b.key, &b.topic)
			g.bands[b.key] = append(g.bands[b.key], b.topic)
			return err
		}); err != nil {
		return err
	}
	for i, n := range stale {
		g.file(staleKeys[i], n)
	}
	if _, err := execLists(ctx, g.tx, "UPDATE topics SET indexed = 1 WHERE session_id = $1 AND n IN (?)",
		[]any{g.b.Session}, stale); err != nil {
		return err
	}
	return g.loadNear(ctx)
}

// loadNear reads the topics that the questions of the batch may be offered.
func (g *grouping) loadNear(ctx context.Context) error {
	var near []int64
	for i := range g.rows {
		near = append(near, g.candidates(g.keys[i])...)
		if g.rows[i].was != 0 {
			near = append(near, g.rows[i].was)
		}
	}
	return g.loadTopics(ctx, slices.DeleteFunc(distinct(near), func(n int64) bool { return g.topics[n] != nil }))
}

func (g *grouping) loadTopics(ctx context.Context, numbers []int64) error {
	err := lists(ctx, g.tx, "SELECT t.n, "+questionColumns+` FROM topics t
		JOIN questions q ON q.session_id = t.session_id AND q.n = t.leader
		WHERE t.session_id = $1 AND t.n IN (?)`,
		[]any{g.b.Session}, numbers, func(r *sql.Rows) error {
			var n int64
			q, err := scanQuestion(r, g.b.Session, &n)
			g.topics[n] = &domain.Topic{ID: q.Topic, Leader: q}
			return err
		})
	if err != nil {
		return err
	}
	return lists(ctx, g.tx, `SELECT t.n, v.model, v.vector FROM topics t
		JOIN vectors v ON v.session_id = t.session_id AND v.n = t.leader
		WHERE t.session_id = $1 AND t.n IN (?)`,
		[]any{g.b.Session}, numbers, func(r *sql.Rows) error {
			var n int64
			v, err := scanVector(r, &n)
			g.topics[n].Leader.Vector = v
			return err
		})
}

// candidates gives the topics that share a key, at most maxNear.
func (g *grouping) candidates(keys []int64) []int64 {
	clear(g.share)
	for _, k := range keys {
		for _, n := range g.bands[k] {
			g.share[n]++
		}
	}
	near := make([]int64, 0, len(g.share))
	for n := range g.share {
		near = append(near, n)
	}
	if len(near) > maxNear {
		slices.SortFunc(near, func(a, b int64) int {
			return cmp.Or(cmp.Compare(g.share[b], g.share[a]), cmp.Compare(a, b))
		})
		near = near[:maxNear]
	}
	return near
}

// place finds the topic of a question, or opens one.
func (g *grouping) place(ctx context.Context, r *row, keys []int64) error {
	if t := g.topics[r.was]; t != nil { // its text changed: it stays where it was if it still fits
		r.Topic = t.ID
		if g.g.Place(r.Question.Question, []domain.Topic{*t}) == t.ID {
			r.topic = r.was
			return nil
		}
		r.Topic = ""
	}
	numbers := g.candidates(keys)
	slices.SortFunc(numbers, func(a, b int64) int { return strings.Compare(g.topics[a].ID, g.topics[b].ID) })
	near := make([]domain.Topic, len(numbers))
	for i, n := range numbers {
		near[i] = *g.topics[n]
	}
	if !r.stored {
		g.saved.Questions++
	}
	id := g.g.Place(r.Question.Question, near)
	if id == "" {
		return g.open(ctx, r, keys)
	}
	i := slices.IndexFunc(near, func(t domain.Topic) bool { return t.ID == id })
	if i < 0 {
		return fmt.Errorf("the grouper chose topic %s, which it was not offered", id)
	}
	r.Topic, r.topic = id, numbers[i]
	return nil
}

// open makes a topic that the question leads.
func (g *grouping) open(ctx context.Context, r *row, keys []int64) error {
	id := r.ID
	for try := 2; r.back; try++ {
		// An earlier wording of the question may have opened a topic that others are still in.
		taken, err := g.tx.row(ctx, "SELECT 1 FROM topics WHERE session_id = $1 AND topic_id = $2",
			[]any{g.b.Session, id}, new(int))
		if err != nil {
			return err
		}
		if !taken {
			break
		}
		id = r.ID + "~" + strconv.Itoa(try)
	}
	r.Topic, r.topic = id, r.n
	g.topics[r.n] = &domain.Topic{ID: id, Leader: r.Question.Question}
	g.opened = append(g.opened, g.b.Session, r.n, id, r.n, int64(1))
	g.file(keys, r.n)
	g.saved.Topics++
	return nil
}

// file puts a topic into the index, except under keys that are full.
func (g *grouping) file(keys []int64, topic int64) {
	for _, k := range keys {
		if len(g.bands[k]) < maxPerKey {
			g.bands[k] = append(g.bands[k], topic)
			g.filed = append(g.filed, band{k, topic})
		}
	}
}

// flush writes the topics that were opened, and what the index gained, in its order.
func (g *grouping) flush(ctx context.Context) error {
	if _, err := g.insert(ctx, "INSERT INTO topics (session_id, n, topic_id, leader, indexed)", 5, g.opened, ""); err != nil {
		return err
	}
	slices.SortFunc(g.filed, func(a, b band) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.topic, b.topic))
	})
	args := make([]any, 0, 3*len(g.filed))
	for _, b := range g.filed {
		args = append(args, g.b.Session, b.key, b.topic)
	}
	_, err := g.insert(ctx, "INSERT INTO bands (session_id, band, topic)", 3, args,
		" ON CONFLICT (session_id, band, topic) DO NOTHING")
	return err
}
