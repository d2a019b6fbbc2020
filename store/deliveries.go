package store

import (
	"context"
	"time"
)

// Deliveries is to whom editions were handed.
type Deliveries interface {
	// Deliveries lists those of one edition, by recipient.
	Deliveries(ctx context.Context, session, name string, number int) ([]Delivery, error)
	// SaveDelivery records one: before it is tried as Sending, after it as what came of it. One that is Sent stays
	// so: recording it again as something else is domain.ErrConflict.
	SaveDelivery(ctx context.Context, d Delivery) error
}

// Delivery is one edition on its way to one recipient.
type Delivery struct {
	Session   string
	Name      string // of the edition
	Number    int
	Recipient string // Keys.Recipient of the address
	State     DeliveryState
	Tries     int
	Tried     time.Time
	Retry     time.Time // not before then; zero if it is not to be tried again
	Error     string    // of the last try: no address, no secret
}

// DeliveryState is how far a delivery is.
type DeliveryState string

// The states of a delivery.
const (
	Sending DeliveryState = "sending" // handed over or not: the server's answer was not recorded
	Sent    DeliveryState = "sent"
	Waiting DeliveryState = "waiting" // refused for now: it is tried again
	Refused DeliveryState = "refused" // for good
)
