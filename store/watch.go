package store

import (
	"context"
	"time"
)

// Watch is what silence is told by, and what was told about it.
type Watch interface {
	// Arrivals lists in how many hours since then a source's items were published, the oldest first, and before
	// them the newest hour of all if nothing came since. Those of a top-level source stand under the session Shared.
	Arrivals(ctx context.Context, session, source string, since time.Time) ([]Arrival, error)
	// Listen records that a source is waited for from then on, as an arrival without items, unless an arrival of it
	// is known. So that a source that never brings anything is noticed too.
	Listen(ctx context.Context, session, source string, since time.Time) error
	// OpenIncident records that something needs attention, unless an incident of that session, subject and kind is
	// open already; then only its body is brought up to date. It gives the incident that is open now, and whether
	// this call opened it. An incident that would begin when an earlier one did begins a microsecond later.
	OpenIncident(ctx context.Context, i Incident) (open Incident, opened bool, err error)
	// CloseIncident ends the open incident of i's session, subject and kind, with i's Closed and Ending; false if
	// there is none.
	CloseIncident(ctx context.Context, i Incident) (bool, error)
	// MarkIncident records how far the telling is: Telling, Told, Clearing and Cleared of the incident with this
	// session, subject, kind and beginning. domain.ErrNotFound if there is none.
	MarkIncident(ctx context.Context, i Incident) error
	// Incidents lists those that are open, and those that are over and not Cleared yet, the oldest first, then by
	// session, subject and kind; of all sessions if session is empty; at most MaxIncidents.
	Incidents(ctx context.Context, session string) ([]Incident, error)
}

// MaxIncidents is the most incidents that one list has.
const MaxIncidents = 1000

// KeepArrivals is how long arrivals, and incidents that are over, are kept. The newest hour of a source stays.
const KeepArrivals = 400 * 24 * time.Hour

// Arrival is how many items of a source were published in one hour.
type Arrival struct {
	Hour  time.Time // when it begins, UTC
	Items int64     // 0: a sign of life, such as items that were dated long before they came, or the first time that it was read
}

// Incident is something that needs somebody's attention. The zero time stands for not yet.
type Incident struct {
	Session  string
	Subject  string // "source/NAME", "digest"
	Kind     IncidentKind
	Opened   time.Time
	Since    time.Time // when things were last as they should be; zero: never, as far as is known
	Closed   time.Time
	Telling  string    // id of the mail that tells of it, recorded before it is sent
	Told     time.Time // when it was
	Clearing string    // id of the mail that tells that it is over
	Cleared  time.Time // when it was sent, or when it was settled that there is nothing to say
	Body     string    // what is wrong and what to do: no address, no secret
	Ending   string    // how it ended; empty while it lasts
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
