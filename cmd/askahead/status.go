package main

import (
	"context"
	"encoding/json"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"askahead/collectors"
	"askahead/config"
	"askahead/schedule"
	"askahead/store"
	"askahead/watch"
)

func (a *app) statusCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Say how every source and every digest stands",
		Long: `status says of each source when it was read last, when something new came last, when it is read next, how much
of it is still to be read, how much lies in quarantine, and what needs somebody; and of each digest its last and
its next edition. It asks nobody: check does that.

Exit code: 0 also where something needs somebody; --json has that under "alarms".`,
		Example: `  askahead status
  askahead status --json | jq '.sessions[].sources[] | select(.alarms)'`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			e, err := a.openToLook(cmd.Context(), "")
			if err != nil {
				return err
			}
			defer e.close()
			s, err := e.status(cmd.Context())
			if err != nil {
				return err
			}
			if !asJSON {
				return s.write(cmd.OutOrStdout())
			}
			enc := json.NewEncoder(cmd.OutOrStdout())
			enc.SetIndent("", "  ")
			enc.SetEscapeHTML(false)
			return enc.Encode(s)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "JSON, with times in UTC")
	return cmd
}

// status is how everything stands. Times that never were are left out.
type status struct {
	Now      time.Time       `json:"now"`
	Sessions []sessionStatus `json:"sessions"`
	Sources  []sourceStatus  `json:"sources,omitempty"` // those that serve every session
	Cleanup  *jobStatus      `json:"cleanup,omitempty"` // the removal of what has outlived its retention
}

type sessionStatus struct {
	ID       string          `json:"id"`
	Title    string          `json:"title"`
	Starts   time.Time       `json:"starts,omitzero"`
	Sources  []sourceStatus  `json:"sources"`
	Digest   *jobStatus      `json:"digest,omitempty"`
	Editions []editionStatus `json:"editions,omitempty"`
	Alarms   []alarmStatus   `json:"alarms,omitempty"` // of the digest

	zone *time.Location
}

// jobStatus is how something stands that is done by the calendar.
type jobStatus struct {
	Last     time.Time   `json:"last,omitzero"` // when it ended last, well or not
	Good     time.Time   `json:"good,omitzero"` // when it ended well last
	Next     time.Time   `json:"next,omitzero"` // when it is due
	Running  bool        `json:"running,omitempty"`
	Failures int         `json:"failures,omitempty"` // in a row
	Cause    store.Cause `json:"cause,omitempty"`
	Error    string      `json:"error,omitempty"`
}

type sourceStatus struct {
	Name       string        `json:"name"`
	Kind       string        `json:"kind"`
	jobStatus                // of reading; without a schedule only Last, of the last time that it was read by hand
	Scheduled  bool          `json:"scheduled"`
	Called     bool          `json:"called,omitempty"` // by its source, while somebody waits for the answer
	Sweep      *jobStatus    `json:"sweep,omitempty"`
	New        time.Time     `json:"last_new,omitzero"` // when it last brought something new
	Items      int64         `json:"items"`             // that are held from it
	Backlog    int64         `json:"backlog"`           // known to be still unread
	Quarantine int64         `json:"quarantine"`
	Silence    string        `json:"silence,omitempty"` // when its silence is an alarm
	Alarms     []alarmStatus `json:"alarms,omitempty"`
}

type alarmStatus struct {
	Kind   store.IncidentKind `json:"kind"`
	Title  string             `json:"title"`
	Opened time.Time          `json:"opened"`
	Told   time.Time          `json:"told,omitzero"` // when the organiser was told by mail
	Body   string             `json:"body"`
}

type editionStatus struct {
	Name     string    `json:"name"`
	Audience string    `json:"audience"`
	Number   int       `json:"number,omitempty"` // of the last one
	Made     time.Time `json:"made,omitzero"`
	Sent     int       `json:"sent,omitempty"` // of its recipients
	Of       int       `json:"of,omitempty"`
	Refused  int       `json:"refused,omitempty"`
}

// status gathers how everything stands at one moment, or nearly so.
func (e *env) status(ctx context.Context) (*status, error) {
	places, err := e.places(nil)
	if err != nil {
		return nil, err
	}
	g := gatherer{env: e, places: places, now: e.app.now().UTC()}
	if err := g.load(ctx); err != nil {
		return nil, err
	}
	s := &status{Now: g.now, Cleanup: g.job(store.Shared, jobCleanup)}
	for i := range e.cfg.Sessions {
		one, err := g.session(ctx, &e.cfg.Sessions[i])
		if err != nil {
			return nil, err
		}
		s.Sessions = append(s.Sessions, one)
	}
	s.Sources, err = g.sources(ctx, store.Shared)
	return s, err
}

// gatherer holds what is read once for all sessions.
type gatherer struct {
	*env
	places     []place
	now        time.Time
	plan       []schedule.Planned
	incidents  []store.Incident
	quarantine []store.SourceCount
}

