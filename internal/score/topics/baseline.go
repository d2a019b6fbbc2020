package main

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
)

// union joins numbers.
type union []int

func newUnion(n int) union {
	u := make(union, n)
	for i := range u {
		u[i] = i
	}
	return u
}

func (u union) root(i int) int {
	for u[i] != i {
		u[i] = u[u[i]]
		i = u[i]
	}
	return i
}

func (u union) join(a, b int) { u[u.root(a)] = u.root(b) }

// edge is two questions of a pool and the cosine of their TF-IDF vectors.
type edge struct {
	a, b   int
	cosine float64
}

// singleLink is what the baseline does on a set.
type singleLink struct {
	best    measure // at the threshold, in steps of 0.05, with the best F
	at      float64
	precise measure // the same among thresholds with a precision of at least 0.85
}

// bestSingleLink clusters by TF-IDF and single link.
func bestSingleLink(pools []pool) singleLink {
	edges := make([][]edge, len(pools))
	vectors := tfidf(pools)
	for i := range pools {
		edges[i] = cosines(vectors[i])
	}
	var s singleLink
	for step := 19; step >= 4; step-- {
		threshold := float64(step) * 0.05
		m := over(pools, func(i int) []int { return components(len(pools[i].questions), edges[i], threshold) })
		if m.f() > s.best.f() {
			s.best, s.at = m, threshold
		}
		if m.precision >= 0.85 && m.f() > s.precise.f() {
			s.precise = m
		}
	}
	return s
}

// components joins what an edge of at least the threshold connects.
func components(n int, edges []edge, threshold float64) []int {
	u := newUnion(n)
	for _, e := range edges {
		if e.cosine >= threshold {
			u.join(e.a, e.b)
		}
	}
	group := make([]int, n)
	for i := range group {
		group[i] = u.root(i)
	}
	return group
}

type weight struct {
	term  int
	value float64
}

// tfidf gives unit vectors; document frequencies are counted over the whole set, smoothed.
func tfidf(pools []pool) [][][]weight {
	number, df := map[string]int{}, []float64{}
	counts := make([][]map[int]float64, len(pools))
	n := 0.0
	for i, p := range pools {
		for _, q := range p.questions {
			c := map[int]float64{}
			for _, w := range tokens(q.Text) {
				id, ok := number[w]
				if !ok {
					id = len(df)
					number[w] = id
					df = append(df, 0)
				}
				c[id]++
			}
			for id := range c {
				df[id]++
			}
			counts[i] = append(counts[i], c)
			n++
		}
	}
	vectors := make([][][]weight, len(pools))
	for i := range counts {
		for _, c := range counts[i] {
			var v []weight
			sum := 0.0
			for id, tf := range c {
				w := tf * (math.Log((1+n)/(1+df[id])) + 1)
				v = append(v, weight{id, w})
				sum += w * w
			}
			for j := range v {
				v[j].value /= math.Sqrt(sum)
			}
			slices.SortFunc(v, func(a, b weight) int { return cmp.Compare(a.term, b.term) })
			vectors[i] = append(vectors[i], v)
		}
	}
	return vectors
}

// cosines lists the pairs of vectors with a cosine of at least 0.2.
func cosines(vectors [][]weight) []edge {
	type posting struct {
		doc   int
		value float64
	}
	postings := map[int][]posting{}
	var edges []edge
	sums := make([]float64, len(vectors))
	var touched []int
	for i, v := range vectors {
		touched = touched[:0]
		for _, w := range v {
			for _, p := range postings[w.term] {
				if sums[p.doc] == 0 {
					touched = append(touched, p.doc)
				}
				sums[p.doc] += w.value * p.value
			}
			postings[w.term] = append(postings[w.term], posting{i, w.value})
		}
		for _, j := range touched {
			if sums[j] >= 0.2 {
				edges = append(edges, edge{j, i, sums[j]})
			}
			sums[j] = 0
		}
	}
	return edges
}

// tokens are lower-case words, and pairs of characters in Chinese and Korean.
func tokens(text string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		r := []rune(w)
		if !unicode.In(r[0], unicode.Han, unicode.Hangul) || len(r) == 1 {
			out = append(out, w)
			continue
		}
		for i := range len(r) - 1 {
			out = append(out, string(r[i:i+2]))
		}
	}
	return out
}
