package schedule_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"askahead/schedule"
	"askahead/store"
)

// diary notes what jobs do, with the hours and minutes since the bubble began.
type diary struct {
	mu      sync.Mutex
	began   time.Time
	clock   func() time.Time
	lines   []string
	now, at int // how many run, and the most that ever did
}

func newDiary() *diary { return &diary{began: time.Now(), clock: time.Now} }

func (d *diary) note(what string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	since := d.clock().Sub(d.began)
	d.lines = append(d.lines, fmt.Sprintf("%s %d:%02d", what, int(since.Hours()), int(since.Minutes())%60))
}

// takes is a job that takes a while and then ends with err.
func (d *diary) takes(name string, while time.Duration, err error) func(context.Context) error {
	return func(ctx context.Context) error {
		d.note(name)
		d.mu.Lock()
		d.now++
		d.at = max(d.at, d.now)
		d.mu.Unlock()
		defer func() {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.now--
		}()
		select {
		case <-time.After(while):
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (d *diary) forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = nil
}

func (d *diary) is(t *testing.T, want ...string) {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if diff := cmp.Diff(want, d.lines); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// in runs f as a subtest in a bubble of its own.
func in(t *testing.T, name string, f func(t *testing.T, d *diary, m *memory)) {
	t.Run(name, func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) { f(t, newDiary(), newMemory()) })
	})
}

func atOnce(j schedule.Job) schedule.Job {
	j.AtOnce = true
	return j
}

func sharing(lease string, j schedule.Job) schedule.Job {
	j.Lease = lease
	return j
}

// run lets a runner run for a while.
func run(t *testing.T, r schedule.Runner, while time.Duration) {
	t.Helper()
	stop := start(t, r)
	time.Sleep(while)
	stop()
}

func TestSideBySide(t *testing.T) {
	in(t, "jobs that share a lease take turns", func(t *testing.T, d *diary, m *memory) {
		r := newRunner(m,
			sharing("source/list", atOnce(job(t, "collect/list", "@every 1h", nil, d.takes("collect", 10*time.Minute, nil)))),
			sharing("source/list", atOnce(job(t, "sweep/list", "@every 1h", nil, d.takes("sweep", 10*time.Minute, nil)))))
		run(t, r, 75*time.Minute)
		d.is(t, "collect 0:00", "sweep 0:10", "collect 1:00", "sweep 1:10")
	})
	in(t, "a job that takes longer than its interval is caught up with once", func(t *testing.T, d *diary, m *memory) {
		r := newRunner(m, job(t, "collect/list", "*/15 * * * *", nil, d.takes("collect", 40*time.Minute, nil)))
		run(t, r, 100*time.Minute)
		d.is(t, "collect 0:15", "collect 0:55", "collect 1:35")
		var slots []string
		for _, r := range m.ran("panel", "collect/list") {
			slots = append(slots, r.Slot.Format("15:04"))
		}
		if !slices.Equal(slots, []string{"00:15", "00:45"}) { // the third was interrupted
			t.Errorf("recorded for %v", slots)
		}
	})
	in(t, "no more run at once than the limit says, the longest overdue first", func(t *testing.T, d *diary, m *memory) {
		r := newRunner(m)
		for name, line := range map[string]string{"a": "20 * * * *", "b": "10 * * * *", "c": "40 * * * *", "d": "30 * * * *", "e": "5 * * * *"} {
			r.Jobs = append(r.Jobs, job(t, name, line, nil, d.takes(name, 2*time.Minute, nil)))
		}
		run(t, r, time.Second) // they are seen for the first time
		time.Sleep(50 * time.Minute)
		r.Limit = 2
		run(t, r, 7*time.Minute)
		slices.Sort(d.lines[:2])
		slices.Sort(d.lines[2:4])
		d.is(t, "b 0:50", "e 0:50", "a 0:52", "d 0:52", "c 0:54")
		if d.at != 2 {
			t.Errorf("%d ran at once", d.at)
		}
	})
	in(t, "four run at once where nothing else is said", func(t *testing.T, d *diary, m *memory) {
		r := newRunner(m)
		for i := range 10 {
			r.Jobs = append(r.Jobs, atOnce(job(t, fmt.Sprint("job", i), "@daily", nil, d.takes("ran", time.Minute, nil))))
		}
		run(t, r, 10*time.Minute)
		if d.at != 4 || len(d.lines) != 10 {
			t.Errorf("%d ran at once, %d in all", d.at, len(d.lines))
		}
	})
}

