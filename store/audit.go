package store

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Auditor is the log of what operators did: append-only, and chained. Each act is sealed with the one before it under
// the instance's key, so that who has the database alone can neither change, add, move nor remove one unnoticed.
//
// It holds no personal data of those who ask: ids, names from the configuration, figures. By is the name under which an
// operator acts.
type Auditor interface {
	// Record adds an act at the end, and gives it with its number and seal. It waits for its turn.
	Record(ctx context.Context, a Act) (Act, error)
	// Acts lists acts, the oldest first.
	Acts(ctx context.Context, q ActQuery) ([]Act, error)
	// VerifyActs reads the whole chain. The error is a *BrokenChain where it is not as it was written.
	VerifyActs(ctx context.Context) (Chain, error)
}

// Act is one thing that somebody did.
type Act struct {
	Number  int64 // from 1; given by Record
	At      time.Time
	Session string // what it concerns; empty: all of them
	By      string // who: the name of an operator, or "askahead run"
	Do      string // a verb, as "approve", "purge", "rotate key"
	Of      string // to what: an id, or a name from the configuration
	Detail  string // figures, as "questions=12 contacts=1"
	Seal    string // given by Record
}

// ActQuery selects acts.
type ActQuery struct {
	After  int64     // behind this number
	Since  time.Time // at or after; zero: no bound
	Do     string    // of this verb; empty: of all
	Newest bool      // of those that fit, the newest, and not the oldest
	Limit  int       // 1 to 1000; 0 is 1000
}

// Chain is what VerifyActs found whole.
type Chain struct {
	Acts int64
	Seal string // of the last act; empty if there is none
}

// BrokenChain says where the log is not as it was written.
type BrokenChain struct {
	At  int64 // the number of the first act that cannot be relied on
	Why string
}

func (b *BrokenChain) Error() string {
	return fmt.Sprintf("the audit log is broken at act %d: %s", b.At, b.Why)
}

// maxActField is how long a field of an act may be, in characters.
const maxActField = 200

// Cleaned gives the act as it is recorded. Words that hold an address or a link are left out: whatever an operator
// named, the log outlives it. Every store begins with it.
func (a Act) Cleaned() Act {
	for _, field := range []*string{&a.Session, &a.By, &a.Do, &a.Of, &a.Detail} {
		words := strings.Fields(strings.ToValidUTF8(*field, "�"))
		for i, w := range words {
			if strings.Contains(w, "@") || strings.Contains(w, "://") {
				words[i] = "(left-out)"
			}
		}
		*field = strings.Join(words, " ")
		if utf8.RuneCountInString(*field) > maxActField {
			*field = string([]rune(*field)[:maxActField-1]) + "…"
		}
	}
	return a
}
