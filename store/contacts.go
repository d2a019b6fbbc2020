package store

import (
	"context"
	"time"

	"askahead/domain"
)

// Contacts is where those can be reached who asked for an answer.
type Contacts interface {
	// Contact gives what is kept for the item of a question, sealed for ContactPlace. The error is domain.ErrNotFound if
	// there is no such question, or none is kept.
	Contact(ctx context.Context, session, question string) (Contact, error)
}

// Contact is one sealed address.
type Contact struct {
	Item   string
	Sealed []byte // by domain.Keys.Seal
	Until  time.Time
}

// MaxContact is how long a sealed contact may be, in bytes.
const MaxContact = 2048

// ContactPlace is the place that the contact of an item is sealed for: moved to another item or session it does not
// open.
func ContactPlace(session, item string) string { return "contact " + session + "/" + item }

// SealContact seals an address for the item of a session.
func SealContact(keys domain.Keys, session, item, address string) []byte {
	return keys.Seal(ContactPlace(session, item), address)
}
