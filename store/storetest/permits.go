package storetest

import (
	"errors"
	"testing"

	"askahead/domain"
	"askahead/store"
)

func (b Backend) permits(t *testing.T) {
	t.Run("a permission loosens the label of one question, and is taken back", b.loosens)
	t.Run("a permission is for the words that it was given for", b.permitsWords)
	t.Run("a permission outlives going, coming back and reading again", b.outlivesGoing)
	t.Run("no permission makes a label stricter", b.neverStricter)
	t.Run("a permission without an audience or evidence is refused", b.refusesPermits)
	t.Run("what its readers may not see any more is recalled", b.recallsRevoked)
}

func amber(it store.Item) store.Item {
	return each(it, func(q *store.Question) { q.TLP = domain.Amber })
}

func permission(question string, audience domain.TLP) store.Decision {
	d := decision(question, store.Permit)
	d.Audience, d.Reason = audience, "a mail of the team, 3 March"
	return d
}

func (h *handle) ruled(t *testing.T, d store.Decision) domain.Question {
	t.Helper()
	q, err := h.moderation(t).Decide(t.Context(), d, words{})
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// labels gives the label and the one at the source of each question that an audience may read.
func (h *handle) labels(t *testing.T, audience domain.TLP) map[string][2]domain.TLP {
	t.Helper()
	found := map[string][2]domain.TLP{}
	for _, q := range h.list(t, store.Query{Session: session, Audience: audience}) {
		found[q.Text] = [2]domain.TLP{q.TLP, q.Labelled}
	}
	return found
}

const pays, reads = "Who pays for incident response?", "Who reads the reports?"

func (b Backend) loosens(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "1", amber(asked("a@example.org", pays, reads))))
	if got := h.labels(t, domain.Green); len(got) != 0 {
		t.Fatalf("before, readers of TLP:GREEN see %v", got)
	}
	q := h.ruled(t, permission(idOf("a@example.org", 1), domain.Green))
	if q.TLP != domain.Green || q.Labelled != domain.Amber {
		t.Errorf("it is %v, at its source %v", q.TLP, q.Labelled)
	}
	if got := h.labels(t, domain.Green); len(got) != 1 || got[pays] != [2]domain.TLP{domain.Green, domain.Amber} {
		t.Errorf("readers of TLP:GREEN see %v", got)
	}
	if got := h.labels(t, domain.Clear); len(got) != 0 {
		t.Errorf("everybody sees %v", got)
	}
	found, err := h.moderation(t).Original(t.Context(), session, q.ID)
	if err != nil || found.TLP != domain.Amber || found.Labelled != 0 {
		t.Errorf("as it was found it is %v, %v, %v", found.TLP, found.Labelled, err)
	}
	history, err := h.moderation(t).Decided(t.Context(), session, q.ID)
	if err != nil || len(history) != 1 || history[0].Audience != domain.Green || history[0].Reason == "" {
		t.Errorf("the history is %+v, %v", history, err)
	}
	if q := h.ruled(t, decision(q.ID, store.Revoke)); q.TLP != domain.Amber || q.Labelled != 0 {
		t.Errorf("taken back, it is %v, at its source %v", q.TLP, q.Labelled)
	}
	if got := h.labels(t, domain.Green); len(got) != 0 {
		t.Errorf("in the end readers of TLP:GREEN see %v", got)
	}
}

func (b Backend) permitsWords(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "1", amber(asked("a@example.org", pays))))
	h.ruled(t, permission(idOf("a@example.org", 1), domain.Clear))
	h.save(t, page("1", "2", edited(amber(asked("a@example.org", "Who pays the team at the bank?")))))
	if got := h.labels(t, domain.Clear); len(got) != 0 {
		t.Errorf("other words are shown by the same permission: %v", got)
	}
	h.save(t, page("2", "3", edited(amber(asked("a@example.org", pays)))))
	if got := h.labels(t, domain.Clear); len(got) != 1 {
		t.Errorf("of the same words readers see %v", got)
	}
}

func (b Backend) outlivesGoing(t *testing.T) {
	h := b.open(t)
	it := amber(asked("a@example.org", pays))
	h.save(t, page("", "1", it))
	h.ruled(t, permission(idOf("a@example.org", 1), domain.Green))
	reread := page("1", "1", it)
	reread.Reread = true
	h.save(t, reread)
	if got := h.labels(t, domain.Green); len(got) != 1 {
		t.Errorf("read again, readers see %v", got)
	}
	h.remove(t, "list", "a@example.org")
	p, err := h.Progress(t.Context(), session, "list")
	if err != nil {
		t.Fatal(err)
	}
	h.save(t, page(p.Cursor, "9", it))
	if got := h.labels(t, domain.Green); len(got) != 1 {
		t.Errorf("back again, readers see %v", got)
	}
}

func (b Backend) neverStricter(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "1", asked("a@example.org", pays)))
	if q := h.ruled(t, permission(idOf("a@example.org", 1), domain.Amber)); q.TLP != domain.Green || q.Labelled != 0 {
		t.Errorf("it is %v, at its source %v", q.TLP, q.Labelled)
	}
}

func (b Backend) refusesPermits(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "1", amber(asked("a@example.org", pays))))
	for _, audience := range []domain.TLP{0, domain.Red, domain.Inside, 15} {
		if _, err := h.moderation(t).Decide(t.Context(), permission(idOf("a@example.org", 1), audience), words{}); !errors.Is(err, store.ErrDecision) {
			t.Errorf("%v: %v", audience, err)
		}
	}
	bare := permission(idOf("a@example.org", 1), domain.Green)
	bare.Reason = " "
	if _, err := h.moderation(t).Decide(t.Context(), bare, words{}); !errors.Is(err, store.ErrDecision) {
		t.Errorf("without evidence: %v", err)
	}
}

func (b Backend) recallsRevoked(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "1", amber(asked("a@example.org", pays)), asked("b@example.org", reads)))
	q := h.ruled(t, permission(idOf("a@example.org", 1), domain.Green))
	h.publish(t, edition("panelists", 7, q.ID, idOf("b@example.org", 1)))
	if got := h.recalls(t, "panelists"); len(got) != 0 {
		t.Errorf("while it is permitted, recalled are %v", got)
	}
	h.ruled(t, decision(q.ID, store.Revoke))
	if got := h.recalls(t, "panelists"); len(got) != 1 || got[0].Question != q.ID {
		t.Errorf("recalled are %v", got)
	}
}
