package requests

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"askahead/domain"
	"askahead/store"
)

// Store is what a Desk needs of one.
type Store interface {
	store.Erasure
	Suppressed(ctx context.Context, askers []string) (map[string]time.Time, error)
	Record(ctx context.Context, a store.Act) (store.Act, error)
}

// Desk does what people ask, whoever brings it.
type Desk struct {
	Store Store
	Keys  domain.Keys
	Now   func() time.Time
}

// Forgotten is the receipt of an erasure. It holds nothing of what was erased, nor of whose it was.
type Forgotten struct {
	Number   string       `json:"receipt"`
	At       time.Time    `json:"at"`
	Erased   store.Erased `json:"-"`
	Sessions int          `json:"-"` // in which something was erased
	Left     bool         `json:"not_read_any_more"`
}

// pageOfPerson is how many questions are read at a time.
const pageOfPerson = 500

// maxHoldings is the most questions of one person that are listed; there is no more to learn from the next.
const maxHoldings = 20_000

// Holdings lists every question of a person, by session and id.
func (d *Desk) Holdings(ctx context.Context, p store.Person) ([]store.Holding, error) {
	sessions, err := d.Store.SessionIDs(ctx)
	if err != nil {
		return nil, err
	}
	var all []store.Holding
	for _, session := range sessions {
		for after := ""; len(all) < maxHoldings; {
			page, err := d.Store.OfPerson(ctx, session, p, after, pageOfPerson)
			if err != nil {
				return nil, err
			}
			if len(page) == 0 {
				break
			}
			all = append(all, page...)
			after = page[len(page)-1].ID
		}
	}
	return all, nil
}

// WithAuthors adds to a person whoever asked what was found by its address or its name.
func WithAuthors(p store.Person, found []store.Holding) store.Person {
	p.Askers = slices.Clone(p.Askers)
	for _, h := range found {
		if !slices.Contains(p.Askers, h.Asker) {
			p.Askers = append(p.Askers, h.Asker)
		}
	}
	return p
}

// Forget erases everything that is kept of a person; leave also keeps from being taken what they write from now on. It is
// recorded in the audit log, with figures alone. When it is interrupted, another call finishes it.
func (d *Desk) Forget(ctx context.Context, p store.Person, leave bool, by string) (Forgotten, error) {
	done := Forgotten{At: d.Now().UTC(), Left: leave && len(p.Askers) > 0}
	if done.Left { // first: nothing of it comes back while the rest goes
		if err := d.Store.Suppress(ctx, p.Askers, done.At); err != nil {
			return done, err
		}
	}
	sessions, err := d.Store.SessionIDs(ctx)
	if err != nil {
		return done, err
	}
	for _, session := range sessions {
		erased, err := d.Store.Forget(ctx, session, p, done.At)
		if errors.Is(err, store.ErrWiped) {
			continue
		}
		if err != nil {
			return done, fmt.Errorf("session %s: %w", session, err)
		}
		if erased != (store.Erased{}) {
			done.Sessions++
		}
		done.Erased.Add(erased)
	}
	e := done.Erased
	act, err := d.Store.Record(ctx, store.Act{At: done.At, By: by, Do: "forget", Detail: fmt.Sprintf(
		"questions=%d items=%d quarantined=%d deliveries=%d editions=%d left=%t", e.Questions, e.Items, e.Quarantined, e.Deliveries, e.Editions, done.Left)})
	if err != nil {
		return done, fmt.Errorf("it was erased, and is not in the audit log: %w", err)
	}
	done.Number = receipt(act)
	return done, nil
}

// ReadAgain takes a person off the list of those who are not read. It tells whether they were on it.
func (d *Desk) ReadAgain(ctx context.Context, p store.Person, by string) (bool, error) {
	n, err := d.Store.Unsuppress(ctx, p.Askers)
	if err != nil || n == 0 {
		return false, err
	}
	_, err = d.Store.Record(ctx, store.Act{At: d.Now().UTC(), By: by, Do: "read again", Detail: fmt.Sprintf("askers=%d", n)})
	return true, err
}

// receipt names an act so that it is found in the audit log, and nobody can make one up.
func receipt(a store.Act) string { return fmt.Sprintf("%d-%.8s", a.Number, a.Seal) }

// Access gathers what is kept of a person, for that person. That it was asked for is recorded.
func (d *Desk) Access(ctx context.Context, p store.Person, by string) (Access, error) {
	a := Access{At: d.Now().UTC()}
	var err error
	if a.Holdings, err = d.Holdings(ctx, p); err != nil {
		return a, err
	}
	since, err := d.Store.Suppressed(ctx, p.Askers)
	if err != nil {
		return a, err
	}
	for _, at := range since {
		if a.Left.IsZero() || at.Before(a.Left) {
			a.Left = at
		}
	}
	_, err = d.Store.Record(ctx, store.Act{At: a.At, By: by, Do: "access", Detail: fmt.Sprintf("questions=%d", len(a.Holdings))})
	return a, err
}
