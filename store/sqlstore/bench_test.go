package sqlstore_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"
	"time"

	"askahead/domain"
	"askahead/store"
	"askahead/store/sqlstore"
)

// source makes items as a mailing list brings them: of 500, some 300 ask a question, with 10 terms that are
// as common as words are, 16 keys and 3 tags; a quarter of the questions is like an earlier one.
type source struct {
	r     *rand.Rand
	words *rand.Zipf
	keys  domain.Keys
	n     int
	seeds []uint64 // of earlier questions
}

func newSource() *source {
	r := rand.New(rand.NewPCG(1, 2))
	return &source{r: r, words: rand.NewZipf(r, 1.1, 10, 50_000), keys: benchKeys()}
}

func benchKeys() domain.Keys { return domain.NewKeys([]byte("a key of 32 bytes for tests only")) }

func (s *source) batch(items int) store.Batch {
	b := store.Batch{Session: "igf2018-ws164", Source: "civil-society-list", Since: cursor(s.n),
		Now: time.Date(2018, 10, 1, 9, 0, 0, 0, time.UTC).Add(time.Duration(s.n) * time.Second)}
	for range items {
		s.n++
		id := s.keys.Item(fmt.Sprintf("mid:<%d@lists.example.org>", s.n))
		it := store.Item{ID: id, ExternalID: fmt.Sprintf("INBOX/1538384400/%d", s.n), Content: id, Published: b.Now,
			Outcome: store.NoQuestion, Expires: b.Now.AddDate(0, 3, 0)}
		if s.r.IntN(5) < 3 {
			it.Outcome = store.Kept
			it.Questions = []store.Question{s.question(id, b.Now)}
		} else {
			it.Counts = []store.Count{{What: "no-question", Key: fmt.Sprintf("domain d%d.example.org", s.r.IntN(100)), N: 1}}
		}
		b.Items = append(b.Items, it)
	}
	b.Next = cursor(s.n)
	return b
}

func cursor(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

func (s *source) question(item string, now time.Time) store.Question {
	q := store.Question{Question: domain.Question{ID: domain.QuestionID(item, 1), Item: item, Language: "en", Kind: domain.Panel,
		Why: "mark", Asker: item, Published: now, Collected: now, Source: "civil-society-list", TLP: domain.Green,
		URL:  fmt.Sprintf("https://lists.example.org/archives/list/%d", s.n),
		Text: "How will the panel see to it that incident responders can still reach the holders of domains, once the public WHOIS is closed?",
		Tags: []domain.Tag{{Kind: domain.TagCommunity, Value: "technical", Rule: "config rule 2", Evidence: "list teams.lists.example.org", Strength: 3},
			{Kind: domain.TagRegion, Value: "weog", Rule: "self-declared", Evidence: "I write from Vienna", Strength: 5},
			{Kind: domain.TagTheme, Value: "csirt-view", Rule: "agenda words", Evidence: "WHOIS", Strength: 1}}}}
	seed := s.r.Uint64()
	if len(s.seeds) > 0 && s.r.IntN(4) == 0 {
		seed = s.seeds[s.r.IntN(len(s.seeds))]
	}
	s.seeds = append(s.seeds, seed)
	q.Text += fmt.Sprint(seed)
	same := rand.New(rand.NewPCG(seed, 0))
	for range 8 { // bands of its own, shared with the questions that are like it
		q.Keys = append(q.Keys, int64(same.Uint64()))
	}
	for range 8 { // pairs of words, of which some are common
		q.Keys = append(q.Keys, int64(s.words.Uint64()*50_000+s.words.Uint64()))
	}
	slices.Sort(q.Keys)
	q.Keys = slices.Compact(q.Keys)
	for range 10 {
		q.Terms = append(q.Terms, fmt.Sprintf("term%d", s.words.Uint64()))
	}
	slices.Sort(q.Terms)
	q.Terms = slices.Compact(q.Terms)
	return q
}

// sameText groups questions with the same text.
type sameText struct{}

func (sameText) Order(questions []domain.Question) []int {
	places := make([]int, len(questions))
	for i := range places {
		places[i] = i
	}
	return places
}

func (sameText) Keys(domain.Question) []int64 { return nil }

func (sameText) Place(q domain.Question, near []domain.Topic) string {
	for _, t := range near {
		if t.Leader.Text == q.Text {
			return t.ID
		}
	}
	return ""
}

// fill opens a database and saves n items in batches.
func fill(b *testing.B, dsn string, n, size int) (*sqlstore.DB, *source) {
	b.Helper()
	db, err := sqlstore.Open(b.Context(), dsn, benchKeys(), sqlstore.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	s := newSource()
	for s.n < n {
		if _, err := db.SaveBatch(b.Context(), s.batch(size), sameText{}); err != nil {
			b.Fatal(err)
		}
	}
	return db, s
}

// BenchmarkSaveBatch saves batches into a store that has so many items. Beside the time it gives the processor
// time, which other programs on the machine change little.
func BenchmarkSaveBatch(b *testing.B) {
	for _, c := range []struct{ size, held int }{{500, 0}, {500, 100_000}, {500, 500_000}, {2000, 0}, {2000, 100_000}} {
		b.Run(fmt.Sprintf("%d items into %d", c.size, c.held), func(b *testing.B) {
			db, s := fill(b, "sqlite:"+b.TempDir()+"/ask.db", c.held, 5000)
			var used time.Duration
			items := 0
			b.ResetTimer()
			for b.Loop() {
				b.StopTimer()
				batch := s.batch(c.size)
				before := processorTime()
				b.StartTimer()
				if _, err := db.SaveBatch(b.Context(), batch, sameText{}); err != nil {
					b.Fatal(err)
				}
				used += processorTime() - before
				items += c.size
			}
			b.ReportMetric(float64(items)/b.Elapsed().Seconds(), "items/s")
			b.ReportMetric(float64(used.Microseconds())/float64(items), "cpu-µs/item")
		})
	}
}

func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkAddOne saves one question at a time into a store that has so many, and gives how long half of them, and
// 95 of 100, took at most, and the processor time of the mean one. With ASKAHEAD_TEST_POSTGRES it does so there too.
func BenchmarkAddOne(b *testing.B) {
	for _, held := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("SQLite/%d", held), func(b *testing.B) {
			addOne(b, "sqlite:"+b.TempDir()+"/ask.db", held)
		})
	}
	for _, held := range []int{10_000, 100_000} {
		b.Run(fmt.Sprintf("PostgreSQL/%d", held), func(b *testing.B) { addOne(b, newSchema(b), held) })
	}
}

func addOne(b *testing.B, dsn string, held int) {
	db, s := fill(b, dsn, held*5/3, 5000) // three of five items ask
	took := make([]time.Duration, 0, b.N)
	before := processorTime()
	b.ResetTimer()
	for range b.N {
		batch := s.batch(1)
		for batch.Items[0].Outcome != store.Kept {
			s.n--
			batch = s.batch(1)
		}
		batch.Still = true // whoever is called moves no cursor
		start := time.Now()
		if _, err := db.SaveBatch(b.Context(), batch, sameText{}); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
	b.ReportMetric(float64((processorTime()-before).Microseconds())/float64(len(took)), "cpu-µs/question")
}
