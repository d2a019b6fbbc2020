package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"askahead/domain"
	"askahead/store"
)

func (b Backend) removing(t *testing.T) {
	t.Run("an item is gone when its last source deletes it", b.dropsGone)
	t.Run("an item of the page that deletes it is not stored", b.skipsGoneInPage)
	t.Run("an item that was gone and is seen again comes back", b.takesBack)
	t.Run("an id that the source gives to another item leaves the first", b.movesSightings)
	t.Run("an item expires with its last sighting, and is not taken again", b.expires)
	t.Run("retention counts from the first sighting, and a shorter one is obeyed", b.keepsFirstExpiry)
	t.Run("many items expire at once", b.expiresMany)
	t.Run("without an end an item stays", b.keepsForever)
}

func (b Backend) dropsGone(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", tagged(asked("m1", "Who pays?", "Who decides?"), "technical"), silent("m2")))
	mirror := page("", "1", asked("m1", "Who pays?", "Who decides?"))
	mirror.Source = "mirror"
	h.save(t, mirror)
	if d := cmp.Diff(store.Saved{}, h.remove(t, "list", "m1", "never seen")); d != "" {
		t.Errorf("the first source deletes it (-want +got):\n%s", d)
	}
	if n := len(h.questions(t, session)); n != 2 {
		t.Errorf("%d questions while another source holds the item, want 2", n)
	}
	if d := cmp.Diff(store.Saved{Removed: 1}, h.remove(t, "mirror", "m1", "m1")); d != "" {
		t.Errorf("the last source deletes it (-want +got):\n%s", d)
	}
	s := h.snapshot(t, session)
	if len(s.Questions) != 0 || len(s.Voices) != 0 || len(s.Held) != 0 {
		t.Errorf("what is left: %v, %v, %v", s.Questions, s.Voices, s.Held)
	}
	if d := cmp.Diff(store.Known{Outcome: store.Gone}, h.known(t, session, "m1")["m1"]); d != "" {
		t.Errorf("what is left of the item (-want +got):\n%s", d)
	}
	for _, q := range []store.Query{{Terms: []string{"pays?"}}, {Community: "technical"}} {
		q.Session, q.Audience = session, domain.Green
		if n := len(h.list(t, q)); n != 0 {
			t.Errorf("%+v still finds %d", q, n)
		}
	}
	if saved := h.remove(t, "list", "m2"); saved.Removed != 1 || h.known(t, session, "m2")["m2"].Outcome != store.Gone {
		t.Errorf("an item without a question: %+v", saved)
	}
}

func (b Backend) skipsGoneInPage(t *testing.T) {
	h := b.open(t)
	batch := page("", "c1", asked("m1", "Who pays?"), asked("m2", "Who decides?"))
	batch.Gone = []string{"m1"}
	h.save(t, batch)
	if got := h.questions(t, session); len(got) != 1 {
		t.Errorf("%d questions, want the one that was not deleted", len(got))
	}
}

func (b Backend) takesBack(t *testing.T) {
	h := b.open(t)
	item := asked("m1", "Who pays?")
	item.Counts = []store.Count{{What: "seen", N: 1}}
	h.save(t, page("", "c1", item))
	want := h.questions(t, session)
	h.remove(t, "list", "m1")
	if d := cmp.Diff(store.Saved{Changed: 1, Questions: 1, Topics: 1}, h.save(t, page("c1", "c2", item))); d != "" {
		t.Errorf("what was saved (-want +got):\n%s", d)
	}
	s := h.snapshot(t, session)
	if d := cmp.Diff(want, s.Questions); d != "" {
		t.Errorf("the question (-before +after):\n%s", d)
	}
	if s.Counts[0].N != 1 {
		t.Errorf("the item was counted %d times", s.Counts[0].N)
	}
}

func (b Backend) movesSightings(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", asked("m1", "Who pays?")))
	other := asked("m2", "Who decides?")
	other.ExternalID = "m1"
	if saved := h.save(t, page("c1", "c2", other)); saved.New != 1 || saved.Removed != 1 {
		t.Errorf("saved %+v", saved)
	}
	if k := h.known(t, session, "m1", "m2"); k["m1"].Outcome != store.Gone || k["m2"].Outcome != store.Kept {
		t.Errorf("the items are %v", k)
	}
}

