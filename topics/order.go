package topics

import (
	"cmp"
	"slices"
	"strings"

	"askahead/domain"
)

// Order gives the places of the questions of one batch in the order in which they are to be placed. It depends on the
// questions alone, so that the same ones in any order open the same topics. The plainest come first, for they lead the
// others: those of some plainLength characters without greeting and signature. Longer ones say more than the question,
// and shorter ones less, under which different questions would meet. Reposts follow one another, so that they find the
// same topics. Among equals the earliest published comes first, then the one with the
// least around it, then by text and id.
func Order(questions []domain.Question) []int {
	return batch{len(questions), func(i int) domain.Question { return questions[i] }}.order()
}

func (b batch) order() []int {
	type key struct {
		far   int
		canon uint64
	}
	keys := make([]key, b.n)
	places := make([]int, b.n)
	for i := range places {
		keys[i].far, keys[i].canon = plainness(b.question(i))
		places[i] = i
	}
	slices.SortFunc(places, func(i, j int) int {
		if c := cmp.Or(cmp.Compare(keys[i].far, keys[j].far), cmp.Compare(keys[i].canon, keys[j].canon)); c != 0 {
			return c
		}
		x, y := b.question(i), b.question(j)
		return cmp.Or(x.Published.Compare(y.Published), cmp.Compare(len(x.Text), len(y.Text)), strings.Compare(x.Text, y.Text), strings.Compare(x.ID, y.ID))
	})
	return places
}

// Order is the function Order.
func (g *Grouper) Order(questions []domain.Question) []int { return Order(questions) }

// plainLength is a length, in characters, at which a question says what it asks and little else.
const plainLength = 32

// plainness is how far a question is from that length, counted thrice if it is shorter, and the hash of its words.
func plainness(q domain.Question) (far int, canon uint64) {
	f := analyse(q)
	return max(f.length-plainLength, 3*(plainLength-f.length)), f.canon
}
