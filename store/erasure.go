package store

import (
	"context"
	"time"

	"askahead/domain"
)

// Erasure is what a person may ask of what is kept of them: to see it, to have it erased, and to be left alone.
type Erasure interface {
	// OfPerson lists the questions of a session that are a person's, by id, after one (exclusive). Each comes once.
	OfPerson(ctx context.Context, session string, p Person, after string, limit int) ([]Holding, error)
	// Forget erases what a session keeps of a person. Of an item nothing stays but its id, with the outcome Forgotten,
	// and what editions quoted becomes a recall of the next one. What was erased before counts nothing, so an
	// interrupted call is finished by another.
	Forget(ctx context.Context, session string, p Person, now time.Time) (Erased, error)
	// SessionIDs lists the sessions of which anything is kept, by id, and Shared among them, but not those that were wiped.
	SessionIDs(ctx context.Context) ([]string, error)
	// Suppress keeps what these askers write from being taken, whatever source brings it to whatever session: see
	// Store.Suppressed.
	Suppress(ctx context.Context, askers []string, now time.Time) error
	// Unsuppress ends that. It tells how many of them were on the list.
	Unsuppress(ctx context.Context, askers []string) (int, error)
}

// Person is somebody as a store can know them. A question is theirs if any of it holds.
type Person struct {
	Askers     []string // domain.Keys.Asker
	Items      []string // domain.Keys.Item
	URLs       []string // of the questions
	Recipients []string // domain.Keys.Recipient
	// Words are names under which bytes in quarantine may hold them: addresses, accounts. Case does not matter.
	Words []string
}

// Holding is what is kept of one question, for the person who asked it.
type Holding struct {
	domain.Question
	Expires   time.Time // the end of the last retention that holds it; zero: none ends it
	Decisions int       // how often a moderator decided about it
	Editions  []Edition // that quoted it: Name, Number, Audience, Created
}

// Erased counts what Forget erased.
type Erased struct {
	Items, Questions int
	Quarantined      int // what no parser could read and holds one of Person.Words
	Deliveries       int // records of editions that reached them
	Editions         int // that quoted something of it, and are followed by a recall
}

// Add adds another session's.
func (e *Erased) Add(o Erased) {
	e.Items += o.Items
	e.Questions += o.Questions
	e.Quarantined += o.Quarantined
	e.Deliveries += o.Deliveries
	e.Editions += o.Editions
}
