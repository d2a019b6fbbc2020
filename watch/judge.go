package watch

import (
	"slices"
	"time"

	"askahead/store"
)

// A source is failing when that many runs in a row failed, and it could not be read for so long, or for so many of
// its intervals: a server that is restarted is nobody's business.
const (
	failingRuns      = 3
	failingAfter     = 6 * time.Hour
	failingIntervals = 3
)

// Verdict says that something is wrong with a source, or that it is over.
type Verdict struct {
	Kind  store.IncidentKind
	Wrong bool
	Since time.Time // when things were last as they should be; zero: never, as far as is known
	Text  string    // for the organiser: what happened and what to do, or how it ended
}

// Judge decides by how the last run of a source went (the zero value if it never ran) and by when something came.
// open are its incidents that are not over. What no verdict speaks of stays as it is.
func Judge(src Source, st State, run store.Run, open []store.Incident, now time.Time) []Verdict {
	j := judging{src, st, run, open, now}
	verdicts := j.access()
	for _, v := range verdicts {
		if v.Wrong {
			return verdicts // whether it is silent cannot be told
		}
	}
	if v, ok := j.silence(verdicts); ok {
		verdicts = append(verdicts, v)
	}
	return verdicts
}

type judging struct {
	Source
	State
	run  store.Run
	open []store.Incident
	now  time.Time
}

// good says that the last run went well.
func good(run store.Run) bool { return run.Cause == store.CauseNone && !run.Good.IsZero() }

// incident gives the open incident of a kind, or nil.
func (j *judging) incident(kind store.IncidentKind) *store.Incident {
	n := slices.IndexFunc(j.open, func(i store.Incident) bool { return i.Kind == kind })
	if n < 0 {
		return nil
	}
	return &j.open[n]
}

// unreadable are the kinds for which a source is not read: none of them is silence.
func unreadable() []store.IncidentKind {
	return []store.IncidentKind{store.IncidentAccess, store.IncidentSettings, store.IncidentFailing}
}

// access judges whether the source can be read.
func (j *judging) access() (verdicts []Verdict) {
	wrong := func(kind store.IncidentKind, text string) []Verdict {
		return []Verdict{{Kind: kind, Wrong: true, Since: j.run.Good, Text: text}}
	}
	switch j.run.Cause {
	case store.CauseNone:
		for _, kind := range unreadable() {
			if i := j.incident(kind); i != nil && good(j.run) {
				verdicts = append(verdicts, Verdict{Kind: kind, Text: j.readAgain(i)})
			}
		}
		return verdicts
	case store.CauseUnauthorized:
		return wrong(store.IncidentAccess, j.accessText())
	case store.CauseSettings:
		return wrong(store.IncidentSettings, j.settingsText())
	case store.CauseRateLimited:
		return nil
	}
	// While a person must act already, that it also fails otherwise is no news.
	if j.incident(store.IncidentAccess) != nil || j.incident(store.IncidentSettings) != nil || !j.lasts() {
		return nil
	}
	return wrong(store.IncidentFailing, j.failingText())
}

// lasts says that the source could not be read for so long that it will hardly pass by itself. Of a source that
// never could be read nobody knows since when; then it lasts.
func (j *judging) lasts() bool {
	if j.run.Failures < failingRuns {
		return false
	}
	return j.run.Good.IsZero() || j.run.Ended.Sub(j.run.Good) >= max(failingAfter, failingIntervals*j.Interval)
}

// silence judges whether nothing has come for too long. ended are the verdicts of what is over now.
func (j *judging) silence(ended []Verdict) (Verdict, bool) {
	v := Verdict{Kind: store.IncidentSilent}
	if i := j.incident(store.IncidentSilent); i != nil {
		v.Wrong, v.Since = true, i.Since
		switch {
		case j.Off:
			v.Wrong, v.Text = false, "Its silence is not told any more: the configuration says so."
		case j.Last.After(i.Since):
			v.Wrong, v.Text = false, j.cameAgain(i)
		case j.After > 0 && !j.Rhythm.Silence(j.Last, j.now):
			v.Wrong, v.Text = false, "It may be silent for longer now: the configuration says so."
		default:
			v.Text = j.silentText()
		}
		return v, true
	}
	if j.Off {
		return v, false
	}
	for _, kind := range unreadable() {
		if j.incident(kind) != nil && !slices.ContainsFunc(ended, func(v Verdict) bool { return v.Kind == kind }) {
			return v, false
		}
	}
	// Silence is told as of when the source was read last. One that asks to wait for so long, is silent too.
	at := j.run.Good
	if j.run.Cause == store.CauseRateLimited {
		at = j.now
	}
	if j.Last.IsZero() || at.IsZero() || !j.Rhythm.Silence(j.Last, at) {
		return v, false
	}
	v.Wrong, v.Since, v.Text = true, j.Last, j.silentText()
	return v, true
}
