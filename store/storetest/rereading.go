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

func (b Backend) rereading(t *testing.T) {
	t.Run("what is understood as before changes nothing but the time of the last run", b.rereadsTheSame)
	t.Run("it moves no cursor, and one that moved is not in its way", b.rereadsStill)
	t.Run("a question whose text is the same keeps its id, number, topic and time, wherever it stands by now", b.rereadKeepsQuestions)
	t.Run("a question whose text is another in its place keeps its id and its time", b.rereadKeepsPlace)
	t.Run("a new question takes no id that was another's", b.rereadGivesNewIDs)
	t.Run("what differs in a tag, a label, a context or a term alone is replaced", b.rereadSeesDetails)
	t.Run("what becomes a question for the panel is new", b.rereadCountsNew)
	t.Run("an item without a question may have one by now, and its counts are taken back", b.rereadFindsQuestions)
	t.Run("an item with a question may have none by now, and is counted", b.rereadFindsNone)
	t.Run("what declined, is gone or has expired stays so", b.rereadLeavesClosed)
	t.Run("an author who declines by now is obeyed", b.rereadObeysOptOut)
	t.Run("an edit that was not seen yet is taken, another content without one is not", b.rereadTakesEdits)
	t.Run("what another source brought is left to it", b.rereadLeavesOthers)
	t.Run("no retention is prolonged", b.rereadProlongsNothing)
	t.Run("an item that has another name by today's rules replaces itself", b.rereadRenames)
	t.Run("an item that is not stored is stored", b.rereadStoresNew)
	t.Run("a question without a date keeps the one it was given", b.rereadKeepsDate)
	t.Run("what moderators decided stays, and is no difference", b.rereadObeysModerators)
	t.Run("a topic that a changed question leads is found by what it says now", b.rereadRefiles)
}

// reread is what a second reading of the source gives, later and by other rules.
func reread(items ...store.Item) store.Batch {
	batch := page("", "", items...)
	batch.Reread, batch.Now = true, opening().Add(5*day)
	return batch
}

// otherwise is what other rules find in an item, at the time of reread.
func otherwise(first store.Item, texts ...string) store.Item {
	it := silent(first.ExternalID)
	if len(texts) > 0 {
		it = asked(first.ExternalID, texts...)
	}
	it.Content, it.Expires = first.Content, first.Expires.Add(5*day)
	it = each(it, func(q *store.Question) { q.Collected = opening().Add(5 * day) })
	it.Silent = []store.Count{{What: "no-question", N: 1}}
	return it
}

func question(canonical string, n int) string { return domain.QuestionID(keys().Item(canonical), n) }

// unchanged runs f, and expects that it changes nothing that can be read but the time of the last run.
func (h *handle) unchanged(t *testing.T, f func()) {
	t.Helper()
	before := h.snapshot(t, session)
	f()
	after := h.snapshot(t, session)
	before.Progress.LastRun = after.Progress.LastRun
	if d := cmp.Diff(before, after); d != "" {
		t.Errorf("it changed (-before +after):\n%s", d)
	}
}

func (b Backend) rereadsTheSame(t *testing.T) {
	h := b.open(t)
	first := tagged(asked("m1", "Will WHOIS data stay public?", "Who pays?"), "technical")
	h.save(t, page("", "c1", first, silent("m2"), asked("m3", "Will WHOIS data remain public?")))
	again := tagged(otherwise(first, "Will WHOIS data stay public?", "Who pays?"), "technical")
	h.unchanged(t, func() {
		if d := cmp.Diff(store.Saved{Again: 3}, h.save(t, reread(again, otherwise(silent("m2")), asked("m3", "Will WHOIS data remain public?")))); d != "" {
			t.Errorf("what was saved (-want +got):\n%s", d)
		}
	})
}

func (b Backend) rereadsStill(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", asked("m1", "Who pays?")))
	for _, since := range []string{"", "c1", "c7"} {
		batch := reread(otherwise(asked("m1", "Who pays?"), "Who pays?"))
		batch.Since, batch.Next = since, since
		h.save(t, batch)
	}
	p, err := h.Progress(t.Context(), session, "list")
	if err != nil || p.Cursor != "c1" || !p.LastRun.Equal(opening().Add(5*day)) {
		t.Errorf("progress %+v, %v", p, err)
	}
	never := reread(silent("m9"))
	never.Source = "forum"
	h.save(t, never)
	if p, err := h.Progress(t.Context(), session, "forum"); err != nil || p.Cursor != "" {
		t.Errorf("of a source that was never collected: %+v, %v", p, err)
	}
	h.save(t, page("c1", "c2", asked("m2", "Who decides?")))
}

