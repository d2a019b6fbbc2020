package topics

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"askahead/domain"
	"askahead/internal/linear"
)

func TestGroups(t *testing.T) {
	t.Run("what asks nothing is alone, and numbers stay in step", func(t *testing.T) {
		all := []domain.Question{{ID: "a", Text: "Who pays for incident response?"}, {ID: "b"}, {ID: "c"},
			{ID: "d", Text: "Who pays for incident response?"}, {ID: "e", Text: "Are there captions in every room?"}}
		clusters, err := GroupEach(t.Context(), len(all), func(i int) domain.Question { return all[i] }, func(i int) bool { return all[i].Text == "" })
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, c := range clusters {
			got += fmt.Sprint(c.ID, c.Questions, c.Representative, " ")
		}
		if want := "a[0 3] 0 b[1] 1 c[2] 2 e[4] 4 "; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
	t.Run("who waits no longer is not kept", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := GroupEach(ctx, 1, func(int) domain.Question { return benchA }, nil); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
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
