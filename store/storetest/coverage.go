package storetest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"askahead/domain"
	"askahead/store"
)

func (b Backend) coverage(t *testing.T) {
	t.Run("tags are counted by their rules, and what has none", b.coversTags)
	t.Run("what contradicts is listed until a moderator settles it", b.listsContradictions)
	t.Run("senders are summed over sources and outcomes", b.sumsSenders)
}

func (h *handle) covered(t *testing.T) store.Coverage {
	t.Helper()
	c, err := h.Store.(store.Coverer).Coverage(t.Context(), session)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (b Backend) coversTags(t *testing.T) {
	h := b.open(t)
	region := domain.Tag{Kind: domain.TagRegion, Value: "weog", Rule: "country-code domain", Evidence: ".example", Strength: 1}
	h.save(t, page("", "c1",
		each(tagged(asked("m1", "Who pays?"), "technical", "academia"), func(q *store.Question) { q.Tags = append(q.Tags, region) }),
		tagged(asked("m2", "Who counts?"), "technical"), asked("m3", "Who decides?"), tagged(asked("m4", "Who left?"), "academia"),
		each(tagged(asked("m5", "Right?"), "academia"), func(q *store.Question) { q.Kind, q.Keys = domain.Rhetorical, nil })))
	h.decide(t, decision(idOf("m4", 1), store.Dismiss))
	want := store.Coverage{Questions: 3, Contradicting: 1, Rules: []store.RuleCoverage{
		{Kind: domain.TagCommunity, Value: "technical", Rule: "config rule 1", Questions: 2, First: 2},
		{Kind: domain.TagCommunity, Value: "academia", Rule: "config rule 1", Questions: 1},
		{Kind: domain.TagRegion, Value: "weog", Rule: "country-code domain", Questions: 1, First: 1},
	}, Sources: []store.SourceCoverage{{Source: "list", Questions: 3, Unknown: 1}}}
	if d := cmp.Diff(want, h.covered(t)); d != "" {
		t.Errorf("covered (-want +got):\n%s", d)
	}
}

func (b Backend) listsContradictions(t *testing.T) {
	h := b.open(t)
	two := each(asked("m3", "Where?"), func(q *store.Question) {
		for _, v := range []string{"weog", "african"} {
			q.Tags = append(q.Tags, domain.Tag{Kind: domain.TagRegion, Value: v, Rule: "config rule 1", Strength: 3})
		}
		q.Tags = append(q.Tags, domain.Tag{Kind: domain.TagTheme, Value: "money", Rule: "agenda word"}, domain.Tag{Kind: domain.TagTheme, Value: "law", Rule: "agenda word"})
	})
	themes := each(asked("m4", "What?"), func(q *store.Question) { q.Tags = two.Questions[0].Tags[2:] })
	h.save(t, page("", "c1", tagged(asked("m1", "Who pays?"), "technical", "academia"), tagged(asked("m2", "Who counts?"), "technical"), two, themes))
	list := func() (texts []string) {
		for _, q := range h.list(t, store.Query{Session: session, Audience: domain.Green, Contradicting: true}) {
			texts = append(texts, q.Text)
		}
		return texts
	}
	if got := list(); len(got) != 2 {
		t.Errorf("it lists %q", got)
	}
	h.decide(t, retagTo(idOf("m1", 1), domain.TagCommunity, "technical", domain.TagCommunity, "academia"))
	if d := cmp.Diff([]string{"Where?"}, list()); d != "" {
		t.Errorf("when one is settled (-want +got):\n%s", d)
	}
	if c := h.covered(t); c.Contradicting != 1 {
		t.Errorf("%d are counted", c.Contradicting)
	}
}

func (b Backend) sumsSenders(t *testing.T) {
	h := b.open(t)
	batch := page("", "c1", asked("m1", "Who pays?"), silent("m2"))
	batch.Items[0].Counts = []store.Count{{What: "asked", Key: "domain a.example", N: 1}, {What: "asked", Key: "list l.example", N: 1}}
	batch.Items[1].Counts = []store.Count{{What: "no-question", Key: "domain a.example", N: 1}, {What: "no-question", Key: "domain b.example", N: 1}, {What: "no-question", N: 1}}
	h.save(t, batch)
	var got []string
	enough := errors.New("enough")
	collect := func(most int) error {
		got = nil
		return h.Store.(store.Coverer).Senders(t.Context(), session, func(key string, n int64) error {
			if len(got) == most {
				return enough
			}
			got = append(got, fmt.Sprint(key, " ", n))
			return nil
		})
	}
	if err := collect(9); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"domain a.example 2", "domain b.example 1", "list l.example 1"}, got); d != "" {
		t.Errorf("the senders (-want +got):\n%s", d)
	}
	if err := collect(1); !errors.Is(err, enough) || len(got) != 1 {
		t.Errorf("it went on: %v, %q", err, got)
	}
}