func (b Backend) rereadKeepsQuestions(t *testing.T) {
	h := b.open(t)
	first := asked("m1", "Who pays for logs?", "Will WHOIS data stay public?")
	h.save(t, page("", "c1", first, published(asked("m2", "Will WHOIS data remain public?"), 1)))
	before := h.questions(t, session)
	saved := h.save(t, reread(otherwise(first, "Who audits the exports?", "Will WHOIS data stay public?", "Who pays for logs?")))
	if d := cmp.Diff(store.Saved{Anew: 1, Questions: 1, Topics: 1}, saved); d != "" {
		t.Errorf("what was saved (-want +got):\n%s", d)
	}
	after := h.questions(t, session)
	added := after[question("m1", 4)]
	if added.Text != "Who audits the exports?" || !added.Collected.Equal(opening().Add(5*day)) {
		t.Errorf("the new question is %+v", added)
	}
	delete(after, added.ID)
	if d := cmp.Diff(before, after); d != "" {
		t.Errorf("the others changed (-before +after):\n%s", d)
	}
}

func (b Backend) rereadKeepsPlace(t *testing.T) {
	h := b.open(t)
	first := asked("m1", "Dear all, will WHOIS data stay public?")
	h.save(t, page("", "c1", first, published(asked("m2", "Will WHOIS data stay public?"), 1)))
	topic := h.topicOf(t, "m1")
	saved := h.save(t, reread(otherwise(first, "Will WHOIS data stay public?")))
	if saved.Anew != 1 || saved.Questions != 0 {
		t.Errorf("saved %+v", saved)
	}
	q := h.questions(t, session)[question("m1", 1)]
	if q.Text != "Will WHOIS data stay public?" || q.Topic != topic || !q.Collected.Equal(opening()) {
		t.Errorf("the question is %+v", q)
	}
}

func (b Backend) rereadGivesNewIDs(t *testing.T) {
	h := b.open(t)
	first := asked("m1", "Who pays?", "Who decides?")
	h.save(t, page("", "c1", first))
	h.save(t, reread(otherwise(first, "Who decides?", "Who audits?")))
	texts := map[string]string{}
	for id, q := range h.questions(t, session) {
		texts[strings.TrimPrefix(id, keys().Item("m1"))] = q.Text
	}
	if d := cmp.Diff(map[string]string{".2": "Who decides?", ".3": "Who audits?"}, texts); d != "" {
		t.Errorf("the questions (-want +got):\n%s", d)
	}
	h.unchanged(t, func() {
		if saved := h.save(t, reread(otherwise(first, "Who decides?", "Who audits?"))); saved.Again != 1 {
			t.Errorf("the second time: %+v", saved)
		}
	})
}

func (b Backend) rereadSeesDetails(t *testing.T) {
	for name, change := range map[string]func(q *store.Question){
		"a tag": func(q *store.Question) {
			q.Tags = []domain.Tag{{Kind: domain.TagCommunity, Value: "academia", Rule: "r"}}
		},
		"a label":   func(q *store.Question) { q.TLP = domain.Amber },
		"a context": func(q *store.Question) { q.Context = "Since May it is closed." },
		"a term":    func(q *store.Question) { q.Terms = []string{"pay"} },
		"a rule":    func(q *store.Question) { q.Why = "opening" },
		"a kind":    func(q *store.Question) { q.Kind, q.Keys = domain.Rhetorical, nil },
	} {
		h := b.open(t)
		first := asked("m1", "Who pays?")
		h.save(t, page("", "c1", first, asked("m2", "Who pays?")))
		other := each(otherwise(first, "Who pays?"), change)
		if saved := h.save(t, reread(other)); saved.Anew != 1 || saved.Questions != 0 {
			t.Errorf("%s: saved %+v", name, saved)
		}
		q := h.questions(t, session)[question("m1", 1)]
		if want := other.Questions[0].Question; q.Kind != want.Kind || q.TLP != want.TLP || q.Context != want.Context ||
			q.Why != want.Why || !cmp.Equal(q.Tags, want.Tags) || !q.Collected.Equal(opening()) {
			t.Errorf("%s: the question is %+v", name, q)
		}
		h.unchanged(t, func() {
			if saved := h.save(t, reread(other)); saved.Again != 1 {
				t.Errorf("%s, the second time: %+v", name, saved)
			}
		})
	}
}

