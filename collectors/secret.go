package collectors

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a setting that nobody may see: a password or a token. However it is printed, logged or encoded,
// "***" comes out; only Reveal gives the value, to be used where it is handed to the server.
type Secret string

const hidden = "***"

// Reveal gives the value itself.
func (s Secret) Reveal() string { return string(s) }

// String is "***", and empty for a secret that is not set, so that a person can tell the two apart.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return hidden
}

// Format writes the same for every verb, also for those that fmt reports as wrong by printing the value.
func (s Secret) Format(f fmt.State, _ rune) { io.WriteString(f, s.String()) }

// GoString is what debuggers and %#v show.
func (s Secret) GoString() string { return s.String() }

// MarshalText is what encoders of JSON and others write.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalYAML is what a dump of the configuration shows.
func (s Secret) MarshalYAML() (any, error) { return s.String(), nil }

// LogValue is what slog writes.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
