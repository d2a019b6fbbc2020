package schedule_test

import (
	"strings"
	"testing"
	"time"

	"askahead/schedule"
	"askahead/store"
)

// deadHolder names a process that does not run.
func deadHolder(t *testing.T) string {
	t.Helper()
	parts := strings.Split(schedule.Holder(), "/")
	if len(parts) != 5 {
		t.Skip("processes can't be told apart here")
	}
	parts[4] = "1" // it started long before this one, with whose id it ran
	return strings.Join(parts, "/")
}

func TestPlan(t *testing.T) {
	plan := func(t *testing.T, r schedule.Runner) map[string]schedule.Planned {
		t.Helper()
		all, err := r.Plan(t.Context(), time.Now())
		if err != nil || len(all) != len(r.Jobs) {
			t.Fatalf("%d of %d jobs, %v", len(all), len(r.Jobs), err)
		}
		byName := map[string]schedule.Planned{}
		for i, p := range all {
			if p.Job.Name != r.Jobs[i].Name {
				t.Errorf("place %d has %s, want %s", i, p.Job.Name, r.Jobs[i].Name)
			}
			byName[p.Job.Name] = p
		}
		return byName
	}
	in(t, "says when each runs next, and how it went", func(t *testing.T, d *diary, m *memory) {
		r := newRunner(m,
			atOnce(job(t, "new", "@hourly", nil, d.takes("", 0, nil))),
			job(t, "waits", "@hourly", nil, d.takes("", 0, nil)))
		before := plan(t, r)
		if p := before["new"]; p.Record != nil || !p.Next.Equal(d.began) {
			t.Errorf("a new source: %+v", p)
		}
		if p := before["waits"]; p.Record != nil || !p.Next.Equal(d.began.Add(time.Hour)) {
			t.Errorf("a new digest: %+v", p)
		}
		r.Jobs = append(r.Jobs,
			atOnce(job(t, "fails", "@hourly", nil, d.takes("", 0, errDown))),
			atOnce(job(t, "refused", "@hourly", nil, d.takes("", 0, errRefused))),
			atOnce(job(t, "busy", "@hourly", nil, d.takes("", 0, busy{d.began.Add(2 * time.Hour)}))))
		r.Once(t.Context())
		time.Sleep(30 * time.Second)
		after := plan(t, r)
		for name, next := range map[string]time.Duration{"new": time.Hour, "waits": time.Hour, "fails": time.Minute, "refused": time.Hour, "busy": 2 * time.Hour} {
			if p := after[name]; p.Record == nil || !p.Next.Equal(d.began.Add(next)) || p.Busy != nil {
				t.Errorf("%s: %+v, want it next after %s", name, p, next)
			}
		}
		if p := after["fails"]; p.Record.Error != "down" || p.Record.Failures != 1 {
			t.Errorf("the record is %+v", p.Record)
		}
		time.Sleep(90 * time.Minute)
		if p := plan(t, r)["new"]; !p.Next.Equal(time.Now()) {
			t.Errorf("an overdue one: %+v", p)
		}
	})
	in(t, "says who is at it, unless that process is dead", func(t *testing.T, d *diary, m *memory) {
		r := newRunner(m,
			sharing("source/a", atOnce(job(t, "collect/a", "@hourly", nil, d.takes("", 0, nil)))),
			sharing("source/a", atOnce(job(t, "sweep/a", "@hourly", nil, d.takes("", 0, nil)))),
			atOnce(job(t, "digest", "@hourly", nil, d.takes("", 0, nil))))
		l := m.another(t, "source/a", time.Minute)
		killed := store.Lease{Session: "panel", Name: "digest", Holder: deadHolder(t), Expires: time.Now().Add(time.Minute)}
		if _, err := m.Acquire(t.Context(), killed, time.Now(), nil); err != nil {
			t.Fatal(err)
		}
		p := plan(t, r)
		for _, name := range []string{"collect/a", "sweep/a"} {
			if b := p[name].Busy; b == nil || *b != l {
				t.Errorf("%s is held by %+v", name, b)
			}
		}
		if b := p["digest"].Busy; b != nil {
			t.Errorf("the dead one: %+v", b)
		}
	})
}
