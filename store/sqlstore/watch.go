package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"askahead/domain"
	"askahead/store"
)

var _ store.Watch = (*DB)(nil)

// maxArrivals is more hours than are kept of a source.
const maxArrivals = 10_000

// Arrivals lists in how many hours since then a source's items were published; see store.Watch.
func (db *DB) Arrivals(ctx context.Context, session, source string, since time.Time) ([]store.Arrival, error) {
	var arrivals []store.Arrival
	err := db.read(ctx, "read when "+source+" brought something", func(t *tx) error {
		return t.each(ctx, `SELECT hour, items FROM arrivals WHERE session_id = $1 AND source = $2
			AND (hour >= $3 OR hour = (SELECT max(a.hour) FROM arrivals a WHERE a.session_id = $1 AND a.source = $2))
			ORDER BY hour LIMIT $4`, []any{session, source, micros(since), int64(maxArrivals)}, func(r *sql.Rows) error {
			var hour int64
			var a store.Arrival
			err := r.Scan(&hour, &a.Items)
			a.Hour = moment(hour)
			arrivals = append(arrivals, a)
			return err
		})
	})
	return arrivals, err
}

// Listen records that a source is waited for, unless an arrival of it is known.
func (db *DB) Listen(ctx context.Context, session, source string, since time.Time) error {
	doing := "begin to listen to " + source
	known := false
	find := func(t *tx) (err error) {
		known, err = t.row(ctx, "SELECT 1 FROM arrivals WHERE session_id = $1 AND source = $2 LIMIT 1", []any{session, source}, new(int))
		return err
	}
	if err := db.read(ctx, doing, find); err != nil || known {
		return err
	}
	return db.write(ctx, doing, func(t *tx) error {
		if _, err := t.enter(ctx, session, since); err != nil {
			return err
		}
		if err := find(t); err != nil || known {
			return err
		}
		_, err := t.exec(ctx, "INSERT INTO arrivals (session_id, source, hour, items) VALUES ($1, $2, $3, 0)",
			session, source, hourOf(since))
		return err
	})
}

// hourOf is the beginning of a time's hour as it is stored.
func hourOf(t time.Time) int64 { return micros(t.UTC().Truncate(time.Hour)) }

// writeArrivals counts in which hours the source published something.
func (s *saving) writeArrivals(ctx context.Context) error {
	sums := map[int64]int64{}
	for _, a := range s.b.Arrivals {
		sums[hourOf(a.Hour)] += max(a.Items, 0)
	}
	args := make([]any, 0, 4*len(sums))
	for _, hour := range slices.Sorted(maps.Keys(sums)) {
		args = append(args, s.b.Session, s.b.Source, hour, sums[hour])
	}
	_, err := s.insert(ctx, "INSERT INTO arrivals (session_id, source, hour, items)", 4, args,
		" ON CONFLICT (session_id, source, hour) DO UPDATE SET items = arrivals.items + excluded.items")
	return err
}

// OpenIncident records that something needs attention, or what is to be said about it now.
func (db *DB) OpenIncident(ctx context.Context, i store.Incident) (open store.Incident, opened bool, err error) {
	if i.Session == "" || i.Subject == "" || i.Kind == "" || i.Opened.IsZero() {
		return open, false, errors.New("open an incident: it names no session, subject, kind or beginning")
	}
	i = store.Incident{Session: i.Session, Subject: key(i.Subject), Kind: i.Kind, Opened: i.Opened, Since: i.Since, Body: text(i.Body)}
	err = db.write(ctx, "open an incident of "+i.Subject, func(t *tx) error {
		if _, err := t.enter(ctx, i.Session, i.Opened); err != nil {
			return err
		}
		found, err := t.openIncident(ctx, i.Session, i.Subject, i.Kind)
		switch {
		case err != nil:
			return err
		case found == nil:
			opened = true
			open, err = t.insertIncident(ctx, i)
			return err
		}
		open = *found
		if open.Body == i.Body {
			return nil
		}
		open.Body = i.Body
		_, err = t.exec(ctx, "UPDATE incidents SET body = $1 WHERE session_id = $2 AND subject = $3 AND kind = $4 AND opened = $5",
			i.Body, i.Session, i.Subject, string(i.Kind), micros(open.Opened))
		return err
	})
	if err != nil {
		return store.Incident{}, false, err
	}
	return open, opened, nil
}

