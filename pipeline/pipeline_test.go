package pipeline

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"askahead/collectors"
	"askahead/communities"
	"askahead/domain"
	"askahead/questions"
	"askahead/store"
	"askahead/store/sqlstore"
	"askahead/take"
	"askahead/topics"
)

// shelf is a source that lies in memory: pages of items, and what a sweep would find.
type shelf struct {
	pages [][]domain.Item
	swept map[string]collectors.Batch
	fails error // after the last page
}

func (s *shelf) Collect(_ context.Context, since collectors.Cursor) iter.Seq2[collectors.Batch, error] {
	return func(yield func(collectors.Batch, error) bool) {
		from, _ := strconv.Atoi(string(since))
		for i := from; i < len(s.pages); i++ {
			if !yield(collectors.Batch{Items: slices.Clone(s.pages[i]), Next: collectors.Cursor(strconv.Itoa(i + 1))}, nil) {
				return
			}
		}
		if s.fails != nil {
			yield(collectors.Batch{}, s.fails)
		}
	}
}

func (s *shelf) Sweep(_ context.Context, ids []string) iter.Seq2[collectors.Batch, error] {
	return func(yield func(collectors.Batch, error) bool) {
		for _, id := range ids {
			if b, ok := s.swept[id]; ok && !yield(b, nil) {
				return
			}
		}
	}
}

func mail(n int, subject, body string, more ...string) domain.Item {
	head := fmt.Sprintf("From: Fictional %d <p%d@rights.example>\nSubject: %s\nDate: Mon, 01 Oct 2018 10:%02d:00 +0000\nMessage-ID: <%d@rights.example>\n",
		n, n, subject, n%60, n)
	if len(more) > 0 {
		head += strings.Join(more, "\n") + "\n"
	}
	return domain.Item{ExternalID: strconv.Itoa(n), Type: domain.TypeMail, Raw: []byte(head + "\n" + body + "\n")}
}

type fixture struct {
	*Line
	db     *sqlstore.DB
	path   string
	finder Finder
}

func newLine(t testing.TB) fixture {
	t.Helper()
	keys := domain.NewKeys([]byte("a key for tests"))
	path := filepath.Join(t.TempDir(), "test.db")
	db, err := sqlstore.Open(t.Context(), "sqlite:"+path, keys, sqlstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	finder, err := questions.New()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2018, 11, 1, 12, 0, 0, 0, time.UTC)
	return fixture{&Line{Store: db, Grouper: topics.New(), Keys: keys, Finder: finder,
		Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler)}, db, path, finder}
}

