package topics

import (
	"slices"

	"askahead/domain"
	"askahead/store"
)

// Meaning is a Grouper that also compares where a model places two questions (domain.Question.Vector), and so finds
// those that ask the same in other words, or in another language. Questions without a vector are grouped by their
// words alone.
type Meaning struct {
	*Grouper
	same float64
}

var _ store.Grouper = (*Meaning)(nil)

// NewMeaning is a Meaning for which two questions ask the same from this cosine on.
func NewMeaning(same float64) *Meaning { return &Meaning{New(), same} }

// Keys are those of the words and those of the vector, sorted and distinct.
func (m *Meaning) Keys(q domain.Question) []int64 {
	keys := appendPlanes(m.Grouper.Keys(q), q.Vector)
	slices.Sort(keys)
	return slices.Compact(keys)
}

// Place returns the id of the topic among near that asks the same as q, by its words or by its meaning, or "" if none
// does. A leader may be near by both; the stronger counts, and what sets two questions apart (numbers, names,
// opposites, a denial) counts against either.
func (m *Meaning) Place(q domain.Question, near []domain.Topic) string {
	if len(near) == 0 {
		return ""
	}
	f := analyse(q)
	best, id := sameScore, ""
	for i := range near {
		l := leaderOf(&near[i].Leader)
		l.id = near[i].ID
		g := m.analysed(l)
		s := max(scoreFrom(f, g, best), m.score(f, g, q.Vector, near[i].Leader.Vector))
		if s > best || s == best && id == "" {
			best, id = s, l.id
		}
	}
	return id
}

// score is how much alike two meanings are, on the scale of the words: sameScore and above is the same question. What
// says too little without its context ("Why?") has no meaning of its own.
func (m *Meaning) score(a, b *features, v, w domain.Vector) float64 {
	cosine, ok := v.Cosine(w)
	if !ok || a.total < weakTotal || b.total < weakTotal {
		return -1
	}
	return min(1, cosine-m.same+sameScore) - against(a, b)
}

// The keys of a vector say on which sides of planes it lies, planeBits of them to a key. Vectors with a cosine of 0.86
// lie on the same side of one plane with a chance of 0.83, so they share one of the keys with a chance of 0.97.
const (
	planeKeys = 32
	planeBits = 12
)

// appendPlanes adds the keys of a vector. The planes depend on the model's name alone.
func appendPlanes(keys []int64, v domain.Vector) []int64 {
	if len(v.At) == 0 {
		return keys
	}
	seed := hashOf("meaning " + v.Model)
	for k := range uint64(planeKeys) {
		side := uint64(0)
		for b := range uint64(planeBits) {
			side = side<<1 | sideOf(v.At, mix(seed+k*planeBits+b))
		}
		keys = append(keys, int64(mix(seed^(k+1)<<32^side)))
	}
	return keys
}

// sideOf tells on which side of a plane a point lies. The plane's normal has 1 or -1 in each dimension.
func sideOf(at []float32, plane uint64) uint64 {
	sum := float32(0)
	var signs uint64
	for i, x := range at {
		if i%64 == 0 {
			signs = mix(plane + uint64(i/64+1)*0x9E3779B97F4A7C15)
		}
		if signs&1 == 1 {
			sum += x
		} else {
			sum -= x
		}
		signs >>= 1
	}
	if sum >= 0 {
		return 1
	}
	return 0
}
