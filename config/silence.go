package config

import (
	"errors"
	"time"
)

// Silence says when a source's silence is an alarm. The zero value learns it from the source's own rhythm.
type Silence struct {
	After time.Duration // so long after the last item; 0: learned
	Off   bool          // never
}

// UnmarshalText reads a duration or "off".
func (s *Silence) UnmarshalText(text []byte) error {
	if string(text) == "off" {
		*s = Silence{Off: true}
		return nil
	}
	after, err := parseDuration(string(text))
	switch {
	case err != nil:
		return errors.New(show(string(text)) + " " + err.Error() + "; or write off")
	case after < time.Hour:
		return errors.New(show(string(text)) + " is shorter than an hour; write for example 3d, or off")
	}
	*s = Silence{After: after}
	return nil
}

// MarshalText writes what UnmarshalText reads; nothing for the zero value.
func (s Silence) MarshalText() ([]byte, error) {
	switch {
	case s.Off:
		return []byte("off"), nil
	case s.After == 0:
		return nil, nil
	}
	return []byte(formatDuration(s.After)), nil
}
