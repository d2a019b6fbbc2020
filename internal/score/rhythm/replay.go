package main

import (
	"math/rand/v2"
	"time"

	"askahead/store"
)

// cuts is how often a source is cut off, each time from the beginning.
const cuts = 60

// replay lets the time of a source pass from from to to. The limit is learned anew on each day on which something
// came, from the year before.
func replay(hours []store.Arrival, limit func([]store.Arrival) time.Duration, from, to time.Time) (t tally) {
	luck := rand.New(rand.NewPCG(uint64(len(hours)), 7))
	moments := make([]time.Time, cuts)
	for i := range moments {
		moments[i] = from.Add(time.Duration(luck.Int64N(int64(to.Sub(from)))))
	}
	first := 0
	var learned time.Time
	var allowed time.Duration
	for i := range len(hours) - 1 {
		last, next := hours[i].Hour, hours[i+1].Hour
		if last.Before(from) || !last.Before(to) {
			continue
		}
		if d := last.Truncate(24 * time.Hour); !d.Equal(learned) {
			for hours[first].Hour.Before(last.Add(-366 * day)) {
				first++
			}
			learned, allowed = d, limit(hours[first:i+1])
		}
		silence := next.Sub(last.Add(time.Hour))
		switch {
		case silence > 3*allowed:
			t.real++
		case silence > allowed:
			t.alarms++
		}
		t.years += next.Sub(last).Hours() / 8766
		for _, cut := range moments {
			if !cut.Before(last) && cut.Before(next) {
				t.delays = append(t.delays, max(0, last.Add(time.Hour+allowed).Sub(cut)))
			}
		}
	}
	return t
}
