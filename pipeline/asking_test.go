package pipeline

import (
	"slices"
	"testing"

	"askahead/collectors"
	"askahead/domain"
	"askahead/store"
	"askahead/take"
)

// suppress puts people on the list, and gives their pseudonyms.
func (f fixture) suppress(t *testing.T, authors ...string) {
	t.Helper()
	var askers []string
	for _, a := range authors {
		askers = append(askers, f.Keys.Asker(a))
	}
	if err := f.db.Suppress(t.Context(), askers, f.Now()); err != nil {
		t.Fatal(err)
	}
}

// TestWhoAskedNotToBeReadIsNotRead, whatever brings what they write: nothing of it stays but its id.
func TestWhoAskedNotToBeReadIsNotRead(t *testing.T) {
	f := newLine(t)
	f.suppress(t, "P1@rights.example ", "p3@rights.example")
	items := []domain.Item{mail(1, "WS164", askLaw), mail(2, "WS164", "Who pays for the reports?"), mail(3, "WS164", "I ask nothing.")}
	src := newSource(t, &shelf{pages: [][]domain.Item{items}}, take.Rule{})
	sum, err := f.Collect(t.Context(), src, nil)
	if err != nil || sum.OptedOut != 2 {
		t.Fatalf("%+v, %v", sum, err)
	}
	want := []string{"Who pays for the reports?"}
	if got := f.texts(t, "one"); !slices.Equal(got, want) {
		t.Errorf("it holds %q", got)
	}
	for _, canonical := range []string{"mid:1@rights.example", "mid:3@rights.example"} {
		id := f.Keys.Item(canonical)
		if known, err := f.db.Has(t.Context(), "one", []string{id}); err != nil || known[id] != (store.Known{Outcome: store.OptedOut}) {
			t.Errorf("of %s is kept %+v, %v", canonical, known[id], err)
		}
	}
	if counts, err := f.db.Counts(t.Context(), "one"); err != nil || len(counts) != 0 {
		t.Errorf("the sender of what asks nothing is counted: %+v, %v", counts, err)
	}
	another := newSource(t, &shelf{pages: [][]domain.Item{{mail(1, "WS164", askLaw)}}}, take.Rule{})
	another.Name = "archive"
	if _, err := f.Collect(t.Context(), another, nil); err != nil {
		t.Fatal(err)
	}
	if got := f.texts(t, "one"); !slices.Equal(got, want) {
		t.Errorf("after another source it holds %q", got)
	}
}

// TestWhoAskedNotToBeReadIsToldSo, when they ask in a form all the same.
func TestWhoAskedNotToBeReadIsToldSo(t *testing.T) {
	f := newLine(t)
	f.suppress(t, "chat:7")
	got, err := f.Receive(t.Context(), newForm(t), handedIn("1", "Who pays for the reports?"))
	if err != nil || len(got) != 1 || got[0].Outcome != collectors.LeftOut {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestWhoAskedNotToBeReadIsToldToNoServer that finds out what texts mean.
func TestWhoAskedNotToBeReadIsToldToNoServer(t *testing.T) {
	f, model, _ := newMeaning(t, nil)
	f.suppress(t, "p1@rights.example")
	src := newSource(t, &shelf{pages: [][]domain.Item{{mail(1, "a", paysEnglish), mail(2, "b", askBorder)}}}, take.Rule{})
	f.collect(t, src)
	if len(model.sent) != 1 || model.sent[0] == paysEnglish {
		t.Errorf("sent are %q", model.sent)
	}
}
