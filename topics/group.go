package topics

import (
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
	Questions      []int  // places in the list, in order: the leader's first
	Representative int    // place in the list of the clearest one: see Representative
}

// Group groups a plain list of questions in its order, as a store does when they arrive one by one, and gives
// the topics in the order in which they were opened.
func Group(questions []domain.Question) []Cluster {
	g := NewGroups()
	for _, q := range questions {
		g.Add(q)
	}
	return g.Clusters(func(i int) domain.Question { return questions[i] })
}

// Groups groups a plain list of which the caller keeps the questions, in as little memory as it likes.
type Groups struct {
	list  *List
	topic []int32 // of each question
	ids   []string
}

// NewGroups has no questions yet.
func NewGroups() *Groups { return &Groups{list: NewList()} }

// Add takes the next question of the list.
func (g *Groups) Add(q domain.Question) {
	at, opened := g.list.Add(q)
	if opened {
		g.ids = append(g.ids, q.ID)
	}
	g.topic = append(g.topic, int32(at))
}

// AddAlone takes the next question of the list, which joins no other and which no other joins: it asks nothing.
func (g *Groups) AddAlone(q domain.Question) {
	g.ids = append(g.ids, q.ID)
	g.topic = append(g.topic, int32(g.list.open(q, nil)))
}

// Clusters gives the topics in the order in which they were opened. question gives the one at a place in the list.
func (g *Groups) Clusters(question func(i int) domain.Question) []Cluster {
	g.list = nil // its index is not needed any more
	size := make([]int32, len(g.ids))
	for _, t := range g.topic {
		size[t]++
	}
	places := make([]int, len(g.topic)) // of all clusters, one behind the other
	clusters := make([]Cluster, len(g.ids))
	for i, id := range g.ids {
		clusters[i] = Cluster{ID: id, Questions: places[:0:size[i]]}
		places = places[size[i]:]
	}
	for i, t := range g.topic {
		clusters[t].Questions = append(clusters[t].Questions, i)
	}
	var some []domain.Question
	for i := range clusters {
		c := &clusters[i]
		some = some[:0]
		for _, at := range c.Questions[:min(len(c.Questions), maxCompared)] {
			some = append(some, question(at))
		}
		c.Representative = c.Questions[Representative(some)]
	}
	return clusters
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
