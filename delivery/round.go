package delivery

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"time"

	"askahead/digest"
	"askahead/domain"
	"askahead/store"
)

// Store is what a delivery needs of a store.
type Store interface {
	digest.Reader
	Deliveries(ctx context.Context, session, name string, number int) ([]store.Delivery, error)
	SaveDelivery(ctx context.Context, d store.Delivery) error
}

// Post hands editions over.
type Post struct {
	Server Server
	Store  Store
	Keys   domain.Keys
}

// Parcel is an edition that is recorded, with what the configuration says about it now.
type Parcel struct {
	Edition store.Edition
	Request digest.Request // session, name, audience and options; its times are those of the edition
	Formats []string
	To      []string
}

// Report is how far the delivery of an edition is. Recipients are named by their place in the configuration.
type Report struct {
	Of      int // recipients
	Sent    int // of them, at any time
	Now     int // of them, just now
	Waiting []Note
	Refused []Note // just now
}

// Note is about one recipient.
type Note struct {
	Place int // in the configuration's list, from 1
	Why   string
	Until time.Time // of one who waits: not before then
}

// Unfinished is a *Later if mails wait; nil if the edition has reached everyone whom it can reach.
func (r Report) Unfinished() error {
	if len(r.Waiting) == 0 {
		return nil
	}
	until := slices.MinFunc(r.Waiting, func(a, b Note) int { return a.Until.Compare(b.Until) }).Until
	return &Later{N: len(r.Waiting), Until: until}
}

// Recipients gives what an edition is recorded with (store.Edition.Recipients), for the addresses that it goes to.
func (p Post) Recipients(to []string) ([]string, error) {
	list, err := addresses(to)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, a := range list {
		ids = append(ids, p.Keys.Recipient(a.Address))
	}
	return ids, nil
}

// Deliver hands an edition to those of its recipients who are due. Only who was a recipient when it was made gets
// it, and of them only who still is in the configuration. The error is about the server, the store or the edition;
// what a single recipient ran into stands in the report.
//
// One process at a time delivers an edition: its caller holds the lease of the digest. A second one would begin no
// try that the first has begun before its eyes, but it takes what it finds begun for the remains of a crash, and
// sends that again under the same Message-ID.
//
// When ctx ends, a mail that is under way has some seconds to arrive.
func (p Post) Deliver(ctx context.Context, parcel Parcel) (Report, error) {
	r, err := p.newRound(ctx, parcel)
	if err != nil {
		return Report{}, err
	}
	under, cancel := finishing(ctx)
	defer cancel()
	defer r.leave()
	for i := range r.list {
		if !r.due(&r.list[i]) {
			continue
		}
		if err = ctx.Err(); err == nil {
			err = r.hand(under, &r.list[i])
		}
		if err != nil {
			break
		}
	}
	return r.report(), err
}

// grace is how long a mail that is under way may still take when askahead is asked to stop.
const grace = 10 * time.Second

// finishing gives a context that ends some time after ctx.
func finishing(ctx context.Context) (context.Context, context.CancelFunc) {
	under, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })
	return under, func() { stop(); cancel() }
}

// round is one call of Deliver.
type round struct {
	Post
	parcel Parcel
	list   []recipient
	visit  *visit // nil while there is no connection
	failed bool   // the mail before got lost with its connection
}

// recipient is one who gets the edition.
type recipient struct {
	place int // in the configuration
	to    *mail.Address
	store.Delivery
	now bool // something came of it in this round
}

// newRound finds out who is to get the edition. Who is not in the configuration any more gets nothing, ever; who
// came to it later gets the next edition.
func (p Post) newRound(ctx context.Context, parcel Parcel) (*round, error) {
	to, err := addresses(parcel.To)
	if err != nil {
		return nil, err
	}
	e := parcel.Edition
	deliveries, err := p.Store.Deliveries(ctx, e.Session, e.Name, e.Number)
	if err != nil {
		return nil, err
	}
	open := make(map[string]store.Delivery, len(deliveries))
	for _, d := range deliveries {
		open[d.Recipient] = d
	}
	r := &round{Post: p, parcel: parcel}
	for i, a := range to {
		id := p.Keys.Recipient(a.Address)
		if d, ok := open[id]; ok {
			r.list = append(r.list, recipient{place: i + 1, to: a, Delivery: d})
			delete(open, id)
		}
	}
	for _, d := range deliveries {
		if _, left := open[d.Recipient]; left && unfinished(d) {
			d.State, d.Retry, d.Error = store.Refused, time.Time{}, "taken out of the configuration before it was sent"
			if err := p.Store.SaveDelivery(ctx, d); err != nil && !errors.Is(err, domain.ErrConflict) {
				return nil, err
			}
		}
	}
	return r, nil
}

