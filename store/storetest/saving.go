package storetest

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"askahead/domain"
	"askahead/store"
)

func (b Backend) saving(t *testing.T) {
	t.Run("a batch is stored with everything in it", b.storesAll)
	t.Run("a batch saved again changes nothing but the time of the run", b.savesAgain)
	t.Run("a batch that was read from another place is refused", b.refusesOtherCursor)
	t.Run("a part of a shared source is saved wherever its cursor stands", b.savesParts)
	t.Run("streams of one source have cursors of their own", b.keepsStreams)
	t.Run("a sweep moves no cursor and may be repeated", b.sweeps)
	t.Run("a batch that fails leaves nothing", b.savesAllOrNothing)
	t.Run("each session has its own copy", b.separatesSessions)
	t.Run("counts are added up, those of an item once", b.addsCounts)
	t.Run("what cannot be stored as it is does not stop a batch", b.takesAnyBytes)
	t.Run("TLP:RED is refused", b.refusesRed)
	t.Run("two stores that get the same are the same", b.isDeterministic)
}

// full is a batch that uses every field.
func full() store.Batch {
	why := each(tagged(asked("m1", "Who pays for the deletion of logs?", "Will the WHOIS stay public?"), "technical", "academia"),
		func(q *store.Question) {
			q.Context, q.URL, q.NoName, q.Language = "We keep them for a year.", "https://lists.example/m1", true, "fr"
			q.Tags = append(q.Tags, domain.Tag{Kind: domain.TagRegion, Value: "weog", Rule: "self-declared", Evidence: "I write from Paris", Strength: 5})
		})
	why = each(supported(why, 12), func(q *store.Question) { q.Support = 12 })
	logistic := each(asked("m2", "Where is the room?"), func(q *store.Question) {
		q.Kind, q.Keys, q.Terms, q.TLP = domain.Logistics, nil, nil, domain.Inside
	})
	b := page("", "c1", why, logistic, silent("m3"))
	b.Items[2].Counts = []store.Count{{Source: "list", What: "no-question", Key: "domain example.org", N: 1}}
	b.Broken = []store.Quarantined{{ID: "x1", Type: domain.TypeMail, Reason: "no header", Raw: []byte("\x00\xffraw"),
		Collected: opening(), Expires: opening().Add(14 * day)}}
	b.Counts = []store.Count{{Source: "list", What: "not-taken", N: 7}}
	return b
}

func (b Backend) storesAll(t *testing.T) {
	h := b.open(t)
	batch := full()
	saved := h.save(t, batch)
	want := store.Saved{New: 3, Outcomes: map[store.Outcome]int{store.Kept: 2, store.NoQuestion: 1}, Questions: 2, Topics: 2, Broken: 1}
	if d := cmp.Diff(want, saved); d != "" {
		t.Errorf("what was saved (-want +got):\n%s", d)
	}
	got := h.snapshot(t, session)
	for _, it := range batch.Items {
		for _, q := range it.Questions {
			want := q.Question
			if want.Kind == domain.Panel {
				want.Topic = want.ID
			}
			if d := cmp.Diff(want, got.Questions[q.ID]); d != "" {
				t.Errorf("question %s (-want +got):\n%s", q.Text, d)
			}
		}
	}
	if d := cmp.Diff(map[string]store.Known{
		"m1": {Outcome: store.Kept, Content: batch.Items[0].Content},
		"m2": {Outcome: store.Kept, Content: batch.Items[1].Content},
		"m3": {Outcome: store.NoQuestion, Content: batch.Items[2].Content},
	}, h.known(t, session, "m1", "m2", "m3", "m4")); d != "" {
		t.Errorf("items (-want +got):\n%s", d)
	}
	if d := cmp.Diff(store.Progress{Cursor: "c1", LastRun: opening(), LastNew: opening(), Items: 3}, got.Progress); d != "" {
		t.Errorf("progress (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]store.Count{{Source: "list", What: "not-taken", N: 7},
		{Source: "list", What: "no-question", Key: "domain example.org", N: 1}}, got.Counts); d != "" {
		t.Errorf("counts (-want +got):\n%s", d)
	}
	broken := batch.Broken[0]
	broken.Session, broken.Source, broken.Stream, broken.Place = session, "list", "list", got.Quarantine[0].Place
	if d := cmp.Diff([]store.Quarantined{broken}, got.Quarantine); d != "" {
		t.Errorf("quarantine (-want +got):\n%s", d)
	}
}

