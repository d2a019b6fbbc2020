package pipeline

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"hash/fnv"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"askahead/collectors"
	"askahead/communities"
	"askahead/domain"
	"askahead/store"
	"askahead/take"
)

// weaker is a finder with rules of its own: by chance, but always the same for the same seed, it misses questions,
// takes them for logistics, cuts them otherwise, or gives other reasons.
type weaker struct {
	Finder
	seed int
}

func (w weaker) Find(a *domain.Authored, declared string, names ...string) []domain.Found {
	if w.seed == 0 {
		return w.Finder.Find(a, declared, names...)
	}
	var found []domain.Found
	for _, f := range w.Finder.Find(a, declared, names...) {
		h := fnv.New32a()
		fmt.Fprint(h, w.seed, f.Text)
		switch h.Sum32() % 8 {
		case 0, 1:
			continue
		case 2:
			f.Kind = domain.Logistics
		case 3:
			f.Text = "Well, " + f.Text
		case 4:
			f.Context = "Before that."
		case 5:
			f.Why += fmt.Sprint(" by rule ", w.seed)
		}
		found = append(found, f)
	}
	return found
}

// rules is what may improve between two readings.
type rules struct {
	seed int
	tlp  domain.TLP
	tag  string
}

// tables gives every row of every table of the fixture's database.
func (f fixture) tables(t testing.TB) map[string][]string {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+f.path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	all := map[string][]string{}
	for _, name := range f.column(t, db, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name") {
		all[name] = f.column(t, db, "SELECT * FROM "+name)
	}
	return all
}

