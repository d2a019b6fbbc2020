package pipeline

import (
	"fmt"
	"strings"
	"testing"

	"askahead/domain"
	"askahead/take"
)

// benchPages is a list's mail of two kilobytes each, of which every third asks something.
func benchPages(pages, each int) [][]domain.Item {
	var all [][]domain.Item
	filler := strings.Repeat("The minutes of the call are on the page, with the names of those who joined.\n", 20)
	for p := range pages {
		var page []domain.Item
		for i := range each {
			n := p*each + i
			body := "Dear all,\n\n" + filler
			if n%3 == 0 {
				body += fmt.Sprintf("\nHow should responders of region %d reach the owners of the domains that attack them?\n", n%500)
			}
			page = append(page, mail(n, "WHOIS", body+"\n-- \nFictional\n"))
		}
		all = append(all, page)
	}
	return all
}

// BenchmarkCollect is the whole line over a memory source into SQLite; one operation is one mail.
func BenchmarkCollect(b *testing.B) {
	const each = 500
	pages := benchPages((b.N+each-1)/each, each)
	var size int64
	for _, item := range pages[0] {
		size += int64(len(item.Raw))
	}
	f := newLine(b)
	src := newSource(b, &shelf{pages: pages}, take.Rule{})
	b.SetBytes(size / each)
	b.ReportAllocs()
	b.ResetTimer()
	if _, err := f.Collect(b.Context(), src, nil); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkUnderstand is the part that runs on all cores: read, label, find, tag, index.
func BenchmarkUnderstand(b *testing.B) {
	f := newLine(b)
	src := newSource(b, &shelf{}, take.Rule{})
	items := benchPages(1, 300)[0]
	b.SetBytes(int64(len(items[0].Raw)))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		item := items[i%len(items)]
		u := f.Understand(&src, &item)
		f.index(&src, &u, &item)
	}
}
