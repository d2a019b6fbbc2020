package collectors

import (
	"errors"
	"fmt"
	"time"
)

// What may go wrong at a source, told apart because different people must act.
var (
	// ErrUnauthorized needs a person: a wrong password, an expired token, a feed closed to visitors.
	ErrUnauthorized = errors.New("the source refuses access")
	// ErrUnavailable passes by itself: the next run tries again.
	ErrUnavailable = errors.New("the source cannot be reached")
	// ErrSettings means that the settings can't work with what is there: a folder where a file is due.
	ErrSettings = errors.New("the settings do not fit the source")
)

// RateLimited is a source's request to come back later.
type RateLimited struct{ Until time.Time }

func (e *RateLimited) Error() string {
	return fmt.Sprintf("the source asks to wait until %s", e.Until.UTC().Format(time.RFC3339))
}
