package config

import (
	"fmt"
	"os"
)

// Default is the configuration of someone who has none yet: one session, and every other key at its default.
// Relative paths start at the working directory.
func Default(session string) (*Config, error) {
	if err := CheckName(session); err != nil {
		return nil, fmt.Errorf("session: %w", err)
	}
	c := &Config{Path: "askahead.yaml", Dir: ".", lookup: os.LookupEnv}
	c.setDefaults()
	s := Session{ID: session, Title: session}
	s.setDefaults()
	c.Sessions = []Session{s}
	return c, nil
}

// CheckName says what is wrong with the name of a session or source, if anything.
func CheckName(name string) error {
	if !plainName.MatchString(name) {
		return fmt.Errorf("%.80q is no name here: use up to 64 lower-case letters, digits, and - _ . between them", name)
	}
	return nil
}
