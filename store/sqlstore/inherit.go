package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"

	"askahead/domain"
	"askahead/store"
)

// inherit gives the questions of an item that replaces another what they have already, and makes them rows to write.
//
// A question whose text was there keeps its id and its time of collection, and if it is as much of a topic's as it
// was, its number and its topic: its row has a number then. One whose text changed in its place keeps its id, and its
// topic while it fits. Every other one is new, and takes no id that anybody may have quoted for another text.
func (s *saving) inherit(it *store.Item, old []oldQuestion) []row {
	slices.SortFunc(old, func(a, b oldQuestion) int { return cmp.Compare(ordinal(a.id), ordinal(b.id)) })
	from := make([]int, len(it.Questions)) // of each question, which of old it was; -1 is none
	used := make([]bool, len(old))
	match := func(fits func(q *store.Question, o oldQuestion) bool) {
		for i := range it.Questions {
			for j := 0; j < len(old) && from[i] < 0; j++ {
				if !used[j] && fits(&it.Questions[i], old[j]) {
					from[i], used[j] = j, true
				}
			}
		}
	}
	for i := range from {
		from[i] = -1
	}
	match(func(q *store.Question, o oldQuestion) bool { return q.ID == o.id && q.Text == o.text })
	match(func(q *store.Question, o oldQuestion) bool { return q.Text == o.text })
	match(func(q *store.Question, o oldQuestion) bool { return q.ID == o.id })
	rows := make([]row, len(it.Questions))
	last := len(it.Questions)
	for _, o := range old {
		last = max(last, ordinal(o.id))
	}
	for i := range it.Questions {
		q := &it.Questions[i]
		rows[i] = row{Question: q, back: !s.fresh[it.ID]}
		if from[i] < 0 {
			if slices.ContainsFunc(old, func(o oldQuestion) bool { return o.id == q.ID }) {
				last++
				q.ID = domain.QuestionID(it.ID, last)
			}
			continue
		}
		rows[i].take(old[from[i]], it, s.b.Reread)
	}
	return rows
}

// take gives the row what was stored of the question before.
func (r *row) take(o oldQuestion, it *store.Item, reread bool) {
	r.Question.ID = o.id
	same, panel := r.Text == o.text, r.Kind == domain.Panel
	if (same || reread) && it.Published.IsZero() { // then the time of collection stands for it
		r.Published = moment(o.published)
	}
	if panel && o.topic == 0 {
		return // it was in no edition: it is new
	}
	r.stored = true
	if same || reread {
		r.Collected = moment(o.collected)
	}
	switch {
	case !panel && o.topic != 0:
	case same:
		r.n, r.topic = o.n, o.topic
	default:
		r.was = o.topic
	}
}

// ordinal is the number that the id of a question ends with.
func ordinal(id string) int {
	n, _ := strconv.Atoi(id[strings.LastIndexByte(id, '.')+1:])
	return n
}

// refile makes the topics that kept questions lead be filed anew with the next batch: what they are found by may
// have changed, and takes a Grouper to know.
func (s *saving) refile(ctx context.Context, kept []row) error {
	if !s.b.Reread {
		return nil
	}
	var topics []int64
	numbers := map[int64]bool{}
	for _, r := range kept {
		numbers[r.n] = true
		if r.topic != 0 {
			topics = append(topics, r.topic)
		}
	}
	var led []int64
	err := lists(ctx, s.tx, "SELECT n, leader FROM topics WHERE session_id = $1 AND n IN (?)",
		[]any{s.b.Session}, distinct(topics), func(r *sql.Rows) error {
			var n, leader int64
			err := r.Scan(&n, &leader)
			if numbers[leader] {
				led = append(led, n)
			}
			return err
		})
	if err != nil {
		return err
	}
	if _, err := execLists(ctx, s.tx, "UPDATE topics SET indexed = 0 WHERE session_id = $1 AND n IN (?)", []any{s.b.Session}, led); err != nil {
		return err
	}
	_, err = execLists(ctx, s.tx, "DELETE FROM bands WHERE session_id = $1 AND topic IN (?)", []any{s.b.Session}, led)
	return err
}
