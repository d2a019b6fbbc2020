package schedule

import (
	"context"
	"time"

	"askahead/store"
)

// Planned is how a job stands.
type Planned struct {
	Job    Job
	Record *store.Run   // nil if it is unknown to the store
	Next   time.Time    // when it runs next; not after the time asked about if it is due
	Busy   *store.Lease // somebody runs it, or another job that shares its lease; nil otherwise
}

// Plan tells of each job how its last run went and when the next one is.
func (r Runner) Plan(ctx context.Context, now time.Time) ([]Planned, error) {
	records, err := r.records(ctx)
	if err != nil {
		return nil, err
	}
	leases, err := r.Store.Leases(ctx, now)
	if err != nil {
		return nil, err
	}
	busy := map[id]*store.Lease{}
	for i, l := range leases {
		if !Dead(l.Holder) {
			busy[id{l.Session, l.Name}] = &leases[i]
		}
	}
	plan := make([]Planned, len(r.Jobs))
	for i, j := range r.Jobs {
		rec := records[id{j.Session, j.Name}]
		plan[i] = Planned{Job: j, Record: rec, Next: now, Busy: busy[id{j.Session, j.lease()}]}
		if j.waits(rec, now) {
			plan[i].Next = j.Due.Next(now)
		} else if next := j.nextWith(rec, now, r.Jitter); next.After(now) {
			plan[i].Next = next
		}
	}
	return plan, nil
}
