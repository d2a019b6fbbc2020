package topics

import (
	"context"
	"slices"

	"askahead/domain"
)

const (
	// maxPerKey is how many topics one key leads to; the newest ones count. A key that more topics share is of
	// words that say little here.
	maxPerKey = 32
	// maxNear is how many topics a question is compared with: those that share the most keys with it.
	maxNear = 32
	// maxListed is how many leaders a List keeps analysed, in each of two generations of some 40 MB.
	maxListed = 1 << 15
)

// Cluster is a topic of a plain list.
type Cluster struct {
	ID             string // of the question that opened it
	Leader         int    // place in the list of that question
	Questions      []int  // places in the list, in order
	Representative int    // place in the list of the clearest one: see Representative
}

// Group groups a plain list of questions: see GroupEach.
func Group(questions []domain.Question) []Cluster {
	b := batch{len(questions), func(i int) domain.Question { return questions[i] }}
	clusters, _ := b.group(context.Background(), nil)
	return clusters
}

// GroupEach groups a list of n questions, of which the caller keeps what it likes, as a store does with those of one batch:
// in the order of Order, so that the same questions in any order give the same topics. Those that are alone, because
// they ask nothing, join no other and are joined by none; alone may be nil. Topics come in the order of their first
// questions in the list.
func GroupEach(ctx context.Context, n int, question func(i int) domain.Question, alone func(i int) bool) ([]Cluster, error) {
	return batch{n, question}.group(ctx, alone)
}

// batch is questions by their places in a list.
type batch struct {
	n        int
	question func(i int) domain.Question
}

func (b batch) group(ctx context.Context, alone func(i int) bool) ([]Cluster, error) {
	placed := NewList()
	topic := make([]int32, b.n)
	var first [][]int // places of the first questions of each topic, in the order in which they came into it
	for _, i := range b.order() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		var t int
		if q := b.question(i); alone != nil && alone(i) {
			t = placed.open(q, nil)
		} else {
			t, _ = placed.Add(q)
		}
		if topic[i] = int32(t); t == len(first) {
			first = append(first, nil)
		}
		if len(first[t]) < maxCompared {
			first[t] = append(first[t], i)
		}
	}
	return b.clusters(topic, first), nil
}

// clusters gathers the places of each topic.
func (b batch) clusters(topic []int32, first [][]int) []Cluster {
	size := make([]int32, len(first))
	for _, t := range topic {
		size[t]++
	}
	places := make([]int, b.n) // of all clusters, one behind the other
	clusters := make([]Cluster, 0, len(first))
	at := make([]int32, len(first)) // 1 + the place of a topic in clusters
	for i, t := range topic {
		if at[t] == 0 {
			leader := first[t][0]
			clusters = append(clusters, Cluster{ID: b.question(leader).ID, Leader: leader, Questions: places[:0:size[t]], Representative: b.representative(first[t])})
			places = places[size[t]:]
			at[t] = int32(len(clusters))
		}
		c := &clusters[at[t]-1]
		c.Questions = append(c.Questions, i)
	}
	return clusters
}

// representative is the place of the clearest of the questions at some places.
func (b batch) representative(places []int) int {
	some := make([]domain.Question, len(places))
	for i, at := range places {
		some[i] = b.question(at)
	}
	return places[Representative(some)]
}

// List groups questions one by one without a store. It keeps of each topic what its leader says and its keys,
// in some 400 bytes and the length of the text; of a question that joins one, nothing.
type List struct {
	grouper *Grouper
	leaders []leader
	first   map[uint32]int32 // half a key → 1 + the place in links of its newest topic
	links   []link
	near    []int32 // reused
}

// link is one topic of a key, and 1 + the place of the link to the one before it.
type link struct{ topic, next int32 }

// NewList has no questions yet.
func NewList() *List {
	return &List{grouper: newGrouper(maxListed), first: map[uint32]int32{}}
}

// Add places a question and returns the number of its topic, from 0, and whether the question opened it.
func (l *List) Add(q domain.Question) (topic int, opened bool) {
	f := analyse(q)
	keys := keysOf(f)
	if at := l.place(f, keys); at >= 0 {
		return at, false
	}
	return l.open(q, keys), true
}

// open makes a topic that the question leads, found by keys.
func (l *List) open(q domain.Question, keys []int64) int {
	at := len(l.leaders)
	l.leaders = append(l.leaders, leaderOf(&q))
	for _, k := range keys {
		h := half(k)
		l.links = append(l.links, link{int32(at), l.first[h]})
		l.first[h] = int32(len(l.links))
	}
	return at
}

// place finds the topic that asks the same, -1 if none does.
func (l *List) place(f *features, keys []int64) int {
	l.near = l.near[:0]
	for _, k := range keys {
		n := 0
		for i := l.first[half(k)]; i != 0 && n < maxPerKey; i = l.links[i-1].next {
			l.near = append(l.near, l.links[i-1].topic)
			n++
		}
	}
	best, at := sameScore, -1
	for _, p := range mostShared(l.near, maxNear) {
		if s := scoreFrom(f, l.grouper.analysed(l.leaders[p]), best); s > best || s == best && at < 0 {
			best, at = s, int(p)
		}
	}
	return at
}

// half is what a List keeps of a key: two keys that meet by chance only cost a comparison.
func half(key int64) uint32 { return uint32(key ^ key>>32) }

// mostShared gives the distinct topics of a list, in order; if they are more than most, those that are in it
// the most often, among equals the oldest.
func mostShared(near []int32, most int) []int32 {
	slices.Sort(near)
	distinct := slices.Compact(slices.Clone(near))
	if len(distinct) <= most {
		return distinct
	}
	times := make(map[int32]int, len(distinct))
	for _, t := range near {
		times[t]++
	}
	slices.SortStableFunc(distinct, func(a, b int32) int { return times[b] - times[a] })
	distinct = distinct[:most]
	slices.Sort(distinct)
	return distinct
}
