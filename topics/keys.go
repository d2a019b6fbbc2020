package topics

import (
	"cmp"
	"slices"
)

// The keys of a question: one for its words as they are, bands for texts that are nearly so, pairs for others
// that share its weightiest terms.
const (
	bands    = 5
	bandRows = 3
	topTerms = 5 // give topTerms*(topTerms-1)/2 pairs
)

// keysOf makes at most 1 + bands + 10 keys, sorted and distinct. Two texts of which a share j of the shingles
// is common share a band with the chance 1-(1-j³)⁵: 0.97 at 0.8.
func keysOf(f *features) []int64 {
	keys := make([]int64, 0, 1+bands+topTerms*(topTerms-1)/2)
	keys = append(keys, int64(f.canon))
	keys = appendBands(keys, f.shingles)
	keys = appendPairs(keys, f.terms)
	slices.Sort(keys)
	return slices.Compact(keys)
}

// appendBands adds the MinHash bands: the least value of each of bands*bandRows hash functions over the
// shingles, in groups.
func appendBands(keys []int64, shingles []uint32) []int64 {
	if len(shingles) == 0 {
		return keys
	}
	var least [bands * bandRows]uint32
	for i := range least {
		least[i] = ^uint32(0)
	}
	for _, s := range shingles {
		h := mix(uint64(s))
		step := h>>32 | 1
		for i := range least {
			h += step * 0x9E3779B97F4A7C15
			least[i] = min(least[i], uint32(h>>32))
		}
	}
	for b := range bands {
		h := uint64(b + 1)
		for _, v := range least[b*bandRows : (b+1)*bandRows] {
			h = mix(h<<32 ^ h>>32 ^ uint64(v))
		}
		keys = append(keys, int64(h))
	}
	return keys
}

// appendPairs adds a key for each pair of the weightiest terms; among equal weights the hash decides, so that
// two questions take the same ones.
func appendPairs(keys []int64, all []term) []int64 {
	var top [topTerms]term
	n := 0
	for _, t := range all {
		if t.weight <= weightLight {
			continue
		}
		i := n
		for i > 0 && weightier(t, top[i-1]) < 0 {
			i--
		}
		if i == topTerms {
			continue
		}
		n = min(n+1, topTerms)
		copy(top[i+1:n], top[i:n-1])
		top[i] = t
	}
	for i := range n {
		for j := range i {
			a, b := top[i].hash, top[j].hash
			keys = append(keys, int64(mix(min(a, b)*3+max(a, b))))
		}
	}
	return keys
}

func weightier(a, b term) int {
	return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.hash, b.hash))
}
