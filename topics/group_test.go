package topics

import (
	"fmt"
	"testing"

	"askahead/domain"
	"askahead/internal/linear"
)

func TestGroups(t *testing.T) {
	t.Run("what asks nothing is alone, and numbers stay in step", func(t *testing.T) {
		g := NewGroups()
		all := []domain.Question{{ID: "a", Text: "Who pays for incident response?"}, {ID: "b"}, {ID: "c"},
			{ID: "d", Text: "Who pays for incident response?"}, {ID: "e", Text: "Are there captions in every room?"}}
		for _, q := range all {
			if q.Text == "" {
				g.AddAlone(q)
			} else {
				g.Add(q)
			}
		}
		got := ""
		for _, c := range g.Clusters(func(i int) domain.Question { return all[i] }) {
			got += fmt.Sprint(c.ID, c.Questions, c.Representative, " ")
		}
		if want := "a[0 3] 0 b[1] 1 c[2] 2 e[4] 4 "; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
	t.Run("work grows with the list alone, though all share words", func(t *testing.T) {
		linear.Check(t, 400, func(n int) {
			var all []domain.Question
			for i := range n {
				all = append(all, domain.Question{ID: fmt.Sprint(i), Language: "en",
					Text: fmt.Sprintf("Who pays for the registrar of zone%d and zone%d?", i%97, i)})
			}
			Group(all)
		})
	})
}
