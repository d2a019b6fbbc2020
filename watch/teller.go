package watch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"askahead/store"
)

// Message is what the organiser is told.
type Message struct {
	ID      string // of this message alone: the same whenever it is sent again
	Subject string
	Body    string
}

// Mail hands messages over.
type Mail interface {
	// Send hands over a message, once. An error says that it was not handed over, as far as is known: the same
	// message may come again, and then under the same ID, by which the reader's mailbox sees that it is the same.
	Send(ctx context.Context, m Message) error
}

// Teller tells of incidents: once when they begin and once when they are over, and of those that came up at the
// same time in one message. An incident that was over before anybody was told is not told of.
//
// Which message tells of an incident is recorded before it is sent, and that it was sent after it. A process that is
// stopped in between leaves a message of which nobody knows whether it was sent: the next one sends it again as it
// was, with its ID. One process at a time may tell.
type Teller struct {
	Store store.Watch
	Mail  Mail // nil where none is configured: what the log says is all then
	Now   func() time.Time
	Log   *slog.Logger
}

// news is one thing to tell: that an incident began, or that it is over.
type news struct {
	*store.Incident
	over bool
}

// Tell sends what has not been told yet. What could not be sent is tried again by the next call.
func (t *Teller) Tell(ctx context.Context) error {
	list, err := t.Store.Incidents(ctx, "")
	if err != nil {
		return err
	}
	if err := t.settle(ctx, list); err != nil || t.Mail == nil {
		return err
	}
	for _, group := range left(list) {
		if err := t.send(ctx, group); err != nil {
			return err
		}
	}
	group := fresh(list)
	if len(group) == 0 {
		return nil
	}
	id := messageID(group)
	for _, n := range group {
		n.assign(id)
		if err := t.Store.MarkIncident(ctx, *n.Incident); err != nil {
			return err
		}
	}
	return t.send(ctx, group)
}

// settle marks those that are over and that nobody needs to hear of.
func (t *Teller) settle(ctx context.Context, list []store.Incident) error {
	for n := range list {
		i := &list[n]
		if i.Closed.IsZero() || i.Telling != "" && t.Mail != nil {
			continue
		}
		i.Cleared = t.Now().UTC()
		if err := t.Store.MarkIncident(ctx, *i); err != nil {
			return err
		}
	}
	return nil
}

// left gathers what was about to be sent when the process was stopped, by message.
func left(list []store.Incident) (groups [][]news) {
	at := map[string]int{}
	for n := range list {
		i := &list[n]
		what := news{Incident: i, over: !i.Told.IsZero()}
		if id := what.id(); id != "" && what.pending() {
			if _, ok := at[id]; !ok {
				at[id] = len(groups)
				groups = append(groups, nil)
			}
			groups[at[id]] = append(groups[at[id]], what)
		}
	}
	return groups
}

// fresh gathers what no message tells of yet.
func fresh(list []store.Incident) (group []news) {
	for n := range list {
		what := news{Incident: &list[n], over: !list[n].Told.IsZero()}
		if what.id() == "" && what.pending() {
			group = append(group, what)
		}
	}
	return group
}

// pending says that it is to be told.
func (n news) pending() bool {
	return n.Cleared.IsZero() && (!n.over || !n.Closed.IsZero())
}

func (n news) id() string {
	if n.over {
		return n.Clearing
	}
	return n.Telling
}

func (n news) assign(id string) {
	if n.over {
		n.Clearing = id
		return
	}
	n.Telling = id
}

// send sends a message about a group and records that it did, or that it did not.
func (t *Teller) send(ctx context.Context, group []news) error {
	id := group[0].id()
	sendErr := t.Mail.Send(ctx, compose(id, group))
	if ctx.Err() != nil {
		return ctx.Err() // nobody knows how far it came
	}
	now := t.Now().UTC()
	failed := []error{sendErr}
	if sendErr != nil {
		failed[0] = fmt.Errorf("tell of %d incidents: %w", len(group), sendErr)
	}
	for _, n := range group {
		switch {
		case sendErr != nil:
			n.assign("") // it may go with others next time, or be over
		case n.over:
			n.Cleared = now
		default:
			n.Told = now
		}
		failed = append(failed, t.Store.MarkIncident(ctx, *n.Incident))
	}
	if err := errors.Join(failed...); err != nil {
		return err
	}
	t.Log.Info("told the organiser", "incidents", len(group))
	return nil
}

// messageID names a message by what it tells.
func messageID(group []news) string {
	lines := make([]string, len(group))
	for i, n := range group {
		lines[i] = fmt.Sprint(n.Session, " ", n.Subject, " ", n.Kind, " ", n.Opened.UnixMicro(), " ", n.over)
	}
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return "alarm-" + hex.EncodeToString(sum[:16])
}

// longestMessage is how many incidents one message tells in full.
const longestMessage = 40

// compose writes the message: what began first, then what is over.
func compose(id string, group []news) Message {
	group = slices.Clone(group)
	slices.SortStableFunc(group, func(a, b news) int {
		switch {
		case a.over == b.over:
			return 0
		case a.over:
			return 1
		}
		return -1
	})
	var b strings.Builder
	for i, n := range group {
		if i == longestMessage {
			fmt.Fprintf(&b, "And %d more: askahead status lists all.\n\n", len(group)-i)
			break
		}
		n.write(&b)
	}
	b.WriteString("-- \nFrom askahead. \"askahead status\" shows what is open; docs/alarms.md says what each alarm means.\n")
	return Message{ID: id, Subject: "[askahead] " + subject(group), Body: b.String()}
}

func (n news) write(b *strings.Builder) {
	head := "ALARM: "
	if n.over {
		head = "OVER: "
	}
	head += Title(*n.Incident)
	if n.Session != store.Shared && strings.HasPrefix(n.Subject, ofSource) {
		head += " (session " + n.Session + ")"
	}
	b.WriteString(head + "\n" + strings.Repeat("=", len(head)) + "\n\n")
	if !n.over {
		b.WriteString(strings.TrimSpace(n.Body) + "\n\n")
		return
	}
	fmt.Fprintf(b, "%s\nThe alarm was given on %s.\n\n", strings.TrimSpace(n.Ending), moment(n.Opened))
}

func subject(group []news) string {
	over := 0
	for _, n := range group {
		if n.over {
			over++
		}
	}
	alarms := len(group) - over
	switch {
	case alarms == 1 && over == 0:
		return Title(*group[0].Incident)
	case alarms == 0 && over == 1:
		return "over: " + Title(*group[0].Incident)
	case over == 0:
		return number(float64(alarms), "alarm")
	case alarms == 0:
		return number(float64(over), "all-clear")
	}
	return number(float64(alarms), "alarm") + ", " + number(float64(over), "all-clear")
}
