package schedule_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"askahead/schedule"
	"askahead/store"
)

// newRunner is a runner without jitter, on the clock of the bubble that the test is in.
func newRunner(s store.Jobs, jobs ...schedule.Job) schedule.Runner {
	return schedule.Runner{Jobs: jobs, Store: s, Classify: classify, Now: time.Now, Log: slog.New(slog.DiscardHandler), Holder: "this one"}
}

// job is one of the session "panel" that waits for its time.
func job(t testing.TB, name, line string, z *time.Location, run func(context.Context) error) schedule.Job {
	t.Helper()
	due, err := schedule.Parse(line, z)
	if err != nil {
		t.Fatal(err)
	}
	return schedule.Job{Session: "panel", Name: name, Due: due, Run: func(ctx context.Context, _ time.Time) error { return run(ctx) }}
}

// start lets a runner run until the function that it gives is called, which waits for its end.
func start(t *testing.T, r schedule.Runner) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	synctest.Wait()
	return func() {
		t.Helper()
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the runner ended with %v", err)
		}
	}
}

// The errors of the tests' jobs, as a caller would tell them apart.
var (
	errDown    = errors.New("the server is down")
	errRefused = errors.New("the password is wrong")
)

// busy asks to wait.
type busy struct{ until time.Time }

func (busy) Error() string { return "too many requests" }

func classify(err error) schedule.Failure {
	var wait busy
	switch {
	case errors.Is(err, errDown):
		return schedule.Failure{Cause: store.CauseUnavailable, Text: "down"}
	case errors.Is(err, errRefused):
		return schedule.Failure{Cause: store.CauseUnauthorized, Text: "refused"}
	case errors.As(err, &wait):
		return schedule.Failure{Cause: store.CauseRateLimited, Until: wait.until, Text: "busy"}
	}
	return schedule.Failure{Text: "other"}
}
