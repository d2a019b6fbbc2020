package collectors

import (
	"errors"
	"fmt"
	"strings"
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

// Incomplete is the error of a source of several servers, of which some failed for Err, and all others were read.
type Incomplete struct{ Err error }

func (e *Incomplete) Error() string { return e.Err.Error() }

func (e *Incomplete) Unwrap() error { return e.Err }

// Denied is the error of a file or folder that the system does not let askahead see. doing is "read", "look into".
func Denied(doing, path string) error {
	return fmt.Errorf("%w: the user that runs askahead may not %s %s; give that user the right to (chgrp and chmod, or setfacl)",
		ErrUnauthorized, doing, path)
}

// Missing is the error of a setting that names a file or folder which is not there. what is "file", "folder".
func Missing(what, path string) error {
	return fmt.Errorf("%w: path: there is no %s %s; is it spelt right? A relative path starts at the folder of the configuration",
		ErrSettings, what, path)
}

// Failed is the finding that what did not work. The hint is the message of err without what a person sees anyway:
// that something went wrong, and what was tried, whichever of the two err says first.
func Failed(what string, err error) Finding {
	hint := err.Error()
	for {
		head, rest, more := strings.Cut(hint, ": ")
		if !more || !isKindOfError(head) && !strings.HasPrefix(what+" ", head+" ") {
			return Finding{What: what, Hint: hint}
		}
		hint = rest
	}
}

func isKindOfError(text string) bool {
	return text == ErrUnauthorized.Error() || text == ErrUnavailable.Error() || text == ErrSettings.Error()
}
