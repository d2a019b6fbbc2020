package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"askahead/domain"
	"askahead/store"
)

func (b Backend) purging(t *testing.T) {
	t.Run("what goes is told by session, source and kind; a try tells the same and changes nothing", b.purges)
	t.Run("a shorter retention applies to what is stored, a longer one does not", b.purgesSooner)
	t.Run("what may not be taken again is known for good", b.purgesNoRefusal)
	t.Run("one session alone", b.purgesOne)
	t.Run("more than one step's worth", b.purgesMany)
}

func (h *handle) purge(t *testing.T, p store.Purge) []store.Purged {
	t.Helper()
	gone, err := h.Store.(store.Purger).Purge(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return gone
}

// days is n days after the opening.
func days(n int) time.Time { return opening().Add(time.Duration(n) * day) }

func (b Backend) purges(t *testing.T) {
	h := b.open(t)
	h.fill(t, session)
	h.fill(t, "other")
	h.save(t, store.Batch{Session: session, Source: "list", Stream: "import/x", Next: "1", Now: opening(), Items: []store.Item{asked("imported@example.org", "Where is it?")}})
	h.deliver(t, store.Delivery{Session: session, Name: "panelists", Number: 1, Recipient: "recipient-1", State: store.Sending, Tries: 1, Tried: days(7)})
	h.deliver(t, store.Delivery{Session: session, Name: "panelists", Number: 1, Recipient: "recipient-1", State: store.Sent, Tries: 1, Tried: days(7)})
	old := store.Incident{Session: session, Subject: "source/list", Kind: store.IncidentFailing, Opened: days(1), Closed: days(2), Ending: "it works", Body: "it failed"}
	i, _ := h.openIncident(t, old)
	h.closeIncident(t, i, days(2))
	i.Cleared = days(2)
	h.mark(t, i)
	h.save(t, store.Batch{Session: session, Source: "list", Still: true, Now: days(1), Arrivals: []store.Arrival{{Hour: days(600), Items: 1}}})
	before := h.snapshot(t, session)
	for _, c := range []struct {
		day  int
		want []store.Purged
	}{
		{13, nil},
		{14, []store.Purged{{Session: "other", Source: "list", Kind: store.PurgedRaw, N: 1}, {Session: session, Source: "list", Kind: store.PurgedRaw, N: 1}}},
		{90, []store.Purged{
			{Session: "other", Source: "list", Kind: store.PurgedQuestions, N: 2}, {Session: "other", Source: "list", Kind: store.PurgedAsked, N: 1},
			{Session: "other", Source: "list", Kind: store.PurgedSilent, N: 1},
			{Session: session, Source: "list", Kind: store.PurgedQuestions, N: 3}, {Session: session, Source: "list", Kind: store.PurgedAsked, N: 2},
			{Session: session, Source: "list", Kind: store.PurgedSilent, N: 1},
		}},
		{500, []store.Purged{
			{Session: session, Kind: store.PurgedIncidents, N: 1}, {Session: session, Kind: store.PurgedDeliveries, N: 1},
			{Session: session, Source: "list", Kind: store.PurgedArrivals, N: 1},
		}},
		{501, nil},
	} {
		tried := h.purge(t, store.Purge{Now: days(c.day), Try: true})
		if d := cmp.Diff(c.want, tried); d != "" {
			t.Errorf("day %d, tried (-want +got):\n%s", c.day, d)
		}
		if c.day == 13 {
			if d := cmp.Diff(before, h.snapshot(t, session)); d != "" {
				t.Errorf("a try changed something (-before +after):\n%s", d)
			}
		}
		if d := cmp.Diff(tried, h.purge(t, store.Purge{Now: days(c.day)})); d != "" {
			t.Errorf("day %d, done (-tried +done):\n%s", c.day, d)
		}
	}
	if n := len(h.questions(t, session)); n != 0 {
		t.Errorf("%d questions are left", n)
	}
}

// sooner keeps what the source "list" brought for a while.
func sooner(questions, raw time.Duration) store.Keep {
	return store.Keep{Sources: []store.SourceKeep{{Session: session, Source: "list", Questions: questions, Raw: raw}}}
}

func (b Backend) purgesSooner(t *testing.T) {
	h := b.open(t)
	h.fill(t, session)
	h.fill(t, "other")
	for _, c := range []struct {
		day  int
		keep store.Keep
		want []store.Purged
	}{
		{5, sooner(400*day, 400*day), nil},
		{5, sooner(6*day, 6*day), nil}, // the silent item has 6 days from now on
		{5, sooner(0, 5*day), []store.Purged{{Session: session, Source: "list", Kind: store.PurgedRaw, N: 1}}},
		{6, sooner(6*day, 6*day), []store.Purged{{Session: session, Source: "list", Kind: store.PurgedQuestions, N: 2}, {Session: session, Source: "list", Kind: store.PurgedAsked, N: 1}}},
		{10, sooner(6*day, 6*day), nil},
		{11, sooner(6*day, 6*day), []store.Purged{{Session: session, Source: "list", Kind: store.PurgedSilent, N: 1}}},
	} {
		for _, try := range []bool{true, false} {
			if d := cmp.Diff(c.want, h.purge(t, store.Purge{Now: days(c.day), Keep: c.keep, Try: try})); d != "" {
				t.Errorf("day %d, try %v (-want +got):\n%s", c.day, try, d)
			}
		}
	}
	if n := len(h.questions(t, "other")); n != 2 {
		t.Errorf("the other session has %d questions", n)
	}
}

func (b Backend) purgesNoRefusal(t *testing.T) {
	h := b.open(t)
	it := silent("declined@example.org")
	it.Outcome, it.Content, it.Expires = store.OptedOut, "", time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	h.save(t, page("", "1", it))
	h.purge(t, store.Purge{Now: days(100), Keep: sooner(day, day)})
	h.purge(t, store.Purge{Now: days(1000), Keep: sooner(day, day)})
	if known := h.known(t, session, "declined@example.org"); known["declined@example.org"].Outcome != store.OptedOut {
		t.Errorf("it is %+v", known)
	}
}

func (b Backend) purgesOne(t *testing.T) {
	h := b.open(t)
	h.fill(t, session)
	h.fill(t, "other")
	h.purge(t, store.Purge{Now: days(200), Session: session})
	if len(h.questions(t, session)) != 0 || len(h.questions(t, "other")) == 0 {
		t.Error("another session was purged")
	}
}

func (b Backend) purgesMany(t *testing.T) {
	h := b.open(t)
	batch := page("", "1")
	const many = 1201
	for n := range many {
		batch.Items = append(batch.Items, asked(fmt.Sprint(n, "@example.org"), fmt.Sprint("Who pays for number ", n, "?")))
	}
	h.save(t, batch)
	for _, try := range []bool{true, false} {
		gone := h.purge(t, store.Purge{Now: days(91), Try: try})
		if len(gone) != 2 || gone[0].N != many || gone[1].N != many {
			t.Errorf("try %v: %+v", try, gone)
		}
	}
	if d := cmp.Diff(map[string]domain.Question{}, h.questions(t, session)); d != "" {
		t.Error("some are left")
	}
}
