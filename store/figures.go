package store

import (
	"context"
	"time"
)

// Overview is what machines are shown of a store: figures of all sessions, and no words.
type Overview interface {
	Figures(ctx context.Context) (Figures, error)
}

// Figures are those of one moment.
type Figures struct {
	Schema      int
	Bytes       int64 // that the database takes; 0: not known
	Quarantined []SourceCount
	Editions    []EditionCount
	Incidents   map[IncidentKind]int64 // that are open
	Deliveries  map[DeliveryState]int64
}

// SourceCount is how many of something a source has.
type SourceCount struct {
	Session, Source string
	N               int64
}

// EditionCount is how often an edition was made, and when last.
type EditionCount struct {
	Session, Name string
	N             int64
	Last          time.Time
}
