package pipeline

import (
	"context"
	"fmt"
	"slices"

	"askahead/collectors"
	"askahead/domain"
	"askahead/store"
)

// Receive puts one item through the line that somebody hands in and waits for. It tells what each session made of it,
// all but who reads it. It moves no cursor, and what was taken back or is gone does not come back.
func (l *Line) Receive(ctx context.Context, src Source, item domain.Item) ([]collectors.Receipt, error) {
	id := l.Keys.Item(item.Canonical)
	before, err := l.outcomes(ctx, src, id)
	if err != nil {
		return nil, err
	}
	list := make([]collectors.Receipt, len(src.Parts))
	back := false
	for i, part := range src.Parts {
		list[i] = collectors.Receipt{Session: part.Session.Title, Outcome: collectors.Withdrawn}
		back = back || slices.Contains([]store.Outcome{store.OptedOut, store.Gone, store.Forgotten}, before[i])
	}
	if back {
		return list, nil
	}
	j := job{src: &src, still: true}
	p := page{batch: collectors.Batch{Items: []domain.Item{item}}}
	p.read = l.understandAll(j, p.batch.Items)
	l.place(ctx, &src, p.read)
	s := saver{Line: l, job: j}
	if _, err := s.save(ctx, p); err != nil {
		return nil, err
	}
	after, err := l.outcomes(ctx, src, id)
	if err != nil {
		return nil, err
	}
	for i := range list {
		p.read[0].tell(&list[i], i, before[i], after[i])
	}
	return list, nil
}

// outcomes tells what is stored of an item, for each session of the source; empty where nothing is.
func (l *Line) outcomes(ctx context.Context, src Source, id string) ([]store.Outcome, error) {
	list := make([]store.Outcome, len(src.Parts))
	for i, part := range src.Parts {
		known, err := l.Store.Has(ctx, part.Session.ID, []string{id})
		if err != nil {
			return nil, fmt.Errorf("look for an item of %s: %w", src.Name, err)
		}
		list[i] = known[id].Outcome
	}
	return list, nil
}

// tell says in r what the i-th session made of the item.
func (u *Understood) tell(r *collectors.Receipt, i int, before, after store.Outcome) {
	switch {
	case u.Err != nil:
		r.Outcome = collectors.Unreadable
		return
	case !u.Own[i].Taken:
		r.Outcome = collectors.NotTaken
		return
	case u.red():
		r.Outcome = collectors.Red
		return
	case u.OptOut == askedToBeLeft:
		r.Outcome = collectors.LeftOut
		return
	case after != store.Kept:
		r.Outcome = collectors.NoQuestion
		return
	}
	r.Outcome, r.Label, r.NoName = collectors.Recorded, 0, u.Label.NoName
	if before == store.Kept {
		r.Outcome = collectors.Before
	}
	for _, f := range u.Found {
		if f.Kind == domain.Panel {
			r.Questions = append(r.Questions, f.Text)
			r.Label = max(r.Label, u.Label.At(f.Start, f.End))
		}
	}
	if len(r.Questions) == 0 {
		r.Outcome = collectors.Elsewhere
	}
}

// Withdraw takes back for its author what every session of the source holds of an item, and for good, whichever source
// brought it. That nothing is held is no error.
func (l *Line) Withdraw(ctx context.Context, src Source, externalID, canonical string) error {
	id := l.Keys.Item(canonical)
	held, err := l.outcomes(ctx, src, id)
	if err != nil {
		return err
	}
	for i, part := range src.Parts {
		if held[i] != store.Kept && held[i] != store.NoQuestion {
			continue
		}
		b := store.Batch{Session: part.Session.ID, Source: src.Name, Stream: src.stream(), Still: true, Now: l.Now().UTC(),
			Items: []store.Item{{ID: id, ExternalID: externalID, Outcome: store.OptedOut, Expires: noRetention}}}
		if _, err := l.Store.SaveBatch(ctx, b, l.Grouper); err != nil {
			return fmt.Errorf("session %s: %w", b.Session, err)
		}
	}
	return nil
}
