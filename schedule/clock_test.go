package schedule_test

import (
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"askahead/schedule"
)

// wall is a clock on the wall: it may be set.
type wall struct{ off atomic.Int64 }

func (w *wall) now() time.Time           { return time.Now().Add(time.Duration(w.off.Load())) }
func (w *wall) set(by time.Duration)     { w.off.Add(int64(by)) }
func (d *diary) watching(w *wall) *diary { d.clock = w.now; return d }

func TestTheClockIsSet(t *testing.T) {
	in(t, "back by some hours: what was done is not done again", func(t *testing.T, d *diary, m *memory) {
		var w wall
		d.watching(&w)
		r := newRunner(m, job(t, "collect/list", "@hourly", nil, d.takes("collect", 0, nil)))
		r.Now = w.now
		stop := start(t, r)
		time.Sleep(3*time.Hour + 10*time.Minute)
		w.set(-2 * time.Hour)
		time.Sleep(3 * time.Hour)
		stop()
		d.is(t, "collect 1:00", "collect 2:00", "collect 3:00", "collect 4:00")
	})
	in(t, "forward: what is passed over is one run", func(t *testing.T, d *diary, m *memory) {
		var w wall
		d.watching(&w)
		r := newRunner(m, job(t, "collect/list", "@hourly", nil, d.takes("collect", 0, nil)))
		r.Now = w.now
		stop := start(t, r)
		time.Sleep(70*time.Minute + 30*time.Second)
		w.set(5 * time.Hour)
		time.Sleep(time.Hour)
		stop()
		d.is(t, "collect 1:00", "collect 6:11", "collect 7:00")
	})
	in(t, "back after it had been a year ahead: it goes on by what it shows now", func(t *testing.T, d *diary, m *memory) {
		var w wall
		d.watching(&w)
		w.set(365 * 24 * time.Hour)
		r := newRunner(m,
			atOnce(job(t, "collect/list", "@hourly", nil, d.takes("collect", 0, nil))),
			job(t, "digest", "30 */6 * * *", nil, d.takes("digest", 0, nil)))
		r.Now = w.now
		stop := start(t, r)
		time.Sleep(6*time.Hour + 40*time.Minute + 30*time.Second)
		d.forget()
		w.set(-365 * 24 * time.Hour)
		time.Sleep(90 * time.Minute)
		stop()
		run(t, r, 5*time.Hour)
		d.is(t, "collect 6:41", "collect 7:00", "collect 8:00", "collect 9:00", "collect 10:00", "collect 11:00",
			"collect 12:00", "digest 12:30", "collect 13:00")
	})
}

func TestLastIsTheEndOfTheWalk(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.SampledFrom([]string{"*/15 * * * *", "30 2 * * *", "0 7 * * MON", "@monthly", "@every 90m", "@every 25h30m", "* * 1 1 *", "0 0 29 2 *"}).Draw(t, "line")
		z, err := time.LoadLocation(rapid.SampledFrom(zones()).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		s, err := schedule.Parse(line, z)
		if err != nil {
			t.Fatal(err)
		}
		after := time.Unix(rapid.Int64Range(1.2e9, 1.8e9).Draw(t, "after"), 0).UTC()
		now := after.Add(time.Duration(rapid.IntRange(-1e6, rapid.SampledFrom([]int{1e4, 1e6, 6e7}).Draw(t, "up to")).Draw(t, "seconds")) * time.Second)
		want := after
		for next := s.Next(after); !next.After(now); next = s.Next(next) {
			want = next
		}
		if got := s.Last(after, now); !got.Equal(want) {
			t.Fatalf("%q after %s until %s: %s, want %s", line, after, now, got, want)
		}
	})
}

func TestJitter(t *testing.T) {
	// begins gives how late each of a hundred jobs begins.
	begins := func(t *testing.T, m *memory, line string, jitter, while time.Duration) (late []time.Duration) {
		r := newRunner(m)
		r.Jitter, r.Limit = jitter, 100
		for i := range 100 {
			r.Jobs = append(r.Jobs, job(t, string(rune('A'+i)), line, nil, newDiary().takes("", 0, nil)))
		}
		run(t, r, while)
		for _, j := range r.Jobs {
			for _, ran := range m.ran("panel", j.Name) {
				late = append(late, ran.Started.Sub(ran.Slot))
			}
		}
		return late
	}
	in(t, "jobs begin apart, at most that late, and alike each time", func(t *testing.T, d *diary, m *memory) {
		late := begins(t, m, "0 1 * * *", time.Minute, 2*time.Hour)
		different := map[time.Duration]bool{}
		for _, l := range late {
			different[l] = true
			if l < 0 || l > time.Minute {
				t.Errorf("%s late", l)
			}
		}
		if len(late) != 100 || len(different) < 30 {
			t.Errorf("%d runs at %d different times", len(late), len(different))
		}
	})
	in(t, "at most a tenth of the interval", func(t *testing.T, d *diary, m *memory) {
		most := time.Duration(0)
		for _, l := range begins(t, m, "*/2 * * * *", time.Minute, 15*time.Minute) {
			most = max(most, l)
		}
		if most != 12*time.Second {
			t.Errorf("%s late at most, want 12s", most)
		}
	})
	in(t, "a job has the same jitter in every process", func(t *testing.T, d *diary, m *memory) {
		r := newRunner(m, job(t, "digest", "0 1 * * *", nil, newDiary().takes("", 0, nil)))
		r.Jitter = 10 * time.Minute
		run(t, r, 2*time.Hour)
		if ran := m.ran("panel", "digest"); len(ran) != 1 || ran[0].Started.Format("04:05") != "00:18" {
			t.Errorf("%+v", ran)
		}
	})
}
