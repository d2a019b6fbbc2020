package topics

import (
	"fmt"
	"testing"

	"askahead/domain"
)

var (
	benchA = domain.Question{ID: "a", Language: "en", Text: "How can CERTs reach domain owners now that WHOIS is dark under GDPR?"}
	benchB = domain.Question{ID: "b", Language: "en", Text: "With WHOIS data hidden because of GDPR, how are incident responders supposed to contact domain owners?"}
)

func BenchmarkKeys(b *testing.B) {
	g := New()
	b.ReportAllocs()
	for b.Loop() {
		g.Keys(benchA)
	}
}

// BenchmarkPlace has 64 candidates, all remembered: what is left is the comparison.
func BenchmarkPlace(b *testing.B) {
	g := New()
	var near []domain.Topic
	for i := range 64 {
		q := benchB
		q.ID, q.Text = fmt.Sprint(i), fmt.Sprintf("%s In case %d?", q.Text, i)
		near = append(near, domain.Topic{ID: q.ID, Leader: q})
	}
	b.ReportAllocs()
	for b.Loop() {
		g.Place(benchA, near)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/64, "ns/candidate")
}

func BenchmarkAnalyse(b *testing.B) {
	for name, q := range map[string]domain.Question{"english": benchA, "chinese": {Language: "zh", Text: "谁来决定互联网服务商必须保留哪些日志，要保留多久？"}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				analyse(q)
			}
		})
	}
}

func BenchmarkScore(b *testing.B) {
	x, y := analyse(benchA), analyse(benchB)
	b.ReportAllocs()
	for b.Loop() {
		score(x, y)
	}
}

// BenchmarkGroup has 2,000 questions on 97 subjects: placing, and the clearest of each topic.
func BenchmarkGroup(b *testing.B) {
	var list []domain.Question
	for i := range 2000 {
		q := benchB
		q.ID, q.Text = fmt.Sprint(i), fmt.Sprintf("Who pays for the registrar of zone%d in year %d?", i%97, i%7)
		list = append(list, q)
	}
	b.ReportAllocs()
	for b.Loop() {
		Group(list)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(list)), "ns/question")
}

// BenchmarkReadEnglish is what the first English question costs more than the others.
func BenchmarkReadEnglish(b *testing.B) {
	for b.Loop() {
		newEnglish()
	}
}