// insertIncident writes a new incident. Two of the same kind never begin at the same moment.
func (t *tx) insertIncident(ctx context.Context, i store.Incident) (store.Incident, error) {
	last := -never
	if _, err := t.row(ctx, "SELECT coalesce(max(opened), $4) FROM incidents WHERE session_id = $1 AND subject = $2 AND kind = $3",
		[]any{i.Session, i.Subject, string(i.Kind), last}, &last); err != nil {
		return i, err
	}
	at := max(micros(i.Opened), last+1)
	i.Opened = moment(at)
	i.Since = ifEver(everMicros(i.Since))
	_, err := t.exec(ctx, `INSERT INTO incidents (session_id, subject, kind, opened, since, closed, telling, told, clearing, cleared, body, ending)
		VALUES ($1, $2, $3, $4, $5, 0, '', 0, '', 0, $6, '')`, i.Session, i.Subject, string(i.Kind), at, everMicros(i.Since), i.Body)
	return i, err
}

// openIncident finds the incident of that kind that is open; nil if there is none.
func (t *tx) openIncident(ctx context.Context, session, subject string, kind store.IncidentKind) (*store.Incident, error) {
	var found []store.Incident
	err := t.each(ctx, incidentColumns+` WHERE session_id = $1 AND subject = $2 AND kind = $3 AND closed = 0
		ORDER BY opened LIMIT 1`, []any{session, subject, string(kind)}, scanIncident(&found))
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// CloseIncident ends the open incident of a session, subject and kind.
func (db *DB) CloseIncident(ctx context.Context, i store.Incident) (bool, error) {
	if i.Closed.IsZero() {
		return false, errors.New("close an incident: it does not say when")
	}
	closed := 0
	err := db.write(ctx, "close an incident of "+i.Subject, func(t *tx) (err error) {
		closed, err = t.exec(ctx, `UPDATE incidents SET closed = $1, ending = $2
			WHERE session_id = $3 AND subject = $4 AND kind = $5 AND closed = 0`,
			everMicros(i.Closed), text(i.Ending), i.Session, key(i.Subject), string(i.Kind))
		return err
	})
	return err == nil && closed > 0, err
}

// MarkIncident records how far the telling of an incident is.
func (db *DB) MarkIncident(ctx context.Context, i store.Incident) error {
	return db.write(ctx, "mark an incident of "+i.Subject, func(t *tx) error {
		n, err := t.exec(ctx, `UPDATE incidents SET telling = $1, told = $2, clearing = $3, cleared = $4
			WHERE session_id = $5 AND subject = $6 AND kind = $7 AND opened = $8`,
			text(i.Telling), everMicros(i.Told), text(i.Clearing), everMicros(i.Cleared),
			i.Session, key(i.Subject), string(i.Kind), micros(i.Opened))
		if err == nil && n == 0 {
			err = fmt.Errorf("%w: an incident that began then", domain.ErrNotFound)
		}
		return err
	})
}

// Incidents lists those that somebody must still be told of, or that are not over.
func (db *DB) Incidents(ctx context.Context, session string) ([]store.Incident, error) {
	w := &where{}
	if session != "" {
		w.add(" AND session_id = ?", session)
	}
	w.add(" ORDER BY opened, session_id, subject, kind LIMIT ?", int64(store.MaxIncidents))
	var found []store.Incident
	err := db.read(ctx, "list incidents", func(t *tx) error {
		return t.each(ctx, incidentColumns+" WHERE cleared = 0"+w.text.String(), w.args, scanIncident(&found))
	})
	return found, err
}

const incidentColumns = `SELECT subject, kind, opened, since, closed, telling, told, clearing, cleared, body, ending, session_id FROM incidents`

func scanIncident(into *[]store.Incident) func(*sql.Rows) error {
	return func(r *sql.Rows) error {
		var i store.Incident
		var opened, since, closed, told, cleared int64
		err := r.Scan(&i.Subject, &i.Kind, &opened, &since, &closed, &i.Telling, &told, &i.Clearing, &cleared, &i.Body, &i.Ending, &i.Session)
		i.Opened, i.Since, i.Closed, i.Told, i.Cleared = moment(opened), ifEver(since), ifEver(closed), ifEver(told), ifEver(cleared)
		*into = append(*into, i)
		return err
	}
}

// everMicros is a time as incidents store it: 0 for the zero time, which is not yet.
func everMicros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return micros(t)
}

// ifEver is what everMicros stored.
func ifEver(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return moment(micros)
}