func newPart(t testing.TB, session string, rule take.Rule) Part {
	t.Helper()
	s := domain.Session{ID: session, Title: "A panel"}
	tagger, err := communities.New(s, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return Part{Session: s, Take: rule, Tagger: tagger}
}

func newSource(t testing.TB, c collectors.Collector, rule take.Rule) Source {
	return Source{Name: "list", Kind: "shelf", Collector: c, Default: domain.Clear, Parts: []Part{newPart(t, "one", rule)}}
}

// texts lists the questions that a session holds, in the order of their text.
func (f fixture) texts(t *testing.T, session string) []string {
	t.Helper()
	page, err := f.Store.Questions(t.Context(), store.Query{Session: session, Audience: domain.AmberStrict, Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, q := range page.Questions {
		texts = append(texts, q.Text)
	}
	slices.Sort(texts)
	return texts
}

func (f fixture) collect(t *testing.T, src Source) Summary {
	t.Helper()
	sum, err := f.Collect(t.Context(), src, nil)
	if err != nil {
		t.Fatal(err)
	}
	if sum.Lost() != 0 {
		t.Errorf("%d items are not accounted for: %+v", sum.Lost(), sum)
	}
	return sum
}

const (
	askWhois  = "How can incident responders reach the owner of a domain?"
	askBorder = "Who deletes the fingerprints that refugees give at a border?"
	askLaw    = "Which court decides on evidence that lies in another country?"
)

func TestEveryItemIsAccountedFor(t *testing.T) {
	f := newLine(t)
	src := newSource(t, &shelf{pages: [][]domain.Item{
		{mail(1, "WHOIS", askWhois), mail(2, "Minutes", "The minutes are on the page."), mail(1, "WHOIS", askWhois)},
		{mail(3, "TLP:RED names", askBorder), mail(4, "Private", askLaw, "X-No-Archive: yes"),
			mail(5, "Sealed", "-", "Content-Type: application/pkcs7-mime; smime-type=enveloped-data")},
	}}, take.Rule{})
	got := f.collect(t, src)
	want := Summary{Read: 6, Kept: 1, Empty: 1, Again: 1, Red: 1, OptedOut: 1, Broken: 1, Questions: 1, Topics: 1}
	if got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if texts := f.texts(t, "one"); !slices.Equal(texts, []string{askWhois}) {
		t.Errorf("held: %q", texts)
	}
	if again := f.collect(t, src); again != (Summary{}) {
		t.Errorf("a second run did something: %+v", again)
	}
}

func TestARuleOnTheDisplayNameOfAMailMatches(t *testing.T) {
	f := newLine(t)
	s := domain.Session{ID: "one", Title: "A panel"}
	tagger, err := communities.New(s, []communities.Rule{{When: map[string][]string{domain.FactName: {"Fictional *"}}, Tag: map[string]string{"community": "academia"}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	src := newSource(t, &shelf{pages: [][]domain.Item{{mail(1, "WHOIS", askWhois)}}}, take.Rule{})
	src.Parts[0].Tagger = tagger
	f.collect(t, src)
	page, err := f.Store.Questions(t.Context(), store.Query{Session: "one", Audience: domain.Clear, Community: "academia"})
	if err != nil || len(page.Questions) != 1 {
		t.Fatalf("%d questions of academia, %v", len(page.Questions), err)
	}
	for _, tag := range page.Questions[0].Tags {
		if strings.Contains(tag.Evidence, "Fictional 1") {
			t.Errorf("the evidence names the author: %+v", tag)
		}
	}
}

func TestAnAuthorWhoGivesTheirNameIsNotNamed(t *testing.T) {
	f := newLine(t)
	f.collect(t, newSource(t, &shelf{pages: [][]domain.Item{{mail(1, "WHOIS", "I am Fictional 1 from the coast. "+askWhois)}}}, take.Rule{}))
	page, err := f.Store.Questions(t.Context(), store.Query{Session: "one", Audience: domain.Clear})
	if err != nil || len(page.Questions) != 1 {
		t.Fatalf("%d questions, %v", len(page.Questions), err)
	}
	if q := page.Questions[0]; strings.Contains(q.Context+q.Text, "Fictional 1") || !strings.Contains(q.Context, "[name]") {
		t.Errorf("context %q, text %q", q.Context, q.Text)
	}
}

func TestAnErrorOfTheSourceLosesNothingBeforeIt(t *testing.T) {
	f := newLine(t)
	c := &shelf{pages: [][]domain.Item{{mail(1, "WHOIS", askWhois)}}, fails: collectors.ErrUnavailable}
	src := newSource(t, c, take.Rule{})
	sum, err := f.Collect(t.Context(), src, nil)
	if !errors.Is(err, collectors.ErrUnavailable) || sum.Kept != 1 {
		t.Fatalf("%+v, %v", sum, err)
	}
	c.pages, c.fails = append(c.pages, []domain.Item{mail(2, "Law", askLaw)}), nil
	if sum := f.collect(t, src); sum.Kept != 1 || sum.Read != 1 {
		t.Errorf("the next run: %+v, want one new item", sum)
	}
}

func TestARedCopyTakesBackTheLooserOne(t *testing.T) {
	f := newLine(t)
	f.collect(t, newSource(t, &shelf{pages: [][]domain.Item{{mail(1, "WHOIS", askWhois)}}}, take.Rule{}))
	second := newSource(t, &shelf{pages: [][]domain.Item{{mail(1, "TLP:RED WHOIS", askWhois)}}}, take.Rule{})
	second.Name = "another list"
	f.collect(t, second)
	if texts := f.texts(t, "one"); texts != nil {
		t.Errorf("held: %q", texts)
	}
}

// broken is a grouper that fails on one question.
type broken struct{ store.Grouper }

func (b broken) Keys(q domain.Question) []int64 {
	if q.Text == askBorder {
		panic("the mail says: " + q.Text)
	}
	return b.Grouper.Keys(q)
}

func TestAFaultInAPartStopsNoOtherItem(t *testing.T) {
	f := newLine(t)
	var log strings.Builder
	f.Grouper, f.Log = broken{f.Grouper}, slog.New(slog.NewTextHandler(&log, nil))
	got := f.collect(t, newSource(t, &shelf{pages: [][]domain.Item{{mail(1, "WHOIS", askWhois), mail(2, "Borders", askBorder), mail(3, "Law", askLaw)}}}, take.Rule{}))
	if got.Kept != 2 || got.Broken != 1 {
		t.Errorf("%+v, want two kept and one in quarantine", got)
	}
	if !strings.Contains(log.String(), "broken).Keys") && !strings.Contains(log.String(), "broken.Keys") {
		t.Errorf("the log does not say where: %s", log.String())
	}
	if strings.Contains(log.String(), "fingerprints") {
		t.Error("the log quotes the mail")
	}
}

func TestTake(t *testing.T) {
	page := []domain.Item{
		mail(1, "WS164: a start", askWhois),
		mail(2, "Re: something", askBorder, "In-Reply-To: <1@rights.example>"),
		mail(3, "Lunch", askLaw),
	}
	t.Run("takes by subject alone", func(t *testing.T) {
		f := newLine(t)
		sum := f.collect(t, newSource(t, &shelf{pages: [][]domain.Item{page}}, take.Rule{Subject: []string{"WS164"}}))
		if sum.Kept != 1 || sum.NotTaken != 2 {
			t.Errorf("%+v", sum)
		}
	})
	t.Run("takes an answer in the same page", func(t *testing.T) {
		f := newLine(t)
		f.collect(t, newSource(t, &shelf{pages: [][]domain.Item{page}}, take.Rule{Subject: []string{"WS164"}, Thread: true}))
		if texts := f.texts(t, "one"); !slices.Equal(texts, []string{askWhois, askBorder}) {
			t.Errorf("held: %q", texts)
		}
	})
	t.Run("takes an answer that comes in a later page", func(t *testing.T) {
		f := newLine(t)
		src := newSource(t, &shelf{pages: [][]domain.Item{page[:1], page[1:]}}, take.Rule{Subject: []string{"WS164"}, Thread: true})
		f.collect(t, src)
		if texts := f.texts(t, "one"); !slices.Equal(texts, []string{askWhois, askBorder}) {
			t.Errorf("held: %q", texts)
		}
	})
}

func TestSharedSource(t *testing.T) {
	f := newLine(t)
	pages := [][]domain.Item{{mail(1, "WS164", askWhois), mail(2, "WS99", askBorder)}, {mail(3, "WS164 and WS99", askLaw)}}
	src := Source{Name: "all", Kind: "shelf", Collector: &shelf{pages: pages}, Default: domain.Clear, Shared: true, Parts: []Part{
		newPart(t, "one", take.Rule{Subject: []string{"WS164"}}), newPart(t, "two", take.Rule{Subject: []string{"WS99"}}),
	}}
	t.Run("gives each session what it takes", func(t *testing.T) {
		want := Summary{Read: 3, Copies: 1, Kept: 4, Questions: 4, Topics: 4}
		if got := f.collect(t, src); got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
		if texts := f.texts(t, "one"); !slices.Equal(texts, []string{askWhois, askLaw}) {
			t.Errorf("one holds %q", texts)
		}
		if texts := f.texts(t, "two"); !slices.Equal(texts, []string{askLaw, askBorder}) {
			t.Errorf("two holds %q", texts)
		}
	})
	t.Run("lets out of quarantine what can be read after all", func(t *testing.T) {
		f := newLine(t)
		again := src
		bad := mail(7, "WS164", "-", "Content-Type: application/pkcs7-mime; smime-type=enveloped-data")
		c := &shelf{pages: [][]domain.Item{{bad}}}
		again.Collector = c
		if sum := f.collect(t, again); sum.Broken != 1 {
			t.Fatalf("%+v, want one in quarantine", sum)
		}
		c.pages = append(c.pages, []domain.Item{mail(7, "WS164", askWhois)})
		f.collect(t, again)
		if rows, err := f.Store.Quarantine(t.Context(), store.Shared, "", 10); err != nil || len(rows) != 0 {
			t.Errorf("%d rows wait in quarantine, %v", len(rows), err)
		}
	})
	t.Run("repeats nothing when only some sessions were saved before a crash", func(t *testing.T) {
		f := newLine(t)
		first := src
		first.Parts = src.Parts[:1]
		f.collect(t, first)
		if err := forget(t.Context(), f, "all"); err != nil {
			t.Fatal(err)
		}
		before, err := f.Store.Counts(t.Context(), "one")
		if err != nil {
			t.Fatal(err)
		}
		f.collect(t, src)
		after, err := f.Store.Counts(t.Context(), "one")
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(before, after) {
			t.Errorf("counted twice: %v, before %v", after, before)
		}
	})
}

// forget takes the leading cursor of a top-level source back by one page, as after a crash before its last save.
func forget(ctx context.Context, f fixture, source string) error {
	p, err := f.Store.Progress(ctx, store.Shared, source)
	if err != nil {
		return err
	}
	_, err = f.Store.SaveBatch(ctx, store.Batch{Session: store.Shared, Source: source, Since: p.Cursor, Next: "1", Now: f.Now()}, f.Grouper)
	return err
}

func TestSweep(t *testing.T) {
	edited := func(subject, body string) collectors.Batch {
		item := mail(1, subject, body)
		item.Edited = true
		return collectors.Batch{Items: []domain.Item{item}}
	}
	declined := edited("WHOIS", "")
	declined.Items[0].OptOut = "bio: #nobot"
	scrambled := edited("WHOIS", "-")
	scrambled.Items[0].Raw = []byte("Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\n-\n")
	tests := []struct {
		name  string
		found collectors.Batch
		want  []string
	}{
		{"an edit that is not for the session any more removes it", edited("Lunch", askBorder), nil},
		{"an edit that can't be read removes it", scrambled, nil},
		{"an edit replaces the question", edited("WHOIS", askBorder), []string{askBorder}},
		{"an edit to no question removes it", edited("WHOIS", "Never mind."), nil},
		{"an edit to TLP:RED removes it", edited("TLP:RED WHOIS", askBorder), nil},
		{"a deletion removes it", collectors.Batch{Gone: []string{"1"}}, nil},
		{"an author who declines now takes it out", declined, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newLine(t)
			src := newSource(t, &shelf{pages: [][]domain.Item{{mail(1, "WHOIS", askWhois)}}, swept: map[string]collectors.Batch{"1": tt.found}}, take.Rule{Subject: []string{"WHOIS"}})
			f.collect(t, src)
			if sum, err := f.Sweep(t.Context(), src, nil); err != nil || sum.Lost() != 0 {
				t.Fatalf("%+v, %v", sum, err)
			}
			if texts := f.texts(t, "one"); !slices.Equal(texts, tt.want) {
				t.Errorf("held: %q, want %q", texts, tt.want)
			}
		})
	}
}

func TestSupportIsToldOfNewItemsAndOfThoseThatComeAgain(t *testing.T) {
	f := newLine(t)
	item, again := mail(1, "WHOIS", askWhois), mail(1, "WHOIS", askWhois)
	item.Support, again.Support = 2, 12
	swept := map[string]collectors.Batch{}
	src := newSource(t, &shelf{pages: [][]domain.Item{{item}}, swept: swept}, take.Rule{})
	support := func() int {
		page, err := f.Store.Questions(t.Context(), store.Query{Session: "one", Audience: domain.Clear})
		if err != nil || len(page.Questions) != 1 {
			t.Fatalf("%d questions, %v", len(page.Questions), err)
		}
		return page.Questions[0].Support
	}
	f.collect(t, src)
	if n := support(); n != 2 {
		t.Errorf("%d support it, want 2", n)
	}
	for want, batch := range map[int]collectors.Batch{12: {Items: []domain.Item{again}}, 9: {Support: map[string]int{"1": 9}}} {
		swept["1"] = batch
		if sum, err := f.Sweep(t.Context(), src, nil); err != nil || sum.Changed != 0 {
			t.Errorf("%+v, %v; want no change", sum, err)
		}
		if n := support(); n != want {
			t.Errorf("%d support it by now, want %d", n, want)
		}
	}
}

// fullDisk is a store that saves some batches and no more.
type fullDisk struct {
	store.Store
	left int
}

func (f *fullDisk) SaveBatch(ctx context.Context, b store.Batch, g store.Grouper) (store.Saved, error) {
	if f.left--; f.left < 0 {
		return store.Saved{}, store.ErrFull
	}
	return f.Store.SaveBatch(ctx, b, g)
}

func TestWhatCanNotBeSavedIsNotCounted(t *testing.T) {
	f := newLine(t)
	f.Store = &fullDisk{Store: f.db, left: 1}
	src := newSource(t, &shelf{pages: [][]domain.Item{{mail(1, "WHOIS", askWhois)}, {mail(2, "Law", askLaw)}}}, take.Rule{})
	sum, err := f.Collect(t.Context(), src, nil)
	if !errors.Is(err, store.ErrFull) || sum.Read != 1 || sum.Lost() != 0 {
		t.Errorf("%+v, %v; want the first page alone, and the error", sum, err)
	}
}

func TestACancelledRunStops(t *testing.T) {
	f := newLine(t)
	ctx, cancel := context.WithCancel(t.Context())
	var pages [][]domain.Item
	for i := range 50 {
		pages = append(pages, []domain.Item{mail(i, "WHOIS", askWhois)})
	}
	_, err := f.Collect(ctx, newSource(t, &shelf{pages: pages}, take.Rule{}), func(r Report) {
		if r.Sum.Read == 3 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("%v, want context.Canceled", err)
	}
	src := newSource(t, &shelf{pages: pages}, take.Rule{})
	sum := f.collect(t, src)
	if held, err := f.Store.Progress(t.Context(), "one", "list"); err != nil || held.Items != 50 {
		t.Errorf("%d items held after going on (%+v, %v), want 50", held.Items, sum, err)
	}
}

func TestASweepSaysHowFarItIs(t *testing.T) {
	f := newLine(t)
	var page []domain.Item
	for n := range 2*sweepPage + 10 {
		page = append(page, mail(n, "WHOIS", askWhois))
	}
	src := newSource(t, &shelf{pages: [][]domain.Item{page}, swept: map[string]collectors.Batch{"1": {Gone: []string{"1"}}}}, take.Rule{})
	f.collect(t, src)
	var told []collectors.Progress
	sum, err := f.Sweep(t.Context(), src, func(r Report) { told = append(told, r.Done) })
	want := []collectors.Progress{{Now: 200, Total: 410, Unit: "items"}, {Now: 400, Total: 410, Unit: "items"}, {Now: 410, Total: 410, Unit: "items"}}
	if err != nil || sum.Removed != 1 || !slices.Equal(told, want) {
		t.Errorf("%+v, %v, told %v", sum, err, told)
	}
}
