package collectors

import (
	"context"
	"net/http"

	"askahead/domain"
)

// Receiver is a source that is called too, instead of only being asked: by a program of the source, while a person
// there waits for an answer. A source whose settings provide for no calls is none.
type Receiver interface {
	// Handler answers the calls. What they bring goes to desk before they are answered. The server around it bounds
	// the size of a call and the time it takes; the handler makes sure who calls.
	Handler(desk Desk) http.Handler
	// Announce tells the source what people there can do by calling. It may be repeated, and changes nothing that is
	// as it should be already.
	Announce(ctx context.Context) error
}

// Called is a settings struct that may provide for calls. CalledBy names whoever calls, for there is one address to call
// for each of them; it is empty where nobody does.
type Called interface{ CalledBy() string }

// Desk takes what a receiver is given, for all sessions of its source.
type Desk interface {
	// Asker is the pseudonym of an author, by their domain.Author.ID: what external ids may hold of them.
	Asker(author string) string
	// Record puts an item through the line and stores it, and gives one receipt for each session. What was stored before
	// is not stored twice; what was withdrawn does not come back.
	Record(ctx context.Context, item domain.Item) ([]Receipt, error)
	// Held gives the external ids that begin with prefix and are held with a question, in order, and at most 1000.
	Held(ctx context.Context, prefix string) ([]string, error)
	// Words gives the questions of an item as they stand now, by its canonical id; none if it is gone.
	Words(ctx context.Context, canonical string) ([]string, error)
	// Withdraw takes an item back for its author: out of every session and for good, whichever source holds it. It is no
	// error if there is none.
	Withdraw(ctx context.Context, externalID, canonical string) error
}

// Receipt says what one session made of an item.
type Receipt struct {
	Session   string // its title
	Outcome   Outcome
	Questions []string   // of Recorded and Before: those for the panel, as they were asked
	Label     domain.TLP // the strictest of theirs
	NoName    bool       // Chatham House Rule
	Readers   []Reader   // editions that may carry them; none: they stay with the organisers
}

// Reader is an edition of the digest.
type Reader struct {
	Edition  string
	Audience domain.TLP
	Approved bool // it carries only what a moderator has approved
}

// Outcome is what became of an item.
type Outcome string

// The outcomes of Receipt.
const (
	Recorded   Outcome = "recorded"
	Before     Outcome = "recorded before"
	Withdrawn  Outcome = "withdrawn before"
	LeftOut    Outcome = "asked not to be read"
	NotTaken   Outcome = "not taken"   // it says nothing that the session's take asks for
	Red        Outcome = "tlp:red"     // never stored
	NoQuestion Outcome = "no question" // nothing in it is asked
	Elsewhere  Outcome = "not for the panel"
	Unreadable Outcome = "unreadable"
)
