package guesthttp

import (
	"net/http"
	"time"
)

// Differences between two clocks that are taken for what they seem. A smaller one is the way of the answer, a larger one
// no clock.
const (
	minLag = 30 * time.Second
	maxLag = 24 * time.Hour
)

// lag is how far the clock of a server is behind ours, as the Date of its answer tells; negative if it is ahead. A time
// that the server names means what it means by its own clock.
func lag(h http.Header, now time.Time) time.Duration {
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return 0
	}
	d := now.Sub(date)
	if d.Abs() < minLag || d.Abs() > maxLag {
		return 0
	}
	return d
}
