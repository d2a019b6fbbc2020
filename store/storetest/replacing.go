package storetest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"askahead/domain"
	"askahead/store"
)

func (b Backend) replacing(t *testing.T) {
	t.Run("an item that another source brings is only sighted", b.sightsOnly)
	t.Run("an item twice in one batch is stored once", b.storesOnce)
	t.Run("an edit replaces the questions if the content differs", b.replacesEdited)
	t.Run("an edit that asks nothing any more leaves no question", b.replacesByNothing)
	t.Run("an author who declines is obeyed at once, and stays so", b.obeysOptOut)
	t.Run("an edited question keeps its id, and its topic while it fits", b.keepsTopicWhileItFits)
	t.Run("an edited question that still fits does not move to a topic that fits better", b.staysWhileItFits)
	t.Run("an edit of something else leaves a question where it is", b.keepsUntouched)
	t.Run("how many support an item follows its source, and is no edit", b.followsSupport)
	t.Run("how many support an item is within bounds", b.boundsSupport)
	t.Run("the wording of an earlier text is not found any more", b.forgetsOldTerms)
}

func (b Backend) sightsOnly(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", asked("m1", "Who pays?")))
	before := h.questions(t, session)
	elsewhere := each(asked("m1", "Who pays?"), func(q *store.Question) { q.Source, q.TLP = "mirror", domain.Clear })
	elsewhere.ExternalID = "17"
	batch := page("", "17", elsewhere)
	batch.Source = "mirror"
	if d := cmp.Diff(store.Saved{Again: 1}, h.save(t, batch)); d != "" {
		t.Errorf("what was saved (-want +got):\n%s", d)
	}
	if d := cmp.Diff(before, h.questions(t, session)); d != "" {
		t.Errorf("the question changed (-before +after):\n%s", d)
	}
	for source, want := range map[string]string{"list": "m1", "mirror": "17"} {
		got, err := h.Held(t.Context(), session, source, "", 10)
		if err != nil || !cmp.Equal(got, []string{want}) {
			t.Errorf("%s holds %v, %v; want %s", source, got, err, want)
		}
	}
}

func (b Backend) storesOnce(t *testing.T) {
	h := b.open(t)
	twice := asked("m1", "Who pays?")
	twice.ExternalID = "m1-copy"
	if d := cmp.Diff(store.Saved{New: 1, Outcomes: map[store.Outcome]int{store.Kept: 1}, Again: 1, Questions: 1, Topics: 1},
		h.save(t, page("", "c1", asked("m1", "Who pays?"), twice))); d != "" {
		t.Errorf("what was saved (-want +got):\n%s", d)
	}
	if d := cmp.Diff(store.Saved{New: 1, Outcomes: map[store.Outcome]int{store.Kept: 1}, Changed: 1, Questions: 1, Topics: 1},
		h.save(t, page("c1", "c2", asked("m2", "Who asked first?"), edited(asked("m2", "Who was asked last?"))))); d != "" {
		t.Errorf("an item and its edit (-want +got):\n%s", d)
	}
	if got := h.questions(t, session)[domain.QuestionID(keys().Item("m2"), 1)].Text; got != "Who was asked last?" {
		t.Errorf("the text is %q", got)
	}
	taken := page("c2", "c3", asked("m3", "Who takes it back?"))
	taken.Gone = []string{"m3"}
	if d := cmp.Diff(store.Saved{Changed: 1}, h.save(t, taken)); d != "" {
		t.Errorf("an item that is taken back in its own batch (-want +got):\n%s", d)
	}
}

func (b Backend) replacesEdited(t *testing.T) {
	h := b.open(t)
	first := asked("m1", "Who pays?", "Who decides?")
	h.save(t, page("", "c1", first))
	for i, again := range []store.Item{asked("m1", "Who pays more?"), edited(first)} {
		if saved := h.save(t, page("c1", "c1", again)); saved.Changed != 0 || saved.Again != 1 {
			t.Errorf("sighting %d without another content or without an edit: %+v", i, saved)
		}
	}
	if n := len(h.questions(t, session)); n != 2 {
		t.Fatalf("%d questions, want the first 2", n)
	}
	now := edited(asked("m1", "Who pays less?"))
	if d := cmp.Diff(store.Saved{Changed: 1, Topics: 1}, h.save(t, page("c1", "c1", now))); d != "" {
		t.Errorf("the edit (-want +got):\n%s", d)
	}
	got := h.questions(t, session)
	id := domain.QuestionID(keys().Item("m1"), 1)
	if len(got) != 1 || got[id].Text != "Who pays less?" {
		t.Errorf("the questions are %v", got)
	}
	if k := h.known(t, session, "m1")["m1"]; k.Content != now.Content {
		t.Errorf("the content's hash is still the old one")
	}
}