func (b Backend) savesAgain(t *testing.T) {
	h := b.open(t)
	h.save(t, full())
	before := h.snapshot(t, session)
	again := full()
	again.Now = opening().Add(day)
	for i := range again.Items {
		again.Items[i].Expires = again.Items[i].Expires.Add(day)
	}
	if d := cmp.Diff(store.Saved{Again: 3}, h.save(t, again)); d != "" {
		t.Errorf("what was saved (-want +got):\n%s", d)
	}
	before.Progress.LastRun = again.Now
	if d := cmp.Diff(before, h.snapshot(t, session)); d != "" {
		t.Errorf("the store changed (-before +after):\n%s", d)
	}
}

func (b Backend) refusesOtherCursor(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", asked("m1", "Who pays?")))
	h.save(t, page("c1", "c2", asked("m2", "Who decides?")))
	before := h.snapshot(t, session)
	for _, batch := range []store.Batch{page("", "c1", asked("m3", "Who?")), page("", "c9", asked("m3", "Who?")),
		page("c1", "c1", asked("m3", "Who?"))} {
		if _, err := h.SaveBatch(t.Context(), batch, words{}); !errors.Is(err, domain.ErrConflict) {
			t.Errorf("a batch from %q to %q: %v, want a conflict", batch.Since, batch.Next, err)
		}
	}
	if d := cmp.Diff(before, h.snapshot(t, session)); d != "" {
		t.Errorf("the store changed (-before +after):\n%s", d)
	}
}

func (b Backend) savesParts(t *testing.T) {
	h := b.open(t)
	part := func(since, next string, items ...store.Item) store.Batch {
		p := page(since, next, items...)
		p.Part = true
		return p
	}
	h.save(t, part("c4", "c5", asked("m1", "Who pays?"))) // the session came later than the source
	if saved := h.save(t, part("c4", "c5", asked("m1", "Who pays?"))); saved.New != 0 || saved.Again != 1 {
		t.Errorf("the part again: %+v", saved)
	}
	if saved := h.save(t, part("c4", "c6", asked("m1", "Who pays?"), asked("m2", "Who decides?"))); saved.New != 1 || saved.Again != 1 {
		t.Errorf("a longer page from the same cursor: %+v", saved)
	}
	leading := store.Batch{Session: store.Shared, Source: "list", Since: "", Next: "c6", Now: opening()}
	if _, err := h.SaveBatch(t.Context(), leading, nil); err != nil {
		t.Fatalf("save the leading cursor, without a grouper: %v", err)
	}
	p, err := h.Progress(t.Context(), store.Shared, "list")
	if err != nil || p.Cursor != "c6" {
		t.Errorf("the leading cursor is %q, %v", p.Cursor, err)
	}
}

func (b Backend) keepsStreams(t *testing.T) {
	h := b.open(t)
	for _, stream := range []string{"list/2017.mbox", "list/2018.mbox"} {
		batch := page("", "end of "+stream, asked(stream, "Who pays for "+stream+"?"))
		batch.Stream = stream
		h.save(t, batch)
	}
	for _, stream := range []string{"list/2017.mbox", "list/2018.mbox"} {
		p, err := h.Progress(t.Context(), session, stream)
		if err != nil || p.Cursor != "end of "+stream || p.Items != 1 {
			t.Errorf("progress of %s: %+v, %v; want its own cursor, and its own item", stream, p, err)
		}
		if held, err := h.Held(t.Context(), session, stream, "", 10); err != nil || len(held) != 1 {
			t.Errorf("%s holds %q, %v; want its own item alone", stream, held, err)
		}
	}
	p, err := h.Progress(t.Context(), session, "list")
	if err != nil || p.Cursor != "" || p.LastNew.IsZero() || p.Items != 2 {
		t.Errorf("progress of the source itself: %+v, %v; want no cursor, and what its streams brought", p, err)
	}
	if p, err := h.Progress(t.Context(), session, "another"); err != nil || p != (store.Progress{}) {
		t.Errorf("progress of a source that was never read: %+v, %v", p, err)
	}
}

