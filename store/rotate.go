package store

import (
	"context"
	"errors"
	"time"

	"askahead/domain"
)

// ErrRotated is the refusal to write with a generation of the key that was rotated away.
var ErrRotated = errors.New("the key was rotated meanwhile; start askahead anew")

// Rotator carries what is stored to another generation of the instance's key.
type Rotator interface {
	// Keys are those that the store is at: what it is given must be made with them.
	Keys() domain.Keys
	// Rotate carries every pseudonym and every seal to the newest generation of keys, which begin with Keys, in one
	// transaction, and records that. Other processes find out by ErrRotated. It does nothing where the store is at it.
	Rotate(ctx context.Context, keys domain.Keys, by string, at time.Time) (Rotated, error)
}

// Rotated is what Rotate did.
type Rotated struct{ From, To, Pseudonyms, Contacts int }