func (b Backend) replacesByNothing(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", asked("m1", "Who pays?")))
	h.save(t, page("c1", "c1", edited(silent("m1"))))
	if got := h.snapshot(t, session); len(got.Questions) != 0 || len(got.Held) != 0 {
		t.Errorf("questions %v, held %v", got.Questions, got.Held)
	}
	if k := h.known(t, session, "m1")["m1"]; k.Outcome != store.NoQuestion {
		t.Errorf("its outcome is %q", k.Outcome)
	}
}

func (b Backend) obeysOptOut(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", asked("m1", "Who pays?")))
	declined := asked("m1", "Who pays?")
	declined.Outcome = store.OptedOut // with questions, by mistake: they must not matter
	if d := cmp.Diff(store.Saved{Changed: 1}, h.save(t, page("c1", "c2", declined))); d != "" {
		t.Errorf("what was saved (-want +got):\n%s", d)
	}
	for name, again := range map[string]store.Item{"mirror": asked("m1", "Who pays?"), "edited mirror": edited(asked("m1", "Who pays now?"))} {
		elsewhere := page("", "1", again)
		elsewhere.Source = name
		h.save(t, elsewhere)
		if n := len(h.questions(t, session)); n != 0 {
			t.Errorf("%s: %d questions of an author who declined", name, n)
		}
	}
	if k := h.known(t, session, "m1")["m1"]; k.Outcome != store.OptedOut {
		t.Errorf("its outcome is %q", k.Outcome)
	}
}

func (b Backend) keepsTopicWhileItFits(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", asked("m1", "Will WHOIS data stay public after May?"),
		published(asked("m2", "Will WHOIS data stay public?"), 1),
		published(asked("m3", "Who pays for deleting logs?"), 2)))
	topic := func(canonical string) string {
		return h.questions(t, session)[domain.QuestionID(keys().Item(canonical), 1)].Topic
	}
	shared, logs := topic("m1"), topic("m3")
	if topic("m2") != shared || logs == shared {
		t.Fatalf("the topics to begin with are %s, %s, %s", shared, topic("m2"), logs)
	}
	h.save(t, page("c1", "c1", edited(asked("m2", "Will all WHOIS data stay public?"))))
	if topic("m2") != shared {
		t.Errorf("it fits, and left its topic")
	}
	h.save(t, page("c1", "c1", edited(asked("m1", "Will WHOIS data stay public afterwards?"))))
	if topic("m1") != shared || topic("m2") != shared {
		t.Errorf("the leader still fits, and left its topic")
	}
	h.save(t, page("c1", "c1", edited(asked("m2", "Who pays for deleting all logs?"))))
	if topic("m2") != logs {
		t.Errorf("it fits another topic, and is in %s", topic("m2"))
	}
}

func (b Backend) staysWhileItFits(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", asked("m1", "alpha beta gamma"), asked("m2", "sigma beta delta"), asked("m3", "alpha beta gamma omega")))
	h.save(t, page("c1", "c1", edited(asked("m3", "alpha beta sigma delta"))))
	if h.topicOf(t, "m3") != h.topicOf(t, "m1") {
		t.Errorf("it is in %q", h.topicOf(t, "m3"))
	}
}

func (b Backend) keepsUntouched(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", asked("m1", "Will WHOIS data stay public?", "Who pays?"),
		published(asked("m2", "Will WHOIS data remain public?"), 1)))
	before := h.snapshot(t, session)
	if saved := h.save(t, page("c1", "c1", edited(asked("m1", "Will WHOIS data stay public?", "Who decides?")))); saved.Changed != 1 || saved.Questions != 0 {
		t.Errorf("the edit: %+v", saved)
	}
	after := h.snapshot(t, session)
	if d := cmp.Diff(before.Topics[0], after.Topics[0]); d != "" {
		t.Errorf("the topic changed, or its leader (-before +after):\n%s", d)
	}
	if len(after.Questions) != 3 {
		t.Errorf("%d questions, want 3", len(after.Questions))
	}
}