func TestFirstRuns(t *testing.T) {
	in(t, "a source is read at once, a digest waits for its time", func(t *testing.T, d *diary, m *memory) {
		r := newRunner(m,
			atOnce(job(t, "collect/list", "0 */2 * * *", nil, d.takes("collect", 0, nil))),
			job(t, "digest", "30 1 * * *", nil, d.takes("digest", 0, nil)))
		time.Sleep(10 * time.Minute)
		run(t, r, 2*time.Hour)
		d.is(t, "collect 0:10", "digest 1:30", "collect 2:00")
	})
	in(t, "a digest whose first time was missed is made up for", func(t *testing.T, d *diary, m *memory) {
		r := newRunner(m, job(t, "digest", "30 1 * * *", nil, d.takes("digest", 0, nil)))
		run(t, r, time.Second)
		time.Sleep(3 * time.Hour)
		run(t, r, time.Hour)
		d.is(t, "digest 3:00")
	})
	in(t, "a job that is not configured any more leaves its record", func(t *testing.T, d *diary, m *memory) {
		run(t, newRunner(m, atOnce(job(t, "collect/old", "@hourly", nil, d.takes("old", 0, nil)))), time.Minute)
		run(t, newRunner(m, atOnce(job(t, "collect/new", "@hourly", nil, d.takes("new", 0, nil)))), time.Minute)
		if runs, err := m.Runs(t.Context(), "panel"); err != nil || len(runs) != 2 {
			t.Errorf("%+v, %v", runs, err)
		}
	})
}

func TestFailures(t *testing.T) {
	in(t, "a rare job is tried again, less and less often, until it works", func(t *testing.T, d *diary, m *memory) {
		tries := 0
		r := newRunner(m, job(t, "digest", "0 1 * * MON", nil, func(context.Context) error {
			d.note("try")
			if tries++; tries < 9 {
				return errDown
			}
			return nil
		}))
		run(t, r, 4*24*time.Hour) // from a Saturday on
		d.is(t, "try 49:00", "try 49:01", "try 49:03", "try 49:07", "try 49:15", "try 49:31", "try 50:03", "try 51:03", "try 52:03")
		runs := m.ran("panel", "digest")
		if last := runs[8]; last.Failures != 0 || last.Error != "" || last.Cause != "" || !last.Retry.IsZero() || !last.Good.Equal(last.Ended) {
			t.Errorf("the last record is %+v", last)
		}
		if before := runs[7]; before.Failures != 8 || before.Error != "down" || before.Cause != store.CauseUnavailable || !before.Good.IsZero() {
			t.Errorf("the record before is %+v", before)
		}
	})
	in(t, "a frequent job keeps to its times", func(t *testing.T, d *diary, m *memory) {
		r := newRunner(m, job(t, "collect/list", "*/5 * * * *", nil, d.takes("try", 0, errDown)))
		run(t, r, 22*time.Minute)
		d.is(t, "try 0:05", "try 0:06", "try 0:08", "try 0:10", "try 0:15", "try 0:20")
	})
	in(t, "who asks to wait is left alone that long, and not longer", func(t *testing.T, d *diary, m *memory) {
		until := time.Now().Add(3*time.Hour + 10*time.Minute)
		r := newRunner(m, job(t, "collect/list", "@hourly", nil, func(context.Context) error {
			d.note("try")
			if time.Now().Before(until) {
				return busy{until}
			}
			return nil
		}))
		run(t, r, time.Hour+time.Second)
		run(t, r, 4*time.Hour) // also by a process that was started meanwhile
		d.is(t, "try 1:00", "try 3:10", "try 4:00", "try 5:00")
	})
	in(t, "who asks to wait for ever is asked again in a week", func(t *testing.T, d *diary, m *memory) {
		r := newRunner(m, job(t, "collect/list", "@hourly", nil, d.takes("try", 0, busy{time.Now().AddDate(100, 0, 0)})))
		run(t, r, 14*24*time.Hour)
		d.is(t, "try 1:00", "try 169:00")
	})
	in(t, "what a person must mend is tried every hour, and with its times", func(t *testing.T, d *diary, m *memory) {
		r := newRunner(m, job(t, "collect/list", "@every 2h", nil, d.takes("try", 0, errRefused)))
		run(t, r, 4*time.Hour+30*time.Minute)
		d.is(t, "try 2:00", "try 3:00", "try 4:00")
	})
	in(t, "a panic is a failure of its job, and ends nothing else", func(t *testing.T, d *diary, m *memory) {
		r := newRunner(m,
			job(t, "collect/faulty", "@hourly", nil, func(context.Context) error { panic("the mail says: hello") }),
			job(t, "collect/list", "@hourly", nil, d.takes("list", 0, nil)))
		var log strings.Builder
		r.Log = slog.New(slog.NewTextHandler(&log, nil))
		run(t, r, 2*time.Hour+time.Minute)
		d.is(t, "list 1:00", "list 2:00")
		failed := m.ran("panel", "collect/faulty")
		if len(failed) < 2 || failed[0].Cause != store.CauseOther || !strings.Contains(failed[0].Error, "fault") {
			t.Errorf("recorded: %+v", failed)
		}
		if !strings.Contains(log.String(), "engine_test.go") || !strings.Contains(log.String(), "collect/faulty") {
			t.Errorf("the log does not say where: %s", log.String())
		}
		if strings.Contains(log.String(), "hello") {
			t.Error("the log quotes what the panic said")
		}
	})
}