func (b Backend) sweeps(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", asked("m1", "Who pays?"), asked("m2", "Who decides?")))
	sweep := page("c1", "c1", edited(asked("m1", "Who really pays?")))
	sweep.Gone = []string{"m2"}
	if d := cmp.Diff(store.Saved{Changed: 1, Topics: 1, Removed: 1}, h.save(t, sweep)); d != "" {
		t.Errorf("the sweep (-want +got):\n%s", d)
	}
	before := h.snapshot(t, session)
	if d := cmp.Diff(store.Saved{Again: 1}, h.save(t, sweep)); d != "" {
		t.Errorf("the sweep again (-want +got):\n%s", d)
	}
	if d := cmp.Diff(before, h.snapshot(t, session)); d != "" {
		t.Errorf("the store changed (-before +after):\n%s", d)
	}
}

// interrupting fails, or lets the context end, when the n-th question is placed.
type interrupting struct {
	words
	n      *int
	cancel context.CancelFunc
}

func (g interrupting) Place(q domain.Question, near []domain.Topic) string {
	if *g.n--; *g.n > 0 {
		return g.words.Place(q, near)
	}
	if g.cancel != nil {
		g.cancel()
		return ""
	}
	return "a topic that was not offered"
}

func (b Backend) savesAllOrNothing(t *testing.T) {
	h := b.open(t)
	h.save(t, full())
	before := h.snapshot(t, session)
	next := page("c1", "c2", edited(asked("m1", "Who pays?")), asked("m5", "Who decides?"), asked("m6", "Who else?"))
	next.Gone = []string{"m2"}
	next.Counts, next.Broken = full().Counts, []store.Quarantined{{ID: "x2"}}
	for _, canceled := range []bool{false, true} {
		ctx, cancel := context.WithCancel(t.Context())
		n := 3
		g := interrupting{n: &n}
		if canceled {
			g.cancel = cancel
		}
		if saved, err := h.SaveBatch(ctx, next, g); err == nil || !cmp.Equal(saved, store.Saved{}) {
			t.Errorf("canceled=%v: the batch was saved: %+v, %v", canceled, saved, err)
		} else if canceled && !errors.Is(err, context.Canceled) {
			t.Errorf("the context is not blamed: %v", err)
		}
		cancel()
		if d := cmp.Diff(before, h.snapshot(t, session)); d != "" {
			t.Errorf("canceled=%v: the store changed (-before +after):\n%s", canceled, d)
		}
	}
	if saved := h.save(t, next); saved.New != 2 || saved.Changed != 1 || saved.Removed != 1 {
		t.Errorf("the same batch afterwards: %+v", saved)
	}
}

func (b Backend) separatesSessions(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", asked("m1", "Who pays for the logs?")))
	other := page("", "c1", asked("m1", "Who pays for the logs?"))
	other.Session = "other"
	if saved := h.save(t, other); saved.New != 1 || saved.Topics != 1 {
		t.Errorf("the other session: %+v, want an item and a topic of its own", saved)
	}
	h.remove(t, "list", "m1")
	if n := len(h.questions(t, session)); n != 0 {
		t.Errorf("%d questions in the session that the item is gone from", n)
	}
	if n := len(h.questions(t, "other")); n != 1 {
		t.Errorf("%d questions in the other session, want 1", n)
	}
}