// column gives the rows of a query, each as one text.
func (f fixture) column(t testing.TB, db *sql.DB, query string) (rows []string) {
	t.Helper()
	r, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	names, err := r.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for r.Next() {
		values := make([]any, len(names))
		for i := range values {
			values[i] = new(any)
		}
		if err := r.Scan(values...); err != nil {
			t.Fatal(err)
		}
		var texts []string
		for i, v := range values {
			if names[i] != "saved" && names[i] != "last_run" { // when it was last written to
				texts = append(texts, fmt.Sprint(*v.(*any)))
			}
		}
		rows = append(rows, strings.Join(texts, "\x1f"))
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}

// meaning is what is stored, without what depends on the order in which it came: the numbers and ids of questions, and
// who leads which topic.
func (f fixture) meaning(t testing.TB) map[string][]string {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+f.path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	all := map[string][]string{}
	for name, query := range map[string]string{
		"items":      "SELECT * FROM items",
		"sightings":  "SELECT * FROM sightings",
		"quarantine": "SELECT * FROM quarantine",
		"progress":   "SELECT session_id, stream, source, read_to FROM progress",
		"counts":     "SELECT * FROM counts WHERE what = 'no-question'",
		"questions": `SELECT q.session_id, q.item_id, q.kind, q.tlp, q.published, q.collected, q.source, q.language, q.asker, q.fingerprint,
			q.no_name, q.url, q.why, q.context, q.text, q.topic > 0,
			(SELECT group_concat(kind || value || rule || evidence || strength, '|') FROM (SELECT * FROM tags g WHERE g.session_id = q.session_id AND g.n = q.n ORDER BY number)),
			(SELECT group_concat(term, '|') FROM (SELECT * FROM terms x WHERE x.session_id = q.session_id AND x.n = q.n ORDER BY term))
			FROM questions q`,
		"led by none": `SELECT t.topic_id FROM topics t WHERE NOT EXISTS
			(SELECT 1 FROM questions q WHERE q.session_id = t.session_id AND q.n = t.leader AND q.topic = t.n)`,
		"without topic": `SELECT q.question_id FROM questions q WHERE q.topic > 0 AND NOT EXISTS
			(SELECT 1 FROM topics t WHERE q.session_id = t.session_id AND q.topic = t.n)`,
		"stray": "SELECT n FROM tags WHERE NOT EXISTS (SELECT 1 FROM questions q WHERE q.session_id = tags.session_id AND q.n = tags.n)",
	} {
		all[name] = f.column(t, db, query)
		slices.Sort(all[name])
	}
	return all
}

// archive is a source by chance: what people ask, some of it twice, some of it labelled, declined or unreadable.
func archive(t *rapid.T) [][]domain.Item {
	subjects := []string{"WS164", "WS99", "WS164 and WS99", "Lunch", "TLP:RED WS164", "TLP:AMBER WS164"}
	sentences := []string{askWhois, askBorder, askLaw, "The minutes are on the page.", "Who pays for the storage of logs, and for how long?",
		"How should a network tell its members about a breach?", "Will the data of domain owners stay public?", "I was there."}
	var pages [][]domain.Item
	n := 0
	for range rapid.IntRange(1, 4).Draw(t, "pages") {
		var page []domain.Item
		for range rapid.IntRange(1, 5).Draw(t, "items") {
			if n > 0 && rapid.IntRange(0, 7).Draw(t, "again") == 0 {
				page = append(page, slices.Concat(append(pages, page)...)[0])
				continue
			}
			body := strings.Join(rapid.SliceOfN(rapid.SampledFrom(sentences), 1, 4).Draw(t, "body"), " ")
			var more []string
			switch rapid.IntRange(0, 9).Draw(t, "what") {
			case 0:
				more = append(more, "X-No-Archive: yes")
			case 1:
				more = append(more, "Content-Type: application/pkcs7-mime; smime-type=enveloped-data")
			case 2, 3:
				more = append(more, fmt.Sprintf("In-Reply-To: <%d@rights.example>", rapid.IntRange(0, n).Draw(t, "answered")))
			}
			item := mail(n, rapid.SampledFrom(subjects).Draw(t, "subject"), body, more...)
			item.Edited = rapid.IntRange(0, 5).Draw(t, "edited") == 0
			if rapid.IntRange(0, 9).Draw(t, "undated") == 0 {
				item.Raw = []byte(strings.Replace(string(item.Raw), "Date: ", "X-Date: ", 1))
			}
			page, n = append(page, item), n+1
		}
		pages = append(pages, page)
	}
	return pages
}

// readings is a source that may be read by several rules.
type readings struct {
	pages          [][]domain.Item
	shared, thread bool
}

func drawReadings(t *rapid.T) readings {
	return readings{pages: archive(t), shared: rapid.Bool().Draw(t, "shared"), thread: rapid.Bool().Draw(t, "thread")}
}

func drawRules(t *rapid.T, name string) rules {
	return rules{seed: rapid.IntRange(0, 4).Draw(t, name), tlp: rapid.SampledFrom([]domain.TLP{0, domain.Clear, domain.Green}).Draw(t, name+" tlp"),
		tag: rapid.SampledFrom([]string{"", "academia", "technical"}).Draw(t, name+" tag")}
}

// by gives the source as it is read by these rules.
func (r readings) by(t testing.TB, f fixture, by rules) Source {
	t.Helper()
	f.Finder = weaker{f.finder, by.seed}
	var tags []communities.Rule
	if by.tag != "" {
		tags = append(tags, communities.Rule{When: map[string][]string{domain.FactDomain: {"rights.example"}}, Tag: map[string]string{"community": by.tag}})
	}
	part := func(id string) Part {
		s := domain.Session{ID: id, Title: "A panel"}
		tagger, err := communities.New(s, tags, nil)
		if err != nil {
			t.Fatal(err)
		}
		return Part{s, take.Rule{Subject: []string{map[string]string{"one": "WS164", "two": "WS99"}[id]}, Thread: r.thread}, tagger}
	}
	src := Source{Name: "list", Kind: "shelf", Collector: &shelf{pages: r.pages}, Default: by.tlp, Retention: 90 * 24 * time.Hour,
		Shared: r.shared, Parts: []Part{part("one")}}
	if r.shared {
		src.Parts = append(src.Parts, part("two"))
	}
	return src
}

// later moves the clock on, which otherwise stands.
func (f fixture) later(d time.Duration) {
	now := f.Now().Add(d)
	f.Now = func() time.Time { return now }
}

// few checks a property less often than rapid does by itself: each time writes databases. -rapid.checks says otherwise.
func few(t *testing.T, property func(*rapid.T)) {
	t.Helper()
	if checks := flag.Lookup("rapid.checks"); checks.Value.String() == checks.DefValue {
		checks.Value.Set("30")
		defer checks.Value.Set(checks.DefValue)
	}
	rapid.Check(t, property)
}

func TestRereadingByTheSameRulesChangesNothing(t *testing.T) {
	few(t, func(rt *rapid.T) {
		f, r, by := newLine(t), drawReadings(rt), drawRules(rt, "rules")
		src := r.by(t, f, by)
		f.collect(t, src)
		before := f.tables(t)
		f.later(time.Hour)
		sum, err := f.Reread(t.Context(), src, time.Time{}, nil)
		if err != nil || sum.Lost() != 0 || sum.Anew+sum.Kept+sum.Empty+sum.Changed+sum.OptedOut+sum.Questions != 0 {
			rt.Errorf("%+v, lost %d, %v", sum, sum.Lost(), err)
		}
		if d := cmp.Diff(before, f.tables(t)); d != "" {
			rt.Errorf("the database changed (-before +after):\n%s", d)
		}
	})
}

// TestRereadingByOtherRulesIsAsIfTheyHadAlwaysBeen states what is the same as after collecting by them from the
// start: everything but the numbers and ids of questions, the grouping that follows their order, and what is counted
// of items that leave nothing else (not taken, TLP:RED), which is counted when they are first read.
func TestRereadingByOtherRulesIsAsIfTheyHadAlwaysBeen(t *testing.T) {
	few(t, func(rt *rapid.T) {
		r, a, b := drawReadings(rt), drawRules(rt, "first"), drawRules(rt, "then")
		f, scratch := newLine(t), newLine(t)
		f.collect(t, r.by(t, f, a))
		src := r.by(t, f, b)
		if torn := rapid.IntRange(0, 3).Draw(rt, "torn"); torn > 0 { // it is interrupted, and run again
			f.Store = &fullDisk{Store: f.db, left: torn}
			if _, err := f.Reread(t.Context(), src, time.Time{}, nil); err != nil && !errors.Is(err, store.ErrFull) {
				rt.Fatal(err)
			}
			f.Store = f.db
		}
		if sum, err := f.Reread(t.Context(), src, time.Time{}, nil); err != nil || sum.Lost() != 0 {
			rt.Fatalf("%+v, lost %d, %v", sum, sum.Lost(), err)
		}
		scratch.collect(t, r.by(t, scratch, b))
		if d := cmp.Diff(scratch.meaning(t), f.meaning(t)); d != "" {
			rt.Errorf("it is not the same (-from the start +read again):\n%s", d)
		}
		before := f.tables(t)
		if sum, err := f.Reread(t.Context(), src, time.Time{}, nil); err != nil || sum.Anew != 0 {
			rt.Errorf("the second time: %+v, %v", sum, err)
		}
		if d := cmp.Diff(before, f.tables(t)); d != "" {
			rt.Errorf("the second time the database changed (-before +after):\n%s", d)
		}
	})
}

func TestReread(t *testing.T) {
	pages := [][]domain.Item{{mail(1, "WS164", askWhois), mail(2, "WS164", "The minutes are on the page.")}, {mail(3, "WS164", askLaw)}}
	t.Run("passes over what was published before", func(t *testing.T) {
		f := newLine(t)
		src := newSource(t, &shelf{pages: pages}, take.Rule{})
		src.Default = domain.Green
		f.collect(t, src)
		src.Default = domain.Clear
		sum, err := f.Reread(t.Context(), src, time.Date(2018, 10, 1, 10, 3, 0, 0, time.UTC), nil)
		if want := (Summary{Read: 3, Older: 2, Anew: 1}); err != nil || sum != want {
			t.Errorf("%+v, %v; want %+v", sum, err, want)
		}
	})
	t.Run("leaves the cursor where it is, also while another run moves it", func(t *testing.T) {
		f := newLine(t)
		c := &shelf{pages: pages}
		src := newSource(t, c, take.Rule{})
		f.collect(t, src)
		c.pages = append(c.pages, []domain.Item{mail(4, "WS164", askBorder)})
		other := src
		moved := false
		src.Collector = collecting(func(yield func(collectors.Batch, error) bool) {
			for batch, err := range c.Collect(t.Context(), "") {
				if !yield(batch, err) {
					return
				}
				if !moved {
					moved = true
					f.collect(t, other)
				}
			}
		})
		if _, err := f.Reread(t.Context(), src, time.Time{}, nil); err != nil {
			t.Fatal(err)
		}
		if p, err := f.Store.Progress(t.Context(), "one", "list"); err != nil || p.Cursor != "3" {
			t.Errorf("the cursor is at %q, %v", p.Cursor, err)
		}
	})
	t.Run("begins where the source can begin", func(t *testing.T) {
		f := newLine(t)
		src := newSource(t, rewinding{&shelf{pages: pages}}, take.Rule{})
		sum, err := f.Reread(t.Context(), src, time.Date(2018, 9, 1, 0, 0, 0, 0, time.UTC), nil)
		if err != nil || sum.Read != 1 {
			t.Errorf("%+v, %v; want the second page alone", sum, err)
		}
	})
	t.Run("leaves in quarantine what it passes over", func(t *testing.T) {
		f, mended := faulty(t)
		src := newSource(t, &shelf{pages: [][]domain.Item{{mail(1, "WS164", askBorder), mail(9, "WS164", askBorder)}}}, take.Rule{})
		f.collect(t, src)
		mended()
		sum, err := f.Reread(t.Context(), src, time.Date(2018, 10, 1, 10, 3, 0, 0, time.UTC), nil)
		if rows := f.waits(t, "one"); err != nil || sum.Kept != 1 || len(rows) != 1 || rows[0].ID != "1" {
			t.Errorf("%+v, %v, %d rows wait", sum, err, len(rows))
		}
	})
	t.Run("takes back what is TLP:RED by today's rules", func(t *testing.T) {
		f := newLine(t)
		c := &shelf{pages: [][]domain.Item{{mail(1, "WS164", askWhois)}}}
		src := newSource(t, c, take.Rule{})
		f.collect(t, src)
		c.pages = [][]domain.Item{{mail(1, "TLP:RED WS164", askWhois)}}
		if sum, err := f.Reread(t.Context(), src, time.Time{}, nil); err != nil || sum.Anew != 1 || sum.Lost() != 0 {
			t.Errorf("%+v, %v", sum, err)
		}
		if texts := f.texts(t, "one"); texts != nil {
			t.Errorf("held: %q", texts)
		}
	})
	t.Run("counts nothing again that leaves no row", func(t *testing.T) {
		f := newLine(t)
		src := newSource(t, &shelf{pages: [][]domain.Item{{mail(1, "Lunch", askWhois), mail(2, "TLP:RED WS164", askLaw),
			mail(3, "TLP:RED", "-", "Content-Type: application/pkcs7-mime; smime-type=enveloped-data")}}}, take.Rule{Subject: []string{"WS164"}})
		f.collect(t, src)
		before := f.tables(t)
		if sum, err := f.Reread(t.Context(), src, time.Time{}, nil); err != nil || sum.Red != 2 || sum.NotTaken != 1 || sum.Lost() != 0 {
			t.Errorf("%+v, %v", sum, err)
		}
		if d := cmp.Diff(before["counts"], f.tables(t)["counts"]); d != "" {
			t.Errorf("counts (-before +after):\n%s", d)
		}
	})
	t.Run("leaves what a session holds and does not take any more", func(t *testing.T) {
		f := newLine(t)
		src := newSource(t, &shelf{pages: pages}, take.Rule{})
		f.collect(t, src)
		src.Parts[0].Take = take.Rule{Subject: []string{"WS99"}}
		if sum, err := f.Reread(t.Context(), src, time.Time{}, nil); err != nil || sum.NotTaken != 3 {
			t.Errorf("%+v, %v", sum, err)
		}
		if texts := f.texts(t, "one"); len(texts) != 2 {
			t.Errorf("held: %q", texts)
		}
	})
}

// collecting is a collector that gives what it is told to.
type collecting func(yield func(collectors.Batch, error) bool)

func (c collecting) Collect(context.Context, collectors.Cursor) iter.Seq2[collectors.Batch, error] {
	return iter.Seq2[collectors.Batch, error](c)
}

// rewinding begins a page later than at the beginning.
type rewinding struct{ *shelf }

func (rewinding) Rewind(context.Context, time.Time) (collectors.Cursor, error) { return "1", nil }
