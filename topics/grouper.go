// Package topics finds which questions ask the same thing, and measures how the communities stand to it.
//
// Questions are grouped as they arrive. The first one of a kind leads a topic; a later one joins it only if it
// is like the leader, so that two clearly different questions never meet through a third that is a little like
// both. What a question is compared by is read from its text alone: no count of what others asked, nothing that
// changes while a session runs. The questions of one batch are placed in an order of their own (Order), so the same
// batches give the same topics, on every machine, in whatever order their questions come.
//
// A store looks up the leaders that share a key with a new question (Keys) and asks which of them it joins
// (Place), so a session may have any number of topics without one of them being in memory.
package topics

import (
	"sync"

	"askahead/domain"
	"askahead/store"
)

// maxRemembered is how many leaders a Grouper keeps analysed, in each of two generations of some 2 MB.
const maxRemembered = 2048

// Grouper decides which topic a question belongs to. It may be used by several goroutines.
type Grouper struct {
	most     int // remembered in one generation
	mu       sync.Mutex
	fresh    map[string]remembered // by topic id
	previous map[string]remembered // the generation before, dropped when fresh is full
}

var _ store.Grouper = (*Grouper)(nil)

// leader is what counts of the question that leads a topic.
type leader struct{ id, text, context, language string }

type remembered struct {
	leader
	features *features
}

// New is a Grouper that has seen nothing. What it remembers of leaders only saves time.
func New() *Grouper { return newGrouper(maxRemembered) }

func newGrouper(most int) *Grouper {
	return &Grouper{most: most, fresh: map[string]remembered{}}
}

// Place returns the id of the topic among near that asks the same as q, or "" if none does: the most similar
// one, among equals the first.
func (g *Grouper) Place(q domain.Question, near []domain.Topic) string {
	if len(near) == 0 {
		return ""
	}
	f := analyse(q)
	best, id := sameScore, ""
	for i := range near {
		l := leaderOf(&near[i].Leader)
		l.id = near[i].ID
		if s := scoreFrom(f, g.analysed(l), best); s > best || s == best && id == "" {
			best, id = s, l.id
		}
	}
	return id
}

// Keys gives the index keys of a question, sorted and distinct, at most 16: two questions that ask the same
// share one of them, most probably. The keys of a topic are those of its leader.
func (g *Grouper) Keys(q domain.Question) []int64 { return keysOf(analyse(q)) }

func leaderOf(q *domain.Question) leader {
	return leader{q.ID, q.Text, q.Context, q.Language}
}

// analysed gives the features of a topic's leader.
func (g *Grouper) analysed(l leader) *features {
	g.mu.Lock()
	r, ok := g.fresh[l.id]
	if !ok {
		r, ok = g.previous[l.id]
	}
	g.mu.Unlock()
	if ok && r.leader == l { // an edit can change what a topic's leader says
		return r.features
	}
	f := analyse(domain.Question{Text: l.text, Context: l.context, Language: l.language})
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.fresh) >= g.most {
		g.previous, g.fresh = g.fresh, make(map[string]remembered, g.most)
	}
	g.fresh[l.id] = remembered{l, f}
	return f
}