func (b Backend) rereadCountsNew(t *testing.T) {
	h := b.open(t)
	first := each(asked("m1", "Who pays?"), func(q *store.Question) { q.Kind, q.Keys = domain.Logistics, nil })
	h.save(t, page("", "c1", first))
	if d := cmp.Diff(store.Saved{Anew: 1, Questions: 1, Topics: 1}, h.save(t, reread(otherwise(first, "Who pays?")))); d != "" {
		t.Errorf("what was saved (-want +got):\n%s", d)
	}
	if q := h.questions(t, session)[question("m1", 1)]; !q.Collected.Equal(opening().Add(5 * day)) {
		t.Errorf("it counts as collected at %s, when it was in no edition", q.Collected)
	}
}

func (b Backend) rereadFindsQuestions(t *testing.T) {
	h := b.open(t)
	first := silent("m1")
	first.Counts = []store.Count{{What: "no-question", N: 1}, {What: "no-question", Key: "domain example.org", N: 1}}
	other := silent("m2")
	other.Counts = first.Counts[:1]
	h.save(t, page("", "c1", first, other))
	now := otherwise(first, "Who pays?")
	now.Silent = first.Counts
	if d := cmp.Diff(store.Saved{Anew: 1, Questions: 1, Topics: 1}, h.save(t, reread(now))); d != "" {
		t.Errorf("what was saved (-want +got):\n%s", d)
	}
	s := h.snapshot(t, session)
	if len(s.Questions) != 1 || h.known(t, session, "m1")["m1"].Outcome != store.Kept || !cmp.Equal(s.Held, []string{"m1"}) {
		t.Errorf("the questions are %v, held %v", s.Questions, s.Held)
	}
	if d := cmp.Diff([]store.Count{{Source: "list", What: "no-question", N: 1}}, s.Counts); d != "" {
		t.Errorf("counts (-want +got):\n%s", d)
	}
}

func (b Backend) rereadFindsNone(t *testing.T) {
	h := b.open(t)
	first := asked("m1", "Who pays?")
	h.save(t, page("", "c1", first))
	for range 2 {
		h.save(t, reread(otherwise(first)))
	}
	s := h.snapshot(t, session)
	if len(s.Questions) != 0 || len(s.Topics) != 0 || h.known(t, session, "m1")["m1"] != (store.Known{Outcome: store.NoQuestion, Content: first.Content}) {
		t.Errorf("the questions are %v, topics %v, the item %v", s.Questions, s.Topics, h.known(t, session, "m1"))
	}
	if d := cmp.Diff([]store.Count{{Source: "list", What: "no-question", N: 1}}, s.Counts); d != "" {
		t.Errorf("counts (-want +got):\n%s", d)
	}
}

func (b Backend) rereadLeavesClosed(t *testing.T) {
	h := b.open(t)
	declined := silent("m1")
	declined.Outcome = store.OptedOut
	old := asked("m3", "Who audits?")
	old.Expires = opening().Add(day)
	h.save(t, page("", "c1", declined, asked("m2", "Who pays?"), old))
	h.remove(t, "list", "m2")
	if _, err := h.Expire(t.Context(), opening().Add(2*day)); err != nil {
		t.Fatal(err)
	}
	h.unchanged(t, func() {
		batch := reread(otherwise(declined, "Who asks?"), otherwise(asked("m2", "Who pays?"), "Who pays?"), edited(otherwise(old, "Who audits?")))
		if d := cmp.Diff(store.Saved{Again: 3}, h.save(t, batch)); d != "" {
			t.Errorf("what was saved (-want +got):\n%s", d)
		}
	})
	want := map[string]store.Outcome{"m1": store.OptedOut, "m2": store.Gone, "m3": store.Expired}
	for m, k := range h.known(t, session, "m1", "m2", "m3") {
		if k.Outcome != want[m] {
			t.Errorf("%s is %s, want %s", m, k.Outcome, want[m])
		}
	}
}

func (b Backend) rereadObeysOptOut(t *testing.T) {
	h := b.open(t)
	first := asked("m1", "Who pays?")
	h.save(t, page("", "c1", first))
	declined := otherwise(first)
	declined.Outcome, declined.Content = store.OptedOut, ""
	if d := cmp.Diff(store.Saved{Anew: 1}, h.save(t, reread(declined))); d != "" {
		t.Errorf("what was saved (-want +got):\n%s", d)
	}
	if len(h.questions(t, session)) != 0 || h.known(t, session, "m1")["m1"].Outcome != store.OptedOut {
		t.Errorf("the item is %v", h.known(t, session, "m1"))
	}
}

