package store

import (
	"context"
	"time"
)

// Deliveries is to whom editions were handed. SaveEdition puts one there for each of the edition's recipients.
type Deliveries interface {
	// Deliveries lists those of one edition, by recipient.
	Deliveries(ctx context.Context, session, name string, number int) ([]Delivery, error)
	// Unsent lists the deliveries of a session that are not over, Sending and Waiting, by edition from its lowest
	// number, at most limit.
	Unsent(ctx context.Context, session string, limit int) ([]Delivery, error)
	// SaveDelivery records one: before it is tried as Sending, with one more in Tries, and after it as what came of
	// that try. One that is Sent stays so, whichever try it was. Whatever else does not follow from what is stored is
	// domain.ErrConflict: of two processes that begin the same try, and of one that was taken for dead and one that
	// went on in its place, only one is heard. Recording the same outcome twice changes nothing.
	SaveDelivery(ctx context.Context, d Delivery) error
}

// Delivery is one edition on its way to one recipient.
type Delivery struct {
	Session   string
	Name      string // of the edition
	Number    int
	Recipient string // Keys.Recipient of the address
	State     DeliveryState
	Tries     int       // that were begun
	Tried     time.Time // the last time; zero: never
	Retry     time.Time // not before then; zero: at once, or never if it is over
	Error     string    // of the last try: no address, no secret
}

// DeliveryState is how far a delivery is.
type DeliveryState string

// The states of a delivery.
const (
	Sending DeliveryState = "sending" // handed over or not: the server's answer was not recorded
	Sent    DeliveryState = "sent"
	Waiting DeliveryState = "waiting" // not tried yet, or refused for now: it is tried again
	Refused DeliveryState = "refused" // for good
)
