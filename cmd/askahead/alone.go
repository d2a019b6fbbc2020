package main

import (
	"context"
	"errors"
	"fmt"

	"askahead/pipeline"
	"askahead/schedule"
	"askahead/store"
)

// leaseOfSource is held by whoever reads, sweeps or reads anew a source.
func leaseOfSource(name string) string { return "source/" + name }

// alone does what only one process may do at a time: a daemon by its calendar, or a person by hand.
func (e *env) alone(ctx context.Context, session, lease, what string, do func(context.Context) error) error {
	leases := schedule.Leases{Store: e.store, Now: e.app.now, Log: e.log}
	var failed error
	err := leases.Do(ctx, session, lease, func(ctx context.Context) *store.Run {
		failed = do(ctx)
		return nil
	})
	if busy, ok := errors.AsType[*store.Leased](err); ok {
		return fmt.Errorf("%s: %w", what, busy)
	}
	if failed != nil && ctx.Err() != nil {
		return failed
	}
	return errors.Join(failed, err)
}

// aloneAt does something with a source.
func (e *env) aloneAt(ctx context.Context, src pipeline.Source, do func(context.Context) error) error {
	session := store.Shared
	if !src.Shared {
		session = src.Parts[0].Session.ID
	}
	return e.alone(ctx, session, leaseOfSource(src.Name), "source "+src.Name, do)
}

// aloneWithDigest makes or mails a session's editions. A look at what the next one would be disturbs nobody.
func (e *env) aloneWithDigest(ctx context.Context, session string, preview bool, do func(context.Context) error) error {
	if preview {
		return do(ctx)
	}
	return e.alone(ctx, session, jobDigest, "the digest of session "+session, do)
}