func TestStopping(t *testing.T) {
	in(t, "a job has time to finish what it has in hand", func(t *testing.T, d *diary, m *memory) {
		r := newRunner(m, job(t, "collect/list", "@hourly", nil, func(ctx context.Context) error {
			<-ctx.Done()
			time.Sleep(29 * time.Second)
			d.note("finished")
			return nil
		}))
		run(t, r, 90*time.Minute)
		d.is(t, "finished 1:30")
		if runs := m.ran("panel", "collect/list"); len(runs) != 1 || runs[0].Failures != 0 {
			t.Errorf("recorded: %+v", runs)
		}
	})
	in(t, "a job that was interrupted is due again at the next start", func(t *testing.T, d *diary, m *memory) {
		r := newRunner(m, job(t, "collect/list", "@daily", nil, d.takes("collect", time.Hour, nil)))
		run(t, r, 24*time.Hour+10*time.Minute)
		if runs := m.ran("panel", "collect/list"); len(runs) != 0 {
			t.Errorf("recorded: %+v", runs)
		}
		run(t, r, 2*time.Hour)
		d.is(t, "collect 24:00", "collect 24:10")
	})
	in(t, "nothing begins any more", func(t *testing.T, d *diary, m *memory) {
		r := newRunner(m,
			sharing("one", atOnce(job(t, "first", "@daily", nil, d.takes("first", time.Hour, nil)))),
			sharing("one", atOnce(job(t, "second", "@daily", nil, d.takes("second", time.Hour, nil)))))
		run(t, r, time.Minute)
		d.is(t, "first 0:00")
	})
	in(t, "a job that does not stop is named, and not waited for beyond the grace", func(t *testing.T, d *diary, m *memory) {
		free := make(chan struct{})
		r := newRunner(m, atOnce(job(t, "collect/list", "@daily", nil, func(context.Context) error { <-free; return nil })))
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Hour, cancel)
		err := r.Run(ctx)
		if err == nil || !strings.Contains(err.Error(), "collect/list of panel") {
			t.Errorf("it ended with %v", err)
		}
		if waited := time.Since(d.began) - time.Hour; waited != 30*time.Second {
			t.Errorf("it waited %s", waited)
		}
		close(free)
	})
}

func TestOnce(t *testing.T) {
	in(t, "runs what is due, each job once, and gives all errors", func(t *testing.T, d *diary, m *memory) {
		r := newRunner(m,
			sharing("one", atOnce(job(t, "collect/a", "@hourly", nil, d.takes("a", time.Minute, errDown)))),
			sharing("one", atOnce(job(t, "sweep/a", "@hourly", nil, d.takes("sweep", time.Minute, errRefused)))),
			atOnce(job(t, "collect/b", "@hourly", nil, d.takes("b", 0, nil))),
			job(t, "digest", "@hourly", nil, d.takes("digest", 0, nil)))
		r.Limit, r.Jitter = 1, time.Minute
		err := r.Once(t.Context())
		if !errors.Is(err, errDown) || !errors.Is(err, errRefused) || err.Error() != "the server is down\nthe password is wrong" {
			t.Errorf("%v", err)
		}
		d.is(t, "a 0:00", "sweep 0:01", "b 0:02")
		time.Sleep(2 * time.Hour)
		r.Jobs = r.Jobs[2:]
		if err := r.Once(t.Context()); err != nil {
			t.Error(err)
		}
		if err := r.Once(t.Context()); err != nil {
			t.Error(err)
		}
		d.is(t, "a 0:00", "sweep 0:01", "b 0:02", "b 2:02", "digest 2:02")
	})
	in(t, "names the job in an error that is not its own", func(t *testing.T, d *diary, m *memory) {
		r := newRunner(m, atOnce(job(t, "collect/a", "@hourly", nil, func(context.Context) error { panic("a secret") })))
		if err := r.Once(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "collect/a of panel: it failed by a fault of askahead") {
			t.Errorf("%v", err)
		}
	})
	in(t, "ends when it is told to", func(t *testing.T, d *diary, m *memory) {
		r := newRunner(m, atOnce(job(t, "collect/a", "@hourly", nil, d.takes("a", time.Hour, nil))))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := r.Once(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
		if since := time.Since(d.began); since != time.Minute {
			t.Errorf("after %s", since)
		}
	})
	in(t, "leaves to another process what that is at", func(t *testing.T, d *diary, m *memory) {
		r := newRunner(m, atOnce(job(t, "collect/a", "@hourly", nil, d.takes("a", 0, nil))))
		l := store.Lease{Session: "panel", Name: "collect/a", Holder: "another", Expires: time.Now().Add(time.Minute)}
		if _, err := m.Acquire(t.Context(), l, time.Now(), nil); err != nil {
			t.Fatal(err)
		}
		if err := r.Once(t.Context()); err != nil {
			t.Error(err)
		}
		d.is(t)
	})
}

func TestWhatCanNotBeRunIsRefused(t *testing.T) {
	nothing := func(context.Context, time.Time) error { return nil }
	good := job(t, "digest", "@daily", nil, nil)
	for name, jobs := range map[string][]schedule.Job{
		"a job without a schedule":   {{Session: "panel", Name: "digest", Run: nothing}},
		"a job without a name":       {{Session: "panel", Due: good.Due, Run: nothing}},
		"a job without a session":    {{Name: "digest", Due: good.Due, Run: nothing}},
		"a job with nothing to do":   {{Session: "panel", Name: "digest", Due: good.Due}},
		"two jobs with the same key": {good, good},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRunner(newMemory(), jobs...)
			if err := r.Once(t.Context()); err == nil {
				t.Error("Once takes it")
			}
			if err := r.Run(t.Context()); err == nil {
				t.Error("Run takes it")
			}
		})
	}
}