func (b Backend) rereadTakesEdits(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", asked("m1", "Who pays?")))
	h.unchanged(t, func() {
		if saved := h.save(t, reread(asked("m1", "Who decides?"))); saved.Again != 1 {
			t.Errorf("another content without an edit: %+v", saved)
		}
	})
	if saved := h.save(t, reread(edited(asked("m1", "Who decides?")))); saved.Changed != 1 {
		t.Errorf("an edit: %+v", saved)
	}
	if q := h.questions(t, session)[question("m1", 1)]; q.Text != "Who decides?" {
		t.Errorf("the text is %q", q.Text)
	}
}

func (b Backend) rereadLeavesOthers(t *testing.T) {
	h := b.open(t)
	first := asked("m1", "Who pays?")
	h.save(t, page("", "c1", first))
	mirror := page("", "1", asked("m1", "Who pays?"))
	mirror.Source = "mirror"
	h.save(t, mirror)
	h.unchanged(t, func() {
		batch := reread(each(otherwise(first, "Who pays now?"), func(q *store.Question) { q.Source, q.TLP = "mirror", domain.Clear }))
		batch.Source = "mirror"
		if saved := h.save(t, batch); saved.Again != 1 {
			t.Errorf("of the source that came second: %+v", saved)
		}
		never := reread(otherwise(first, "Who pays later?"))
		never.Stream = "list < file"
		if saved := h.save(t, never); saved.Again != 1 {
			t.Errorf("of a stream that does not hold it: %+v", saved)
		}
	})
}

func (b Backend) rereadProlongsNothing(t *testing.T) {
	h := b.open(t)
	first, second := asked("m1", "Who pays?"), asked("m2", "Who decides?")
	h.save(t, page("", "c1", first, second))
	elsewhere := otherwise(second, "Who decides?")
	elsewhere.ExternalID = "m2-copy"
	h.save(t, reread(otherwise(first, "Who pays more?"), elsewhere))
	edit := edited(asked("m2", "Who decides now?"))
	edit.ExternalID, edit.Expires = "m2-copy", edit.Expires.Add(5*day)
	if saved := h.save(t, reread(edit)); saved.Changed != 1 {
		t.Errorf("an edit under another external id: %+v", saved)
	}
	removed, err := h.Expire(t.Context(), opening().Add(90*day))
	if err != nil || removed.Items != 2 {
		t.Errorf("removed %+v, %v; want both items when they were due", removed, err)
	}
}

func (b Backend) rereadRenames(t *testing.T) {
	h := b.open(t)
	first := asked("m1", "Who pays?")
	h.save(t, page("", "c1", first, asked("m2", "Who decides?")))
	renamed := asked("m1 by another name", "Who pays?")
	renamed.ExternalID, renamed.Content, renamed.Expires = "m1", first.Content, first.Expires.Add(5*day)
	if saved := h.save(t, reread(renamed)); saved.New != 1 || saved.Removed != 1 {
		t.Errorf("saved %+v", saved)
	}
	twin := asked("m1 by another name", "Who pays?") // and so does one that others hold already
	twin.ExternalID, twin.Content = "m2", first.Content
	if saved := h.save(t, reread(twin)); saved.Again != 1 || saved.Removed != 1 {
		t.Errorf("saved %+v", saved)
	}
	if got := h.questions(t, session); len(got) != 1 {
		t.Errorf("%d questions, want the one", len(got))
	}
	if removed, err := h.Expire(t.Context(), opening().Add(90*day)); err != nil || removed.Items != 1 {
		t.Errorf("removed %+v, %v; want it when it was due", removed, err)
	}
}

func (b Backend) rereadStoresNew(t *testing.T) {
	h := b.open(t)
	empty := silent("m2")
	empty.Counts, empty.Silent = []store.Count{{What: "no-question", N: 1}}, []store.Count{{What: "no-question", N: 1}}
	want := store.Saved{New: 2, Outcomes: map[store.Outcome]int{store.Kept: 1, store.NoQuestion: 1}, Questions: 1, Topics: 1}
	if d := cmp.Diff(want, h.save(t, reread(asked("m1", "Who pays?"), empty))); d != "" {
		t.Errorf("what was saved (-want +got):\n%s", d)
	}
	if got := h.snapshot(t, session).Counts; len(got) != 1 || got[0].N != 1 {
		t.Errorf("counts %v", got)
	}
	if saved := h.save(t, page("", "c1", asked("m1", "Who pays?"), silent("m2"))); saved.Again != 2 {
		t.Errorf("the run that comes by afterwards: %+v", saved)
	}
}

