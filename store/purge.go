package store

import (
	"context"
	"time"
)

// Purger removes what has outlived its time.
type Purger interface {
	// Purge removes what is kept no longer, and tells how much of what went, by session, source and kind. It may take
	// several transactions; one that is interrupted is gone on with by the next. A try changes nothing.
	Purge(ctx context.Context, p Purge) ([]Purged, error)
}

// Purge says what is to be kept how long.
type Purge struct {
	Now     time.Time
	Session string // of this one alone; empty: all
	Keep    Keep
	Try     bool // tell what would go
}

// Keep is how long what is of no single source is kept. Zero is DefaultKeep's.
type Keep struct {
	Arrivals   time.Duration // in which hours a source's items were published
	Incidents  time.Duration // after they are over
	Deliveries time.Duration // that are over, counted from the edition
	Sources    []SourceKeep
}

// SourceKeep is how long what a source brought is kept, counted from collection. What is stored carries the end of
// its time; a shorter one applies to it too, and a longer one does not. Zero changes nothing.
type SourceKeep struct {
	Session   string
	Source    string
	Questions time.Duration
	Raw       time.Duration // the bytes in quarantine
	Contacts  time.Duration // sealed contact data
}

// DefaultKeep is what applies where nothing else is said.
func DefaultKeep() Keep {
	return Keep{Arrivals: KeepArrivals, Incidents: KeepArrivals, Deliveries: KeepArrivals}
}

// Filled gives k with the defaults in the place of zeros.
func (k Keep) Filled() Keep {
	d := DefaultKeep()
	for _, f := range []struct{ at, standard *time.Duration }{{&k.Arrivals, &d.Arrivals}, {&k.Incidents, &d.Incidents}, {&k.Deliveries, &d.Deliveries}} {
		if *f.at <= 0 {
			*f.at = *f.standard
		}
	}
	return k
}

// Purged is how much of one kind went.
type Purged struct {
	Session string
	Source  string // empty: of none
	Kind    Purgeable
	N       int
}

// Purgeable is a kind of data that is kept for a while.
type Purgeable string

// The kinds, in the order in which they are told.
const (
	PurgedQuestions  Purgeable = "questions"  // the words, with tags, terms and decisions
	PurgedAsked      Purgeable = "items"      // the hash and the place of an item that they stood in
	PurgedSilent     Purgeable = "silent"     // the same of an item without a question
	PurgedContacts   Purgeable = "contacts"   // sealed addresses of who asked for an answer
	PurgedRaw        Purgeable = "raw"        // the bytes of what could not be read
	PurgedArrivals   Purgeable = "arrivals"   // hours in which items came
	PurgedIncidents  Purgeable = "incidents"  // that are over
	PurgedDeliveries Purgeable = "deliveries" // who got which edition, as keyed hashes
)
