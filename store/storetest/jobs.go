package storetest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"askahead/store"
)

// Jobs checks every promise of store.Jobs. open makes an empty store for one test alone and opens it as two
// processes would.
func Jobs(t *testing.T, open func(t *testing.T) [2]store.Jobs) {
	j := jobs{open}
	t.Run("a lease that nobody has is given", j.gives)
	t.Run("a lease that somebody has is given to no one else, and the error says until when", j.refuses)
	t.Run("of many who ask at once one gets it", j.givesOnce)
	t.Run("a lease is given again when it has expired, and not before", j.expires)
	t.Run("a lease is given again when its holder is dead", j.takesFromDead)
	t.Run("the epoch grows whenever the lease changes hands", j.growsEpoch)
	t.Run("renewing makes it last", j.renews)
	t.Run("who was late and whom nobody replaced may go on", j.renewsLate)
	t.Run("who was replaced can neither renew nor give up nor record", j.losesLease)
	t.Run("a lease of one name in another session is another lease", j.keepsSessionsApart)
	t.Run("a lease without a holder is refused", j.needsHolder)
	t.Run("giving up records the run", j.records)
	t.Run("giving up without a run records nothing", j.recordsNothing)
	t.Run("a lease is never free before the run is recorded", j.recordsInOneStep)
	t.Run("the list of runs is whole and in order, whatever its length", j.listsRuns)
	t.Run("the list of leases has those that somebody has", j.listsLeases)
}

func (b Backend) jobs(t *testing.T) {
	Jobs(t, func(t *testing.T) (both [2]store.Jobs) {
		for i, h := range b.pair(t) {
			j, ok := h.Store.(store.Jobs)
			if !ok {
				t.Fatalf("%T keeps no jobs", h.Store)
			}
			both[i] = j
		}
		return both
	})
}

type jobs struct {
	open func(t *testing.T) [2]store.Jobs
}

// leaseOf is the lease of one source that a holder asks for at the opening.
func leaseOf(holder string) store.Lease {
	return store.Lease{Session: session, Name: "source/list", Holder: holder, Expires: opening().Add(time.Minute)}
}

// take takes a lease that must be given.
func take(t *testing.T, s store.Jobs, l store.Lease, now time.Time) store.Lease {
	t.Helper()
	got, err := s.Acquire(t.Context(), l, now, nil)
	if err != nil {
		t.Fatalf("%s asks for %s: %v", l.Holder, l.Name, err)
	}
	return got
}

// ran is the record of a run with every field set.
func ran(session, job string) store.Run {
	at := opening().Add(123456 * time.Microsecond)
	return store.Run{Session: session, Job: job, Slot: opening(), Started: at, Ended: at.Add(time.Second), Good: at.Add(-day),
		Failures: 3, Retry: at.Add(time.Hour), Cause: store.CauseUnavailable, Error: "the source cannot be reached", Backlog: 1204}
}

func (j jobs) runs(t *testing.T, s store.Jobs, session string) []store.Run {
	t.Helper()
	runs, err := s.Runs(t.Context(), session)
	if err != nil {
		t.Fatal(err)
	}
	return runs
}

