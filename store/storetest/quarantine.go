package storetest

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"askahead/domain"
	"askahead/store"
)

func (b Backend) quarantine(t *testing.T) {
	t.Run("its bytes are emptied in time, and the row stays", b.emptiesRaw)
	t.Run("what stands in it already is not counted again", b.quarantinesOnce)
	t.Run("what can be read at last, or is gone, leaves it", b.leavesQuarantine)
	t.Run("what is settled leaves it, though nothing is stored of it", b.settlesQuarantine)
	t.Run("what is broken again has its new reason, and its bytes no longer", b.renamesReason)
	t.Run("it tells by which stream something came, and whether its bytes are all", b.tellsStream)
	t.Run("a list of large rows is short, and ends with an empty one", b.listsLarge)
	t.Run("it is listed oldest first, page by page, also where sources use the same ids", b.pagesQuarantine)
}

// broken is a batch of another source with things that can't be read.
func broken(source, since, next string, days int, ids ...string) store.Batch {
	batch := page(since, next)
	batch.Source = source
	at := opening().AddDate(0, 0, days)
	for _, id := range ids {
		batch.Broken = append(batch.Broken, store.Quarantined{ID: id, Type: domain.TypeMail, Reason: "no header",
			Raw: []byte("raw of " + id), Collected: at, Expires: at.Add(14 * day)})
	}
	return batch
}

