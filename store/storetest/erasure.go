package storetest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"askahead/domain"
	"askahead/store"
)

func (b Backend) erasure(t *testing.T) {
	t.Run("a person sees everything that is kept of them, and nothing of others", b.showsOfPerson)
	t.Run("a long list of a person's questions comes in pages", b.pagesOfPerson)
	t.Run("forgetting leaves nothing but the id, and others as they were", b.forgets)
	t.Run("what was forgotten does not come back, edited or read again", b.forgetsForGood)
	t.Run("what an edition quoted of it is recalled once", b.recallsForgotten)
	t.Run("a post is found by its address or its name", b.forgetsByPost)
	t.Run("who is quoted in quarantine is forgotten there too", b.forgetsQuarantine)
	t.Run("a reader is forgotten once everything has reached them", b.forgetsDeliveries)
	t.Run("the list of who is not read answers only for those asked about", b.suppresses)
}

func (h *handle) erasure() store.Erasure { return h.Store.(store.Erasure) }

// by says who asked the questions of an item.
func by(it store.Item, asker string) store.Item {
	it.Questions = slices.Clone(it.Questions)
	for i := range it.Questions {
		it.Questions[i].Asker = asker
	}
	return it
}

func (h *handle) forget(t *testing.T, p store.Person) store.Erased {
	t.Helper()
	done, err := h.erasure().Forget(t.Context(), session, p, hour(90))
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func (h *handle) ofPerson(t *testing.T, p store.Person) []store.Holding {
	t.Helper()
	list, err := h.erasure().OfPerson(t.Context(), session, p, "", 0)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// rosasAndHanks are two items of one asker, and one of another that joins a topic of the first.
func (h *handle) rosasAndHanks(t *testing.T) (rosa, hank []store.Item) {
	t.Helper()
	rosa = []store.Item{
		by(tagged(asked("a@example.org", "Who pays for incident response?", "Who reads the reports?"), "civil-society"), "rosa"),
		by(asked("b@example.org", "When does it begin?"), "rosa"),
	}
	hank = []store.Item{by(asked("c@example.org", "Who pays for incident response?"), "hank")}
	h.save(t, page("", "1", append(slices.Clone(rosa), hank...)...))
	return rosa, hank
}

func (b Backend) showsOfPerson(t *testing.T) {
	h := b.open(t)
	rosa, _ := h.rosasAndHanks(t)
	first := rosa[0].Questions[0].ID
	h.publish(t, edition("panelists", 7, first))
	d := store.Decision{Session: session, Question: first, Verb: store.Approve, By: "moderator-1", At: hour(1)}
	if _, err := h.Store.(store.Decisions).Decide(t.Context(), d, words{}); err != nil {
		t.Fatal(err)
	}
	list := h.ofPerson(t, store.Person{Askers: []string{"rosa", "nobody"}, Items: []string{rosa[1].ID}})
	if len(list) != 3 || !slices.IsSortedFunc(list, func(a, b store.Holding) int { return strings.Compare(a.ID, b.ID) }) {
		t.Fatalf("%d questions", len(list))
	}
	for _, k := range list {
		if k.Asker != "rosa" {
			t.Errorf("%s is of %s", k.ID, k.Asker)
		}
		if !k.Expires.Equal(rosa[0].Expires) {
			t.Errorf("%s goes at %s, want %s", k.ID, k.Expires, rosa[0].Expires)
		}
		if k.ID != first {
			continue
		}
		if k.Text != "Who pays for incident response?" || len(k.Tags) != 1 || k.Tags[0].Rule == "" || k.Decisions != 1 {
			t.Errorf("got %+v", k)
		}
		if len(k.Editions) != 1 || k.Editions[0].Name != "panelists" || k.Editions[0].Number != 1 || k.Editions[0].Created.IsZero() {
			t.Errorf("its editions are %+v", k.Editions)
		}
	}
	if ids, err := h.erasure().SessionIDs(t.Context()); err != nil || !slices.Contains(ids, session) {
		t.Errorf("sessions are %q, %v", ids, err)
	}
	if list := h.ofPerson(t, store.Person{}); len(list) != 0 {
		t.Errorf("of nobody there are %d", len(list))
	}
}

func (b Backend) pagesOfPerson(t *testing.T) {
	h := b.open(t)
	h.rosasAndHanks(t)
	var ids []string
	for after := ""; ; {
		list, err := h.erasure().OfPerson(t.Context(), session, store.Person{Askers: []string{"rosa"}, URLs: []string{"https://nowhere.example"}}, after, 2)
		if err != nil || len(list) > 2 {
			t.Fatalf("%d, %v", len(list), err)
		}
		if len(list) == 0 {
			break
		}
		for _, k := range list {
			ids = append(ids, k.ID)
		}
		after = ids[len(ids)-1]
	}
	if len(ids) != 3 || len(slices.Compact(slices.Clone(ids))) != 3 {
		t.Errorf("the pages hold %q", ids)
	}
}

func (b Backend) forgets(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "0", by(asked("0@example.org", "Where is the recording?"), "hank")))
	rosa := by(asked("a@example.org", "Who pays for incident response?", "Who reads the reports?"), "rosa")
	hank := by(asked("c@example.org", "Who pays for incident response?"), "hank")
	h.save(t, page("0", "1", rosa, hank))
	done := h.forget(t, store.Person{Askers: []string{"rosa"}})
	if d := cmp.Diff(store.Erased{Items: 1, Questions: 2}, done); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	left := h.list(t, store.Query{Session: session, Audience: domain.AmberStrict})
	if len(left) != 2 || left[0].Asker != "hank" || left[1].Asker != "hank" {
		t.Fatalf("left are %+v", left)
	}
	for _, q := range left {
		topics, err := h.Topics(t.Context(), session, []string{q.Topic})
		if err != nil || len(topics) != 1 || topics[0].Leader.ID != q.ID {
			t.Errorf("the topic of %s is led by %+v, %v", q.ID, topics, err)
		}
	}
	known, err := h.Has(t.Context(), session, []string{rosa.ID, hank.ID})
	if err != nil || known[rosa.ID] != (store.Known{Outcome: store.Forgotten}) || known[hank.ID].Outcome != store.Kept {
		t.Errorf("known are %+v, %v", known, err)
	}
	if held, err := h.Held(t.Context(), session, "list", "", 100); err != nil || slices.Contains(held, rosa.ExternalID) {
		t.Errorf("the source is still asked for %q, %v", held, err)
	}
	if again := h.forget(t, store.Person{Askers: []string{"rosa"}}); again != (store.Erased{}) {
		t.Errorf("the second time it erased %+v", again)
	}
}

