package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"askahead/domain"
	"askahead/store"
)

func (b Backend) outlivesItem(t *testing.T) {
	item := asked("m1", "Who pays for logs?")
	id := idOf("m1", 1)
	answered := decision(id, store.Answered)
	happenings := map[string]func(h *handle){
		"collected again": func(h *handle) { h.save(t, page("c1", "c2", item)) },
		"edited":          func(h *handle) { h.save(t, page("c1", "c1", edited(asked("m1", "Who decides on courts?")))) },
		"edited twice": func(h *handle) {
			h.save(t, page("c1", "c1", edited(asked("m1", "Who decides on courts?"))))
			h.save(t, page("c1", "c1", edited(asked("m1", "Who pays for logs?"))))
		},
		"gone and back": func(h *handle) {
			h.remove(t, "list", "m1")
			h.save(t, page("c1", "c2", item))
		},
		"without a question for a while": func(h *handle) {
			h.save(t, page("c1", "c1", edited(silent("m1"))))
			h.save(t, page("c1", "c1", edited(item)))
		},
	}
	for name, happen := range happenings {
		h := b.open(t)
		h.save(t, page("", "c1", item))
		h.decide(t, decision(id, store.Dismiss))
		h.decide(t, answered)
		h.decide(t, retagTo(id, domain.TagCommunity, "academia"))
		happen(h)
		q := h.now(t, id)
		if q.State != domain.Dismissed || !q.Answered.Equal(answered.At) {
			t.Errorf("%s: it is %v, answered %v", name, q.State, q.Answered)
		}
		if len(q.Tags) != 1 || q.Tags[0].Value != "academia" {
			t.Errorf("%s: its tags are %v", name, q.Tags)
		}
		if got := h.decided(t, id); len(got) != 3 || got[0].By != "ada" || got[0].Verb != store.Dismiss {
			t.Errorf("%s: the history is %v", name, got)
		}
		if got := h.standing(t, store.NotDismissed); len(got) != 0 {
			t.Errorf("%s: it is listed", name)
		}
	}
}

func (b Backend) followsText(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", asked("m1", "Who pays?", "Who counts?")))
	h.decide(t, decision(idOf("m1", 1), store.Dismiss))
	h.decide(t, editTo(idOf("m1", 2), "Which logs remain?"))
	expect := func(text string, state domain.State, decisions int) {
		t.Helper()
		q := h.saying(t, text)
		if n := len(h.decided(t, q.ID)); q.State != state || n != decisions {
			t.Errorf("%q is %v after %d decisions, want %v after %d", text, q.State, n, state, decisions)
		}
	}
	h.save(t, page("c1", "c1", edited(asked("m1", "Who came first?", "Who pays?", "Who counts?"))))
	expect("Who came first?", domain.Open, 0)
	expect("Who pays?", domain.Dismissed, 1)
	expect("Which logs remain?", domain.Open, 1)
	h.save(t, page("c1", "c2", asked("m2", "Which logs remain?")))
	if got := h.list(t, store.Query{Session: session, Audience: domain.Green, Topics: []string{h.topicOf(t, "m2")}}); len(got) != 2 {
		t.Errorf("what asks the same as the edited question is in a topic of %d questions, want 2", len(got))
	}
	// What is decided from now on goes on with the same history, and with a new one for the first question.
	h.decide(t, decision(h.saying(t, "Who came first?").ID, store.Approve))
	h.decide(t, decision(h.saying(t, "Who pays?").ID, store.Reopen))
	h.save(t, page("c2", "c2", edited(asked("m1", "Who pays?", "Who came first?"))))
	expect("Who pays?", domain.Open, 2)
	expect("Who came first?", domain.Approved, 1)
}

