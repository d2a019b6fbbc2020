package config

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

var errDuration = errors.New("is not a duration; write it as 90d, 2w, 12h, 30m or 1h30m")

// parseDuration reads numbers with the units w, d, h, m and s, the larger ones first: a day is 24 hours.
func parseDuration(text string) (time.Duration, error) {
	if _, err := strconv.Atoi(text); err == nil {
		return 0, errors.New("has no unit; write days as " + text + "d, hours as " + text + "h")
	}
	units := []struct {
		name byte
		size time.Duration
	}{{'w', 7 * 24 * time.Hour}, {'d', 24 * time.Hour}, {'h', time.Hour}, {'m', time.Minute}, {'s', time.Second}}
	const longest = 100 * 365 * 24 * time.Hour
	var sum time.Duration
	rest, next := text, 0
	for rest != "" {
		digits := 0
		for digits < len(rest) && rest[digits] >= '0' && rest[digits] <= '9' {
			digits++
		}
		if digits == 0 || digits > 9 || digits == len(rest) {
			return 0, errDuration
		}
		n, err := strconv.Atoi(rest[:digits])
		if err != nil {
			return 0, errDuration
		}
		for next < len(units) && units[next].name != rest[digits] {
			next++
		}
		if next == len(units) {
			return 0, errDuration
		}
		if time.Duration(n) > (longest-sum)/units[next].size {
			return 0, errors.New("is longer than a hundred years")
		}
		sum += time.Duration(n) * units[next].size
		next++
		rest = rest[digits+1:]
	}
	if text == "" {
		return 0, errDuration
	}
	return sum, nil
}

// formatDuration writes one as parseDuration reads it: 90d, 12h, 1h30m. Nothing in the configuration is shorter
// than a second.
func formatDuration(d time.Duration) string {
	var b strings.Builder
	for _, unit := range []struct {
		name string
		size time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}} {
		if n := d / unit.size; n > 0 {
			b.WriteString(strconv.FormatInt(int64(n), 10) + unit.name)
			d -= n * unit.size
		}
	}
	if b.Len() == 0 {
		return "0s"
	}
	return b.String()
}
