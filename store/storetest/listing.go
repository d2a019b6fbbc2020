package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"askahead/domain"
	"askahead/store"
)

func (b Backend) listing(t *testing.T) {
	t.Run("only what the audience may read is listed, and held is the rest", b.failsClosed)
	t.Run("each filter selects, and filters together select what passes all", b.filters)
	t.Run("pages follow each other without a gap or a repetition", b.pages)
	t.Run("a page has at most 1000 questions", b.limits)
	t.Run("the items of a source that have questions are listed in order", b.lists)
}

func (b Backend) failsClosed(t *testing.T) {
	h := b.open(t)
	labels := []domain.TLP{-1, 0, 9, domain.Clear, domain.Green, 25, domain.Amber, domain.AmberStrict, domain.Red + 1, domain.Inside, 1000}
	batch := page("", "c1")
	for i, label := range labels {
		batch.Items = append(batch.Items, each(asked(fmt.Sprint("m", i), fmt.Sprint("Who pays ", i, "?")), func(q *store.Question) { q.TLP = label }))
	}
	h.save(t, batch)
	for _, audience := range append(labels, domain.Red) {
		for _, held := range []bool{false, true} {
			var want, got []domain.TLP
			for _, label := range labels {
				if label.For(audience) != held {
					want = append(want, label)
				}
			}
			for _, q := range h.list(t, store.Query{Session: session, Audience: audience, Held: held}) {
				got = append(got, q.TLP)
			}
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("audience %v, held %v: %v, want %v", audience, held, got, want)
			}
		}
		var want, got int
		for _, label := range labels {
			if label.For(audience) {
				want++
			}
		}
		if err := h.Voices(t.Context(), session, audience, time.Time{}, func(store.Voice) error { got++; return nil }); err != nil || got != want {
			t.Errorf("audience %v: %d voices, %v; want %d", audience, got, err, want)
		}
	}
}

func (b Backend) filters(t *testing.T) {
	h := b.open(t)
	a := tagged(asked("a", "alpha alpha2"), "technical", "academia")
	a = each(a, func(q *store.Question) {
		q.Tags = append(q.Tags, domain.Tag{Kind: domain.TagRegion, Value: "weog"}, domain.Tag{Kind: domain.TagTheme, Value: "csirt-view"})
	})
	z := published(tagged(asked("b", "beta kappa alpha2"), "technical"), 1)
	c := each(published(asked("c", "chi"), 2), func(q *store.Question) {
		q.Source, q.Language, q.TLP = "forum", "fr", domain.Clear
		q.Tags = []domain.Tag{{Kind: domain.TagTheme, Value: "technical"}}
	})
	d := each(asked("d", "delta"), func(q *store.Question) { q.Kind = domain.Logistics })
	h.save(t, page("", "c1", a, z, c, d))
	id := func(canonical string) string { return domain.QuestionID(keys().Item(canonical), 1) }
	for _, c := range []struct {
		name  string
		query store.Query
		want  string
	}{
		{"no filter", store.Query{}, "cba"},
		{"another session", store.Query{Session: "other"}, ""},
		{"a stricter audience", store.Query{Audience: domain.Clear}, "c"},
		{"a kind", store.Query{Kinds: []domain.Kind{domain.Logistics}}, "d"},
		{"two kinds", store.Query{Kinds: []domain.Kind{domain.Logistics, domain.Panel}}, "cbad"},
		{"a community", store.Query{Community: "technical"}, "ba"},
		{"another community", store.Query{Community: "academia"}, "a"},
		{"no community", store.Query{Community: domain.Unknown}, "c"},
		{"a region", store.Query{Region: "weog"}, "a"},
		{"a theme", store.Query{Theme: "csirt-view"}, "a"},
		{"a source", store.Query{Source: "forum"}, "c"},
		{"a language", store.Query{Language: "fr"}, "c"},
		{"topics", store.Query{Topics: []string{id("a"), id("c"), "unknown"}}, "ca"},
		{"ids", store.Query{IDs: []string{id("a"), id("b"), "unknown"}}, "ba"},
		{"ids of another kind", store.Query{IDs: []string{id("d")}}, ""},
		{"a term", store.Query{Terms: []string{"alpha2"}}, "ba"},
		{"two terms", store.Query{Terms: []string{"alpha2", "beta"}}, "b"},
		{"terms of two questions", store.Query{Terms: []string{"chi", "beta"}}, ""},
		{"collected since", store.Query{Since: opening().Add(day)}, "cb"},
		{"collected until", store.Query{Until: opening().Add(day)}, "a"},
		{"collected within", store.Query{Since: opening().Add(day), Until: opening().Add(2 * day)}, "b"},
		{"all together", store.Query{Community: "technical", Terms: []string{"alpha2"}, Region: "weog", Theme: "csirt-view",
			Source: "list", Language: "en", Topics: []string{id("a")}, IDs: []string{id("a")}, Since: opening(), Until: opening().Add(day)}, "a"},
		{"a quote", store.Query{Community: "'; DELETE FROM questions --"}, ""},
	} {
		q := c.query
		if q.Session == "" {
			q.Session = session
		}
		if q.Audience == 0 {
			q.Audience = domain.Green
		}
		var got strings.Builder
		for _, found := range h.list(t, q) {
			got.WriteString(found.Text[:1])
		}
		if got.String() != c.want {
			t.Errorf("%s selects %q, want %q", c.name, got.String(), c.want)
		}
	}
	if _, err := h.Questions(t.Context(), store.Query{Session: session, Audience: domain.Green, IDs: make([]string, 100_000)}); err == nil {
		t.Error("a filter with 100,000 ids is taken")
	}
}