func (b Backend) forgetsForGood(t *testing.T) {
	h := b.open(t)
	rosa, _ := h.rosasAndHanks(t)
	h.forget(t, store.Person{Askers: []string{"rosa"}})
	edited := by(asked("a@example.org", "Who pays for all of it?"), "rosa")
	edited.Edited = true
	h.save(t, page("1", "2", edited, rosa[1]))
	again := page("2", "2", edited)
	again.Still = true
	h.save(t, again)
	again.Reread = true
	h.save(t, again)
	moved := page("", "1", rosa...)
	moved.Source = "another"
	h.save(t, moved)
	if list := h.ofPerson(t, store.Person{Askers: []string{"rosa"}}); len(list) != 0 {
		t.Errorf("%d questions are back", len(list))
	}
	if left := h.list(t, store.Query{Session: session, Audience: domain.AmberStrict}); len(left) != 1 {
		t.Errorf("%d questions are left, want 1", len(left))
	}
}

func (b Backend) recallsForgotten(t *testing.T) {
	h := b.open(t)
	rosa, hank := h.rosasAndHanks(t)
	first := rosa[0].Questions[0].ID
	h.publish(t, edition("panelists", 7, first, hank[0].Questions[0].ID))
	if done := h.forget(t, store.Person{Askers: []string{"rosa"}}); done.Editions != 1 {
		t.Errorf("%d editions quoted it", done.Editions)
	}
	recalls, err := h.Recalls(t.Context(), session, "panelists")
	if err != nil || len(recalls) != 1 || recalls[0].Question != first {
		t.Errorf("recalls are %+v, %v", recalls, err)
	}
	h.publish(t, edition("panelists", 8))
	if recalls, err := h.Recalls(t.Context(), session, "panelists"); err != nil || len(recalls) != 0 {
		t.Errorf("after it was told, recalls are %+v, %v", recalls, err)
	}
}