func (b Backend) forgetsOldTerms(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", tagged(asked("m1", "Who pays?"), "technical")))
	h.save(t, page("c1", "c1", edited(tagged(asked("m1", "Who decides?"), "academia"))))
	for q, want := range map[string]int{"pays?": 0, "decides?": 1} {
		if n := len(h.list(t, store.Query{Session: session, Audience: domain.Green, Terms: []string{q}})); n != want {
			t.Errorf("%d questions with the term %q, want %d", n, q, want)
		}
	}
	if n := len(h.list(t, store.Query{Session: session, Audience: domain.Green, Community: "technical"})); n != 0 {
		t.Errorf("%d questions with the tag of the earlier text", n)
	}
}

// supported returns the item as so many people support it.
func supported(it store.Item, people int) store.Item {
	it.Support = people
	return it
}

// supports tells how many support the questions of an item, whether there is one or several; they must agree.
func (h *handle) supports(t *testing.T, canonical string) int {
	t.Helper()
	n := -1
	for _, q := range h.questions(t, session) {
		if q.Item != keys().Item(canonical) {
			continue
		}
		if n >= 0 && q.Support != n {
			t.Errorf("one question of %s has %d, another %d", canonical, n, q.Support)
		}
		n = q.Support
	}
	return n
}

func (b Backend) followsSupport(t *testing.T) {
	h := b.open(t)
	first := asked("m1", "Who pays?", "Who decides?")
	h.save(t, page("", "c1", supported(first, 2), supported(asked("m2", "Who asks?"), 5), silent("m3")))
	h.decide(t, editTo(question("m1", 1), "Who pays for it?"))
	h.decide(t, decision(question("m1", 2), store.Approve))
	want := h.questions(t, session)
	sweep := func(source string, items ...store.Item) store.Batch {
		batch := page("", "", items...)
		batch.Source, batch.Still = source, true
		return batch
	}
	told := func(support map[string]int) store.Batch {
		batch := sweep("list")
		batch.Support = support
		return batch
	}
	for _, c := range []struct {
		name  string
		batch store.Batch
		want  int
	}{
		{"more", sweep("list", supported(first, 7)), 7},
		{"the same", sweep("list", supported(first, 7)), 7},
		{"fewer", sweep("list", supported(first, 3)), 3},
		{"twice, the last one counts", sweep("list", supported(first, 4), supported(first, 6)), 6},
		{"another source is not asked", sweep("mirror", supported(each(first, func(q *store.Question) { q.Source = "mirror" }), 1)), 6},
		{"told alone", told(map[string]int{"m1": 5}), 5},
		{"told of something else", told(map[string]int{"m7": 1, "m3": 2}), 5},
		{"out of bounds", told(map[string]int{"m1": -7}), 0},
		{"a rereading", reread(supported(otherwise(first, "Who pays?", "Who decides?"), 9)), 9},
		{"nobody any more", sweep("list", first), 0},
	} {
		saved := h.save(t, c.batch)
		if saved.Again != len(c.batch.Items) || saved.Changed+saved.Anew+saved.New+saved.Questions != 0 {
			t.Errorf("%s: saved %+v, want it to be there already", c.name, saved)
		}
		if got := h.supports(t, "m1"); got != c.want {
			t.Errorf("%s: %d support it, want %d", c.name, got, c.want)
		}
	}
	for id, q := range want {
		if q.Item == keys().Item("m1") {
			q.Support = 0
			want[id] = q
		}
	}
	if d := cmp.Diff(want, h.questions(t, session)); d != "" {
		t.Errorf("something else than the support changed (-want +got):\n%s", d)
	}
	h.save(t, sweep("list", supported(edited(asked("m1", "Who pays less?")), 8)))
	if got := h.supports(t, "m1"); got != 8 {
		t.Errorf("after an edit %d support it, want 8", got)
	}
}

func (b Backend) boundsSupport(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", supported(asked("m1", "Who pays?"), -1), supported(asked("m2", "Who decides?"), store.MaxSupport+1)))
	for canonical, want := range map[string]int{"m1": 0, "m2": store.MaxSupport} {
		if got := h.supports(t, canonical); got != want {
			t.Errorf("%s: %d support it, want %d", canonical, got, want)
		}
	}
}