func (b Backend) followsChangedText(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", asked("m1", "Who pays?")))
	h.decide(t, decision(idOf("m1", 1), store.Dismiss))
	h.save(t, page("c1", "c1", edited(asked("m1", "Who is to pay?"))))
	h.save(t, page("c1", "c1", edited(asked("m1", "Who came first?", "Who is to pay?"))))
	for text, want := range map[string]domain.State{"Who came first?": domain.Open, "Who is to pay?": domain.Dismissed} {
		if q := h.saying(t, text); q.State != want {
			t.Errorf("%q is %v, want %v", text, q.State, want)
		}
	}
}

func (b Backend) sparesOthers(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", asked("m1", "Who pays?", "Who counts?")))
	h.decide(t, decision(idOf("m1", 1), store.Dismiss))
	h.save(t, page("c1", "c1", edited(asked("m1", "Who counts?"))))
	if q := h.saying(t, "Who counts?"); q.State != domain.Open || len(h.decided(t, q.ID)) != 0 {
		t.Errorf("%q is %v by a decision about another question", q.Text, q.State)
	}
	h.save(t, page("c1", "c1", edited(asked("m1", "Who counts?", "Who pays?"))))
	if q := h.saying(t, "Who pays?"); q.State != domain.Dismissed {
		t.Errorf("%q is %v after it came back in another place", q.Text, q.State)
	}
}

func (b Backend) tellsTwinsApart(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", asked("m1", "Who pays?", "Who pays?")))
	h.decide(t, decision(idOf("m1", 2), store.Dismiss))
	h.save(t, page("c1", "c1", edited(asked("m1", "Who pays?", "Who pays?", "Who else?"))))
	if d := cmp.Diff([]string{idOf("m1", 2)}, h.standing(t, store.IsDismissed)); d != "" {
		t.Errorf("dismissed (-want +got):\n%s", d)
	}
}

func (b Backend) keepsEdit(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", asked("m1", "Will WHOIS data stay public?")))
	id := idOf("m1", 1)
	h.decide(t, editTo(id, "Who pays for deleting logs?"))
	topic := h.now(t, id).Topic
	h.save(t, page("c1", "c1", edited(tagged(asked("m1", "Will domain owners stay secret?"), "technical"))))
	q := h.now(t, id)
	if q.Text != "Who pays for deleting logs?" || !q.Edited || q.Topic != topic || len(q.Tags) != 1 {
		t.Errorf("after an edit at the source: %+v", q)
	}
	for term, n := range map[string]int{"secret?": 0, "public?": 0, "deleting": 1} {
		if got := h.list(t, store.Query{Session: session, Audience: domain.Green, Terms: []string{term}}); len(got) != n {
			t.Errorf("%q finds %d questions, want %d", term, len(got), n)
		}
	}
	if q := h.decide(t, decision(id, store.Unedit)); q.Text != "Will domain owners stay secret?" || q.Edited {
		t.Errorf("taken back it is %q", q.Text)
	}
	if got := h.list(t, store.Query{Session: session, Audience: domain.Green, Terms: []string{"secret?"}}); len(got) != 1 {
		t.Errorf("the source's words of now find %d questions, want it", len(got))
	}
}

