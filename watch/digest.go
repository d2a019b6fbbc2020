package watch

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"askahead/store"
)

// Digest is what is watched of a session's digest.
type Digest struct {
	Session string
	Refused int // recipients of its latest editions whom the mail server refuses for good
}

// subjectDigest is what the incidents of a digest are about.
const subjectDigest = "digest"

// LookAtDigest judges a digest by how its last run went: whether its editions are made, and reach everyone. A run
// that failed is told at once where a person must act, and where it lasts; whoever is refused, at once.
func (w *Watcher) LookAtDigest(ctx context.Context, d Digest, run store.Run) error {
	i := store.Incident{Session: d.Session, Subject: subjectDigest, Kind: store.IncidentUndelivered}
	switch {
	case lastingly(run) || d.Refused > 0:
		i.Opened, i.Since, i.Body = w.Now().UTC(), run.Good, d.text(run)
		_, opened, err := w.Store.OpenIncident(ctx, i)
		if err == nil && opened {
			w.Log.Warn(Title(i), "session", i.Session, "kind", i.Kind, "since", i.Since)
		}
		return err
	case good(run):
		i.Closed, i.Ending = w.Now().UTC(), "The latest editions were made, and reached everyone on "+moment(run.Good)+"."
		return w.end(ctx, i)
	}
	return nil // it failed, and may pass by itself
}

// lastingly says that a run failed for a reason that will hardly pass by itself.
func lastingly(run store.Run) bool {
	switch run.Cause {
	case store.CauseNone:
		return false
	case store.CauseUnauthorized, store.CauseSettings:
		return true
	}
	return run.Failures >= failingRuns && (run.Good.IsZero() || run.Ended.Sub(run.Slot) >= failingAfter)
}

func (d Digest) text(run store.Run) string {
	var b strings.Builder
	fmt.Fprintf(&b, "The digest of %s could not be made, or does not reach all of its readers.\n", d.Session)
	if d.Refused > 0 {
		fmt.Fprintf(&b, "The mail server refuses %s of its latest editions for good. \"askahead digest --pending\" and the log say\nwhich, by their place in the configuration.\n", number(float64(d.Refused), "recipient"))
	}
	if run.Error != "" {
		fmt.Fprintf(&b, "The last attempt ended with: %s\n", oneLine(run.Error))
	}
	b.WriteString(`
What to do: "askahead check" goes the way of a mail to each recipient and says how far it gets. Correct the server,
the account or the address in the configuration. An edition that waits is not lost and is sent then, to nobody
twice; "askahead digest --pending" does it at once. Who was refused gets the next edition.
`)
	return b.String()
}

// KeepDigests ends the incidents of digests that are not among these sessions': they are not configured any more.
func (w *Watcher) KeepDigests(ctx context.Context, sessions []string) error {
	open, err := Open(ctx, w.Store, "")
	if err != nil {
		return err
	}
	for _, i := range open {
		if i.Subject != subjectDigest || slices.Contains(sessions, i.Session) {
			continue
		}
		i.Closed, i.Ending = w.Now().UTC(), "The digest is not in the configuration any more."
		if err := w.end(ctx, i); err != nil {
			return err
		}
	}
	return nil
}