func unfinished(d store.Delivery) bool { return d.State == store.Sending || d.State == store.Waiting }

func (r *round) due(one *recipient) bool {
	return unfinished(one.Delivery) && !one.Retry.After(r.Server.Now())
}

// hand takes the edition to one recipient. The error is one that no further recipient would escape.
func (r *round) hand(ctx context.Context, one *recipient) error {
	if err := r.begin(ctx, one.to); err != nil {
		return err
	}
	one.State, one.Tries, one.Tried, one.Retry, one.Error = store.Sending, one.Tries+1, r.Server.Now(), time.Time{}, ""
	switch err := r.Store.SaveDelivery(ctx, one.Delivery); {
	case errors.Is(err, domain.ErrConflict):
		one.Error = "another askahead is at it"
		return nil
	case err != nil:
		return fmt.Errorf("record that recipient %d is tried: %w", one.place, err)
	}
	stop, err := r.pass(ctx, one)
	one.settle(err, r.Server.Now())
	one.now = true
	// A conflict says that another process took this one for dead and went on; what came of that stands.
	if err := r.Store.SaveDelivery(context.WithoutCancel(ctx), one.Delivery); err != nil && !errors.Is(err, domain.ErrConflict) {
		return errors.Join(stop, fmt.Errorf("record what came of recipient %d: %w", one.place, err))
	}
	return stop
}

// begin announces a mail, over the connection that there is or over a new one: servers end one after some mails.
func (r *round) begin(ctx context.Context, to *mail.Address) error {
	if r.visit != nil && !r.visit.lost && r.visit.begin(to) == nil {
		return nil
	}
	r.leave()
	v, err := r.Server.open(ctx)
	if err != nil {
		return err
	}
	r.visit = v
	return v.begin(to)
}

func (r *round) leave() {
	if r.visit != nil {
		r.visit.close()
		r.visit = nil
	}
}

// pass lets the edition through the gate once more and hands it over. err is what came of it; stop is that too, if
// it is not about this recipient.
func (r *round) pass(ctx context.Context, one *recipient) (stop, err error) {
	e := r.parcel.Edition
	made, _, err := digest.Rebuild(ctx, r.Store, e, r.parcel.Request)
	if err != nil {
		err = fmt.Errorf("make edition %d again: %w", e.Number, err)
		return err, err
	}
	mail, err := r.Server.edition(made, e.Session, e.Name, r.parcel.Formats, one.to, one.Recipient)
	if err != nil {
		return err, err
	}
	raw, err := r.Server.write(mail)
	if err != nil {
		return err, err
	}
	err = r.visit.deliver(one.to, raw)
	if forAll(err) || errors.Is(err, ErrUnavailable) && r.failed {
		return err, err // twice in a row: a server that lets every mail wait for minutes is left alone
	}
	r.failed = errors.Is(err, ErrUnavailable)
	return nil, err
}

// settle turns what came of a try into the state of the delivery.
func (one *recipient) settle(err error, now time.Time) {
	later := &deferred{}
	switch {
	case err == nil:
		one.State = store.Sent
		return
	case errors.Is(err, ErrRefused):
		one.State, one.Error = store.Refused, err.Error()
		return
	case errors.As(err, &later) && one.Tries >= maxTries:
		one.State, one.Error = store.Refused, fmt.Sprintf("given up after %d tries: %s", one.Tries, err)
		return
	}
	one.State, one.Error = store.Waiting, err.Error()
	if later.why != "" || errors.Is(err, ErrUnavailable) {
		one.Retry = now.Add(pause(one.Tries))
	}
}

// Retries begin after minutes, since a server that does not know a sender makes it come back once, and thin out to
// a few a day. Mail servers give up after four or five days (RFC 5321, section 4.5.4.1), and so do these.
const (
	firstPause = 5 * time.Minute
	lastPause  = 6 * time.Hour
	maxTries   = 25
)

func pause(tries int) time.Duration {
	d := firstPause
	for range tries - 1 {
		if d *= 2; d >= lastPause {
			return lastPause
		}
	}
	return d
}

func (r *round) report() Report {
	sum := Report{Of: len(r.list)}
	for _, one := range r.list {
		note := Note{Place: one.place, Why: one.Error, Until: one.Retry}
		switch {
		case one.State == store.Sent:
			sum.Sent++
			if one.now {
				sum.Now++
			}
		case one.State == store.Refused && one.now:
			sum.Refused = append(sum.Refused, note)
		case unfinished(one.Delivery):
			sum.Waiting = append(sum.Waiting, note)
		}
	}
	return sum
}