func (b Backend) forgetsWords(t *testing.T) {
	for name, happen := range map[string]func(h *handle){
		"gone":            func(h *handle) { h.remove(t, "list", "m1") },
		"opted out":       func(h *handle) { it := silent("m1"); it.Outcome = store.OptedOut; h.save(t, page("c1", "c1", it)) },
		"edited away":     func(h *handle) { h.save(t, page("c1", "c1", edited(silent("m1")))) },
		"another instead": func(h *handle) { h.save(t, page("c1", "c1", edited(asked("m1", "Who counts?")))) },
	} {
		h := b.open(t)
		h.save(t, page("", "c1", asked("m1", "Who pays?", "Who counts?")))
		id := idOf("m1", 1)
		h.decide(t, editTo(id, "Who pays the fine of the man in the photograph?"))
		h.decide(t, decision(id, store.Dismiss))
		h.decide(t, retagTo(id, domain.TagRegion, "african"))
		happen(h)
		h.save(t, page("c1", "c1", edited(asked("m1", "Who pays?", "Who else?"))))
		history := h.decided(t, id)
		if len(history) != 3 || history[1].Verb != store.Dismiss || history[1].By != "ada" || !history[1].At.Equal(opening().Add(time.Hour)) {
			t.Fatalf("%s: the history is %v", name, history)
		}
		for _, d := range history {
			if d.Text != "" || len(d.Terms) != 0 || d.Reason != "" {
				t.Errorf("%s: of %s there is left %q, %v, %q", name, d.Verb, d.Text, d.Terms, d.Reason)
			}
		}
		if q := h.now(t, id); q.State != domain.Dismissed || len(q.Tags) != 1 {
			t.Errorf("%s: it is %v with tags %v", name, q.State, q.Tags)
		}
	}
}

func (b Backend) withholdsLostEdit(t *testing.T) {
	h := b.open(t)
	item := asked("m1", "Who pays?")
	h.save(t, page("", "c1", item))
	id := idOf("m1", 1)
	h.decide(t, editTo(id, "Who pays for all of this?"))
	h.remove(t, "list", "m1")
	h.save(t, page("c1", "c2", item))
	if q := h.now(t, id); !q.Edited || q.Text != "" {
		t.Errorf("it is shown as %q", q.Text)
	}
	if got := h.list(t, store.Query{Session: session, Audience: domain.Green, Terms: []string{"pays?"}}); len(got) != 0 {
		t.Errorf("it is found by the words that it was not to be shown with")
	}
	if q := h.decide(t, editTo(id, "Who pays?")); q.Text != "Who pays?" || !q.Edited {
		t.Errorf("edited again it is %q", q.Text)
	}
	if q := h.decide(t, decision(id, store.Unedit)); q.Text != "Who pays?" || q.Edited {
		t.Errorf("taken back it is %q", q.Text)
	}
}

func (b Backend) forgetsExpired(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", asked("m1", "Who pays?")))
	id := idOf("m1", 1)
	h.decide(t, editTo(id, "Who pays for all of this?"))
	h.decide(t, decision(id, store.Dismiss))
	if _, err := h.Expire(t.Context(), opening().Add(100*day)); err != nil {
		t.Fatal(err)
	}
	if _, err := h.moderation(t).Decided(t.Context(), session, id); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("its history: %v", err)
	}
	h.save(t, page("c1", "c2", edited(asked("m1", "Who pays?"))))
	if got := h.standing(t, store.AnyStanding); len(got) != 0 {
		t.Errorf("it came back: %v", got)
	}
}

func (b Backend) recallsDismissed(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", asked("m1", "Who pays?"), asked("m2", "Who decides?")))
	id := idOf("m1", 1)
	h.publish(t, edition("panelists", 7, id, idOf("m2", 1)))
	h.decide(t, decision(idOf("m2", 1), store.Answered))
	if got := h.recalls(t, "panelists"); len(got) != 0 {
		t.Errorf("recalls before anything is dismissed: %v", got)
	}
	h.decide(t, decision(id, store.Dismiss))
	want := []store.Recall{{Question: id, Edition: 1}}
	if d := cmp.Diff(want, h.recalls(t, "panelists")); d != "" {
		t.Errorf("recalls (-want +got):\n%s", d)
	}
	if d := cmp.Diff(want, h.publish(t, edition("panelists", 14)).Recalls); d != "" {
		t.Errorf("recalls of the next edition (-want +got):\n%s", d)
	}
	if got := h.recalls(t, "panelists"); len(got) != 0 {
		t.Errorf("recalls that were told: %v", got)
	}
	h.decide(t, decision(id, store.Reopen))
	h.publish(t, edition("panelists", 21, id))
	h.decide(t, decision(id, store.Dismiss))
	if d := cmp.Diff([]store.Recall{{Question: id, Edition: 3}}, h.recalls(t, "panelists")); d != "" {
		t.Errorf("recalls after it was quoted again (-want +got):\n%s", d)
	}
}