func (b Backend) rereadKeepsDate(t *testing.T) {
	h := b.open(t)
	first := asked("m1", "Who pays?")
	first.Published = time.Time{}
	h.save(t, page("", "c1", first))
	again := each(otherwise(first, "Who pays?"), func(q *store.Question) { q.Published = opening().Add(5 * day) })
	again.Published = time.Time{}
	h.unchanged(t, func() { h.save(t, reread(again)) })
	h.save(t, reread(each(again, func(q *store.Question) { q.Context = "Since May." })))
	if q := h.questions(t, session)[question("m1", 1)]; !q.Published.Equal(opening()) || q.Context != "Since May." {
		t.Errorf("the question is %+v", q)
	}
}

func (b Backend) rereadObeysModerators(t *testing.T) {
	h := b.open(t)
	first := tagged(asked("m1", "Who pays for logs?", "Will WHOIS data stay public?", "Who decides?", "Who asks?"), "technical")
	h.save(t, page("", "c1", first))
	h.decide(t, editTo(question("m1", 1), "Who pays for the logs of networks?"))
	h.decide(t, decision(question("m1", 2), store.Approve))
	h.decide(t, decision(question("m1", 3), store.Dismiss))
	h.decide(t, alone(retagTo(question("m1", 4), domain.TagCommunity, "academia")))
	texts := []string{"Who pays for logs?", "Will WHOIS data stay public?", "Who decides?", "Who asks?"}
	h.unchanged(t, func() {
		if saved := h.save(t, reread(tagged(otherwise(first, texts...), "technical"))); saved.Again != 1 {
			t.Errorf("by the same rules: %+v", saved)
		}
	})
	before := h.questions(t, session)
	other := otherwise(first, append([]string{"Who was missed?"}, texts...)...)
	for range 2 {
		h.save(t, reread(tagged(other, "technical")))
	}
	after := h.questions(t, session)
	if after[question("m1", 6)].Text != "Who was missed?" {
		t.Errorf("the questions are %v", after)
	}
	delete(after, question("m1", 6))
	if d := cmp.Diff(before, after); d != "" {
		t.Errorf("what was decided (-before +after):\n%s", d)
	}
	for i := range other.Questions {
		other.Questions[i].Tags = []domain.Tag{{Kind: domain.TagCommunity, Value: "civil-society", Rule: "r"}}
	}
	if saved := h.save(t, reread(other)); saved.Anew != 1 {
		t.Errorf("other tags, one of them covered up: %+v", saved)
	}
	for n, want := range map[int]string{2: "civil-society", 4: "academia"} {
		if q := h.questions(t, session)[question("m1", n)]; len(q.Tags) != 1 || q.Tags[0].Value != want {
			t.Errorf("question %d is tagged %v, want %s", n, q.Tags, want)
		}
	}
}

// within groups as words does, by a question and what was said before it.
type within struct{ words }

func (within) whole(q domain.Question) domain.Question {
	q.Text += " " + q.Context
	return q
}

func (w within) Keys(q domain.Question) []int64 { return w.words.Keys(w.whole(q)) }

func (w within) Place(q domain.Question, near []domain.Topic) string {
	near = slices.Clone(near)
	for i := range near {
		near[i].Leader = w.whole(near[i].Leader)
	}
	return w.words.Place(w.whole(q), near)
}

func (b Backend) rereadRefiles(t *testing.T) {
	h := b.open(t)
	save := func(batch store.Batch) store.Saved {
		for i, it := range batch.Items {
			batch.Items[i] = each(it, func(q *store.Question) { q.Keys = within{}.Keys(q.Question) })
		}
		saved, err := h.SaveBatch(t.Context(), batch, within{})
		if err != nil {
			t.Fatal(err)
		}
		return saved
	}
	first := asked("m1", "Who?")
	save(page("", "c1", first))
	about := func(it store.Item) store.Item {
		return each(it, func(q *store.Question) { q.Context = "WHOIS data stays closed since May." })
	}
	if saved := save(reread(about(otherwise(first, "Who?")))); saved.Anew != 1 {
		t.Fatalf("saved %+v", saved)
	}
	if saved := save(page("c1", "c2", about(asked("m2", "Whose?")))); saved.Topics != 0 {
		t.Errorf("a question that asks the same opened a topic: %+v", saved)
	}
}
