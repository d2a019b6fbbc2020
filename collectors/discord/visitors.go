package discord

import (
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// How often one person may call: several times at once, and then slowly. Who writes by hand does not notice.
const (
	callsAtOnce = 6
	callEvery   = 30 * time.Second
)

// maxVisitors and maxSeen bound what is remembered; all the calls of a large conference are far below.
const (
	maxVisitors = 20_000
	maxSeen     = 100_000
)

// visitors counts how often each person calls.
type visitors struct {
	mu   sync.Mutex
	list map[text]*visitor // by user
}

// visitor is one person. What they want is done one after the other, so that what is sent twice at once is found.
type visitor struct {
	calls *rate.Limiter
	turn  sync.Mutex
}

func newVisitors() *visitors { return &visitors{list: map[text]*visitor{}} }

// enter waits for the person's turn; the caller says leave. Otherwise it says why not now.
func (v *visitors) enter(user text, now time.Time) (*visitor, string) {
	v.mu.Lock()
	one := v.list[user]
	if one == nil {
		if len(v.list) >= maxVisitors {
			for id, old := range v.list {
				if old.calls.TokensAt(now) >= callsAtOnce {
					delete(v.list, id) // as if they had never called
				}
			}
		}
		if len(v.list) >= maxVisitors {
			v.mu.Unlock()
			return nil, "Very many people are asking right now. Please try again in a few minutes; nothing was recorded."
		}
		one = &visitor{calls: rate.NewLimiter(rate.Every(callEvery), callsAtOnce)}
		v.list[user] = one
	}
	may := one.calls.AllowN(now, 1)
	v.mu.Unlock()
	if !may {
		wait := time.Duration((1 - one.calls.TokensAt(now)) * float64(callEvery)).Round(time.Second)
		return nil, fmt.Sprintf("That was a lot at once. Please wait %d seconds and try again; nothing was recorded of this call.", max(1, int(wait.Seconds())))
	}
	one.turn.Lock()
	return one, ""
}

func (v *visitor) leave() { v.turn.Unlock() }

// seen remembers the calls of the time in which they could be repeated.
type seen struct {
	mu  sync.Mutex
	ids map[uint64]time.Time
}

func newSeen() *seen { return &seen{ids: map[uint64]time.Time{}} }

// first says that a call was not there before.
func (s *seen) first(id uint64, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, again := s.ids[id]; again {
		return false
	}
	if len(s.ids) >= maxSeen {
		for old, at := range s.ids {
			if now.Sub(at) > 2*maxAge { // by its own time it is refused
				delete(s.ids, old)
			}
		}
	}
	if len(s.ids) >= maxSeen {
		return false // nobody calls so often: better none than one twice
	}
	s.ids[id] = now
	return true
}