func (j jobs) gives(t *testing.T) {
	want := leaseOf("one")
	got := take(t, j.open(t)[0], want, opening())
	if got.Epoch < 1 {
		t.Errorf("the epoch is %d", got.Epoch)
	}
	want.Epoch = got.Epoch
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func (j jobs) refuses(t *testing.T) {
	both := j.open(t)
	has := take(t, both[0], leaseOf("one"), opening())
	for i, s := range both {
		for _, holder := range []string{"two", "one"} {
			_, err := s.Acquire(t.Context(), leaseOf(holder), opening(), func(string) bool { return false })
			var leased *store.Leased
			if !errors.As(err, &leased) {
				t.Fatalf("store %d, %s: %v, want that it is leased", i, holder, err)
			}
			if leased.By != has {
				t.Errorf("store %d: leased by %+v, want %+v", i, leased.By, has)
			}
		}
	}
}

func (j jobs) givesOnce(t *testing.T) {
	both := j.open(t)
	const rounds, takers = 15, 8
	var epoch int64
	for round := range rounds {
		var given atomic.Int64
		var group sync.WaitGroup
		got := make([]store.Lease, takers)
		for i := range takers {
			group.Go(func() {
				l, err := both[i%2].Acquire(t.Context(), leaseOf(fmt.Sprint("taker ", i)), opening(), nil)
				var leased *store.Leased
				switch {
				case err == nil:
					given.Add(1)
					got[i] = l
				case !errors.As(err, &leased):
					t.Error(err)
				}
			})
		}
		group.Wait()
		if given.Load() != 1 {
			t.Fatalf("round %d: %d of %d got it", round, given.Load(), takers)
		}
		for i, l := range got {
			if l.Holder == "" {
				continue
			}
			if l.Epoch <= epoch {
				t.Errorf("round %d: the epoch was %d and is %d", round, epoch, l.Epoch)
			}
			epoch = l.Epoch
			if err := both[(i+round)%2].Release(t.Context(), l, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func (j jobs) expires(t *testing.T) {
	both := j.open(t)
	has := take(t, both[0], leaseOf("one"), opening())
	next := leaseOf("two")
	next.Expires = has.Expires.Add(time.Minute)
	if _, err := both[1].Acquire(t.Context(), next, has.Expires.Add(-time.Microsecond), nil); err == nil {
		t.Fatal("it was given before it had expired")
	}
	if got := take(t, both[1], next, has.Expires); got.Holder != "two" || !got.Expires.Equal(next.Expires) {
		t.Errorf("got %+v", got)
	}
}

func (j jobs) takesFromDead(t *testing.T) {
	both := j.open(t)
	take(t, both[0], leaseOf("killed"), opening())
	var asked string
	got, err := both[1].Acquire(t.Context(), leaseOf("two"), opening(), func(holder string) bool {
		asked = holder
		return holder == "killed"
	})
	if err != nil || got.Holder != "two" || asked != "killed" {
		t.Errorf("got %+v, %v; asked about %q", got, err, asked)
	}
}

func (j jobs) growsEpoch(t *testing.T) {
	both := j.open(t)
	first := take(t, both[0], leaseOf("one"), opening())
	if err := both[0].Renew(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	if err := both[0].Release(t.Context(), first, nil); err != nil {
		t.Fatal(err)
	}
	second := take(t, both[0], leaseOf("one"), opening())
	third := take(t, both[1], leaseOf("two"), second.Expires)
	if second.Epoch <= first.Epoch || third.Epoch <= second.Epoch {
		t.Errorf("the epochs are %d, %d, %d", first.Epoch, second.Epoch, third.Epoch)
	}
}

func (j jobs) renews(t *testing.T) {
	both := j.open(t)
	l := take(t, both[0], leaseOf("one"), opening())
	ended := l.Expires
	l.Expires = ended.Add(time.Minute)
	if err := both[0].Renew(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	_, err := both[1].Acquire(t.Context(), leaseOf("two"), ended, nil)
	var leased *store.Leased
	if !errors.As(err, &leased) || !leased.By.Expires.Equal(l.Expires) {
		t.Errorf("%v, want that it is leased until %s", err, l.Expires)
	}
}

func (j jobs) renewsLate(t *testing.T) {
	s := j.open(t)[0]
	l := take(t, s, leaseOf("one"), opening())
	l.Expires = l.Expires.Add(day)
	if err := s.Renew(t.Context(), l); err != nil {
		t.Errorf("after its machine slept: %v", err)
	}
}

func (j jobs) losesLease(t *testing.T) {
	both := j.open(t)
	lost := take(t, both[0], leaseOf("one"), opening())
	next := leaseOf("one") // the same process may be its own successor
	next.Expires = lost.Expires.Add(time.Minute)
	next = take(t, both[1], next, lost.Expires)
	run := ran(session, "collect/list")
	lost.Expires = next.Expires.Add(day)
	if err := both[0].Renew(t.Context(), lost); !errors.Is(err, store.ErrLeaseLost) {
		t.Errorf("renewing: %v", err)
	}
	for _, run := range []*store.Run{&run, nil} {
		if err := both[0].Release(t.Context(), lost, run); !errors.Is(err, store.ErrLeaseLost) {
			t.Errorf("giving up: %v", err)
		}
	}
	if runs := j.runs(t, both[0], ""); len(runs) != 0 {
		t.Errorf("recorded: %+v", runs)
	}
	leases, err := both[0].Leases(t.Context(), opening())
	if err != nil || len(leases) != 1 || leases[0] != next {
		t.Errorf("leases %+v, %v; want only %+v", leases, err, next)
	}
	if err := both[1].Release(t.Context(), next, nil); err != nil {
		t.Errorf("its successor gives up: %v", err)
	}
	if err := both[1].Release(t.Context(), next, &run); !errors.Is(err, store.ErrLeaseLost) {
		t.Errorf("giving up twice: %v", err)
	}
}

func (j jobs) keepsSessionsApart(t *testing.T) {
	s := j.open(t)[0]
	here := take(t, s, leaseOf("one"), opening())
	there := leaseOf("two")
	there.Session = store.Shared
	there = take(t, s, there, opening())
	if err := s.Release(t.Context(), here, nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Renew(t.Context(), there); err != nil {
		t.Error(err)
	}
}

func (j jobs) needsHolder(t *testing.T) {
	s := j.open(t)[0]
	for _, l := range []store.Lease{leaseOf(""), {Session: session, Holder: "one"}, {Name: "digest", Holder: "one"}} {
		if _, err := s.Acquire(t.Context(), l, opening(), nil); err == nil {
			t.Errorf("%+v was given", l)
		}
	}
}

func (j jobs) records(t *testing.T) {
	both := j.open(t)
	first := ran(session, "collect/list")
	if err := both[0].Release(t.Context(), take(t, both[0], leaseOf("one"), opening()), &first); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]store.Run{first}, j.runs(t, both[1], session)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	second := store.Run{Session: session, Job: "collect/list", Slot: first.Slot.Add(day)} // never ran, never was good
	if err := both[1].Release(t.Context(), take(t, both[1], leaseOf("two"), opening()), &second); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]store.Run{second}, j.runs(t, both[0], session)); d != "" {
		t.Errorf("replaced (-want +got):\n%s", d)
	}
}

func (j jobs) recordsNothing(t *testing.T) {
	s := j.open(t)[0]
	if err := s.Release(t.Context(), take(t, s, leaseOf("one"), opening()), nil); err != nil {
		t.Fatal(err)
	}
	if runs := j.runs(t, s, ""); len(runs) != 0 {
		t.Errorf("recorded: %+v", runs)
	}
	take(t, s, leaseOf("two"), opening())
}

// Each of several counts one further in the record. A count is lost as soon as two hold the lease, or as one
// gets it before the record of the one before is there.
func (j jobs) recordsInOneStep(t *testing.T) {
	both := j.open(t)
	const workers, counts = 4, 15
	var group sync.WaitGroup
	for i := range workers {
		s, holder := both[i%2], fmt.Sprint("worker ", i)
		group.Go(func() {
			for done := 0; done < counts && !t.Failed(); {
				l, err := s.Acquire(t.Context(), leaseOf(holder), opening(), nil)
				var leased *store.Leased
				if errors.As(err, &leased) {
					continue
				}
				if err == nil {
					err = countOne(t, s, l)
				}
				if err != nil {
					t.Error(err)
					return
				}
				done++
			}
		})
	}
	group.Wait()
	if runs := j.runs(t, both[0], session); len(runs) != 1 || runs[0].Failures != workers*counts {
		t.Errorf("%+v, want a count of %d", runs, workers*counts)
	}
}

func countOne(t *testing.T, s store.Jobs, l store.Lease) error {
	runs, err := s.Runs(t.Context(), session)
	if err != nil {
		return err
	}
	run := store.Run{Session: session, Job: "collect/list", Slot: opening()}
	if len(runs) > 0 {
		run = runs[0]
	}
	run.Failures++
	return s.Release(t.Context(), l, &run)
}

func (j jobs) listsRuns(t *testing.T) {
	both := j.open(t)
	want := map[string][]store.Run{}
	for _, of := range []struct {
		session string
		jobs    int
	}{{"b", 1}, {"a", 1300}, {store.Shared, 3}} {
		for i := range of.jobs {
			run := ran(of.session, fmt.Sprintf("collect/%04d", of.jobs-i))
			l := leaseOf("one")
			l.Session = of.session
			if err := both[0].Release(t.Context(), take(t, both[0], l, opening()), &run); err != nil {
				t.Fatal(err)
			}
			want[of.session] = append([]store.Run{run}, want[of.session]...)
		}
	}
	for session, runs := range want {
		if d := cmp.Diff(runs, j.runs(t, both[1], session)); d != "" {
			t.Errorf("session %s (-want +got):\n%s", session, d)
		}
	}
	all := j.runs(t, both[1], "")
	got := map[string][]store.Run{}
	for _, r := range all {
		got[r.Session] = append(got[r.Session], r)
	}
	if d := cmp.Diff(want, got); d != "" || len(all) != 1304 {
		t.Errorf("all %d (-want +got):\n%s", len(all), d)
	}
	if runs := j.runs(t, both[1], "unknown"); len(runs) != 0 {
		t.Errorf("of a session without jobs: %+v", runs)
	}
}

func (j jobs) listsLeases(t *testing.T) {
	both := j.open(t)
	var want []store.Lease
	for i, name := range []string{"digest", "source/a", "source/b"} {
		l := leaseOf("one")
		l.Name, l.Expires = name, opening().Add(time.Duration(i+1)*time.Minute)
		want = append(want, take(t, both[0], l, opening()))
	}
	free := leaseOf("one")
	free.Name = "source/free"
	if err := both[0].Release(t.Context(), take(t, both[0], free, opening()), nil); err != nil {
		t.Fatal(err)
	}
	got, err := both[1].Leases(t.Context(), opening())
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, d)
	}
	got, err = both[1].Leases(t.Context(), opening().Add(2*time.Minute))
	if d := cmp.Diff(want[2:], got); d != "" || err != nil {
		t.Errorf("later: %v (-want +got):\n%s", err, d)
	}
}
