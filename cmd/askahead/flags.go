package main

import (
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"askahead/domain"
)

func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef("%s takes no words besides its flags, and got %q", cmd.CommandPath(), args[0])
	}
	return nil
}

// parseAudience reads the level of an audience. Red is no audience: nothing of it is stored.
func parseAudience(flag, value string) (domain.TLP, error) {
	level, ok := domain.ParseTLP(strings.ToLower(value))
	if !ok || level == domain.Red {
		return 0, usagef("%s %s: allowed are clear, green, amber, amber+strict", flag, value)
	}
	return level, nil
}

// parseSince reads a span before now (7d, 12h, 2w) or a date.
func parseSince(value string, now time.Time) (time.Time, error) {
	if day, err := time.Parse(time.DateOnly, value); err == nil {
		return day.UTC(), nil
	}
	if at, err := time.Parse(time.RFC3339, value); err == nil {
		return at.UTC(), nil
	}
	units := map[byte]time.Duration{'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}
	if n := len(value); n > 1 {
		if unit, ok := units[value[n-1]]; ok {
			if k, err := strconv.Atoi(value[:n-1]); err == nil && k > 0 && k < 10000 {
				return now.UTC().Add(-time.Duration(k) * unit), nil
			}
		}
	}
	return time.Time{}, usagef("--since %s: allowed are a span (12h, 7d, 2w), a date (2018-11-01) or a time (2018-11-01T07:00:00Z)", value)
}
