package guesthttp

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// RetryAfter reads the header of that name (RFC 9110, section 10.2.3: seconds or a date). Servers that write
// fractions of a second are understood too. More than a day is cut to a day.
func RetryAfter(h http.Header, now time.Time) (time.Time, bool) {
	text := strings.TrimSpace(h.Get("Retry-After"))
	if text == "" {
		return time.Time{}, false
	}
	if seconds, err := strconv.ParseFloat(text, 64); err == nil {
		if math.IsNaN(seconds) || seconds < 0 {
			return time.Time{}, false
		}
		return now.Add(time.Duration(min(seconds, maxRateWait.Seconds()) * float64(time.Second))), true
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return time.Time{}, false
	}
	return clampTime(at.Add(lag(h, now)), now), true
}

// Rate is what a server says about the requests that are left to us.
type Rate struct {
	Known     bool
	Remaining int
	Reset     time.Time // when there will be more; zero if it does not say
	Limit     int       // how many there are in all; 0 if it does not say
}

// ReadRate reads X-RateLimit-Remaining, -Reset and -Limit, or the same without "X-". Reset is a date (Mastodon: RFC
// 3339), seconds since 1970 (many), or seconds from now (some).
func ReadRate(h http.Header, now time.Time) Rate {
	get := func(name string) string {
		for _, prefix := range []string{"X-RateLimit-", "RateLimit-"} {
			if v := strings.TrimSpace(h.Get(prefix + name)); v != "" {
				return v
			}
		}
		return ""
	}
	var r Rate
	if n, ok := wholeNumber(get("Remaining")); ok {
		r.Known, r.Remaining = true, n
	}
	if n, ok := wholeNumber(get("Limit")); ok {
		r.Limit = max(0, n)
	}
	reset := get("Reset")
	if at, err := time.Parse(time.RFC3339Nano, reset); err == nil {
		r.Reset = clampTime(at.Add(lag(h, now)), now)
	} else if n, err := strconv.ParseFloat(reset, 64); err == nil && !math.IsNaN(n) {
		if n > 1e9 {
			n -= float64(now.Add(-lag(h, now)).UnixMilli()) / 1000
		}
		n = max(0, min(n, maxRateWait.Seconds()))
		r.Reset = now.Add(time.Duration(n * float64(time.Second))).UTC()
	}
	return r
}

// wholeNumber reads a number of requests; some servers write them with a fraction.
func wholeNumber(text string) (int, bool) {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(n) {
		return 0, false
	}
	return int(max(-1, min(n, math.MaxInt32))), true
}

// clampTime keeps at between now and a day later.
func clampTime(at, now time.Time) time.Time {
	switch latest := now.Add(maxRateWait); {
	case at.Before(now):
		return now
	case at.After(latest):
		return latest
	}
	return at.UTC()
}
