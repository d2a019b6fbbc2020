package monitor

import (
	"slices"

	"askahead/store"
)

// other stands in labels for every name that the configuration does not have.
const other = "other"

// known are the names of the configuration.
type known struct {
	jobs     map[Job]bool
	sources  map[sourceName]bool
	editions map[Edition]bool
}

type sourceName struct{ session, source string }

func newKnown(opts Options) known {
	k := known{map[Job]bool{}, map[sourceName]bool{}, map[Edition]bool{}}
	for _, j := range opts.Jobs {
		k.jobs[j] = true
		if j.Source != "" {
			k.sources[sourceName{j.Session, j.Source}] = true
		}
	}
	for _, e := range opts.Editions {
		k.editions[e] = true
	}
	return k
}

func (k known) job(j Job) Job {
	if k.jobs[j] {
		return j
	}
	return Job{other, other, other}
}

func (k known) source(session, source string) sourceName {
	if s := (sourceName{session, source}); k.sources[s] {
		return s
	}
	return sourceName{other, other}
}

func (k known) edition(e Edition) Edition {
	if k.editions[e] {
		return e
	}
	return Edition{other, other}
}

// causes are what a run may have failed of.
func causes() []store.Cause {
	return []store.Cause{store.CauseUnauthorized, store.CauseUnavailable, store.CauseRateLimited, store.CauseSettings, store.CauseOther}
}

// outcome is the label of how a run ended.
func outcome(c store.Cause) string {
	switch {
	case c == store.CauseNone:
		return "ok"
	case slices.Contains(causes(), c):
		return string(c)
	}
	return other
}

func incidentKinds() []store.IncidentKind {
	return []store.IncidentKind{store.IncidentSilent, store.IncidentAccess, store.IncidentSettings, store.IncidentFailing, store.IncidentUndelivered}
}

func deliveryStates() []store.DeliveryState {
	return []store.DeliveryState{store.Sending, store.Sent, store.Waiting, store.Refused}
}
