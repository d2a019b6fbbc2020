package pipeline

import (
	"context"
	"errors"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"askahead/collectors"
	"askahead/domain"
	"askahead/store"
	"askahead/take"
)

// sealed is a mail that no rule can read.
func sealed(n int, subject string, more ...string) domain.Item {
	return mail(n, subject, "-", append(more, "Content-Type: application/pkcs7-mime; smime-type=enveloped-data")...)
}

// faulty is the fixture with a fault: it can't read a mail that asks askBorder. mended takes the fault away.
func faulty(t *testing.T) (f fixture, mended func()) {
	f = newLine(t)
	grouper := f.Grouper
	f.Grouper = broken{grouper}
	return f, func() { f.Grouper = grouper }
}

// asked is a source that can be asked for single items.
type asked struct {
	*shelf
	there map[string]collectors.Batch
	ids   [][]string // that it was asked for
	fails error
}

func (a *asked) Fetch(_ context.Context, ids []string) iter.Seq2[collectors.Batch, error] {
	return func(yield func(collectors.Batch, error) bool) {
		a.ids = append(a.ids, ids)
		for _, id := range append(ids, "what nobody asked for") {
			if b, ok := a.there[id]; ok && !yield(b, nil) {
				return
			}
		}
		if a.fails != nil {
			yield(collectors.Batch{}, a.fails)
		}
	}
}

