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
