package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"
	"time"

	"askahead/store"
)

// errTried ends a transaction that was only to tell what it would do.
var errTried = errors.New("only tried")

// Purge removes what has outlived its time, session by session; see store.Purger.
func (db *DB) Purge(ctx context.Context, p store.Purge) ([]store.Purged, error) {
	p.Keep = p.Keep.Filled()
	all := &purging{Purge: p, gone: map[store.Purged]int{}}
	const doing = "remove what has expired"
	for after := ""; ; {
		var sessions []string
		err := db.read(ctx, doing, func(t *tx) error {
			return t.each(ctx, "SELECT session_id FROM sessions WHERE session_id > $1 AND wiped = 0 ORDER BY session_id LIMIT 100",
				[]any{after}, scanAppend(&sessions))
		})
		if err != nil {
			return nil, err
		}
		if len(sessions) == 0 {
			break
		}
		after = sessions[len(sessions)-1]
		for _, session := range sessions {
			if p.Session != "" && p.Session != session {
				continue
			}
			if err := db.purgeSession(ctx, doing, session, all); err != nil {
				return all.list(), err
			}
		}
	}
	if len(all.gone) == 0 || p.Try {
		return all.list(), nil
	}
	return all.list(), db.fail(ctx, doing, db.d.forget(ctx, db.writer))
}

// purging is one Purge under way.
type purging struct {
	store.Purge
	gone map[store.Purged]int // by all but N
}

func (p *purging) count(session, source string, kind store.Purgeable, n int) {
	if n > 0 {
		p.gone[store.Purged{Session: session, Source: source, Kind: kind}] += n
	}
}

func (p *purging) add(more *purging) {
	for of, n := range more.gone {
		p.gone[of] += n
	}
}

func (p *purging) list() []store.Purged {
	order := []store.Purgeable{store.PurgedQuestions, store.PurgedAsked, store.PurgedSilent, store.PurgedContacts, store.PurgedRaw, store.PurgedArrivals, store.PurgedIncidents, store.PurgedDeliveries}
	var list []store.Purged
	for of, n := range maps.All(p.gone) {
		of.N = n
		list = append(list, of)
	}
	slices.SortFunc(list, func(a, b store.Purged) int {
		return cmp.Or(cmp.Compare(a.Session, b.Session), cmp.Compare(a.Source, b.Source),
			cmp.Compare(slices.Index(order, a.Kind), slices.Index(order, b.Kind)))
	})
	return list
}

// old is the moment before which what is kept for keep has outlived its time.
func (p *purging) old(keep time.Duration) int64 { return micros(p.Now.Add(-keep)) }

// overdue is rows of a table whose time is over.
type overdue struct {
	kind   store.Purgeable
	source string // the column that names the source; '' if there is none
	table  string
	where  string
	args   []any
}

func (o *overdue) from() string { return " FROM " + o.table + " WHERE " + o.where }

// whole lists what goes row by row, whatever else there is.
func (p *purging) whole(session string) []overdue {
	return []overdue{
		{store.PurgedArrivals, "source", "arrivals", `session_id = $1 AND hour < $2 AND hour <
			(SELECT max(a.hour) FROM arrivals a WHERE a.session_id = arrivals.session_id AND a.source = arrivals.source)`,
			[]any{session, p.old(p.Keep.Arrivals)}},
		{store.PurgedContacts, "source", "contacts", "session_id = $1 AND expires <= $2", []any{session, micros(p.Now)}},
		{store.PurgedIncidents, "''", "incidents", "session_id = $1 AND cleared > 0 AND cleared < $2",
			[]any{session, p.old(p.Keep.Incidents)}},
		{store.PurgedDeliveries, "''", "deliveries", `session_id = $1 AND state IN ($2, $3) AND EXISTS (
			SELECT 1 FROM editions e WHERE e.session_id = deliveries.session_id AND e.name = deliveries.name
			AND e.number = deliveries.number AND e.created < $4)`,
			[]any{session, string(store.Sent), string(store.Refused), p.old(p.Keep.Deliveries)}},
	}
}

// shorter lists what of a session's sources was stored with a longer time than it may have now; $2 is the end that it
// gets. The time of an item's questions is known; any other item gets what is left from now on. What stays for
// good, so that it is not taken again, is left alone.
func (p *purging) shorter(session string) (list []overdue) {
	const (
		own   = "session_id = $1 AND expires > $2 AND stream IN (SELECT p.stream FROM progress p WHERE p.session_id = sightings.session_id AND p.source = $3)"
		asked = "EXISTS (SELECT 1 FROM questions q WHERE q.session_id = sightings.session_id AND q.item_id = sightings.item_id"
	)
	for _, k := range p.Keep.Sources {
		if k.Session != session {
			continue
		}
		if k.Questions > 0 {
			list = append(list,
				overdue{table: "sightings", where: own + " AND " + asked + " AND q.collected <= $4)",
					args: []any{session, micros(p.Now), k.Source, p.old(k.Questions)}},
				overdue{table: "sightings", where: own + " AND expires < $4 AND NOT " + asked + ")",
					args: []any{session, micros(p.Now.Add(k.Questions)), k.Source, lasting()}})
		}
		if k.Contacts > 0 {
			list = append(list, overdue{table: "contacts", where: "session_id = $1 AND expires > $2 AND source = $3 AND collected <= $4",
				args: []any{session, micros(p.Now), k.Source, p.old(k.Contacts)}})
		}
		if k.Raw > 0 {
			list = append(list, overdue{table: "quarantine", where: "session_id = $1 AND expires > $2 AND source = $3 AND collected <= $4",
				args: []any{session, micros(p.Now), k.Source, p.old(k.Raw)}})
		}
	}
	return list
}

// lasting is after the end of any retention, and before what stands for "kept for good".
func lasting() int64 { return micros(time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC)) }

// ended are the two tables whose rows carry the end of their time.
func (p *purging) ended(session string) []overdue {
	return []overdue{
		{table: "sightings", where: "session_id = $1 AND expires <= $2", args: []any{session, micros(p.Now)}},
		{table: "quarantine", where: "session_id = $1 AND expires <= $2 AND length(raw) > 0", source: "source", kind: store.PurgedRaw,
			args: []any{session, micros(p.Now)}},
	}
}

// anyOf tells whether there is any such row.
func (t *tx) anyOf(ctx context.Context, list []overdue) (bool, error) {
	for _, o := range list {
		var any bool
		if _, err := t.row(ctx, "SELECT EXISTS (SELECT 1"+o.from()+")", o.args, &any); err != nil || any {
			return any, err
		}
	}
	return false, nil
}

// tell counts rows by their source.
func (t *tx) tell(ctx context.Context, session string, o overdue, p *purging) error {
	return t.each(ctx, "SELECT "+o.source+", count(*)"+o.from()+" GROUP BY 1 ORDER BY 1", o.args, func(r *sql.Rows) error {
		var source string
		var n int
		err := r.Scan(&source, &n)
		p.count(session, source, o.kind, n)
		return err
	})
}
