package config

import (
	"fmt"
	"time"
)

// keptAfter is how long after a panel what was asked for it may be kept without a word: reports are written, and people
// still ask to have things corrected.
const keptAfter = 365 * 24 * time.Hour

// promises warns where the configuration contradicts what the notice of askahead privacy tells those who ask.
func (k *checker) promises() {
	for i := range k.config.Sessions {
		k.keptLong(fmt.Sprintf("sessions[%d]", i), &k.config.Sessions[i])
	}
	k.neverSwept("sources", k.config.Sources)
	if k.config.Run.Sweep == "off" {
		k.warn("run.sweep", staysHere)
	}
}

// keptLong warns of a retention that goes on long after the panel that it is for.
func (k *checker) keptLong(path string, s *Session) {
	k.neverSwept(path+".sources", s.Sources)
	if s.Starts.IsZero() || k.config.Controller.Purpose != "" {
		return
	}
	from := k.loader.Now()
	if s.Starts.After(from) {
		from = s.Starts
	}
	for _, src := range k.placed(path+".sources", s.Sources) {
		until := k.loader.Now().Add(src.Retention)
		if until.Sub(from) <= keptAfter {
			continue
		}
		k.warn(src.retention, fmt.Sprintf("keeps what is asked today until %s, long after what it was asked for (Article 5(1)(e) of the GDPR: no longer than necessary); write a shorter retention:, or say why in controller: purpose:",
			until.In(s.Location).Format(time.DateOnly)))
	}
}

// neverSwept warns of a source that is read by a schedule and, by its own words, never asked what is gone.
func (k *checker) neverSwept(list string, sources []Source) {
	for i, s := range sources {
		if at := fmt.Sprintf("%s[%d].sweep", list, i); s.Schedule != "" && s.Sweep == "off" && k.has(at) {
			k.warn(at, staysHere)
		}
	}
}

const staysHere = "what people delete at the source stays here until its retention ends, and the notice has to say so; leave sweep: out, or write when to look"
