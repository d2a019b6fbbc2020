package main

import (
	"fmt"

	"askahead/topics"
)

// measure is B-cubed (Bagga and Baldwin, 1998): for each question, the share of its group that is the same
// question (precision) and the share of its question that is in the group (recall), averaged.
type measure struct{ precision, recall float64 }

func (m measure) f() float64 {
	if m.precision+m.recall == 0 {
		return 0
	}
	return 2 * m.precision * m.recall / (m.precision + m.recall)
}

func bcubed(group []int, gold []string) (precision, recall, n float64) {
	type cell struct {
		group int
		gold  string
	}
	groups, golds, cells := map[int]float64{}, map[string]float64{}, map[cell]float64{}
	for i := range group {
		groups[group[i]]++
		golds[gold[i]]++
		cells[cell{group[i], gold[i]}]++
	}
	for c, k := range cells {
		precision += k * k / groups[c.group]
		recall += k * k / golds[c.gold]
	}
	return precision, recall, float64(len(group))
}

// over averages over all questions of all pools.
func over(pools []pool, group func(p int) []int) measure {
	var precision, recall, n float64
	for i, p := range pools {
		a, b, k := bcubed(group(i), p.gold)
		precision, recall, n = precision+a, recall+b, n+k
	}
	return measure{precision / n, recall / n}
}

func printGroups(name string, d dataset, explain int) {
	ours := over(d.pools, func(i int) []int { return groupPool(d.pools[i]) })
	base := bestSingleLink(d.pools)
	n := 0
	for _, p := range d.pools {
		n += len(p.questions)
	}
	fmt.Printf("%-22s groups  n=%-6d P %.3f R %.3f F %.3f | tf-idf single link at %.2f: P %.3f R %.3f F %.3f (%+.3f), with P of 0.85 F %.3f (%+.3f)\n",
		name, n, ours.precision, ours.recall, ours.f(), base.at, base.best.precision, base.best.recall, base.best.f(),
		ours.f()-base.best.f(), base.precise.f(), ours.f()-base.precise.f())
	if explain > 0 {
		explainGroups(d.pools, explain)
	}
}

func groupPool(p pool) []int {
	group := make([]int, len(p.questions))
	for n, g := range topics.Group(p.questions) {
		for _, i := range g.Questions {
			group[i] = n
		}
	}
	return group
}

func explainGroups(pools []pool, limit int) {
	for _, p := range pools {
		for _, g := range topics.Group(p.questions) {
			for _, i := range g.Questions {
				if p.gold[i] != p.gold[g.Leader] && limit > 0 {
					limit--
					fmt.Printf("  joined: %q\n     and: %q\n", short(p.questions[g.Leader].Text), short(p.questions[i].Text))
				}
			}
		}
	}
}

func short(s string) string {
	if r := []rune(s); len(r) > 160 {
		return string(r[:160]) + "…"
	}
	return s
}
