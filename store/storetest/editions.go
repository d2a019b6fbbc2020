package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"askahead/domain"
	"askahead/store"
)

func (b Backend) editions(t *testing.T) {
	t.Run("editions are numbered by session and name, newest first", b.numbersEditions)
	t.Run("what an edition quoted and is gone since is recalled once", b.recallsOnce)
	t.Run("a question that came back and goes again is recalled again", b.recallsAgain)
}

func edition(name string, days int, questions ...string) store.Edition {
	return store.Edition{Session: session, Name: name, Audience: domain.Green, Created: opening().AddDate(0, 0, days),
		Since: opening().AddDate(0, 0, days-7), Until: opening().AddDate(0, 0, days), Questions: questions}
}

func (h *handle) publish(t *testing.T, e store.Edition) store.Edition {
	t.Helper()
	saved, err := h.SaveEdition(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	return saved
}

func (h *handle) recalls(t *testing.T, name string) []store.Recall {
	t.Helper()
	recalls, err := h.Recalls(t.Context(), session, name)
	if err != nil {
		t.Fatal(err)
	}
	return recalls
}

func (b Backend) numbersEditions(t *testing.T) {
	h := b.open(t)
	other := edition("panelists", 1)
	other.Session = "other"
	for i, e := range []store.Edition{edition("panelists", 7), edition("panelists", 14), edition("public", 15), other} {
		want := e
		want.Number = []int{1, 2, 1, 1}[i]
		if d := cmp.Diff(want, h.publish(t, e)); d != "" {
			t.Errorf("edition %d (-want +got):\n%s", i, d)
		}
	}
	numbered := func(e store.Edition, n int) store.Edition {
		e.Number = n
		return e
	}
	for _, c := range []struct {
		name  string
		limit int
		want  []store.Edition
	}{
		{"", 10, []store.Edition{numbered(edition("public", 15), 1), numbered(edition("panelists", 14), 2), numbered(edition("panelists", 7), 1)}},
		{"panelists", 10, []store.Edition{numbered(edition("panelists", 14), 2), numbered(edition("panelists", 7), 1)}},
		{"panelists", 1, []store.Edition{numbered(edition("panelists", 14), 2)}},
		{"nobody", 10, nil},
	} {
		got, err := h.Editions(t.Context(), session, c.name, c.limit)
		if d := cmp.Diff(c.want, got); err != nil || d != "" {
			t.Errorf("editions %q, %d: %v (-want +got):\n%s", c.name, c.limit, err, d)
		}
	}
}

func (b Backend) recallsOnce(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", asked("m1", "Who pays?", "Who decides?"), asked("m2", "Who else?")))
	m1, m1b := domain.QuestionID(keys().Item("m1"), 1), domain.QuestionID(keys().Item("m1"), 2)
	m2 := domain.QuestionID(keys().Item("m2"), 1)
	h.publish(t, edition("panelists", 7, m2, m1, m1))
	h.publish(t, edition("public", 7, m1b))
	if got := h.recalls(t, "panelists"); len(got) != 0 {
		t.Errorf("recalls while nothing is gone: %v", got)
	}
	h.remove(t, "list", "m1")
	want := []store.Recall{{Question: m1, Edition: 1}}
	if d := cmp.Diff(want, h.recalls(t, "panelists")); d != "" {
		t.Errorf("recalls (-want +got):\n%s", d)
	}
	second := h.publish(t, edition("panelists", 14, m2))
	if d := cmp.Diff(want, second.Recalls); d != "" || second.Number != 2 {
		t.Errorf("recalls of edition %d (-want +got):\n%s", second.Number, d)
	}
	if got := h.recalls(t, "panelists"); len(got) != 0 {
		t.Errorf("recalls that were told: %v", got)
	}
	if d := cmp.Diff([]store.Recall{{Question: m1b, Edition: 1}}, h.recalls(t, "public")); d != "" {
		t.Errorf("recalls of the other edition (-want +got):\n%s", d)
	}
	if _, err := h.Expire(t.Context(), opening().Add(100*day)); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]store.Recall{{Question: m2, Edition: 1}, {Question: m2, Edition: 2}}, h.recalls(t, "panelists")); d != "" {
		t.Errorf("recalls of what expired (-want +got):\n%s", d)
	}
	got, err := h.Editions(t.Context(), session, "panelists", 1)
	if d := cmp.Diff(want, got[0].Recalls); err != nil || d != "" {
		t.Errorf("the edition that recalled, %v (-want +got):\n%s", err, d)
	}
}

func (b Backend) recallsAgain(t *testing.T) {
	h := b.open(t)
	item := asked("m1", "Who pays?")
	id := item.Questions[0].ID
	h.save(t, page("", "c1", item))
	h.publish(t, edition("panelists", 7, id))
	h.remove(t, "list", "m1")
	h.publish(t, edition("panelists", 14))
	h.save(t, page("c1", "c2", item))
	h.publish(t, edition("panelists", 21, id))
	h.remove(t, "list", "m1")
	if d := cmp.Diff([]store.Recall{{Question: id, Edition: 3}}, h.recalls(t, "panelists")); d != "" {
		t.Errorf("recalls (-want +got):\n%s", d)
	}
	if e := h.publish(t, store.Edition{Session: session, Name: "panelists", Created: time.Time{}}); e.Number != 4 {
		t.Errorf("the number is %d", e.Number)
	}
}
