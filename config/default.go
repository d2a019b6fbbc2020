package config

import (
	"fmt"
	"os"
)

// Default is the configuration of someone who has none yet: one session, and every other key at its default.
// Relative paths start at the working directory.
func Default(session string) (*Config, error) {
	if !plainName.MatchString(session) {
		return nil, fmt.Errorf("%q can't be the id of a session: use lower-case letters, digits, and - _ . between them", session)
	}
	c := &Config{Path: "askahead.yaml", Dir: ".", lookup: os.LookupEnv}
	c.setDefaults()
	s := Session{ID: session, Title: session}
	s.setDefaults()
	c.Sessions = []Session{s}
	return c, nil
}
