package store

import (
	"context"
	"time"
)

// Requests is what people ask askahead itself by mail. A row goes when it expires.
type Requests interface {
	// SaveRequest adds one. One that is there under its id stays as it is: the mail came again.
	SaveRequest(ctx context.Context, r Request) error
	// ChangeRequest puts one that is in a state into what r says. The error is domain.ErrConflict if it is in another: of
	// two processes that serve it, one is heard.
	ChangeRequest(ctx context.Context, r Request, from RequestState) error
	// Request gives one; domain.ErrNotFound if there is none.
	Request(ctx context.Context, id string) (Request, error)
	// OpenRequests lists those that wait for askahead, the oldest first.
	OpenRequests(ctx context.Context, limit int) ([]Request, error)
	// CountRequests tells how many an asker made since then.
	CountRequests(ctx context.Context, asker string, since time.Time) (int, error)
	// ExpireRequests removes those whose time is over.
	ExpireRequests(ctx context.Context, now time.Time) (int, error)
}

// RequestVerb is what somebody asks for.
type RequestVerb string

// The requests.
const (
	AskForget RequestVerb = "forget"
	AskAccess RequestVerb = "access"
)

// RequestState is how far a request is.
type RequestState string

// The states of a request, in their order.
const (
	RequestNew       RequestState = "new"       // its mail was read
	RequestAsked     RequestState = "asked"     // whether they really want it: it waits for them
	RequestConfirmed RequestState = "confirmed" // from the same address
	RequestAnswered  RequestState = "answered"  // it is done, and Answer waits to be sent
	RequestDone      RequestState = "done"
	RequestRefused   RequestState = "refused" // too many, or the address takes no mail
)

// Request is one mail in which somebody asked.
type Request struct {
	ID      string // domain.Keys.Item of the mail
	Verb    RequestVerb
	State   RequestState
	Asker   string // domain.Keys.Asker of the address
	Sealed  []byte // the address, for RequestPlace; empty once it is needed no more
	Answer  string // names nobody
	Came    time.Time
	Expires time.Time
}

// RequestPlace is the place that the address of a request is sealed for.
func RequestPlace(id string) string { return "request " + id }
