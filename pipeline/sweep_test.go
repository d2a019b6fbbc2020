package pipeline

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"askahead/collectors"
	"askahead/domain"
	"askahead/take"
)

// fleet is a source of several servers, of which one is down.
type fleet struct {
	shelf
	asked []string
}

func (f *fleet) Round() collectors.Round { return &fleetRound{f: f} }

type fleetRound struct {
	f    *fleet
	left error
}

func (r *fleetRound) Sweep(_ context.Context, ids []string) iter.Seq2[collectors.Batch, error] {
	return func(yield func(collectors.Batch, error) bool) {
		for _, id := range ids {
			r.f.asked = append(r.f.asked, id)
			if strings.HasPrefix(id, "down/") {
				r.left = collectors.ErrUnavailable
			} else if !yield(collectors.Batch{Gone: []string{id}}, nil) {
				return
			}
		}
	}
}

func (r *fleetRound) Left() error { return r.left }

func post(external, canonical, text string) domain.Item {
	return domain.Item{ExternalID: external, Type: domain.TypeHTML, Raw: []byte("<p>" + text + "</p>"), Envelope: domain.Envelope{
		Canonical: canonical, Author: domain.Author{ID: "ask@rights.example"}, Hashtags: []string{"WS164"}, Public: true,
		Published: time.Date(2018, 10, 1, 10, 0, 0, 0, time.UTC)}}
}

func TestAServerThatIsDownDoesNotKeepASweepFromTheOthers(t *testing.T) {
	f := newLine(t)
	source := &fleet{shelf: shelf{pages: [][]domain.Item{{
		post("down/1", "https://down.example/1", "Who pays for deleting logs?"), post("up/2", "https://up.example/2", "Will WHOIS data stay public after May?"),
	}}}}
	src := newSource(t, source, take.Rule{})
	f.collect(t, src)
	sum, err := f.Sweep(t.Context(), src, nil)
	if !errors.Is(err, collectors.ErrUnavailable) || sum.Removed != 1 {
		t.Errorf("removed %d, %v", sum.Removed, err)
	}
	if got := f.texts(t, "one"); !slices.Equal(got, []string{"Who pays for deleting logs?"}) {
		t.Errorf("there is left: %q", got)
	}
	if !slices.Equal(source.asked, []string{"down/1", "up/2"}) {
		t.Errorf("asked for %q", source.asked)
	}
}

// What an author who declines leaves has nothing by which a session could take it; what the session took before goes.
func TestWhoeverDeclinesIsWithdrawnWhateverASessionTakes(t *testing.T) {
	f := newLine(t)
	source := &shelf{pages: [][]domain.Item{{
		post("one/1", "https://one.example/1", "Who pays for deleting logs?"), post("two/7", "https://one.example/1", "Who pays for deleting logs?"),
		post("one/2", "https://one.example/2", "Will WHOIS data stay public after May?"),
	}}}
	src := newSource(t, source, take.Rule{Hashtag: []string{"WS164"}})
	f.collect(t, src)
	declined := domain.Item{ExternalID: "one/1", Type: domain.TypeHTML, Edited: true}
	declined.Canonical, declined.OptOut, declined.Public = "https://one.example/1", "bio: #nobot", true
	source.swept = map[string]collectors.Batch{"one/1": {Items: []domain.Item{declined}}}
	sum, err := f.Sweep(t.Context(), src, nil)
	if err != nil || sum.Lost() != 0 || sum.Changed != 1 {
		t.Errorf("%+v, %v", sum, err)
	}
	if got := f.texts(t, "one"); !slices.Equal(got, []string{"Will WHOIS data stay public after May?"}) {
		t.Errorf("there is left: %q", got)
	}
}
