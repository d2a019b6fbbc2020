package requests

import (
	"context"
	"errors"
	"fmt"

	"askahead/domain"
	"askahead/store"
)

// Mail is what askahead answers.
type Mail struct {
	To, Subject, Text string
	ID                string // the same ID is the same mail
}

// Sender sends mails. ErrNotTaken says that the address will never take it.
type Sender interface {
	Send(ctx context.Context, m Mail) error
}

// ErrNotTaken is the error of a mail that its address refuses for good.
var ErrNotTaken = errors.New("the address takes no mail")

// ByMail is who acts where a person asked by mail.
const ByMail = "a request by mail"

// Office answers the requests that came by mail.
type Office struct {
	Desk
	Requests store.Requests
	Sender   Sender
	Name     string // what the instance is called: the sessions that it prepares
}

// Served counts what an Office did.
type Served struct{ Asked, Done, Refused, Waiting int }

// mostServed is how many requests one call looks at.
const mostServed = 200

// Serve goes on with every request that waits: it asks whether a new one is really wanted, does what was confirmed,
// and sends the receipt. What can't be mailed waits for the next call. It returns the first error of mailing, and goes
// on with the others.
func (o *Office) Serve(ctx context.Context) (Served, error) {
	var done Served
	if _, err := o.Requests.ExpireRequests(ctx, o.Now().UTC()); err != nil {
		return done, err
	}
	list, err := o.Requests.OpenRequests(ctx, mostServed)
	if err != nil {
		return done, err
	}
	var first error
	for i := range list {
		err := o.serve(ctx, &list[i], &done)
		if errors.Is(err, domain.ErrConflict) {
			continue // another process is at it
		}
		if err != nil {
			done.Waiting++
			if first == nil {
				first = fmt.Errorf("answer a request: %w", err)
			}
		}
		if ctx.Err() != nil {
			break
		}
	}
	return done, first
}

func (o *Office) serve(ctx context.Context, q *store.Request, done *Served) error {
	address, err := o.Keys.Open(store.RequestPlace(q.ID), q.Sealed)
	if err != nil {
		q.Sealed = nil
		done.Refused++
		return o.turn(ctx, q, store.RequestRefused)
	}
	switch q.State {
	case store.RequestNew:
		err := o.Sender.Send(ctx, o.confirmation(q, address))
		if errors.Is(err, ErrNotTaken) {
			q.Sealed = nil
			done.Refused++
			return o.turn(ctx, q, store.RequestRefused)
		}
		if err != nil {
			return err
		}
		done.Asked++
		q.Expires = o.Now().UTC().Add(waits)
		return o.turn(ctx, q, store.RequestAsked)
	case store.RequestConfirmed:
		if err := o.do(ctx, q, address); err != nil {
			return err
		}
	}
	// Answered. An answer that holds what is kept is never stored: it is gathered again.
	if err := o.answer(ctx, q, address); err != nil && !errors.Is(err, ErrNotTaken) {
		return err
	}
	done.Done++
	q.Sealed, q.Answer = nil, ""
	return o.turn(ctx, q, store.RequestDone)
}

// turn records that a request is in another state.
func (o *Office) turn(ctx context.Context, q *store.Request, to store.RequestState) error {
	from := q.State
	q.State = to
	return o.Requests.ChangeRequest(ctx, *q, from)
}

// do carries out what was confirmed, and notes it before anybody is told.
func (o *Office) do(ctx context.Context, q *store.Request, address string) error {
	if q.Verb == store.AskForget {
		p, err := personOf(o.Keys, address)
		if err != nil {
			return err
		}
		receipt, err := o.Forget(ctx, p, true, ByMail)
		if err != nil {
			return err
		}
		q.Answer = receipt.Text()
	}
	return o.turn(ctx, q, store.RequestAnswered)
}

func (o *Office) answer(ctx context.Context, q *store.Request, address string) error {
	text, subject := q.Answer, "Forgotten"
	if q.Verb == store.AskAccess {
		p, err := personOf(o.Keys, address)
		if err != nil {
			return err
		}
		a, err := o.Access(ctx, p, ByMail)
		if err != nil {
			return err
		}
		text, subject = a.Text(), "What is kept of you"
	}
	return o.Sender.Send(ctx, Mail{To: address, Subject: subject, Text: text, ID: "answer " + q.ID})
}

func personOf(keys domain.Keys, address string) (store.Person, error) {
	id, err := Identify(address)
	if err != nil {
		return store.Person{}, err
	}
	return id.Person(keys), nil
}

// confirmation asks whether a request is really wanted. It goes to the address alone in whose name it was made, so
// that who writes in another's name reaches nothing but that other one.
func (o *Office) confirmation(q *store.Request, address string) Mail {
	what := "to see what is kept of the questions that you asked"
	if q.Verb == store.AskForget {
		what = "to have everything erased that is kept of the questions that you asked, and not to be read any more"
	}
	return Mail{
		To: address, ID: "confirm " + q.ID,
		Subject: fmt.Sprintf("Please confirm: %s %s", q.Verb, token(o.Keys, q)),
		Text: fmt.Sprintf("Somebody wrote from your address and asked %s (%s).\n\n"+
			"If it was you, answer this mail as it is, from the same address, by %s. The subject says what is to be done; what you write does not matter.\n\n"+
			"If it was not you, do nothing, and nothing happens.\n", what, o.Name, o.Now().UTC().Add(waits).Format("2 January 2006, 15:04 UTC")),
	}
}