func (f fixture) retry(t *testing.T, src Source) Retried {
	t.Helper()
	got, err := f.Retry(t.Context(), src, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got.Lost() != 0 || got.Sum.Lost() != 0 {
		t.Errorf("not accounted for: %d and %d of %+v", got.Lost(), got.Sum.Lost(), got)
	}
	return got
}

func (f fixture) waits(t *testing.T, session string) []store.Quarantined {
	t.Helper()
	rows, err := f.Store.Quarantine(t.Context(), session, "", 100)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestRetry(t *testing.T) {
	t.Run("takes what can be read now, and leaves what can't as long as it was to stay", func(t *testing.T) {
		f, mended := faulty(t)
		src := newSource(t, &shelf{pages: [][]domain.Item{{mail(1, "WS164", askBorder), sealed(2, "WS164"), mail(3, "WS164", askLaw)}}}, take.Rule{})
		f.collect(t, src)
		before := f.waits(t, "one")
		mended()
		f.later(3 * 24 * time.Hour)
		got := f.retry(t, src)
		want := Retried{Waiting: 2, Sum: Summary{Read: 2, Kept: 1, Broken: 1, Questions: 1, Topics: 1}, Reasons: map[string]int{"encrypted: not readable": 1}}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
		if texts := f.texts(t, "one"); !slices.Equal(texts, []string{askLaw, askBorder}) {
			t.Errorf("held: %q", texts)
		}
		if d := cmp.Diff(before[1:], f.waits(t, "one")); d != "" {
			t.Errorf("what waits still (-before +after):\n%s", d)
		}
		if again := f.retry(t, src); again.Waiting != 1 || again.Sum.Kept != 0 {
			t.Errorf("the second time: %+v", again)
		}
	})
	t.Run("counts as new what it brings, and keeps it no longer for having waited", func(t *testing.T) {
		f, mended := faulty(t)
		src := newSource(t, &shelf{pages: [][]domain.Item{{mail(1, "WS164", askBorder)}}}, take.Rule{})
		src.Retention = 30 * 24 * time.Hour
		f.collect(t, src)
		first := f.Now()
		mended()
		f.later(10 * 24 * time.Hour)
		f.retry(t, src)
		page, err := f.Store.Questions(t.Context(), store.Query{Session: "one", Audience: domain.Clear})
		if err != nil || len(page.Questions) != 1 || !page.Questions[0].Collected.Equal(f.Now()) {
			t.Errorf("%+v, %v", page.Questions, err)
		}
		if gone, err := f.Store.Expire(t.Context(), first.Add(src.Retention)); err != nil || gone.Items != 1 {
			t.Errorf("removed %+v, %v", gone, err)
		}
	})
	t.Run("stores nothing whose retention has ended meanwhile", func(t *testing.T) {
		f, mended := faulty(t)
		src := newSource(t, &shelf{pages: [][]domain.Item{{mail(1, "WS164", askBorder), sealed(2, "WS164")}}}, take.Rule{})
		src.Retention = 24 * time.Hour
		f.collect(t, src)
		mended()
		f.later(24 * time.Hour)
		if got := f.retry(t, src); got.Ended != 2 || got.Sum != (Summary{}) || len(f.waits(t, "one")) != 0 {
			t.Errorf("%+v, %d rows wait", got, len(f.waits(t, "one")))
		}
	})
	t.Run("obeys take, labels and opt-outs as for a new item, and what they refuse leaves", func(t *testing.T) {
		f, mended := faulty(t)
		src := newSource(t, &shelf{pages: [][]domain.Item{{mail(1, "Lunch", askBorder)}}}, take.Rule{Subject: []string{"WS164"}, Thread: true})
		f.collect(t, src)
		mended()
		if got := f.retry(t, src); got.Sum.NotTaken != 1 {
			t.Errorf("%+v", got)
		}
		f.retry(t, src)
		counts, err := f.Store.Counts(t.Context(), "one")
		if d := cmp.Diff([]store.Count{{Source: "list", What: countNotTaken, N: 1}}, counts); d != "" || err != nil || len(f.waits(t, "one")) != 0 {
			t.Errorf("counts (-want +got):\n%s%v", d, err)
		}
	})
	t.Run("moves no cursor, and one that moves is not in its way", func(t *testing.T) {
		f, mended := faulty(t)
		c := &shelf{pages: [][]domain.Item{{mail(1, "WS164", askBorder)}}}
		src := newSource(t, c, take.Rule{})
		f.collect(t, src)
		mended()
		c.pages = append(c.pages, []domain.Item{mail(3, "WS164", askLaw)})
		f.Store = meanwhile{f.db, func() { f.Store = f.db; f.collect(t, src) }}
		f.retry(t, src)
		if p, err := f.Store.Progress(t.Context(), "one", "list"); err != nil || p.Cursor != "2" || len(f.texts(t, "one")) != 2 {
			t.Errorf("%+v, %v, held %q", p, err, f.texts(t, "one"))
		}
	})
	t.Run("puts back what another run has taken out meanwhile as it was to be kept", func(t *testing.T) {
		f := newLine(t)
		src := newSource(t, &shelf{pages: [][]domain.Item{{sealed(1, "WS164"), sealed(2, "WS164")}}}, take.Rule{})
		f.collect(t, src)
		before := f.waits(t, "one")
		f.later(3 * 24 * time.Hour)
		f.Store = meanwhile{f.db, func() {
			b := store.Batch{Session: "one", Source: "list", Still: true, Now: f.Now(), Settled: []string{"1", "2"}}
			if _, err := f.db.SaveBatch(t.Context(), b, nil); err != nil {
				t.Fatal(err)
			}
		}}
		f.retry(t, src)
		if d := cmp.Diff(before, f.waits(t, "one")); d != "" {
			t.Errorf("(-before +after):\n%s", d)
		}
	})
	t.Run("tries what came by another stream under that stream alone", func(t *testing.T) {
		f, mended := faulty(t)
		src := newSource(t, &shelf{pages: [][]domain.Item{{mail(1, "WS164", askBorder)}}}, take.Rule{})
		imported := src
		imported.Stream = "list < file"
		f.collect(t, imported)
		mended()
		if got := f.retry(t, src); got.Waiting != 0 {
			t.Errorf("%+v", got)
		}
		imported.Collector = nil
		if got := f.retry(t, imported); got.Sum.Kept != 1 {
			t.Errorf("%+v", got)
		}
		if held, err := f.Store.Held(t.Context(), "one", "list < file", "", 10); err != nil || len(held) != 1 {
			t.Errorf("the stream holds %q, %v", held, err)
		}
	})
}

// meanwhile is a store on which something else happens before the first batch is saved.
type meanwhile struct {
	store.Store
	happens func()
}

func (m meanwhile) SaveBatch(ctx context.Context, b store.Batch, g store.Grouper) (store.Saved, error) {
	m.happens()
	return m.Store.SaveBatch(ctx, b, g)
}

func TestRetryAsksTheSource(t *testing.T) {
	post := func(n int, text string) domain.Item {
		return domain.Item{ExternalID: "p" + string(rune('0'+n)), Type: domain.TypeText, Raw: []byte(text),
			Envelope: domain.Envelope{Canonical: "post " + string(rune('0'+n)), Author: domain.Author{ID: "someone@social.example"}, Public: true}}
	}
	odd := func(id string) collectors.Broken {
		return collectors.Broken{ID: id, Type: "application/json", Reason: "it has no author", Raw: []byte("{}")}
	}
	bare := func(f fixture, c collectors.Collector) Source {
		src := newSource(t, c, take.Rule{})
		batch := store.Batch{Session: "one", Source: "list", Still: true, Now: f.Now()}
		for _, id := range []string{"p1", "p2", "p3", "p4"} {
			batch.Broken = append(batch.Broken, store.Quarantined{ID: id, Type: "application/json", Reason: "it has no author",
				Raw: []byte("{}"), Collected: f.Now(), Expires: f.Now().AddDate(0, 0, 14)})
		}
		batch.Broken = append(batch.Broken, store.Quarantined{ID: "p5", Type: domain.TypeMail, Reason: "cut", Cut: true,
			Raw: mail(5, "WS164", askLaw).Raw, Collected: f.Now(), Expires: f.Now().AddDate(0, 0, 14)})
		if _, err := f.Store.SaveBatch(t.Context(), batch, f.Grouper); err != nil {
			t.Fatal(err)
		}
		return src
	}
	there := func() map[string]collectors.Batch {
		return map[string]collectors.Batch{
			"p1":                    {Items: []domain.Item{post(1, askWhois)}},
			"p2":                    {Gone: []string{"p2"}},
			"p3":                    {Broken: []collectors.Broken{odd("p3")}},
			"what nobody asked for": {Items: []domain.Item{post(9, askLaw)}},
		}
	}
	t.Run("for posts, and for what is not here whole", func(t *testing.T) {
		f := newLine(t)
		c := &asked{shelf: &shelf{}, there: there()}
		src := bare(f, c)
		got := f.retry(t, src)
		want := Retried{Waiting: 5, Gone: 1, Left: 2, Asked: true, Reasons: map[string]int{"it has no author": 1},
			Sum: Summary{Read: 2, Kept: 1, Broken: 1, Questions: 1, Topics: 1}}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
		var left []string
		for _, q := range f.waits(t, "one") {
			left = append(left, q.ID)
		}
		if !slices.Equal(left, []string{"p3", "p4", "p5"}) || !slices.Equal(f.texts(t, "one"), []string{askWhois}) {
			t.Errorf("%q wait, held %q", left, f.texts(t, "one"))
		}
		if d := cmp.Diff([][]string{{"p1", "p2", "p3", "p4", "p5"}}, c.ids); d != "" {
			t.Errorf("asked for (-want +got):\n%s", d)
		}
	})
	t.Run("whose bytes come back from there are kept no longer than the first ones", func(t *testing.T) {
		f := newLine(t)
		src := bare(f, &asked{shelf: &shelf{}, there: there()})
		if _, err := f.Store.Expire(t.Context(), f.Now().AddDate(0, 0, 14)); err != nil {
			t.Fatal(err)
		}
		f.later(20 * 24 * time.Hour)
		f.retry(t, src)
		for _, q := range f.waits(t, "one") {
			if len(q.Raw) > 0 {
				t.Errorf("%s has its bytes again, until %s", q.ID, q.Expires)
			}
		}
		f.Store = meanwhile{f.db, func() { // also where another run has taken the row out meanwhile
			b := store.Batch{Session: "one", Source: "list", Still: true, Now: f.Now(), Settled: []string{"p3"}}
			if _, err := f.db.SaveBatch(t.Context(), b, nil); err != nil {
				t.Fatal(err)
			}
		}}
		f.retry(t, src)
		for _, q := range f.waits(t, "one") {
			if len(q.Raw) > 0 {
				t.Errorf("%s has its bytes again, until %s", q.ID, q.Expires)
			}
		}
	})
	t.Run("or says that it can't", func(t *testing.T) {
		f := newLine(t)
		if got := f.retry(t, bare(f, &shelf{})); got.Left != 5 || got.Asked {
			t.Errorf("%+v", got)
		}
	})
	t.Run("and what it answers before its error is saved", func(t *testing.T) {
		f := newLine(t)
		src := bare(f, &asked{shelf: &shelf{}, there: there(), fails: collectors.ErrUnavailable})
		got, err := f.Retry(t.Context(), src, nil)
		if !errors.Is(err, collectors.ErrUnavailable) || got.Sum.Kept != 1 || len(f.waits(t, "one")) != 3 {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

func TestRetryOfASourceOfSeveralSessions(t *testing.T) {
	begin := func(t *testing.T) (fixture, Source) {
		f, mended := faulty(t)
		src := Source{Name: "all", Kind: "shelf", Default: domain.Clear, Shared: true, Parts: []Part{
			newPart(t, "one", take.Rule{Subject: []string{"WS164"}, Thread: true}), newPart(t, "two", take.Rule{Subject: []string{"WS99"}})},
			Collector: &shelf{pages: [][]domain.Item{{mail(1, "WS164 and WS99", askBorder), mail(2, "WS164", "The minutes. "+askBorder),
				mail(3, "Lunch", askBorder), sealed(4, "WS164")}}}}
		f.collect(t, src)
		mended()
		return f, src
	}
	ended := func(t *testing.T, f fixture) map[string][]string {
		t.Helper()
		if n := len(f.waits(t, store.Shared)); n != 1 {
			t.Errorf("%d rows wait, want the sealed one", n)
		}
		return f.tables(t)
	}
	f, src := begin(t)
	got := f.retry(t, src)
	if want := (Summary{Read: 4, Copies: 1, Kept: 3, NotTaken: 1, Broken: 1, Questions: 3, Topics: 2}); got.Sum != want {
		t.Errorf("%+v, want %+v", got.Sum, want)
	}
	for session, want := range map[string]int{"one": 2, "two": 1} {
		if texts := f.texts(t, session); len(texts) != want {
			t.Errorf("%s holds %q", session, texts)
		}
	}
	whole := ended(t, f)
	t.Run("counts nothing twice, wherever it is interrupted", func(t *testing.T) {
		for left := range 6 {
			f, src := begin(t)
			f.Store = &fullDisk{Store: f.db, left: left}
			_, err := f.Retry(t.Context(), src, nil)
			f.Store = f.db
			if err == nil {
				if left < 3 {
					t.Errorf("%d saves were enough", left)
				}
				continue
			}
			f.retry(t, src)
			got := ended(t, f)
			// What no session took is counted once nothing can be repeated any more. Interrupted just before, it never is.
			counted := slices.Equal(whole["counts"], got["counts"])
			if !counted && (left < 3 || len(got["counts"]) >= len(whole["counts"])) {
				t.Errorf("after %d saves: counts %q, want %q", left, got["counts"], whole["counts"])
			}
			delete(got, "counts")
			rest := map[string][]string{}
			for name, rows := range whole {
				if name != "counts" {
					rest[name] = rows
				}
			}
			if d := cmp.Diff(rest, got); d != "" {
				t.Errorf("after %d saves (-whole +interrupted):\n%s", left, d)
			}
		}
	})
}

func TestWhatIsNotTakenLeavesQuarantine(t *testing.T) {
	f, mended := faulty(t)
	c := &shelf{pages: [][]domain.Item{{mail(1, "Lunch", askBorder)}}}
	src := newSource(t, c, take.Rule{Subject: []string{"WS164"}, Thread: true})
	f.collect(t, src)
	if len(f.waits(t, "one")) != 1 {
		t.Fatal("nothing waits")
	}
	mended()
	c.pages = append(c.pages, []domain.Item{mail(1, "Lunch", askBorder)})
	if f.collect(t, src); len(f.waits(t, "one")) != 0 {
		t.Error("a mail that is read and not taken still waits to be read")
	}
}

func TestWhatMayBeRedLeavesQuarantine(t *testing.T) {
	f := newLine(t)
	b := store.Batch{Session: "one", Source: "list", Still: true, Now: f.Now(), Broken: []store.Quarantined{{ID: "4", Type: domain.TypeMail,
		Raw: sealed(4, "TLP:RED").Raw, Collected: f.Now(), Expires: f.Now().AddDate(0, 0, 14)}}} // by rules that did not see it
	if _, err := f.Store.SaveBatch(t.Context(), b, f.Grouper); err != nil {
		t.Fatal(err)
	}
	src := newSource(t, &shelf{}, take.Rule{})
	if got := f.retry(t, src); got.Sum.Red != 1 || len(f.waits(t, "one")) != 0 {
		t.Errorf("%+v, %d rows wait", got, len(f.waits(t, "one")))
	}
	counts, err := f.Store.Counts(t.Context(), "one")
	if d := cmp.Diff([]store.Count{{Source: "list", What: countRed, N: 1}}, counts); d != "" || err != nil {
		t.Errorf("counts (-want +got):\n%s%v", d, err)
	}
}
