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
