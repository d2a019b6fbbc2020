package schedule_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"askahead/schedule"
	"askahead/store"
)

// another takes a lease in the name of another process, until later.
func (m *memory) another(t *testing.T, name string, until time.Duration) store.Lease {
	t.Helper()
	l, err := m.Acquire(t.Context(), store.Lease{Session: "panel", Name: name, Holder: "another", Expires: time.Now().Add(until)}, time.Now(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestLeases(t *testing.T) {
	in(t, "what another process is at is skipped, and tried with the next minute", func(t *testing.T, d *diary, m *memory) {
		r := newRunner(m, sharing("source/list", job(t, "sweep/list", "0 1 * * *", nil, d.takes("sweep", 0, nil))))
		run(t, r, time.Second)
		time.Sleep(30 * time.Minute)
		m.another(t, "source/list", 45*time.Minute+30*time.Second)
		run(t, r, time.Hour)
		d.is(t, "sweep 1:16")
	})
	in(t, "what another process has done meanwhile is not done again", func(t *testing.T, d *diary, m *memory) {
		r := newRunner(m, job(t, "sweep/list", "0 1 * * *", nil, d.takes("sweep", 0, nil)))
		stop := start(t, r)
		time.Sleep(59 * time.Minute)
		l := m.another(t, "sweep/list", 3*time.Minute)
		time.Sleep(2 * time.Minute)
		slot := d.began.Add(time.Hour).UTC()
		if err := m.Release(t.Context(), l, &store.Run{Session: "panel", Job: "sweep/list", Slot: slot, Started: slot, Ended: slot, Good: slot}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(25 * time.Hour)
		stop()
		d.is(t, "sweep 25:00")
	})
	in(t, "a lease lasts as long as its job", func(t *testing.T, d *diary, m *memory) {
		r := newRunner(m, atOnce(job(t, "collect/list", "@daily", nil, d.takes("collect", time.Hour, nil))))
		stop := start(t, r)
		for range 58 {
			time.Sleep(time.Minute)
			if leases, err := m.Leases(t.Context(), time.Now()); err != nil || len(leases) != 1 {
				t.Fatalf("after %s: %+v, %v", time.Since(d.began), leases, err)
			}
		}
		time.Sleep(2*time.Minute + time.Second)
		if leases, err := m.Leases(t.Context(), time.Now()); err != nil || len(leases) != 0 {
			t.Errorf("when it has ended: %+v, %v", leases, err)
		}
		stop()
	})
	in(t, "a job whose lease is lost is cancelled and leaves no record", func(t *testing.T, d *diary, m *memory) {
		var cause error
		r := newRunner(m, atOnce(job(t, "collect/list", "@daily", nil, func(ctx context.Context) error {
			d.note("collect")
			<-ctx.Done()
			cause = context.Cause(ctx)
			return nil
		})))
		stop := start(t, r)
		m.mu.Lock()
		m.leases[[2]string{"panel", "collect/list"}] = store.Lease{Session: "panel", Name: "collect/list", Holder: "another", Epoch: 9, Expires: time.Now().Add(time.Hour)}
		m.mu.Unlock()
		time.Sleep(21 * time.Second)
		stop()
		if !errors.Is(cause, store.ErrLeaseLost) || len(m.ran("panel", "collect/list")) != 0 {
			t.Errorf("the cause is %v, recorded: %+v", cause, m.ran("panel", "collect/list"))
		}
		d.is(t, "collect 0:00")
	})
	in(t, "a job is cancelled when its lease can't be renewed for too long", func(t *testing.T, d *diary, m *memory) {
		out := &outage{memory: m}
		r := newRunner(out, atOnce(job(t, "collect/list", "@daily", nil, d.takes("collect", 3*time.Hour, nil))))
		stop := start(t, r)
		time.Sleep(30*time.Minute + 5*time.Second)
		out.begin()
		time.Sleep(50 * time.Second)
		out.end() // short enough
		time.Sleep(10 * time.Minute)
		out.begin()
		time.Sleep(10 * time.Minute)
		out.end()
		time.Sleep(time.Hour)
		stop()
		d.is(t, "collect 0:00", "collect 0:51")
	})
	in(t, "while the store can't be reached nothing runs, and nothing is lost", func(t *testing.T, d *diary, m *memory) {
		out := &outage{memory: m}
		r := newRunner(out)
		for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
			r.Jobs = append(r.Jobs, job(t, name, "30 * * * *", nil, d.takes("ran", 0, nil)))
		}
		stop := start(t, r)
		time.Sleep(29*time.Minute + 30*time.Second)
		out.begin()
		time.Sleep(10 * time.Minute)
		if asked := out.end(); asked > 10*4 {
			t.Errorf("the store was asked %d times in ten minutes", asked)
		}
		time.Sleep(30 * time.Minute)
		stop()
		d.is(t, "ran 0:40", "ran 0:40", "ran 0:40", "ran 0:40", "ran 0:40", "ran 0:40")
	})
	in(t, "a run that could not be recorded is not repeated with every minute", func(t *testing.T, d *diary, m *memory) {
		out := &outage{memory: m}
		r := newRunner(out, atOnce(job(t, "collect/list", "0 * * * *", nil, func(context.Context) error {
			d.note("collect")
			out.begin()
			return fmt.Errorf("the words of the server: %w", errRefused)
		})))
		var log strings.Builder
		r.Log = slog.New(slog.NewTextHandler(&log, nil))
		stop := start(t, r)
		time.Sleep(2 * time.Minute)
		out.end()
		time.Sleep(time.Hour)
		stop()
		d.is(t, "collect 0:00", "collect 1:00")
		if !strings.Contains(log.String(), "cannot be reached") || strings.Contains(log.String(), "the words of") {
			t.Errorf("the log does not say why, or says too much: %s", log.String())
		}
	})
	in(t, "Do gives the lease up after a panic's passing, by letting it expire", func(t *testing.T, d *diary, m *memory) {
		l := schedule.Leases{Store: m, Holder: "this one", Now: time.Now}
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic did not pass")
				}
			}()
			l.Do(t.Context(), "panel", "source/list", func(context.Context) *store.Run { panic("a fault") })
		}()
		time.Sleep(time.Minute)
		if err := l.Do(t.Context(), "panel", "source/list", func(context.Context) *store.Run { return nil }); err != nil {
			t.Error(err)
		}
	})
}

// outage is a store that can't be reached now and then.
type outage struct {
	*memory
	out   bool
	asked int // during outages
}

func (o *outage) begin() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.out = true
}

func (o *outage) end() (asked int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.out = false
	return o.asked
}

func (o *outage) err() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.out {
		o.asked++
		return store.ErrUnreachable
	}
	return nil
}

func (o *outage) Acquire(ctx context.Context, l store.Lease, now time.Time, dead func(string) bool) (store.Lease, error) {
	if err := o.err(); err != nil {
		return l, err
	}
	return o.memory.Acquire(ctx, l, now, dead)
}

func (o *outage) Renew(ctx context.Context, l store.Lease) error {
	if err := o.err(); err != nil {
		return err
	}
	return o.memory.Renew(ctx, l)
}

func (o *outage) Release(ctx context.Context, l store.Lease, run *store.Run) error {
	if err := o.err(); err != nil {
		return err
	}
	return o.memory.Release(ctx, l, run)
}