func TestWhoObservesIsToldOfEachRun(t *testing.T) {
	in(t, "as it begins and as it ends", func(t *testing.T, d *diary, m *memory) {
		r := newRunner(m, atOnce(job(t, "collect/a", "@daily", nil, d.takes("a", 3*time.Second, errDown))))
		var got []schedule.Event
		r.Observe = func(e schedule.Event) { got = append(got, e) }
		r.Once(t.Context())
		want := []schedule.Event{{Session: "panel", Job: "collect/a"},
			{Session: "panel", Job: "collect/a", Ended: true, Took: 3 * time.Second, Cause: store.CauseUnavailable, Err: errDown}}
		if !slices.Equal(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
}

// last is the job as one that waits for the others.
func last(j schedule.Job) schedule.Job {
	j.Last = true
	return j
}

func TestWhatSumsUpComesLast(t *testing.T) {
	for name, c := range map[string]struct {
		collecting time.Duration
		session    string
		want       []string
	}{
		"it waits for what is due at the same time":        {5 * time.Minute, "panel", []string{"collect 0:00", "collect 1:00", "digest 1:05"}},
		"it waits for what is of no session":               {5 * time.Minute, store.Shared, []string{"collect 0:00", "collect 1:00", "digest 1:05"}},
		"it does not wait for ever":                        {30 * time.Minute, "panel", []string{"collect 0:00", "collect 1:00", "digest 1:10"}},
		"it does not wait for what another session brings": {5 * time.Minute, "other", []string{"collect 0:00", "collect 1:00", "digest 1:00"}},
	} {
		in(t, name, func(t *testing.T, d *diary, m *memory) {
			collect := atOnce(job(t, "collect/list", "0 * * * *", nil, d.takes("collect", c.collecting, nil)))
			collect.Session = c.session
			r := newRunner(m, last(job(t, "digest", "0 1 * * *", nil, d.takes("digest", time.Minute, nil))), collect)
			stop := start(t, r)
			time.Sleep(90 * time.Minute)
			stop()
			if c.session == "other" {
				slices.Sort(d.lines) // which of them begins first is nobody's business
			}
			d.is(t, c.want...)
		})
	}
}

func TestAJobIsToldForWhichTimeItRuns(t *testing.T) {
	in(t, "the time on the calendar, also when the run is late", func(t *testing.T, d *diary, m *memory) {
		var slots []string
		j := job(t, "digest", "30 7 * * *", nil, nil)
		j.Run = func(_ context.Context, slot time.Time) error {
			slots = append(slots, slot.Format("02 15:04"))
			if len(slots) == 1 {
				return errDown // the second try is for the same time
			}
			return nil
		}
		stop := start(t, newRunner(m, j))
		time.Sleep(8 * time.Hour)
		stop()
		time.Sleep(50 * time.Hour)
		stop = start(t, newRunner(m, j))
		stop()
		if want := []string{"01 07:30", "01 07:30", "03 07:30"}; !slices.Equal(slots, want) {
			t.Errorf("it ran for %v, want %v", slots, want)
		}
	})
}
