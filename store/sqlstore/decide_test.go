package sqlstore_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"askahead/store"
	"askahead/store/sqlstore"
)

// moderated stands in everything that a moderator writes in these tests, and nowhere else.
const moderated = "Unmistakable"

// decideOn edits the first question of a batch, and dismisses it.
func decideOn(t *testing.T, db *sqlstore.DB, b store.Batch) {
	t.Helper()
	for _, it := range b.Items {
		if len(it.Questions) == 0 {
			continue
		}
		d := store.Decision{Session: b.Session, Question: it.Questions[0].ID, By: "moderator-1", At: b.Now,
			Verb: store.Edit, Text: "Is this " + moderated + "?", Terms: []string{strings.ToLower(moderated)}}
		if _, err := db.Decide(t.Context(), d, sameText{}); err != nil {
			t.Fatal(err)
		}
		d.Verb, d.Reason = store.Dismiss, "it is "+moderated
		if _, err := db.Decide(t.Context(), d, sameText{}); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Fatal("the batch has no question")
}

func TestWhatAModeratorWroteGoesWithItsQuestion(t *testing.T) {
	s := newSource()
	batch := s.batch(20)
	var gone []string
	for _, it := range batch.Items {
		gone = append(gone, it.ExternalID)
	}
	for name, remove := range map[string]func(db *sqlstore.DB) error{
		"expired": func(db *sqlstore.DB) error {
			_, err := db.Expire(t.Context(), batch.Now.AddDate(1, 0, 0))
			return err
		},
		"gone at the source": func(db *sqlstore.DB) error {
			_, err := db.SaveBatch(t.Context(), store.Batch{Session: batch.Session, Source: batch.Source, Since: batch.Next,
				Next: batch.Next, Now: batch.Now, Gone: gone}, sameText{})
			return err
		},
	} {
		t.Run(name+" from SQLite, no file holds it", func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "ask.db")
			db := openQuick(t, "sqlite:"+path)
			if _, err := db.SaveBatch(t.Context(), batch, sameText{}); err != nil {
				t.Fatal(err)
			}
			decideOn(t, db, batch)
			if n := count(t, path, moderated); n == 0 {
				t.Fatal("it is not found where it is stored: the test proves nothing")
			}
			if err := remove(db); err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil { // which empties the journal
				t.Fatal(err)
			}
			if n := count(t, path, moderated); n != 0 {
				t.Errorf("it stands %d times in the files", n)
			}
		})
		t.Run(name+" from PostgreSQL, no row holds it", func(t *testing.T) {
			db, err := sqlstore.Open(t.Context(), newPostgres(t), benchKeys(), sqlstore.Options{Wait: 20 * time.Second})
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if _, err := db.SaveBatch(t.Context(), batch, sameText{}); err != nil {
				t.Fatal(err)
			}
			decideOn(t, db, batch)
			if n := wordsOf(t, db); n == 0 {
				t.Fatal("it is not found where it is stored: the test proves nothing")
			}
			if err := remove(db); err != nil {
				t.Fatal(err)
			}
			if n := wordsOf(t, db); n != 0 {
				t.Errorf("it stands in %d rows", n)
			}
		})
	}
}

// wordsOf counts the rows with what a moderator wrote, and with what it covered up.
func wordsOf(t *testing.T, db *sqlstore.DB) (total int) {
	t.Helper()
	for _, c := range []struct{ table, column string }{{"decisions", "body"}, {"decisions", "reason"}, {"decisions", "terms"},
		{"questions", "text"}, {"terms", "term"}} {
		var n int
		if err := sqlstore.Reader(db).QueryRow(fmt.Sprintf("SELECT count(*) FROM %s WHERE lower(%s) LIKE '%%%s%%'",
			c.table, c.column, strings.ToLower(moderated))).Scan(&n); err != nil {
			t.Fatal(err)
		}
		total += n
	}
	for _, table := range []string{"original_texts", "original_tags"} {
		var n int
		if err := sqlstore.Reader(db).QueryRow("SELECT count(*) FROM " + table).Scan(&n); err != nil {
			t.Fatal(err)
		}
		total += n
	}
	return total
}

func TestDecisionsAreFoundByAnIndex(t *testing.T) {
	db := openQuick(t, "sqlite:"+filepath.Join(t.TempDir(), "ask.db"))
	rows, err := sqlstore.Reader(db).Query("EXPLAIN QUERY PLAN SELECT d.body FROM decisions d WHERE d.session_id = 's' AND d.item_id IN ('a', 'b')")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	plan := ""
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		plan += detail + "\n"
	}
	if !strings.Contains(plan, "USING INDEX") || strings.Contains(plan, "SCAN") {
		t.Errorf("they are not:\n%s", plan)
	}
}
