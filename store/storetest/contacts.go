package storetest

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"askahead/domain"
	"askahead/store"
)

func (b Backend) contacts(t *testing.T) {
	t.Run("it stands with every question of its item, and outlasts what moderators decide", b.keepsContact)
	t.Run("it goes with the item, with an edit that asks for no answer, and with its time", b.dropsContact)
	t.Run("nothing keeps it longer or brings it back", b.prolongsNoContact)
	t.Run("questions whose askers want an answer are found", b.findsContacts)
}

// answered is the item with a contact that is kept for 30 days.
func answered(it store.Item) store.Item {
	it.Contact, it.ContactUntil = store.SealContact(keys(), session, it.ID, "rosa@people.example"), days(30)
	return it
}

// contact gives the address that is kept for a question; empty if none is.
func (h *handle) contact(t *testing.T, question string) string {
	t.Helper()
	c, err := h.Store.(store.Contacts).Contact(t.Context(), session, question)
	if errors.Is(err, domain.ErrNotFound) {
		return ""
	}
	if err != nil {
		t.Fatal(err)
	}
	address, err := keys().Open(store.ContactPlace(session, c.Item), c.Sealed)
	if err != nil {
		t.Fatal(err)
	}
	return address
}

func (b Backend) keepsContact(t *testing.T) {
	h := b.open(t)
	it := answered(asked("a@example.org", "Who pays for incident response?", "Who reads the reports?"))
	h.save(t, page("", "1", it, asked("b@example.org", "Where do we meet?")))
	d := store.Decision{Session: session, Question: it.Questions[0].ID, Verb: store.Edit, By: "moderator-1", At: hour(1), Text: "Who pays?"}
	if _, err := h.Store.(store.Decisions).Decide(t.Context(), d, words{}); err != nil {
		t.Fatal(err)
	}
	for _, q := range it.Questions {
		if got := h.contact(t, q.ID); got != "rosa@people.example" {
			t.Errorf("the contact of %s is %q", q.ID, got)
		}
	}
	for _, none := range []string{domain.QuestionID(keys().Item("b@example.org"), 1), "nothing.1"} {
		if got := h.contact(t, none); got != "" {
			t.Errorf("%s has a contact", none)
		}
	}
}

func (b Backend) dropsContact(t *testing.T) {
	it := answered(asked("a@example.org", "Who pays for incident response?"))
	declined := silent("a@example.org")
	declined.Outcome, declined.Content = store.OptedOut, ""
	for name, gone := range map[string]func(*handle){
		"an edit without it": func(h *handle) {
			h.save(t, page("1", "2", edited(asked("a@example.org", "Who pays for incident response now?"))))
		},
		"an edit without a question": func(h *handle) {
			e := edited(silent("a@example.org"))
			e.Content = "other"
			h.save(t, page("1", "2", e))
		},
		"its author declines":  func(h *handle) { h.save(t, page("1", "2", declined)) },
		"gone at the source":   func(h *handle) { h.remove(t, "list", "a@example.org") },
		"its own time is over": func(h *handle) { h.purge(t, store.Purge{Now: days(30)}) },
		"the question's is":    func(h *handle) { h.purge(t, store.Purge{Now: days(20), Keep: sooner(19*day, 0)}) },
		"a shorter one applies": func(h *handle) {
			h.purge(t, store.Purge{Now: days(20), Keep: store.Keep{Sources: []store.SourceKeep{{Session: session, Source: "list", Contacts: 20 * day}}}})
		},
		"the session is wiped": func(h *handle) { h.wipe(t, store.Wipe{Session: session}) },
	} {
		t.Run(name, func(t *testing.T) {
			h := b.open(t)
			h.save(t, page("", "1", it))
			h.purge(t, store.Purge{Now: days(29)})
			if h.contact(t, it.Questions[0].ID) == "" {
				t.Fatal("it was never there")
			}
			gone(h)
			page, err := h.Questions(t.Context(), store.Query{Session: session, Audience: domain.AmberStrict, Answer: true})
			if err != nil || len(page.Questions) > 0 {
				t.Errorf("%d questions have it still, %v", len(page.Questions), err)
			}
			for _, left := range h.wipe(t, store.Wipe{Session: session, Try: true}).Gone {
				if left.What == "contacts" {
					t.Errorf("%d rows were left behind", left.Rows)
				}
			}
		})
	}
}

func (b Backend) prolongsNoContact(t *testing.T) {
	h := b.open(t)
	it := answered(asked("a@example.org", "Who pays for incident response?"))
	h.save(t, page("", "1", it))
	later := answered(edited(asked("a@example.org", "Who pays for incident response today?")))
	later.ContactUntil = days(300)
	h.save(t, page("1", "2", later))
	c, err := h.Store.(store.Contacts).Contact(t.Context(), session, it.Questions[0].ID)
	if err != nil || !c.Until.Equal(days(30)) {
		t.Errorf("it is kept until %v, %v", c.Until, err)
	}
	h.purge(t, store.Purge{Now: days(30)})
	reread := later
	reread.Edited = false
	h.save(t, store.Batch{Session: session, Source: "list", Reread: true, Now: days(31), Items: []store.Item{each(reread, func(q *store.Question) { q.Language = "de" })}})
	if got := h.contact(t, it.Questions[0].ID); got != "" {
		t.Errorf("a rereading brought it back: %q", got)
	}
}

func (b Backend) findsContacts(t *testing.T) {
	h := b.open(t)
	it := answered(asked("a@example.org", "Who pays for incident response?"))
	h.save(t, page("", "1", it, asked("b@example.org", "Where do we meet?")))
	page, err := h.Questions(t.Context(), store.Query{Session: session, Audience: domain.AmberStrict, Answer: true})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, q := range page.Questions {
		ids = append(ids, q.ID)
	}
	if d := cmp.Diff([]string{it.Questions[0].ID}, ids); d != "" {
		t.Error(d)
	}
}