func (b Backend) expires(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", asked("m1", "Who pays?"), silent("m2"), asked("m3", "Who decides?")))
	mirror := page("", "1", asked("m3", "Who decides?"))
	mirror.Source, mirror.Items[0].Expires = "mirror", opening().Add(200*day)
	h.save(t, mirror)
	for _, step := range []struct {
		days  int
		items int
		left  int
	}{{89, 0, 2}, {90, 2, 1}, {91, 0, 1}} {
		removed, err := h.Expire(t.Context(), opening().Add(time.Duration(step.days)*day))
		if err != nil || removed.Items != step.items {
			t.Errorf("on day %d: %+v, %v; want %d items", step.days, removed, err, step.items)
		}
		if n := len(h.questions(t, session)); n != step.left {
			t.Errorf("on day %d: %d questions, want %d", step.days, n, step.left)
		}
	}
	if d := cmp.Diff(store.Saved{Again: 3}, h.save(t, page("c1", "c2",
		edited(asked("m1", "Who really pays?")), asked("m2", "Who asks?"), asked("m3", "Who decides?")))); d != "" {
		t.Errorf("the items again (-want +got):\n%s", d)
	}
	if n := len(h.questions(t, session)); n != 1 {
		t.Errorf("%d questions, want the one that the mirror holds", n)
	}
	if d := cmp.Diff(map[string]store.Known{"m1": {Outcome: store.Expired}, "m2": {Outcome: store.Expired}},
		h.known(t, session, "m1", "m2")); d != "" {
		t.Errorf("items (-want +got):\n%s", d)
	}
}

func (b Backend) keepsFirstExpiry(t *testing.T) {
	ending := func(days int) store.Item {
		it := asked("m1", "Who pays?")
		it.Expires = opening().Add(time.Duration(days) * day)
		return it
	}
	for _, c := range []struct{ first, second, end int }{{30, 40, 30}, {30, 20, 20}} {
		h := b.open(t)
		h.save(t, page("", "c1", ending(c.first)))
		h.save(t, page("c1", "c2", ending(c.second)))
		for _, step := range []struct{ days, items int }{{c.end - 1, 0}, {c.end, 1}} {
			removed, err := h.Expire(t.Context(), opening().Add(time.Duration(step.days)*day))
			if err != nil || removed.Items != step.items {
				t.Errorf("kept for %d days, then for %d: on day %d %+v, %v", c.first, c.second, step.days, removed, err)
			}
		}
	}
}

func (b Backend) expiresMany(t *testing.T) {
	h := b.open(t)
	const items = 1300
	for _, s := range []string{session, "other"} {
		batch := page("", "c1")
		batch.Session = s
		for i := range items {
			name := s + string(rune('a'+i%26)) + string(rune('a'+i/26%26)) + string(rune('a'+i/676))
			batch.Items = append(batch.Items, asked(name, "Who pays "+name+"?"))
		}
		if s == session {
			batch.Items[7].Expires = opening().Add(100 * day)
		}
		h.save(t, batch)
	}
	removed, err := h.Expire(t.Context(), opening().Add(95*day))
	if err != nil || removed.Items != 2*items-1 {
		t.Errorf("removed %+v, %v; want %d items", removed, err, 2*items-1)
	}
	if n, m := len(h.questions(t, session)), len(h.questions(t, "other")); n != 1 || m != 0 {
		t.Errorf("%d and %d questions are left, want 1 and 0", n, m)
	}
}

func (b Backend) keepsForever(t *testing.T) {
	h := b.open(t)
	item := asked("m1", "Who pays?")
	item.Expires = time.Time{}
	h.save(t, page("", "c1", item))
	if removed, err := h.Expire(t.Context(), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)); err != nil || removed.Items != 0 {
		t.Errorf("removed %+v, %v", removed, err)
	}
}
