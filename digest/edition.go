package digest

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"askahead/domain"
	"askahead/protect"
	"askahead/store"
)

// Edition is one numbered digest for one audience. Only Build and Rebuild make one, and what it shows came through
// protect.Gate; the zero value can't be rendered.
type Edition struct {
	gated protect.Gated
	paper paper
	shown []string // ids of the questions that the formats for reading quote, in order
	since time.Time
}

// ErrNotGated is what a renderer says to an Edition that Build did not make.
var ErrNotGated = errors.New("an edition that did not pass the gate is not shown")

// open gives the paper to a renderer.
func (e Edition) open() (*paper, error) {
	if a := e.gated.Audience(); a < domain.Clear || a >= domain.Red {
		return nil, ErrNotGated
	}
	return &e.paper, nil
}

// Number counts the editions of its session and name from 1.
func (e Edition) Number() int { return e.paper.Number }

// Audience is the highest label that the edition may carry.
func (e Edition) Audience() domain.TLP { return e.gated.Audience() }

// Empty says that there is nothing in it to read. The paper says why.
func (e Edition) Empty() bool { return e.gated.Len() == 0 && len(e.paper.Recalls) == 0 }

// Questions counts the questions of the edition; New those that the edition before had not.
func (e Edition) Questions() int { return e.gated.Len() }

// New counts the questions that were collected since the edition before.
func (e Edition) New() int { return e.paper.New.Questions }

// FileName is how a file of the edition is called in the given format: SESSION-EDITION-NUMBER and its extension.
func (e Edition) FileName(f Format) string {
	return fmt.Sprintf("%s-%s-%d%s", e.paper.Session.ID, e.paper.Edition, e.paper.Number, f.Extension)
}

// Created is when the edition was made.
func (e Edition) Created() time.Time { return e.paper.Created }

// Subject is the subject of a mail that carries the edition: label, number and title.
func (e Edition) Subject() string { return subject(&e.paper) }

// Record is what the store keeps of the edition in the given formats (names as in Formats): a complete format
// quotes every question, one for reading those that it shows.
func (e Edition) Record(formats ...string) store.Edition {
	ids := slices.Clone(e.shown)
	for _, f := range Formats() {
		if f.Complete && slices.Contains(formats, f.Name) {
			ids = ids[:0]
			for _, q := range e.paper.Questions {
				ids = append(ids, q.ID)
			}
			break
		}
	}
	return store.Edition{
		Session: e.paper.Session.ID, Name: e.paper.Edition, Number: e.paper.Number, Audience: e.gated.Audience(),
		Created: e.paper.Created, Since: e.since, Until: e.paper.Until, Questions: ids,
	}
}

// Stale lists the questions of the edition that its audience may not read any more, or not as they stand in it; look gives a question as
// it is now, and false if it is gone. An edition with such questions is not sent: build it again.
func (e Edition) Stale(look func(id string) (domain.Question, bool)) []protect.Held {
	now, held := e.gated.Recheck(look)
	is := make(map[string]string, now.Len())
	for v := range now.All() {
		is[v.ID] = v.Text
	}
	for v := range e.gated.All() {
		if text, ok := is[v.ID]; ok && text != v.Text {
			held = append(held, protect.Held{ID: v.ID, Why: "its wording was changed meanwhile"})
		}
	}
	return held
}
