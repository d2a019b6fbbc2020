package store

import (
	"context"
	"errors"
	"time"
)

// ErrWiped is the refusal to write to a session that was wiped.
var ErrWiped = errors.New("the session was wiped: nothing is kept of it any more, and nothing is collected for it")

// Wiper is the end of a session.
type Wiper interface {
	// Wipe removes what is kept of a session, but what KeptByWipe says, and records the statement that w.State makes of it, in
	// one transaction. A session that was wiped before is left as it is: Before is set, and Statement is that of then.
	Wipe(ctx context.Context, w Wipe) (Wiped, error)
	// Wiped lists the sessions that were wiped, by id.
	Wiped(ctx context.Context) ([]Wiped, error)
	// Compact takes what was deleted out of the files of the database, as far as it has any say in that. It reads and
	// writes all of it, and makes others wait. ErrLocked, where others kept it from being done: nothing is harmed.
	Compact(ctx context.Context) error
}

// Wipe is what is to be wiped.
type Wipe struct {
	Session string
	At      time.Time
	By      string
	// Shared: what stands under the session Shared goes too, for no other session is left that it is of any use to. The
	// audit log stays.
	Shared bool
	Try    bool // nothing is changed: Gone tells what would go
	// State makes the statement of what went. It is called within the transaction.
	State func(gone []Cleared) (string, error)
}

// Cleared is how many rows of a table went.
type Cleared struct {
	What string // the name of the table
	Rows int
}

// Wiped is a session that was wiped.
type Wiped struct {
	Session   string
	At        time.Time
	Statement string
	Gone      []Cleared // of this call; empty in a list
	Before    bool      // it was wiped before
}

// KeptByWipe says what of a session a wipe leaves, by table: no words, no names, no pseudonyms.
func KeptByWipe() map[string]string {
	return map[string]string{
		"askahead_meta": "the schema of the database",
		"sessions":      "the session's id, and that it was wiped",
		"leases":        "which job ran last on which process; all are given up",
		"counts":        "how many items asked nothing, were not taken or were TLP:RED, without lists and senders",
		"editions":      "number, audience and times of each edition",
		"audit":         "what operators did",
		"wipes":         "the statement of what went",
		"suppressed":    "who asked not to be read any more, as keyed hashes",
	}
}
