package watch_test

import (
	"encoding/binary"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"askahead/store"
	"askahead/watch"
)

const day = 24 * time.Hour

// monday is a Monday at noon.
func monday() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) }

// on gives one item on each of the days, counted from monday.
func on(days ...int) (arrivals []store.Arrival) {
	for _, d := range days {
		arrivals = append(arrivals, store.Arrival{Hour: monday().Add(time.Duration(d) * day), Items: 1})
	}
	return arrivals
}

// every gives n days that lie step days apart.
func every(step, n int) (days []int) {
	for i := range n {
		days = append(days, i*step)
	}
	return days
}

// weekdays gives the days of n weeks without their weekends.
func weekdays(n int) (days []int) {
	for d := range 7 * n {
		if d%7 < 5 {
			days = append(days, d)
		}
	}
	return days
}

func TestLearn(t *testing.T) {
	outage := every(1, 100)
	for d := 200; d < 300; d++ {
		outage = append(outage, d)
	}
	for _, c := range []struct {
		name     string
		arrivals []store.Arrival
		want     watch.Rhythm
	}{
		{"nothing is known of a source that brought nothing", nil, watch.Rhythm{Basis: watch.Few, Limit: 30 * day}},
		{"a sign of life is no item", []store.Arrival{{Hour: monday()}}, watch.Rhythm{Basis: watch.Few, Limit: 30 * day}},
		{"eight days are too few", on(every(1, 8)...), watch.Rhythm{Basis: watch.Few, Days: 8, Limit: 30 * day}},
		{"of few, a long pause is believed", on(0, 20), watch.Rhythm{Basis: watch.Few, Days: 2, Limit: 60 * day}},
		{"but none is believed that is longer than a month", on(0, 200), watch.Rhythm{Basis: watch.Few, Days: 2, Limit: 90 * day}},
		{"one that brings something every day may be silent over a long weekend", on(every(1, 9)...),
			watch.Rhythm{Basis: watch.Learned, Days: 9, Usual: day, Limit: 4 * day}},
		{"one that rests at weekends may rest over a long one", on(weekdays(10)...),
			watch.Rhythm{Basis: watch.Learned, Days: 50, Usual: 3 * day, Limit: 5 * day}},
		{"a weekly one may leave out a week", on(every(7, 20)...),
			watch.Rhythm{Basis: watch.Learned, Days: 20, Usual: 7 * day, Limit: 17*day + 12*time.Hour}},
		{"a monthly one may leave out a month", on(every(30, 12)...),
			watch.Rhythm{Basis: watch.Learned, Days: 12, Usual: 30 * day, Limit: 75 * day}},
		{"no limit is longer than three months", on(every(40, 10)...),
			watch.Rhythm{Basis: watch.Learned, Days: 10, Usual: 40 * day, Limit: 90 * day}},
		{"a first day that stands alone is a wrong clock's", on(append([]int{-250}, every(1, 20)...)...),
			watch.Rhythm{Basis: watch.Learned, Days: 20, Usual: day, Limit: 4 * day}},
		{"what lies more than a year back does not count", on(append(every(20, 10), every(1, 700)[330:]...)...),
			watch.Rhythm{Basis: watch.Learned, Days: 366, Usual: day, Limit: 4 * day}},
		{"three months without anything do not make askahead deaf to a source of every day", on(outage...),
			watch.Rhythm{Basis: watch.Learned, Days: 200, Usual: 101 * day, Limit: 5 * day}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := watch.Learn(c.arrivals); got != c.want {
				t.Errorf("%+v, want %+v", got, c.want)
			}
			slices.Reverse(c.arrivals)
			if got := watch.Learn(c.arrivals); got != c.want {
				t.Errorf("in another order: %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestSilenceIsToldOnceTheLimitIsPassed(t *testing.T) {
	r := watch.Rhythm{Basis: watch.Set, Limit: 3 * day}
	last := monday()
	for at, want := range map[time.Duration]bool{
		-day: false, 0: false, 3 * day: false,
		3*day + time.Hour:               false, // it came within the hour that begins at last
		3*day + time.Hour + time.Second: true,
		900 * day:                       true,
	} {
		if got := r.Silence(last, last.Add(at)); got != want {
			t.Errorf("after %v: %v", at, got)
		}
	}
	if (watch.Rhythm{Basis: watch.Off}).Silence(last, last.Add(900*day)) {
		t.Error("a silence is told of a source that is not watched")
	}
}

// anyDays draws days of at most a year, sorted and distinct, of which enough have something to learn from. Two items
// on each: none is taken for a wrong clock's.
func anyDays(t *rapid.T, longest int) []int {
	days := rapid.SliceOfNDistinct(rapid.IntRange(0, longest), 9, -1, rapid.ID[int]).Draw(t, "days")
	slices.Sort(days)
	return days
}

func twiceOn(days []int) []store.Arrival {
	arrivals := on(days...)
	for i := range arrivals {
		arrivals[i].Items = 2
	}
	return arrivals
}

func TestASourceThatBringsMoreIsNeverGivenALongerLimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		days := anyDays(t, 365)
		thinned := days[:1:1]
		for _, d := range days[1 : len(days)-1] {
			if rapid.Bool().Draw(t, "keep") {
				thinned = append(thinned, d)
			}
		}
		thinned = append(thinned, days[len(days)-1])
		all, part := watch.Learn(twiceOn(days)), watch.Learn(twiceOn(thinned))
		if part.Basis == watch.Learned && all.Limit > part.Limit {
			t.Errorf("%v with all, %v with %d of %d days", all.Limit, part.Limit, len(thinned), len(days))
		}
	})
}

// The same rhythm, so many times slower and looked at for so many times longer, has a limit so many times longer, but
// for the shortest and the longest that there is.
func TestLimitsGrowWithThePauses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		times := rapid.IntRange(1, 20).Draw(t, "times")
		days := anyDays(t, 365)
		slower := slices.Clone(days)
		for i := range slower {
			slower[i] *= times
		}
		rule := watch.DefaultRule()
		rule.Least, rule.Limit = 0, 5*366*day
		short := rule.Learn(twiceOn(days)).Limit
		rule.Window, rule.Recent, rule.Limit = rule.Window*times, rule.Recent*times, rule.Limit*time.Duration(times)
		if long := rule.Learn(twiceOn(slower)).Limit; long != time.Duration(times)*short {
			t.Errorf("%v times %d became %v", short, times, long)
		}
	})
}

func FuzzLearn(f *testing.F) {
	f.Add([]byte("1234567890123456"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var arrivals []store.Arrival
		for ; len(data) >= 9; data = data[9:] {
			at := time.Unix(int64(binary.BigEndian.Uint64(data)), 0)
			arrivals = append(arrivals, store.Arrival{Hour: at, Items: int64(int8(data[8]))})
		}
		r := watch.Learn(arrivals)
		if r.Limit < 4*day || r.Limit > 90*day || r.Usual < 0 || r.String() == "" {
			t.Errorf("%+v", r)
		}
	})
}
