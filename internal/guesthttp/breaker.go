package guesthttp

import (
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// A server that fails maxFailures times in a row is left alone for firstAlone, and for twice as long each time that
// it fails again, up to longestAlone; each a quarter more or less, so that not everybody returns at once.
const (
	maxFailures  = 5
	firstAlone   = time.Minute
	longestAlone = 30 * time.Minute
	trialTime    = 3 * time.Minute // after which a trial that has not ended keeps nobody out
)

// breaker keeps visitors away from a server that is in trouble. It is not safe for concurrent use.
type breaker struct {
	failures int       // in a row
	until    time.Time // left alone until then, and tried by one visitor after it; zero while it works
	trial    time.Time // since when that one is there; zero: nobody is
	why      string    // how it failed last
	waits    *backoff.ExponentialBackOff
}

// outcome is how a visit went for the server.
type outcome int

const (
	worked   outcome = iota
	broke            // the server or the way to it failed
	unproven         // it can't be told: whoever asked has given up
)

// enter lets a visitor in, or tells why not, as what follows the name of the server.
func (b *breaker) enter(now time.Time) error {
	switch {
	case b.until.IsZero():
		return nil
	case now.Before(b.until):
		return fmt.Errorf("has failed %d times in a row (%s), so it is left alone until %s", b.failures, b.why, b.until.UTC().Format("15:04:05 UTC"))
	case !b.trial.IsZero() && now.Sub(b.trial) < trialTime:
		return fmt.Errorf("has failed %d times in a row (%s), and is tried by another source right now", b.failures, b.why)
	}
	b.trial = now
	return nil
}

// ended takes note of how a visit went; why says in a few words how it failed.
func (b *breaker) ended(now time.Time, how outcome, why string) {
	switch {
	case how == worked:
		*b = breaker{}
		return
	case how == unproven:
		b.trial = time.Time{}
		return
	}
	b.failures++
	b.trial, b.why = time.Time{}, why
	// Visitors who were there already when it was left alone do not make that longer.
	if b.failures < maxFailures || b.until.After(now) {
		return
	}
	if b.waits == nil {
		b.waits = &backoff.ExponentialBackOff{InitialInterval: firstAlone, Multiplier: 2, RandomizationFactor: 0.25, MaxInterval: longestAlone}
		b.waits.Reset()
	}
	b.until = now.Add(b.waits.NextBackOff())
}
