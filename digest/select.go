package digest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"askahead/domain"
	"askahead/protect"
	"askahead/store"
	"askahead/topics"
)

// page is how many questions are read at once.
const page = 1000

// Build makes the next edition: it reads what the session's panel was asked, lets the gate decide, and counts
// only what passed. Held is for the operator alone: which questions stayed behind, and why.
func Build(ctx context.Context, from Reader, r Request) (Edition, []protect.Held, error) {
	r, err := r.check()
	if err != nil {
		return Edition{}, nil, err
	}
	f := frame{}
	if f.number, f.since, err = before(ctx, from, r); err != nil {
		return Edition{}, nil, err
	}
	if f.recalls, err = from.Recalls(ctx, r.Session.ID, r.Name); err != nil {
		return Edition{}, nil, fmt.Errorf("read recalls: %w", err)
	}
	return assemble(ctx, from, r, f)
}

// frame is what an edition has from those before it.
type frame struct {
	number  int
	since   time.Time // from when on a question is new to its readers; zero for the first
	recalls []store.Recall
}

// assemble makes the edition: Build says which is the next, Rebuild which it was.
func assemble(ctx context.Context, from Reader, r Request, f frame) (Edition, []protect.Held, error) {
	found, err := questions(ctx, from, r, false)
	if err != nil {
		return Edition{}, nil, err
	}
	gate := protect.Gate
	if r.Approved {
		gate = protect.GateApproved
	}
	gated, held := gate(r.Audience, found)
	above, err := questions(ctx, from, r, true)
	if err != nil {
		return Edition{}, nil, err
	}
	_, more := gate(r.Audience, above)
	held = append(held, more...)

	about := make(map[string]beside, gated.Len())
	for i := range found {
		about[found[i].ID] = beside{source: found[i].Source, isNew: !found[i].Collected.Before(f.since)}
	}
	measured, err := measure(ctx, from, r, gated)
	if err != nil {
		return Edition{}, nil, err
	}
	p := newPalette(measured.Communities, r.Options.Titles)
	g := gather(quotes(gated, about, p), measured, p, r.Options)

	e := Edition{gated: gated, since: f.since}
	e.paper = g.print(r, f.number, f.since)
	e.paper.Recalls = recalled(f.recalls)
	if e.paper.Silent, err = silentSources(ctx, from, r, f.since); err != nil {
		return Edition{}, nil, err
	}
	e.paper.conclude()
	e.shown = e.paper.quoted()
	return e, held, nil
}

// before tells the number of the edition and from when on a question is new to its readers: zero for the first.
func before(ctx context.Context, from Reader, r Request) (int, time.Time, error) {
	earlier, err := from.Editions(ctx, r.Session.ID, r.Name, lookedAt)
	if err != nil {
		return 0, time.Time{}, fmt.Errorf("read the edition before: %w", err)
	}
	number, since := 1, r.Since.UTC()
	if len(earlier) > 0 {
		number = earlier[0].Number + 1
	}
	// What is new to these readers was not in an edition that they could read: one for another audience says nothing.
	for _, e := range earlier {
		if r.Since.IsZero() && e.Audience == r.Audience {
			since = e.Until.UTC()
			break
		}
	}
	return number, since, nil
}

// lookedAt is how many earlier editions are searched for one of the same audience.
const lookedAt = 100

// questions reads all panel questions that the audience may read, oldest first; or those held back from it. The
// dismissed ones are among them: the gate says that it holds them back.
func questions(ctx context.Context, from Reader, r Request, held bool) ([]domain.Question, error) {
	q := store.Query{Session: r.Session.ID, Audience: r.Audience, Held: held, Standing: store.AnyStanding, Until: r.Until, Limit: page}
	var all []domain.Question
	for {
		got, err := from.Questions(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("read questions: %w", err)
		}
		all = append(all, got.Questions...)
		if len(all) > MaxQuestions {
			return nil, ErrTooMany
		}
		if got.Next == "" {
			slices.Reverse(all)
			return all, nil
		}
		q.After = got.Next
	}
}

// measure counts the voices behind what passed the gate, and no others. A voice under the Chatham House Rule counts for
// its community only where others hide it: see cover.
func measure(ctx context.Context, from Reader, r Request, gated protect.Gated) (topics.Concerns, error) {
	noName := make(map[string]bool, gated.Len()) // of the questions that passed
	hidden := false
	for v := range gated.All() {
		noName[v.ID] = v.NoName
		hidden = hidden || v.NoName
	}
	cover := newCover()
	count := func(keep func(topic, community string) bool) (topics.Concerns, error) {
		counter := topics.NewCounter()
		err := from.Voices(ctx, r.Session.ID, r.Audience, r.Until, func(v store.Voice) error {
			secret, passed := noName[v.Question]
			if !passed {
				return nil
			}
			cover.note(v.Topic, v.Asker, v.Communities, secret)
			if secret {
				v.Communities = slices.DeleteFunc(slices.Clone(v.Communities), func(c string) bool { return !keep(v.Topic, c) })
			}
			return counter.Add(v)
		})
		if err != nil {
			return topics.Concerns{}, fmt.Errorf("count voices: %w", err)
		}
		return counter.Concerns(r.Options.Thresholds), nil
	}
	measured, err := count(func(string, string) bool { return true })
	if err != nil || !hidden {
		return measured, err
	}
	askers := map[string]int{}
	for _, c := range measured.Communities {
		askers[c.Name] = c.Askers
	}
	enough := cover.enough()
	return count(func(topic, c string) bool {
		return protect.Counts(true, askers[c], r.Options.Thresholds.Floor) && enough(topic, c)
	})
}

// recalled puts together what is recalled of the same edition.
func recalled(gone []store.Recall) []recall {
	list := []recall{}
	for _, one := range gone {
		i := slices.IndexFunc(list, func(x recall) bool { return x.Edition == one.Edition })
		if i < 0 {
			list = append(list, recall{Edition: one.Edition})
			i = len(list) - 1
		}
		list[i].Questions = append(list[i].Questions, one.Question)
	}
	slices.SortFunc(list, func(a, b recall) int { return a.Edition - b.Edition })
	return list
}

// silentSources lists those that brought nothing since the edition before; for the first edition, ever.
func silentSources(ctx context.Context, from Reader, r Request, since time.Time) ([]silent, error) {
	list := []silent{}
	for _, name := range r.Options.Sources {
		p, err := from.Progress(ctx, r.Session.ID, name)
		if err != nil {
			return nil, fmt.Errorf("read the progress of %s: %w", name, err)
		}
		if p.LastNew.IsZero() || p.LastNew.Before(since) {
			list = append(list, silent{Source: clean(name), LastNew: utc(p.LastNew)})
		}
	}
	return list, nil
}
