package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"
)

// check is one thing to try. run may take its time; what it finds must not depend on other checks.
type check struct {
	about string // "source list (imap)"
	at    string // where it stands in the configuration
	run   func(context.Context) []finding
}

// checked is what came of a check.
type checked struct {
	About    string    `json:"about"`
	At       string    `json:"at,omitempty"`
	Findings []finding `json:"findings"`
}

// state is how a finding stands; the words are those of the report.
type state string

const (
	ok      state = "ok"
	warning state = "warn"
	failed  state = "FAIL"
)

// finding says of one thing whether it works and, where it does not, what to do.
type finding struct {
	State   state  `json:"state"`
	What    string `json:"what"`
	Hint    string `json:"hint,omitempty"`
	Excerpt string `json:"excerpt,omitempty"` // of the configuration
}

const (
	atOnce     = 8               // checks that run at a time; servers limit how many connections one guest has
	checkGrace = 2 * time.Second // for a check to say where it stood when its time was over
)

// sideBySide runs checks and yields what comes of them in their order, each as soon as those before it are done.
func sideBySide(ctx context.Context, checks []check, timeout time.Duration) iter.Seq[checked] {
	return func(yield func(checked) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		results := make([]chan []finding, len(checks))
		slots := make(chan struct{}, atOnce)
		for i, c := range checks {
			results[i] = make(chan []finding, 1)
			go func() {
				slots <- struct{}{}
				defer func() { <-slots }()
				results[i] <- c.within(ctx, timeout)
			}()
		}
		for i, c := range checks {
			if !yield(checked{About: c.about, At: c.at, Findings: <-results[i]}) {
				return
			}
		}
	}
}

// within runs a check that may take so long, and does not wait for one that does not notice.
func (c check) within(ctx context.Context, timeout time.Duration) []finding {
	short, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	done := make(chan []finding, 1)
	go func() { done <- c.run(short) }()
	var found []finding
	select {
	case found = <-done:
	case <-short.Done():
		select {
		case found = <-done:
		case <-time.After(checkGrace):
			found = []finding{{State: failed, What: "try it", Hint: short.Err().Error()}}
		}
	}
	if errors.Is(short.Err(), context.DeadlineExceeded) {
		for i := range found {
			if strings.Contains(found[i].Hint, context.DeadlineExceeded.Error()) {
				found[i].Hint = fmt.Sprintf("there was no answer within %s; is the address right, and does a firewall let it through? --timeout waits longer", timeout)
			}
		}
	}
	return found
}