func (b Backend) forgetsByPost(t *testing.T) {
	h := b.open(t)
	it := by(asked("a@example.org", "Who pays for incident response?"), "rosa")
	it.Questions[0].URL = "https://social.example/@rosa/1"
	other := by(asked("b@example.org", "Who reads the reports?"), "rosa")
	nothing := silent("c@example.org")
	h.save(t, page("", "1", it, other, nothing))
	if done := h.forget(t, store.Person{URLs: []string{"https://social.example/@rosa/1"}}); done.Items != 1 || done.Questions != 1 {
		t.Errorf("by its address: %+v", done)
	}
	if done := h.forget(t, store.Person{Items: []string{other.ID, nothing.ID, "unknown"}}); done.Items != 2 || done.Questions != 1 {
		t.Errorf("by its name: %+v", done)
	}
	if left := h.list(t, store.Query{Session: session, Audience: domain.AmberStrict}); len(left) != 0 {
		t.Errorf("left are %+v", left)
	}
}

func (b Backend) forgetsQuarantine(t *testing.T) {
	h := b.open(t)
	p := page("", "1")
	aside := func(id, raw string) store.Quarantined {
		return store.Quarantined{ID: id, Source: "list", Type: "message/rfc822", Reason: "no end", Raw: []byte(raw), Collected: opening(), Expires: opening().Add(14 * day)}
	}
	p.Broken = []store.Quarantined{aside("1", "From: Rosa@People.example\n\nwords"), aside("2", "From: hank@people.example\n\nwords"), aside("<rosa@people.example>", "words")}
	h.save(t, p)
	if done := h.forget(t, store.Person{Words: []string{"rosa@people.EXAMPLE", ""}}); done.Quarantined != 2 {
		t.Errorf("%+v", done)
	}
	left, err := h.Quarantine(t.Context(), session, "", 10)
	if err != nil || len(left) != 1 || left[0].ID != "2" {
		t.Errorf("left are %+v, %v", left, err)
	}
}

func (b Backend) forgetsDeliveries(t *testing.T) {
	h := b.open(t)
	e := edition("panelists", 7)
	e.Recipients = []string{"recipient-1", "recipient-2"}
	e = h.publish(t, e)
	p := store.Person{Recipients: []string{"recipient-1"}}
	if done := h.forget(t, p); done.Deliveries != 0 {
		t.Errorf("what still waits is forgotten, and would be made again: %+v", done)
	}
	d := h.Store.(store.Deliveries)
	for _, r := range e.Recipients {
		for _, state := range []store.DeliveryState{store.Sending, store.Sent} {
			one := store.Delivery{Session: session, Name: e.Name, Number: e.Number, Recipient: r, State: state, Tries: 1, Tried: hour(80)}
			if err := d.SaveDelivery(t.Context(), one); err != nil {
				t.Fatal(err)
			}
		}
	}
	if done := h.forget(t, p); done.Deliveries != 1 {
		t.Errorf("%+v", done)
	}
	left, err := d.Deliveries(t.Context(), session, "panelists", e.Number)
	if err != nil || len(left) != 1 || left[0].Recipient != "recipient-2" {
		t.Errorf("left are %+v, %v", left, err)
	}
}

func (b Backend) suppresses(t *testing.T) {
	h := b.open(t)
	look := func(askers ...string) map[string]time.Time {
		t.Helper()
		since, err := h.Suppressed(t.Context(), askers)
		if err != nil {
			t.Fatal(err)
		}
		return since
	}
	if got := look("rosa"); len(got) != 0 {
		t.Errorf("at first %v", got)
	}
	for at, askers := range map[int][]string{1: {"rosa", "rosa2", "rosa"}} {
		if err := h.erasure().Suppress(t.Context(), askers, hour(at)); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.erasure().Suppress(t.Context(), []string{"rosa"}, hour(9)); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(map[string]time.Time{"rosa": hour(1)}, look("rosa", "hank")); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if got := look(); len(got) != 0 {
		t.Errorf("asked about nobody, it tells %v", got)
	}
	if n, err := h.erasure().Unsuppress(t.Context(), []string{"rosa", "hank"}); n != 1 || err != nil {
		t.Errorf("taken off: %d, %v", n, err)
	}
	if got := look("rosa", "rosa2"); len(got) != 1 || got["rosa2"].IsZero() {
		t.Errorf("in the end %v", got)
	}
}