func (b Backend) decidesWhileSaving(t *testing.T) {
	handles := b.pair(t)
	const rounds = 15
	id := idOf("m1", 1)
	handles[0].save(t, page("", "c1", asked("m1", "Who pays for round?"), asked("m2", "Who pays for round?")))
	together(t, handles, func(i int, h *handle) error {
		for n := range rounds {
			for k := range 4 * (1 - i) {
				again := edited(asked("m1", fmt.Sprintf("Who pays %c for round%c?", 'a'+k, 'a'+n)))
				if _, err := h.SaveBatch(t.Context(), page("c1", "c1", again), words{}); err != nil {
					return err
				}
			}
			if i == 0 {
				continue
			}
			for _, d := range []store.Decision{editTo(id, fmt.Sprintf("Who counts the round%c?", 'a'+n)), decision(id, store.Dismiss),
				decision(id, store.Reopen), decision(id, store.Approve)} {
				if _, err := h.moderation(t).Decide(t.Context(), d, words{}); err != nil {
					return err
				}
			}
		}
		return nil
	})
	h := handles[0]
	history := h.decided(t, id)
	if len(history) != 4*rounds {
		t.Fatalf("%d decisions, want %d", len(history), 4*rounds)
	}
	q := h.now(t, id)
	if q.State != domain.Approved || q.Text != fmt.Sprintf("Who counts the round%c?", 'a'+rounds-1) {
		t.Errorf("it is %v, %q", q.State, q.Text)
	}
	original, err := h.moderation(t).Original(t.Context(), session, id)
	if err != nil || original.Text != fmt.Sprintf("Who pays d for round%c?", 'a'+rounds-1) {
		t.Errorf("as it was found it is %q, %v", original.Text, err)
	}
	s := h.snapshot(t, session)
	for _, q := range s.Questions {
		if !slices.ContainsFunc(s.Topics, func(t domain.Topic) bool { return t.ID == q.Topic }) {
			t.Errorf("%s is in topic %q, which there is not", q.ID, q.Topic)
		}
	}
}

// A rereading compares with what was found, and not with what a moderator made of it.
func (b Backend) rereadsDecided(t *testing.T) {
	h := b.open(t)
	first := tagged(asked("m1", "Will WHOIS data stay public?", "Who pays?"), "technical")
	h.save(t, page("", "c1", first, published(asked("m2", "Will WHOIS data remain public?"), 1)))
	id := idOf("m1", 1)
	h.decide(t, editTo(id, "Will WHOIS data come back?"))
	h.decide(t, retagTo(id, domain.TagCommunity, "academia"))
	h.decide(t, decision(id, store.Approve))
	h.decide(t, decision(idOf("m1", 2), store.Dismiss))
	want := h.now(t, id)
	h.unchanged(t, func() {
		again := tagged(otherwise(first, "Will WHOIS data stay public?", "Who pays?"), "technical")
		if saved := h.save(t, reread(again)); saved.Again != 1 {
			t.Errorf("understood as before: %+v", saved)
		}
	})
	saved := h.save(t, reread(otherwise(first, "Who came first?", "Dear all, will WHOIS data stay public?", "Who pays?")))
	if saved.Anew != 1 || saved.Questions == 0 {
		t.Errorf("understood otherwise: %+v", saved)
	}
	if q := h.saying(t, "Who pays?"); q.State != domain.Dismissed {
		t.Errorf("the dismissed question is %v", q.State)
	}
	got := h.saying(t, "Will WHOIS data come back?")
	if d := cmp.Diff(want.Tags, got.Tags); d != "" || got.State != domain.Approved || got.Topic != want.Topic {
		t.Errorf("the edited question is %+v", got)
	}
}