func (b Backend) pages(t *testing.T) {
	h := b.open(t)
	batch := page("", "c1")
	for i := range 23 {
		batch.Items = append(batch.Items, published(asked(fmt.Sprint("m", i), fmt.Sprint("Who pays ", i, "?"), "And why?"), i/7))
	}
	h.save(t, batch)
	all := h.list(t, store.Query{Session: session, Audience: domain.Green, Limit: 1000})
	if len(all) != 46 || !slices.IsSortedFunc(all, func(a, b domain.Question) int { return b.Published.Compare(a.Published) }) {
		t.Fatalf("%d questions, want 46 with the newest first", len(all))
	}
	for _, limit := range []int{1, 2, 7, 45, 46, 47} {
		if d := cmp.Diff(all, h.list(t, store.Query{Session: session, Audience: domain.Green, Limit: limit})); d != "" {
			t.Errorf("by %d (-want +got):\n%s", limit, d)
		}
	}
	for _, after := range []string{"x", "~", "1~", "zzzzzzzzzzzzzzzzzzzzzz~a", "\x00"} {
		if _, err := h.Questions(t.Context(), store.Query{Session: session, Audience: domain.Green, After: after}); err == nil {
			t.Errorf("after %q: no error", after)
		}
	}
}

func (b Backend) limits(t *testing.T) {
	h := b.open(t)
	batch := page("", "c1")
	for i := range 501 {
		batch.Items = append(batch.Items, asked(fmt.Sprint("m", i), "Who pays?", "And why?"))
	}
	h.save(t, batch)
	for limit, want := range map[int]int{0: 100, -1: 100, 10: 10, 1000: 1000, 5000: 1000} {
		p, err := h.Questions(t.Context(), store.Query{Session: session, Audience: domain.Green, Limit: limit})
		if err != nil || len(p.Questions) != want || p.Next == "" {
			t.Errorf("limit %d: %d questions, next %q, %v; want %d", limit, len(p.Questions), p.Next, err, want)
		}
	}
}

func (b Backend) lists(t *testing.T) {
	h := b.open(t)
	batch := page("", "c1", silent("m0"), asked("m3", "Who?"), asked("m1", "Who?"), asked("m2", "Who?"), asked("m4", "Who?"))
	batch.Gone = []string{"m4"}
	h.save(t, batch)
	after, got := "", []string(nil)
	for range 10 {
		ids, err := h.Held(t.Context(), session, "list", after, 2)
		if err != nil {
			t.Fatal(err)
		}
		if len(ids) == 0 {
			break
		}
		got = append(got, ids...)
		after = ids[len(ids)-1]
	}
	if !slices.Equal(got, []string{"m1", "m2", "m3"}) {
		t.Errorf("held are %v", got)
	}
}
