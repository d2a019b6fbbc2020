package main

import (
	"cmp"
	"fmt"
	"slices"

	"askahead/domain"
	"askahead/topics"
)

// printPairs asks for each pair whether the second question joins a topic that the first one leads, and which
// threshold of the same similarity would have the best F.
func printPairs(name string, pairs []pair, explain int) {
	g := topics.New()
	var tp, fp, fn, met float64
	scored := make([]decided, 0, len(pairs))
	for _, p := range pairs {
		joined := g.Place(p.b, []domain.Topic{{ID: p.a.ID, Leader: p.a}}) != ""
		scored = append(scored, decided{topics.Similarity(p.a, p.b), p.same})
		switch {
		case joined && p.same:
			tp++
			if shareKey(g.Keys(p.a), g.Keys(p.b)) {
				met++
			}
		case joined:
			fp++
		case p.same:
			fn++
		}
		if joined != p.same && explain > 0 {
			explain--
			fmt.Printf("  same=%v: %q\n           %q\n", p.same, short(p.a.Text), short(p.b.Text))
		}
	}
	m := measure{tp / max(1, tp+fp), tp / max(1, tp+fn)}
	best, at := bestPairs(scored)
	fmt.Printf("%-22s pairs   n=%-6d P %.3f R %.3f F %.3f | at its best threshold %.2f: P %.3f R %.3f F %.3f | of the pairs rightly joined %.3f share a key\n",
		name, len(pairs), m.precision, m.recall, m.f(), at, best.precision, best.recall, best.f(), met/max(1, tp))
}

type decided struct {
	similarity float64
	same       bool
}

func bestPairs(list []decided) (best measure, at float64) {
	slices.SortFunc(list, func(a, b decided) int { return cmp.Compare(b.similarity, a.similarity) })
	all, right := 0.0, 0.0
	for _, d := range list {
		if d.same {
			all++
		}
	}
	for i, d := range list {
		if d.same {
			right++
		}
		if i+1 < len(list) && list[i+1].similarity == d.similarity {
			continue
		}
		if m := (measure{right / float64(i+1), right / max(1, all)}); m.f() > best.f() {
			best, at = m, d.similarity
		}
	}
	return best, at
}

func shareKey(a, b []int64) bool {
	has := map[int64]bool{}
	for _, k := range a {
		has[k] = true
	}
	for _, k := range b {
		if has[k] {
			return true
		}
	}
	return false
}
