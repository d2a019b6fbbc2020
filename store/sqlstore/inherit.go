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

// inherit gives the questions of an item that replaces another the ids that they have already. A question whose text
// at the source was there keeps its id, and so does one whose text changed in its place. Every other one is new, and
// takes no id that anybody may have quoted for another text.
func inherit(it *store.Item, old []oldQuestion) {
	slices.SortFunc(old, func(a, b oldQuestion) int { return cmp.Compare(ordinal(a.id), ordinal(b.id)) })
	ids := make([]string, len(it.Questions)) // of each question, that of which of old it was; empty: of none
	used := make([]bool, len(old))
	for _, fits := range []func(q *store.Question, o oldQuestion) bool{
		func(q *store.Question, o oldQuestion) bool { return q.ID == o.id && q.Text == o.asked },
		func(q *store.Question, o oldQuestion) bool { return q.Text == o.asked },
		func(q *store.Question, o oldQuestion) bool { return q.ID == o.id },
	} {
		for i := range it.Questions {
			for j := 0; j < len(old) && ids[i] == ""; j++ {
				if !used[j] && fits(&it.Questions[i], old[j]) {
					ids[i], used[j] = old[j].id, true
				}
			}
		}
	}
	last := len(it.Questions)
	for _, o := range old {
		last = max(last, ordinal(o.id))
	}
	for i := range it.Questions {
		q := &it.Questions[i]
		switch {
		case ids[i] != "":
			q.ID = ids[i]
		case slices.ContainsFunc(old, func(o oldQuestion) bool { return o.id == q.ID }):
			last++
			q.ID = domain.QuestionID(it.ID, last)
		}
	}
}

// take gives the row what was stored of the question before: its time of collection where its asker's text is the same,
// and its number and its topic where what is shown is. One whose text changed keeps its topic while it fits.
func (r *row) take(o oldQuestion, reread bool) {
	found := r.Question
	if r.asked != nil {
		found = r.asked
	}
	same, panel := found.Text == o.asked || reread, r.Kind == domain.Panel
	if same && r.undated { // then the time of collection stands for it
		r.Published = moment(o.published)
	}
	if panel && o.topic == 0 {
		return // it was in no edition: it is new
	}
	r.stored = true
	if same {
		r.Collected = moment(o.collected)
	}
	switch {
	case !panel && o.topic != 0:
	case r.Text == o.text:
		r.n, r.topic = o.n, o.topic
		if len(r.Vector.At) == 0 {
			r.Vector = o.vector
		}
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
