package guesthttp

import (
	"net/http"
	"strconv"
	"testing"
	"time"
)

// A server whose clock is off means its own minutes, not an hour of ours.
func TestTheTimesOfAServerAreByItsOwnClock(t *testing.T) {
	now := testNow()
	for _, c := range []struct {
		name  string
		ahead time.Duration
		want  time.Duration // until there is more
	}{
		{"an hour ahead", time.Hour, 5 * time.Minute},
		{"an hour behind", -time.Hour, 5 * time.Minute},
		{"seconds are the way of the answer", 10 * time.Second, 5*time.Minute + 10*time.Second},
		{"days are no clock", 72 * time.Hour, maxRateWait},
	} {
		t.Run(c.name, func(t *testing.T) {
			theirs := now.Add(c.ahead)
			reset := theirs.Add(5 * time.Minute)
			for _, text := range []string{reset.Format(time.RFC3339), strconv.FormatInt(reset.Unix(), 10)} {
				h := http.Header{"Date": {theirs.Format(http.TimeFormat)}, "X-Ratelimit-Reset": {text}}
				if got := ReadRate(h, now).Reset; !got.Equal(now.Add(c.want)) {
					t.Errorf("%s is %s from now, want %s", text, got.Sub(now), c.want)
				}
			}
			h := http.Header{"Date": {theirs.Format(http.TimeFormat)}, "Retry-After": {reset.Format(http.TimeFormat)}}
			if got, ok := RetryAfter(h, now); !ok || !got.Equal(now.Add(c.want)) {
				t.Errorf("a date is %s from now, want %s", got.Sub(now), c.want)
			}
		})
	}
}
