// Package collectortest holds the promises of a collector as tests. A kind proves that it keeps them by
// handing a Fixture to Run; see its own test for the smallest example.
package collectortest

import (
	"testing"
	"time"

	"askahead/collectors"
)

// Fixture is a source of one kind in a known state. New, Want and Empty are needed; the tests for what is
// left out do not run.
type Fixture struct {
	// New makes a collector of the source. It must need at least two batches, or resuming could not be seen.
	New func(t *testing.T) collectors.Collector
	// Want are the external ids of all items, in the order in which they are promised: oldest first.
	Want []string
	// Broken are the ids of what no parser can read.
	Broken []string
	// Empty makes a collector of a source that has nothing.
	Empty func(t *testing.T) collectors.Collector
	// Grow adds to the source of New and gives the external ids that are new, oldest first. It runs last.
	Grow func(t *testing.T) []string
	// Failing makes a collector whose source fails with something better read than nothing: after its first
	// items, or at once. Is is the error that is due; any will do if it is nil.
	Failing func(t *testing.T) collectors.Collector
	Is      error
	// Sweep makes a collector whose source has edited and deleted some of Want since.
	Sweep func(t *testing.T) (c collectors.Sweeper, edited, gone []string)
	// Fetch makes a collector that can be asked for single items, and says what is due for which ids. It gives Items
	// as Collect does.
	Fetch func(t *testing.T) (Fetcher, Fetched)
	// Rewind makes a collector that can begin at a time, and gives the ids that must come then, in order. Others may
	// come too, but not all of Want.
	Rewind func(t *testing.T) (c Rewinder, to time.Time, since []string)
}

// Rewinder is a collector that can begin at a time.
type Rewinder interface {
	collectors.Collector
	collectors.Rewinder
}

// Fetcher is a collector that can be asked for single items.
type Fetcher interface {
	collectors.Collector
	collectors.Fetcher
}

// Fetched is what the source has to say about ids.
type Fetched struct{ Items, Broken, Gone, Unknown []string }

// Run tests every promise as a subtest.
func Run(t *testing.T, f Fixture) {
	for _, p := range promises() {
		if p.applies != nil && !p.applies(f) {
			continue
		}
		t.Run(p.name, func(t *testing.T) {
			if err := p.check(t, f); err != nil {
				t.Error(err)
			}
		})
	}
}

type promise struct {
	name    string
	check   func(t *testing.T, f Fixture) error
	applies func(f Fixture) bool
}

func promises() []promise {
	return []promise{
		{"gives every item once, oldest first", everyItem, nil},
		{"gives ids, types and reasons, and nothing larger than MaxRaw", wellFormed, nil},
		{"puts what it cannot read into Broken", brokenItems, nil},
		{"gives the same items from the same cursor", sameAgain, nil},
		{"keeps no state between two runs at once", twoAtOnce, nil},
		{"gives exactly the rest from the cursor of each batch", resumes, nil},
		{"loses and repeats nothing when stopped after every batch", stopped, nil},
		{"stops when its reader does", stopsReading, nil},
		{"ends with an error when the context is cancelled", cancelled, nil},
		{"refuses a cursor that it did not write", foreignCursor, nil},
		{"finds nothing new in an unchanged source", nothingNew, nil},
		{"takes an empty source without an error", emptySource, func(f Fixture) bool { return f.Empty != nil }},
		{"ends with one error when the source fails, and keeps its place", fails, func(f Fixture) bool { return f.Failing != nil }},
		{"reports edits and deletions", sweeps, func(f Fixture) bool { return f.Sweep != nil }},
		{"gives single items again as they are now", fetches, func(f Fixture) bool { return f.Fetch != nil }},
		{"begins at a time", rewinds, func(f Fixture) bool { return f.Rewind != nil }},
		{"gives only what is new when the source has grown", grown, func(f Fixture) bool { return f.Grow != nil }},
	}
}
