package main

import (
	"fmt"
	"slices"

	"askahead/terms"
)

// frequentStems gives the stems in the order of their most frequent word.
func frequentStems(e *embeddings) []string {
	var list []string
	seen := map[string]bool{}
	for _, w := range e.words {
		if !isWord(w) {
			continue
		}
		if s := terms.Stem(w, "en"); !seen[s] {
			seen[s] = true
			list = append(list, s)
		}
	}
	return list
}

// akinStems gives lines "stem stem n": n tenths are how near two words of one meaning are used.
func akinStems(e *embeddings, groups [][]string) []string {
	nearest := map[[2]string]float64{}
	for _, g := range groups {
		for i, a := range g {
			for _, b := range g[:i] {
				ra, ok := e.rank[a]
				rb, known := e.rank[b]
				if !ok || !known || ra >= mostAkin || rb >= mostAkin {
					continue
				}
				c := e.cosine(a, b)
				x, y := terms.Stem(a, "en"), terms.Stem(b, "en")
				if x == y || c < leastCosine {
					continue
				}
				pair := [2]string{min(x, y), max(x, y)}
				nearest[pair] = max(nearest[pair], c)
			}
		}
	}
	lines := make([]string, 0, len(nearest))
	for p, c := range nearest {
		lines = append(lines, fmt.Sprintf("%s %s %d", p[0], p[1], int(c*10)))
	}
	slices.Sort(lines)
	return lines
}
