// Package watch notices when a source needs somebody: when it has brought nothing for far longer than it does, when
// it refuses access, when it could not be read for a long time. It opens an incident for that, once, ends it when it
// is over, and has the organiser told of both, once. docs/alarms.md says what each alarm means.
package watch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"askahead/store"
)

// Source is what is watched of a source.
type Source struct {
	Session  string // store.Shared for one at the top level
	Name     string
	Interval time.Duration // about how long lies between two of its runs; 0 where that is not known
	After    time.Duration // silence is told so long after the newest item; 0: learned
	Off      bool          // silence is never told
}

// subjects of incidents begin with it where they are about a source.
const ofSource = "source/"

// Subject is what its incidents are about.
func (s Source) Subject() string { return ofSource + s.Name }

func (s Source) is(i *store.Incident) bool {
	return i.Session == s.Session && i.Subject == s.Subject()
}

// State is what is known of a source.
type State struct {
	Newest time.Time // the hour in which its newest item was published; zero: never, as far as is known
	Last   time.Time // the hour of its last sign of life, or from which on it was listened to; zero: neither
	Rhythm Rhythm
}

// Watcher opens and ends incidents of sources. Its fields are all needed.
type Watcher struct {
	Store store.Watch
	Now   func() time.Time
	Log   *slog.Logger
}

// State reads what is known of a source.
func (w *Watcher) State(ctx context.Context, src Source) (State, error) {
	arrivals, err := w.Store.Arrivals(ctx, src.Session, src.Name, w.Now().Add(-store.KeepArrivals))
	if err != nil {
		return State{}, fmt.Errorf("learn the rhythm of %s: %w", src.Name, err)
	}
	st := State{Rhythm: Learn(arrivals)}
	for _, a := range arrivals {
		st.Last = a.Hour
		if a.Items > 0 {
			st.Newest = a.Hour
		}
	}
	switch {
	case src.Off:
		st.Rhythm.Basis, st.Rhythm.Limit = Off, 0
	case src.After > 0:
		st.Rhythm.Basis, st.Rhythm.Limit = Set, src.After
	}
	return st, nil
}

// Look judges a source by how its last run went. It is to be called after each run, and may be called at any time.
func (w *Watcher) Look(ctx context.Context, src Source, run store.Run) error {
	if good(run) {
		if err := w.Store.Listen(ctx, src.Session, src.Name, run.Good); err != nil {
			return err
		}
	}
	st, err := w.State(ctx, src)
	if err != nil {
		return err
	}
	all, err := Open(ctx, w.Store, src.Session)
	if err != nil {
		return err
	}
	open := slices.DeleteFunc(all, func(i store.Incident) bool { return !src.is(&i) })
	var failed []error
	for _, v := range Judge(src, st, run, open, w.Now().UTC()) {
		failed = append(failed, w.apply(ctx, src, v))
	}
	return errors.Join(failed...)
}

// apply opens or ends what was judged.
func (w *Watcher) apply(ctx context.Context, src Source, v Verdict) error {
	i := store.Incident{Session: src.Session, Subject: src.Subject(), Kind: v.Kind}
	if !v.Wrong {
		i.Closed, i.Ending = w.Now().UTC(), v.Text
		return w.end(ctx, i)
	}
	i.Opened, i.Since, i.Body = w.Now().UTC(), v.Since, v.Text
	_, opened, err := w.Store.OpenIncident(ctx, i)
	if err == nil && opened {
		w.Log.Warn(Title(i), "source", src.Name, "session", src.Session, "kind", i.Kind, "since", i.Since)
	}
	return err
}

func (w *Watcher) end(ctx context.Context, i store.Incident) error {
	closed, err := w.Store.CloseIncident(ctx, i)
	if err == nil && closed {
		w.Log.Info("over: "+Title(i), "source", strings.TrimPrefix(i.Subject, ofSource), "session", i.Session, "kind", i.Kind)
	}
	return err
}

// Keep ends the incidents of sources that are not among these: they are not configured any more.
func (w *Watcher) Keep(ctx context.Context, sources []Source) error {
	open, err := Open(ctx, w.Store, "")
	if err != nil {
		return err
	}
	var failed []error
	for _, i := range open {
		if !strings.HasPrefix(i.Subject, ofSource) || slices.ContainsFunc(sources, func(s Source) bool { return s.is(&i) }) {
			continue
		}
		i.Closed, i.Ending = w.Now().UTC(), "The source is not in the configuration any more."
		failed = append(failed, w.end(ctx, i))
	}
	return errors.Join(failed...)
}

// Open lists the incidents that are not over, the oldest first; of all sessions if session is empty.
func Open(ctx context.Context, from store.Watch, session string) ([]store.Incident, error) {
	all, err := from.Incidents(ctx, session)
	return slices.DeleteFunc(all, func(i store.Incident) bool { return !i.Closed.IsZero() }), err
}
