package store

import (
	"context"
	"time"
)

// Watch is what silence is told by, and what was told about it.
type Watch interface {
	// Arrivals lists in how many hours since then a source's items were published, the oldest first. Those of a
	// top-level source stand under the session Shared.
	Arrivals(ctx context.Context, session, source string, since time.Time) ([]Arrival, error)
	// OpenIncident records that something needs attention, unless an incident of that session, subject and kind is
	// open already; then only its body is brought up to date. It gives the incident that is open now.
	OpenIncident(ctx context.Context, i Incident) (Incident, error)
	// CloseIncident ends the open incident of a session, subject and kind; false if there is none.
	CloseIncident(ctx context.Context, session, subject, kind string, at time.Time) (bool, error)
	// MarkIncident records that somebody was told of it (Told), or that it is over (Cleared).
	MarkIncident(ctx context.Context, i Incident) error
	// Incidents lists those that are open, and those that are over and of which nobody was told so yet, the
	// oldest first; of all sessions if session is empty.
	Incidents(ctx context.Context, session string) ([]Incident, error)
}

// Arrival is how many items of a source were published in one hour.
type Arrival struct {
	Hour  time.Time // when it begins, UTC
	Items int64
}

// Incident is something that needs somebody's attention. The zero time stands for not yet.
type Incident struct {
	Session string
	Subject string // "source/NAME", "digest"
	Kind    IncidentKind
	Opened  time.Time
	Closed  time.Time
	Told    time.Time // when somebody was told
	Cleared time.Time // when they were told that it is over
	Body    string    // what is wrong and what to do: no address, no secret
}

// IncidentKind says what an incident is about.
type IncidentKind string

// The kinds of incidents.
const (
	IncidentSilent      IncidentKind = "silent"      // nothing came for far longer than the source's own rhythm
	IncidentAccess      IncidentKind = "access"      // refused: a password, a token, a feed closed to visitors
	IncidentSettings    IncidentKind = "settings"    // the settings do not fit what is there
	IncidentFailing     IncidentKind = "failing"     // it could not be done for a long time
	IncidentUndelivered IncidentKind = "undelivered" // an edition could not be handed to somebody
)
