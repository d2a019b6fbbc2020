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

func (b Backend) wiping(t *testing.T) {
	t.Run("a wiped session keeps counts and editions, and nothing else; others keep all", b.wipes)
	t.Run("a wiped session takes nothing any more", b.takesNothingAfterwards)
	t.Run("wiping again gives the statement of then", b.wipesOnce)
	t.Run("a try changes nothing and tells what would go", b.triesToWipe)
	t.Run("without a statement nothing goes", b.wipesWithStatement)
	t.Run("what top-level sources keep goes only with the last session", b.wipesShared)
}

func (h *handle) wiper() store.Wiper { return h.Store.(store.Wiper) }

func (h *handle) wipe(t *testing.T, w store.Wipe) store.Wiped {
	t.Helper()
	w.At, w.By = hour(500), "operator-1"
	if w.State == nil {
		w.State = func(gone []store.Cleared) (string, error) { return fmt.Sprint("what went: ", gone), nil }
	}
	done, err := h.wiper().Wipe(t.Context(), w)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// fill saves something of every sort in a session.
func (h *handle) fill(t *testing.T, of string) {
	t.Helper()
	it := asked(of+"/a@example.org", "Who pays for incident response?", "Who reads the reports?")
	it.Questions = slices.Clone(it.Questions)
	for i := range it.Questions {
		it.Questions[i].Session = of
	}
	b := page("", "1", tagged(it, "civil-society"), silent(of+"/b@example.org"))
	b.Session, b.Now = of, opening()
	b.Broken = []store.Quarantined{{ID: "broken", Source: "list", Type: "message/rfc822", Reason: "no end", Raw: []byte("words"), Collected: opening(), Expires: opening().Add(14 * day)}}
	b.Counts = []store.Count{{Source: "list", What: "no-question", N: 3}, {Source: "list", What: "no-question", Key: "domain people.example", N: 3}}
	b.Arrivals = []store.Arrival{{Hour: opening(), Items: 2}}
	h.save(t, b)
	d := store.Decision{Session: of, Question: it.Questions[0].ID, Verb: store.Edit, By: "moderator-1", At: hour(1), Text: "Who pays?"}
	if _, err := h.Store.(store.Decisions).Decide(t.Context(), d, words{}); err != nil {
		t.Fatal(err)
	}
	e := edition("panelists", 7, it.Questions[0].ID)
	e.Session, e.Recipients = of, []string{"recipient-1"}
	h.publish(t, e)
}

func (b Backend) wipes(t *testing.T) {
	h := b.open(t)
	h.fill(t, session)
	h.fill(t, "other")
	before := h.snapshot(t, "other")
	done := h.wipe(t, store.Wipe{Session: session})
	rows := map[string]int{}
	for _, g := range done.Gone {
		rows[g.What] = g.Rows
	}
	want := map[string]int{"progress": 1, "items": 2, "sightings": 2, "questions": 2, "tags": 2, "topics": 2, "counts": 1, "quarantine": 1,
		"edition_questions": 1, "decisions": 1, "original_texts": 1, "deliveries": 1, "arrivals": 1}
	for _, of := range []string{"terms", "bands"} { // as many as there are words
		want[of] = rows[of]
		if rows[of] == 0 {
			t.Errorf("no row of %s went", of)
		}
	}
	if d := cmp.Diff(want, rows); d != "" {
		t.Errorf("what went (-want +got):\n%s", d)
	}
	left := h.snapshot(t, session)
	quoted := edition("panelists", 7)
	quoted.Number = 1
	empty := snapshot{Questions: map[string]domain.Question{}, Topics: []domain.Topic{}, Counts: []store.Count{{Source: "list", What: "no-question", N: 3}}, Editions: []store.Edition{quoted}}
	if d := cmp.Diff(empty, left); d != "" {
		t.Errorf("what is left (-want +got):\n%s", d)
	}
	if len(h.known(t, session, session+"/a@example.org")) > 0 {
		t.Error("an item is known")
	}
	if d := cmp.Diff(before, h.snapshot(t, "other")); d != "" {
		t.Errorf("the other session has changed (-before +after):\n%s", d)
	}
	list, err := h.wiper().Wiped(t.Context())
	if d := cmp.Diff([]store.Wiped{{Session: session, At: hour(500), Statement: done.Statement}}, list); d != "" || err != nil {
		t.Errorf("%v; the list (-want +got):\n%s", err, d)
	}
	acts := h.acts(t, store.ActQuery{Do: "wipe"})
	if len(acts) != 1 || acts[0].Session != session || acts[0].By != "operator-1" {
		t.Errorf("the log has %+v", acts)
	}
	h.verified(t)
	if err := h.wiper().Compact(t.Context()); err != nil {
		t.Error(err)
	}
	if d := cmp.Diff(before, h.snapshot(t, "other")); d != "" {
		t.Errorf("compacting has changed the other session (-before +after):\n%s", d)
	}
}

func (b Backend) takesNothingAfterwards(t *testing.T) {
	h := b.open(t)
	h.fill(t, session)
	h.wipe(t, store.Wipe{Session: session})
	before := h.snapshot(t, session)
	_, err := h.SaveBatch(t.Context(), page("", "1", asked("c@example.org", "Who pays?")), words{})
	_, err2 := h.SaveEdition(t.Context(), edition("panelists", 14))
	_, _, err3 := h.watcher().OpenIncident(t.Context(), store.Incident{Session: session, Subject: "digest", Kind: store.IncidentFailing, Opened: hour(501), Body: "it failed"})
	err4 := h.watcher().Listen(t.Context(), session, "chat", hour(501))
	for _, err := range []error{err, err2, err3, err4} {
		if !errors.Is(err, store.ErrWiped) {
			t.Errorf("the error is %v", err)
		}
	}
	if _, err := h.Expire(t.Context(), hour(10_000)); err != nil {
		t.Error(err)
	}
	if d := cmp.Diff(before, h.snapshot(t, session)); d != "" {
		t.Errorf("something was taken (-before +after):\n%s", d)
	}
}

func (b Backend) wipesOnce(t *testing.T) {
	h := b.open(t)
	h.fill(t, session)
	first := h.wipe(t, store.Wipe{Session: session})
	again := h.wipe(t, store.Wipe{Session: session, State: func([]store.Cleared) (string, error) { return "another", nil }})
	if !again.Before || first.Before || again.Statement != first.Statement || len(again.Gone) > 0 || !again.At.Equal(first.At) {
		t.Errorf("the second time it is %+v", again)
	}
	if n := len(h.acts(t, store.ActQuery{Do: "wipe"})); n != 1 {
		t.Errorf("%d acts", n)
	}
	other := b.reopen(t, h.dsn)
	never := other.wipe(t, store.Wipe{Session: "never heard of"})
	if never.Before || len(never.Gone) > 0 {
		t.Errorf("a session without anything is %+v", never)
	}
}

func (b Backend) triesToWipe(t *testing.T) {
	h := b.open(t)
	h.fill(t, session)
	before := h.snapshot(t, session)
	tried := h.wipe(t, store.Wipe{Session: session, Try: true})
	if d := cmp.Diff(before, h.snapshot(t, session)); d != "" {
		t.Errorf("it changed something (-before +after):\n%s", d)
	}
	if list, err := h.wiper().Wiped(t.Context()); len(list) > 0 || err != nil {
		t.Errorf("it is listed: %v, %v", list, err)
	}
	if d := cmp.Diff(tried.Gone, h.wipe(t, store.Wipe{Session: session}).Gone); d != "" || len(tried.Gone) == 0 {
		t.Errorf("it told otherwise than it was (-told +was):\n%s", d)
	}
}

func (b Backend) wipesWithStatement(t *testing.T) {
	h := b.open(t)
	h.fill(t, session)
	before := h.snapshot(t, session)
	no := errors.New("no key")
	_, err := h.wiper().Wipe(t.Context(), store.Wipe{Session: session, At: hour(1), By: "operator-1", State: func([]store.Cleared) (string, error) { return "", no }})
	if !errors.Is(err, no) {
		t.Errorf("the error is %v", err)
	}
	if d := cmp.Diff(before, h.snapshot(t, session)); d != "" {
		t.Errorf("it changed something (-before +after):\n%s", d)
	}
}

func (b Backend) wipesShared(t *testing.T) {
	h := b.open(t)
	h.fill(t, session)
	h.fill(t, store.Shared)
	h.record(t, act(1))
	h.wipe(t, store.Wipe{Session: session})
	if len(h.questions(t, store.Shared)) == 0 {
		t.Error("it went too early")
	}
	h.wipe(t, store.Wipe{Session: "the last", Shared: true})
	left := h.snapshot(t, store.Shared)
	if len(left.Questions)+len(left.Quarantine)+len(left.Arrivals)+len(left.Held) > 0 || left.Progress.Cursor != "" {
		t.Errorf("what is left: %+v", left)
	}
	if c := h.verified(t); c.Acts < 3 {
		t.Errorf("the log has %d acts", c.Acts)
	}
	b2 := page("", "1", asked("z@example.org", "Who pays?"))
	b2.Session, b2.Now = store.Shared, time.Date(2018, 12, 1, 0, 0, 0, 0, time.UTC)
	h.save(t, b2) // top-level sources serve sessions that come later
}
