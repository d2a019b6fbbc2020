package schedule_test

import (
	"context"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"askahead/schedule"
	"askahead/store"
)

// listed is a job with its calendar written in a second way, for the walk.
type listed struct {
	line  string
	spec  spec
	every time.Duration
}

func yearly() []listed {
	return []listed{
		{line: "*/15 * * * *", spec: spec{minutes: []int{0, 15, 30, 45}}},
		{line: "@hourly", spec: spec{minutes: []int{0}}},
		{line: "30 2 * * *", spec: spec{minutes: []int{30}, hours: []int{2}}},
		{line: "0 7 * * MON", spec: spec{minutes: []int{0}, hours: []int{7}, week: []int{1}}},
		{line: "@monthly", spec: spec{minutes: []int{0}, hours: []int{0}, days: []int{1}}},
		{line: "@every 90m", every: 90 * time.Minute},
	}
}

// slots is every time at which it is due, found by walking through the calendar.
func (l listed) slots(from, to time.Time, z *time.Location) (slots []time.Time) {
	if l.every == 0 {
		return l.spec.expected(from, to, z)
	}
	for at := from.Add(l.every); at.Before(to); at = at.Add(l.every) {
		slots = append(slots, at)
	}
	return slots
}

// year is the year that the tests live through. A bubble of synctest begins in 2000.
func year() (from, to time.Time) {
	return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
}

// living runs f in a bubble, for each of four zones, with a job for each listed calendar. The race detector sees in
// one zone what it would see in all.
func living(t *testing.T, f func(t *testing.T, z *time.Location, m *memory, r schedule.Runner)) {
	names := []string{"Europe/Paris", "America/New_York", "Australia/Lord_Howe", "UTC"}
	if underRace {
		names = names[:1]
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			z := zone(t, name)
			synctest.Test(t, func(t *testing.T) {
				from, _ := year()
				time.Sleep(time.Until(from))
				m := newMemory()
				r := newRunner(m)
				for _, l := range yearly() {
					r.Jobs = append(r.Jobs, job(t, l.line, l.line, z, func(context.Context) error { return nil }))
				}
				f(t, z, m, r)
			})
		})
	}
}

// During a year, with both changes of the clock where there are any, each job runs once for every time that
// it is due, and begins within the jitter.
func TestAYearOfTheDaemon(t *testing.T) {
	living(t, func(t *testing.T, z *time.Location, m *memory, r schedule.Runner) {
		from, to := year()
		r.Jitter = 30 * time.Second
		stop := start(t, r)
		time.Sleep(time.Until(to) - time.Second) // what is due when the year ends belongs to the next
		stop()
		for _, l := range yearly() {
			got, want := m.ran("panel", l.line), l.slots(from, to, z)
			sameSlots(t, l.line, got, want)
			for i := range min(len(got), len(want)) {
				if late := got[i].Started.Sub(want[i]); late < 0 || late > r.Jitter {
					t.Fatalf("%s: due at %s, it began at %s", l.line, want[i], got[i].Started)
				}
			}
			t.Logf("%s ran %d times", l.line, len(got))
		}
	})
}

// While it is up, a job runs for every time that it is due. What was missed while it was down is one run, for the
// last of the times.
func TestAYearOfTheDaemonThatIsDownNowAndThen(t *testing.T) {
	living(t, func(t *testing.T, z *time.Location, m *memory, r schedule.Runner) {
		from, to := year()
		random := rand.New(rand.NewPCG(7, uint64(len(z.String()))))
		missed, want := make([][]time.Time, len(r.Jobs)), make([][]time.Time, len(r.Jobs))
		for i, l := range yearly() {
			missed[i] = l.slots(from, to.AddDate(0, 0, 7), z) // it may end some time later
		}
		spells := 0
		for time.Now().Before(to) {
			up := time.Now()
			stop := start(t, r)
			spell(random, 30*time.Hour)
			stop()
			down := time.Now()
			spells++
			for i := range want {
				due := missed[i][:countUntil(missed[i], up)]
				if len(due) > 0 {
					want[i] = append(want[i], due[len(due)-1])
				}
				live := missed[i][len(due):countUntil(missed[i], down)]
				want[i] = append(want[i], live...)
				missed[i] = missed[i][len(due)+len(live):]
			}
			spell(random, 60*time.Hour)
		}
		for i, l := range yearly() {
			sameSlots(t, l.line, m.ran("panel", l.line), want[i])
		}
		t.Logf("it was down %d times", spells)
	})
}

// The week in which clocks are set back, on a real database.
func TestAWeekOfTheDaemonOnSQLite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		paris := zone(t, "Europe/Paris")
		from := time.Date(2026, 10, 23, 0, 0, 0, 0, time.UTC)
		to := from.AddDate(0, 0, 7)
		time.Sleep(time.Until(from))
		ran := map[string][]store.Run{}
		var mu sync.Mutex
		r := newRunner(openStore(t, "sqlite:"+filepath.Join(t.TempDir(), "test.db")))
		for _, l := range yearly() {
			r.Jobs = append(r.Jobs, job(t, l.line, l.line, paris, func(context.Context) error {
				mu.Lock()
				defer mu.Unlock()
				ran[l.line] = append(ran[l.line], store.Run{Slot: time.Now()})
				return nil
			}))
		}
		run(t, r, to.Sub(from)-time.Second)
		for _, l := range yearly() {
			sameSlots(t, l.line, ran[l.line], l.slots(from, to, paris))
		}
	})
}

// spell lets a random time pass, of mostly a good part of long, that ends within a minute.
func spell(random *rand.Rand, long time.Duration) {
	for range 1 + random.IntN(3) {
		long /= time.Duration(1 + random.IntN(6))
	}
	end := time.Now().Add(long + time.Minute).Truncate(time.Minute)
	time.Sleep(time.Until(end.Add(time.Duration(1+random.IntN(59)) * time.Second)))
}

func countUntil(slots []time.Time, at time.Time) int {
	n := slices.IndexFunc(slots, func(s time.Time) bool { return s.After(at) })
	if n < 0 {
		return len(slots)
	}
	return n
}

func sameSlots(t *testing.T, job string, got []store.Run, want []time.Time) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			t.Errorf("%s ran %d times, want %d; it missed %s", job, len(got), len(want), want[i])
		case i >= len(want):
			t.Errorf("%s ran %d times, want %d; too often for %s", job, len(got), len(want), got[i].Slot)
		case !got[i].Slot.Equal(want[i]):
			t.Errorf("%s: run %d of %d is for %s, want %s", job, i+1, len(got), got[i].Slot, want[i])
		default:
			continue
		}
		return
	}
}