func (b Backend) addsCounts(t *testing.T) {
	h := b.open(t)
	counted := func(canonical string) store.Item {
		it := silent(canonical)
		it.Counts = []store.Count{{Source: "list", What: "no-question", Key: "domain example.org", N: 1}, {What: "no-question", N: 1}}
		return it
	}
	first := page("", "c1", counted("m1"), counted("m2"))
	first.Counts = []store.Count{{Source: "list", What: "tlp-red", N: 2}, {Source: "list", What: "tlp-red", N: 1}}
	h.save(t, first)
	second := page("c1", "c2", counted("m2"), counted("m3"))
	second.Counts = []store.Count{{Source: "list", What: "tlp-red", N: 4}}
	h.save(t, second)
	got, err := h.Counts(t.Context(), session)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]store.Count{{Source: "list", What: "tlp-red", N: 7}, {Source: "list", What: "no-question", N: 3},
		{Source: "list", What: "no-question", Key: "domain example.org", N: 3}}, got); d != "" {
		t.Errorf("counts (-want +got):\n%s", d)
	}
}

func (b Backend) takesAnyBytes(t *testing.T) {
	h := b.open(t)
	long := strings.Repeat("é", 40_000)
	odd := each(asked("m1", "Who\x00pays \xff?"), func(q *store.Question) {
		q.Terms = []string{"a\x00b", long, long + "x"}
		q.Context, q.URL, q.Published = "\x00", "https://example.org/\xff", time.Date(300_000, 1, 1, 0, 0, 0, 0, time.UTC)
		q.Tags = []domain.Tag{{Kind: domain.TagTheme, Value: "\x00", Evidence: "\xff"}}
	})
	batch := page("", "c1", odd, asked("m2", "Who decides?"), asked(long, "Who asks?"), asked("m\xff", "Who knows?"))
	batch.Items[1].Counts = []store.Count{{What: "no-question", Key: "list " + long, N: 1}, {What: "\x00", Key: "\xff", N: 1}}
	batch.Broken = []store.Quarantined{{ID: long + "1", Reason: "\x00"}, {ID: long + "2", Raw: []byte{0}}}
	batch.Gone = []string{"\x00", long + "gone"}
	saved := h.save(t, batch)
	if saved.New != 2 || saved.Broken != 4 {
		t.Errorf("saved %+v, want 2 new items, and 4 in quarantine: 2 of them for their ids", saved)
	}
	got := h.questions(t, session)[domain.QuestionID(keys().Item("m1"), 1)]
	if got.Text != "Whopays \uFFFD?" || got.Published.Year() != 9999 {
		t.Errorf("the text is %q, published in %d", got.Text, got.Published.Year())
	}
	for _, term := range []string{"a\x00b", long, long + "x"} {
		if n := len(h.list(t, store.Query{Session: session, Audience: domain.Green, Terms: []string{term}})); n != 1 {
			t.Errorf("%d questions found by the term %.10q of %d bytes, want 1", n, term, len(term))
		}
	}
	if n := len(h.list(t, store.Query{Session: session, Audience: domain.Green, Terms: []string{long + "y"}})); n != 0 {
		t.Errorf("%d questions found by a term that only begins alike", n)
	}
}

func (b Backend) refusesRed(t *testing.T) {
	h := b.open(t)
	red := each(asked("m1", "Who pays?"), func(q *store.Question) { q.TLP = domain.Red })
	if _, err := h.SaveBatch(t.Context(), page("", "c1", red), words{}); err == nil {
		t.Error("it was saved")
	} else if strings.Contains(err.Error(), "pays") {
		t.Errorf("the error quotes it: %v", err)
	}
	if known := h.known(t, session, "m1"); len(known) != 0 {
		t.Errorf("it is known: %v", known)
	}
}

func (b Backend) isDeterministic(t *testing.T) {
	run := func() (snapshot, []string) {
		h := b.open(t)
		batch := full()
		for _, c := range []string{"a", "b", "c", "d", "e", "f"} {
			batch.Items = append(batch.Items, asked(c, "Will WHOIS data stay public for "+c+"?", "Who pays for deleting old logs?"))
		}
		h.save(t, batch)
		h.remove(t, "list", "a", "m1")
		s := h.snapshot(t, session)
		return s, slices.Sorted(maps.Keys(s.Questions))
	}
	one, ids := run()
	two, _ := run()
	if len(ids) != 11 {
		t.Errorf("%d questions, want 11: %v", len(ids), ids)
	}
	if d := cmp.Diff(one, two); d != "" {
		t.Errorf("they differ:\n%s", d)
	}
}