func (g *gatherer) load(ctx context.Context) error {
	jobs, err := g.jobs(g.places)
	if err == nil {
		g.plan, err = g.runner(jobs).Plan(ctx, g.now)
	} else {
		err = nil // nothing has a schedule: there is still something to tell
	}
	if err != nil {
		return err
	}
	if g.incidents, err = watch.Open(ctx, g.store, ""); err != nil {
		return err
	}
	figures, err := g.store.Figures(ctx)
	g.quarantine = figures.Quarantined
	return err
}

// job is how a job stands; nil if it is not done by the calendar.
func (g *gatherer) job(session, name string) *jobStatus {
	i := slices.IndexFunc(g.plan, func(p schedule.Planned) bool { return p.Job.Session == session && p.Job.Name == name })
	if i < 0 {
		return nil
	}
	p := g.plan[i]
	j := &jobStatus{Next: p.Next, Running: p.Busy != nil}
	if r := p.Record; r != nil {
		j.Last, j.Good, j.Failures, j.Cause, j.Error = r.Ended, r.Good, r.Failures, r.Cause, r.Error
	}
	return j
}

func (g *gatherer) session(ctx context.Context, s *config.Session) (sessionStatus, error) {
	one := sessionStatus{ID: s.ID, Title: s.Title, Starts: s.Starts, Digest: g.job(s.ID, jobDigest), zone: s.Location,
		Alarms: g.alarms(s.ID, jobDigest)}
	var err error
	if one.Sources, err = g.sources(ctx, s.ID); err != nil || s.Digest == nil {
		return one, err
	}
	for _, ed := range s.Digest.Editions {
		state, err := g.edition(ctx, s.ID, ed)
		if err != nil {
			return one, err
		}
		one.Editions = append(one.Editions, state)
	}
	return one, nil
}

// edition tells of the last edition of a name, and whom it reached.
func (e *env) edition(ctx context.Context, session string, ed config.Edition) (editionStatus, error) {
	state := editionStatus{Name: ed.Name, Audience: ed.Audience.String()}
	last, err := e.store.Editions(ctx, session, ed.Name, 1)
	if err != nil || len(last) == 0 {
		return state, err
	}
	state.Number, state.Made = last[0].Number, last[0].Created
	list, err := e.store.Deliveries(ctx, session, ed.Name, state.Number)
	for _, d := range list {
		state.Of++
		switch d.State {
		case store.Sent:
			state.Sent++
		case store.Refused:
			state.Refused++
		}
	}
	return state, err
}

func (g *gatherer) sources(ctx context.Context, session string) ([]sourceStatus, error) {
	list := []sourceStatus{}
	watcher := watch.Watcher{Store: g.store, Now: g.app.now, Log: g.log}
	watched := watchedSources(g.places, g.now)
	for _, p := range g.places {
		if p.session != session {
			continue
		}
		progress, err := g.store.Progress(ctx, session, p.Name)
		if err != nil {
			return nil, err
		}
		one := sourceStatus{Name: p.Name, Kind: p.Kind, New: progress.LastNew, Items: progress.Items,
			Sweep: g.job(session, jobSweep+p.Name), Alarms: g.alarms(session, "source/"+p.Name)}
		_, one.Called = p.Collector.(collectors.Receiver)
		if job := g.job(session, jobCollect+p.Name); job != nil {
			one.jobStatus, one.Scheduled = *job, true
		}
		if progress.LastRun.After(one.Last) {
			one.Last = progress.LastRun // by hand
		}
		if i := slices.IndexFunc(g.plan, func(x schedule.Planned) bool { return x.Job.Session == session && x.Job.Name == jobCollect+p.Name }); i >= 0 && g.plan[i].Record != nil {
			one.Backlog = g.plan[i].Record.Backlog
		}
		for _, q := range g.quarantine {
			if q.Session == session && q.Source == p.Name {
				one.Quarantine = q.N
			}
		}
		if i := slices.IndexFunc(watched, func(w watch.Source) bool { return w.Session == session && w.Name == p.Name }); i >= 0 {
			state, err := watcher.State(ctx, watched[i])
			if err != nil {
				return nil, err
			}
			one.Silence = state.Rhythm.String()
		}
		list = append(list, one)
	}
	return list, nil
}

func (g *gatherer) alarms(session, subject string) []alarmStatus {
	var list []alarmStatus
	for _, i := range g.incidents {
		if i.Session == session && i.Subject == subject {
			list = append(list, alarmStatus{Kind: i.Kind, Title: watch.Title(i), Opened: i.Opened, Told: i.Told, Body: i.Body})
		}
	}
	return list
}

// write prints it for people.
func (s *status) write(out io.Writer) error {
	p := statusPrinter{status: s}
	p.all()
	_, err := io.WriteString(out, p.String())
	return err
}
