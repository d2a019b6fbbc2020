package digest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"askahead/domain"
	"askahead/store"
	"askahead/topics"
)

// Reader is what an edition needs of a store.
type Reader interface {
	Questions(ctx context.Context, q store.Query) (store.Page, error)
	Voices(ctx context.Context, session string, audience domain.TLP, until time.Time, yield func(store.Voice) error) error
	Progress(ctx context.Context, session, source string) (store.Progress, error)
	Editions(ctx context.Context, session, name string, limit int) ([]store.Edition, error)
	Recalls(ctx context.Context, session, name string) ([]store.Recall, error)
}

// Request says which edition is wanted.
type Request struct {
	Session  domain.Session
	Name     string     // of the edition in the configuration
	Audience domain.TLP // domain.Clear to domain.AmberStrict: the highest label it may carry
	Since    time.Time  // what was collected from then on is new; zero: the edition before says, or all is new
	Until    time.Time  // collected before then; zero: up to Now
	Now      time.Time
	Approved bool // nothing but what a moderator has approved
	Options  Options
}

// Options are the settings of an edition. The zero value of each field is its default.
type Options struct {
	Thresholds topics.Options
	Titles     map[string]string // of communities, by id; built-in ones have theirs
	Sources    []string          // names of the session's sources, to tell which were silent
	Contact    string            // whom readers can write to: a mail address, or a page; may be empty
	Concerns   int               // shown in each section of concerns; 6
	Topics     int               // shown under each agenda point; 3
	Quotes     int               // wordings shown of a concern beside its title; 5
	Fresh      int               // new topics shown; 5
}

// MaxQuestions is how many questions an edition can hold. A session that grows beyond it needs to be split.
const MaxQuestions = 200_000

// errors of Build that a person can act on.
var (
	ErrAudience = errors.New("an edition needs an audience: clear, green, amber or amber+strict")
	ErrTooMany  = fmt.Errorf("more than %d questions in one session: split it", MaxQuestions)
)

func (o Options) withDefaults() Options {
	if o.Thresholds == (topics.Options{}) {
		o.Thresholds = topics.DefaultOptions()
	}
	for _, d := range []struct {
		field *int
		value int
	}{{&o.Concerns, 6}, {&o.Topics, 3}, {&o.Quotes, 5}, {&o.Fresh, 5}} {
		if *d.field <= 0 {
			*d.field = d.value
		}
	}
	return o
}

func (r Request) check() (Request, error) {
	if r.Audience < domain.Clear || r.Audience >= domain.Red {
		return r, ErrAudience
	}
	if r.Session.ID == "" || r.Name == "" {
		return r, errors.New("an edition needs a session and a name")
	}
	if r.Now.IsZero() {
		return r, errors.New("an edition needs the time that it is made at")
	}
	r.Now = r.Now.UTC().Truncate(time.Microsecond) // as exact as its record, so that it can be made again
	if r.Until.IsZero() {
		r.Until = r.Now.Add(time.Microsecond) // what was collected right now is in it
	}
	r.Options = r.Options.withDefaults()
	if err := r.Options.Thresholds.Validate(); err != nil {
		return r, fmt.Errorf("thresholds: %w", err)
	}
	if r.Session.Location == nil {
		r.Session.Location = time.UTC
	}
	return r, nil
}
