package config

import (
	"fmt"
	"time"
)

const day = 24 * time.Hour

// Keep is how long what is no question is kept. The lifetime of questions is `retention`.
type Keep struct {
	Quarantine time.Duration `yaml:"quarantine"` // of sources that set none: the bytes of what could not be read, from collection
	Contacts   time.Duration `yaml:"contacts"`   // of sources that set none: sealed contact data, from collection; never longer than the question
	Arrivals   time.Duration `yaml:"arrivals"`   // in which hours a source's items were published
	Incidents  time.Duration `yaml:"incidents"`  // after they are over
	Deliveries time.Duration `yaml:"deliveries"` // who got an edition, as keyed hashes, from when it was made
}

// SourceKeep is how long what a source brings is kept; 0: as the instance says.
type SourceKeep struct {
	Quarantine time.Duration `yaml:"quarantine"`
	Contacts   time.Duration `yaml:"contacts"`
}

func (k *Keep) setDefaults() {
	*k = Keep{Quarantine: 14 * day, Contacts: 90 * day, Arrivals: 400 * day, Incidents: 400 * day, Deliveries: 400 * day}
}

// keep checks the lifetimes of an instance. What silence is told by must reach back over a source's quiet months.
func (k *checker) keep() {
	c := k.config.Keep
	for _, of := range []struct {
		name     string
		d, least time.Duration
	}{
		{"quarantine", c.Quarantine, day}, {"contacts", c.Contacts, day}, {"arrivals", c.Arrivals, 60 * day},
		{"incidents", c.Incidents, day}, {"deliveries", c.Deliveries, 7 * day},
	} {
		k.lifetime("keep."+of.name, of.d, of.least)
	}
}

// sourceKeep checks those of a source and fills in the instance's.
func (k *checker) sourceKeep(path string, s *Source) {
	own, standard := &s.Keep, k.config.Keep
	for _, of := range []struct {
		name     string
		d        *time.Duration
		standard time.Duration
	}{{"quarantine", &own.Quarantine, standard.Quarantine}, {"contacts", &own.Contacts, standard.Contacts}} {
		k.lifetime(path+"."+of.name, *of.d, day)
		if *of.d == 0 {
			*of.d = of.standard
		}
	}
	if k.has(path+".contacts") && !s.Answers {
		k.warn(path+".contacts", "no contact is kept of this source; write answers: true, or leave it out")
	}
}

func (k *checker) lifetime(path string, d, least time.Duration) {
	switch {
	case k.bad[path] || !k.has(path):
	case d < least:
		k.wrong(path, fmt.Sprintf("is shorter than %s; write %[1]s or more", span(least)))
	case d > longestRetention:
		k.wrong(path, "is longer than ten years; little is to be kept")
	}
}
