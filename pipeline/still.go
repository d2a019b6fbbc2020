package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"askahead/collectors"
)

// What is here and in retry.go reads a source without moving its cursor: a run that does may go on meanwhile, and
// whatever is interrupted can be done again.

// sweepPage is how many items a source is asked about at once.
const sweepPage = 200

// Sweep asks the source what became of the items that are held from it: edits replace what is stored,
// deletions remove it. A source that can't be asked is not an error. Done counts the items that it was asked about.
func (l *Line) Sweep(ctx context.Context, src Source, report func(Report)) (Summary, error) {
	sweeper, ok := src.Collector.(collectors.Sweeper)
	if !ok {
		return Summary{}, nil
	}
	left := func() error { return nil }
	if r, ok := sweeper.(collectors.Rounder); ok {
		round := r.Round()
		sweeper, left = round, round.Left
	}
	done := collectors.Progress{Unit: "items"}
	for _, part := range src.Parts {
		if err := l.held(ctx, &src, part, func(ids []string) error { done.Total += int64(len(ids)); return nil }); err != nil {
			return Summary{}, err
		}
	}
	var sum Summary
	for _, part := range src.Parts {
		one := src
		one.Parts, one.Shared = []Part{part}, false
		err := l.held(ctx, &src, part, func(ids []string) error {
			got, err := l.run(ctx, job{src: &one, still: true}, func(ctx context.Context) batches { return sweeper.Sweep(ctx, ids) }, nil)
			sum.Add(got)
			if done.Now += int64(len(ids)); report != nil {
				done.Total = max(done.Total, done.Now) // it may have become more meanwhile
				report(Report{Source: src.Name, Done: done, Sum: sum})
			}
			return err
		})
		if err != nil {
			return sum, err
		}
	}
	if err := left(); err != nil {
		return sum, fmt.Errorf("sweep %s: %w", src.Name, err)
	}
	return sum, nil
}

// CollectAndSweep reads what is new before it asks what became of the rest: what the source has put under another name is
// not taken for deleted then. Where only some of the servers of a source could be read, the others are asked all the same.
func (l *Line) CollectAndSweep(ctx context.Context, src Source, collecting, sweeping func(Report)) (Summary, error) {
	sum, err := l.Collect(ctx, src, collecting)
	if err != nil && !incomplete(err) {
		return sum, err
	}
	swept, left := l.Sweep(ctx, src, sweeping)
	sum.Add(swept)
	if err != nil && incomplete(left) {
		return sum, err // it would say the same once more
	}
	return sum, errors.Join(err, left)
}

func incomplete(err error) bool {
	_, ok := errors.AsType[*collectors.Incomplete](err)
	return ok
}

// held calls f with the ids of what a session holds from the source, page by page.
func (l *Line) held(ctx context.Context, src *Source, part Part, f func(ids []string) error) error {
	for after := ""; ; {
		ids, err := l.Store.Held(ctx, part.Session.ID, src.stream(), after, sweepPage)
		if err != nil {
			return fmt.Errorf("list what is held from %s: %w", src.Name, err)
		}
		if len(ids) == 0 {
			return nil
		}
		if err := f(ids); err != nil {
			return err
		}
		after = ids[len(ids)-1]
	}
}

// Reread reads the source again, from its beginning or as near before since as it can begin, and understands what was
// published since then by today's rules: see store.Batch for what is replaced, what is new, and what stays. The zero
// time is the beginning. Nothing is counted twice: what is not taken and TLP:RED was counted when it was first read.
func (l *Line) Reread(ctx context.Context, src Source, since time.Time, report func(Report)) (Summary, error) {
	var from collectors.Cursor
	if r, ok := src.Collector.(collectors.Rewinder); ok && !since.IsZero() {
		var err error
		if from, err = r.Rewind(ctx, since); err != nil {
			return Summary{}, fmt.Errorf("find where to read %s again from: %w", src.Name, err)
		}
	}
	return l.run(ctx, job{src: &src, still: true, reread: true, since: since}, func(ctx context.Context) batches {
		return src.Collector.Collect(ctx, from)
	}, report)
}