func (h *handle) quarantined(t *testing.T) []store.Quarantined {
	t.Helper()
	rows, err := h.Quarantine(t.Context(), session, "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func (b Backend) emptiesRaw(t *testing.T) {
	h := b.open(t)
	h.save(t, broken("list", "", "c1", 0, "x1"))
	h.save(t, broken("list", "c1", "c2", 1, "x2"))
	removed, err := h.Expire(t.Context(), opening().Add(14*day))
	if err != nil || removed != (store.Removed{Raw: 1}) {
		t.Errorf("removed %+v, %v; want the bytes of one", removed, err)
	}
	rows := h.quarantined(t)
	if len(rows) != 2 || len(rows[0].Raw) != 0 || rows[0].Reason != "no header" || string(rows[1].Raw) != "raw of x2" {
		t.Errorf("the rows are %+v", rows)
	}
	if removed, err := h.Expire(t.Context(), opening().Add(14*day)); err != nil || removed != (store.Removed{}) {
		t.Errorf("the second time: %+v, %v", removed, err)
	}
	if saved := h.save(t, broken("list", "c2", "c3", 2, "x1")); saved.Broken != 0 {
		t.Errorf("the bytes came back: %+v", saved)
	}
}

func (b Backend) quarantinesOnce(t *testing.T) {
	h := b.open(t)
	h.save(t, broken("list", "", "c1", 0, "x1", "x1"))
	before := h.quarantined(t)
	if saved := h.save(t, broken("list", "c1", "c2", 3, "x1", "x2")); saved.Broken != 1 {
		t.Errorf("saved %+v, want 1 newly broken", saved)
	}
	if d := cmp.Diff(before, h.quarantined(t)[:1]); d != "" {
		t.Errorf("the first row changed (-before +after):\n%s", d)
	}
}

func (b Backend) leavesQuarantine(t *testing.T) {
	h := b.open(t)
	h.save(t, broken("list", "", "c1", 0, "m1", "m2", "m3"))
	h.save(t, broken("mirror", "", "c1", 0, "m1"))
	batch := page("c1", "c2", asked("m1", "Who pays?"))
	batch.Gone = []string{"m2"}
	h.save(t, batch)
	var left []string
	for _, q := range h.quarantined(t) {
		left = append(left, q.Source+" "+q.ID)
	}
	if d := cmp.Diff([]string{"list m3", "mirror m1"}, left); d != "" {
		t.Errorf("what is left (-want +got):\n%s", d)
	}
}

func (b Backend) settlesQuarantine(t *testing.T) {
	h := b.open(t)
	h.save(t, broken("list", "", "c1", 0, "m1", "m2"))
	h.save(t, broken("mirror", "", "c1", 0, "m1"))
	batch := page("", "")
	batch.Still, batch.Settled = true, []string{"m1", "unknown"}
	h.save(t, batch)
	var left []string
	for _, q := range h.quarantined(t) {
		left = append(left, q.Source+" "+q.ID)
	}
	if d := cmp.Diff([]string{"list m2", "mirror m1"}, left); d != "" {
		t.Errorf("what is left (-want +got):\n%s", d)
	}
}

func (b Backend) renamesReason(t *testing.T) {
	h := b.open(t)
	h.save(t, broken("list", "", "c1", 0, "m1"))
	before := h.quarantined(t)
	if _, err := h.Expire(t.Context(), opening().Add(14*day)); err != nil {
		t.Fatal(err)
	}
	again := broken("list", "c1", "c2", 20, "m1")
	again.Broken[0].Reason = "encrypted"
	if saved := h.save(t, again); saved.Broken != 0 {
		t.Errorf("it counts as new: %+v", saved)
	}
	before[0].Reason, before[0].Raw = "encrypted", []byte{}
	if d := cmp.Diff(before, h.quarantined(t)); d != "" {
		t.Errorf("the row (-want +got):\n%s", d)
	}
}

func (b Backend) tellsStream(t *testing.T) {
	h := b.open(t)
	imported := broken("list", "", "c1", 0, "m1")
	imported.Stream, imported.Broken[0].Cut = "list < file", true
	h.save(t, imported)
	h.save(t, broken("list", "", "c1", 1, "m2"))
	rows := h.quarantined(t)
	if len(rows) != 2 || rows[0].Stream != "list < file" || !rows[0].Cut || rows[1].Stream != "list" || rows[1].Cut {
		t.Errorf("the rows are %+v", rows)
	}
}

func (b Backend) listsLarge(t *testing.T) {
	h := b.open(t)
	batch := page("", "c1")
	for _, id := range []string{"x1", "x2", "x3"} {
		batch.Broken = append(batch.Broken, store.Quarantined{ID: id, Raw: make([]byte, 6<<20), Collected: opening(), Expires: opening().Add(14 * day)})
	}
	h.save(t, batch)
	after, pages := "", 0
	var got []string
	for {
		rows, err := h.Quarantine(t.Context(), session, after, 100)
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) == 0 {
			break
		}
		pages++
		for _, q := range rows {
			got, after = append(got, q.ID), q.Place
		}
	}
	if d := cmp.Diff([]string{"x1", "x2", "x3"}, got); d != "" || pages != 2 {
		t.Errorf("%d pages, want 2 (-want +got):\n%s", pages, d)
	}
}

func (b Backend) pagesQuarantine(t *testing.T) {
	h := b.open(t)
	h.save(t, broken("list", "", "c1", 2, "x1", "x2"))
	h.save(t, broken("list", "c1", "c2", 0, "x3"))
	h.save(t, broken("mirror", "", "c1", 1, "x1"))
	h.save(t, broken("forum", "", "c1", 1, "x1"))
	var got []string
	after := ""
	for range 10 {
		rows, err := h.Quarantine(t.Context(), session, after, 1)
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) == 0 {
			break
		}
		got = append(got, rows[0].Source+" "+rows[0].ID)
		after = rows[0].Place
	}
	if d := cmp.Diff([]string{"list x3", "forum x1", "mirror x1", "list x1", "list x2"}, got); d != "" {
		t.Errorf("the list (-want +got):\n%s", d)
	}
	if rows, err := h.Quarantine(t.Context(), session, "x3", 10); err != nil || len(rows) != 4 {
		t.Errorf("after an id that one source has: %d rows, %v; want 4", len(rows), err)
	}
	for _, id := range []string{"x1", "unknown"} {
		if _, err := h.Quarantine(t.Context(), session, id, 10); !errors.Is(err, domain.ErrNotFound) {
			t.Errorf("after %q, which is not one place: %v", id, err)
		}
	}
}
