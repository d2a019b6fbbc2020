package pipeline

import (
	"context"
	"fmt"

	"askahead/domain"
	"askahead/store"
)

// thread knows which items a session took, for a source whose take says `thread: true`: those of the page so
// far, and those of the store that the page's items answer.
type thread struct {
	keys  domain.Keys
	taken map[string]bool // nil where threads are not followed
}

func (s *saver) newThread(ctx context.Context, part Part, p page) (thread, error) {
	if !part.Take.Thread {
		return thread{}, nil
	}
	t := thread{s.Keys, map[string]bool{}}
	var parents []string
	for i := range p.read {
		for _, parent := range p.read[i].Reading.Parents {
			parents = append(parents, s.Keys.Item(parent))
		}
	}
	if len(parents) == 0 {
		return t, nil
	}
	known, err := s.Store.Has(ctx, part.Session.ID, parents)
	if err != nil {
		return t, fmt.Errorf("look up the threads of %s: %w", s.src.Name, err)
	}
	for id, k := range known {
		t.taken[id] = k.Outcome != store.Expired && k.Outcome != store.Forgotten
	}
	return t, nil
}

func (t thread) take(id string) {
	if t.taken != nil {
		t.taken[id] = true
	}
}

// answers says whether the item answers one that was taken.
func (t thread) answers(r *domain.Reading) bool {
	for _, parent := range r.Parents {
		if t.taken[t.keys.Item(parent)] {
			return true
		}
	}
	return false
}
