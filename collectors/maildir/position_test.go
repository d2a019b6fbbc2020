package maildir

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"askahead/collectors"
)

// entriesOf makes the listing of a set of names.
func entriesOf(names map[string]bool) []entry {
	var entries []entry
	for n := range names {
		entries = append(entries, newEntry(n, "", "", n))
	}
	slices.SortFunc(entries, func(a, b entry) int { return a.compare(b.key) })
	return entries
}

// read reads from a cursor as Collect does, in pages of size, stopping after stop pages if stop > 0.
func read(t interface{ Fatal(...any) }, p *position, names map[string]bool, size, stop int) (*position, []string) {
	entries := entriesOf(names)
	pending, _ := p.compare(entries)
	var got []string
	for n, i := range pending {
		p.pass(entries[i], true)
		got = append(got, entries[i].unique)
		if (n+1)%size == 0 {
			p.settle(entries, pending[n+1:])
			p = reopened(t, p)
			if (n+1)/size == stop {
				return p, got
			}
		}
	}
	p.settle(entries, nil)
	return reopened(t, p), got
}

// reopened writes p as a cursor and reads it again.
func reopened(t interface{ Fatal(...any) }, p *position) *position {
	c, err := p.cursor()
	if err != nil {
		t.Fatal(err)
	}
	again, err := readPosition(c)
	if err != nil {
		t.Fatal(err)
	}
	return again
}

// TestPositionLosesNothing changes a folder at random between runs that stop anywhere.
func TestPositionLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := map[string]bool{}
		seen := map[string]bool{}
		p := &position{}
		var got []string
		for range rapid.IntRange(1, 8).Draw(t, "runs") {
			for range rapid.IntRange(0, 60).Draw(t, "arrivals") {
				names[fmt.Sprintf("%d.x", rapid.IntRange(0, 2000).Draw(t, "name"))] = true
			}
			if all := slices.Sorted(maps.Keys(names)); len(all) > 0 {
				for range rapid.IntRange(0, 20).Draw(t, "deletions") {
					delete(names, all[rapid.IntRange(0, len(all)-1).Draw(t, "which")])
				}
			}
			p, got = read(t, p, names, rapid.IntRange(1, 9).Draw(t, "page"), rapid.IntRange(0, 3).Draw(t, "stop"))
			if !slices.IsSortedFunc(got, func(a, b string) int { return newEntry(a, "", "", a).compare(newEntry(b, "", "", b).key) }) {
				t.Fatalf("out of order: %q", got)
			}
			for _, n := range got {
				seen[n] = true
			}
		}
		p, got = read(t, p, names, 5, 0)
		for _, n := range got {
			seen[n] = true
		}
		for n := range names {
			if !seen[n] {
				t.Fatalf("%q was never given", n)
			}
		}
		if _, got = read(t, p, names, 5, 0); len(got) != 0 {
			t.Fatalf("an unchanged folder gives %q", got)
		}
	})
}

// TestPositionRepeatsNothing changes at most one name of a bucket between runs.
func TestPositionRepeatsNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names, given := map[string]bool{}, map[string]int{}
		p := &position{}
		for range rapid.IntRange(1, 6).Draw(t, "runs") {
			touched := map[int]bool{}
			for range rapid.IntRange(0, 40).Draw(t, "changes") {
				n := fmt.Sprintf("%d.x", rapid.IntRange(0, 3000).Draw(t, "name"))
				b := newEntry(n, "", "", n).bucket()
				if touched[b] {
					continue
				}
				touched[b] = true
				if names[n] {
					delete(names, n)
					delete(given, n)
				} else {
					names[n] = true
				}
			}
			var got []string
			p, got = read(t, p, names, rapid.IntRange(1, 9).Draw(t, "page"), 0)
			for _, n := range got {
				if given[n]++; given[n] > 1 {
					t.Fatalf("%q was given %d times", n, given[n])
				}
			}
		}
		if len(given) != len(names) {
			t.Fatalf("%d names, %d given", len(names), len(given))
		}
	})
}

func TestManyDeletionsRepeatOnlyTheirBuckets(t *testing.T) {
	names := map[string]bool{}
	for n := range 6400 {
		names[fmt.Sprintf("%d.x", n)] = true
	}
	p, _ := read(t, &position{}, names, 500, 0)
	gone := 0
	for n := range names { // two of one bucket
		if newEntry(n, "", "", n).bucket() == 7 && gone < 2 {
			delete(names, n)
			gone++
		}
	}
	p, got := read(t, p, names, 10, 3) // stopped in the middle of the second reading
	if len(got) != 30 {
		t.Fatalf("the first pages give %d", len(got))
	}
	rest := 0
	for range 100 {
		var more []string
		if p, more = read(t, p, names, 10, 1); len(more) == 0 {
			break
		}
		rest += len(more)
	}
	if want := len(names) / 64; 30+rest > want*2 || 30+rest < want/2 {
		t.Errorf("%d of %d names were given again", 30+rest, len(names))
	}
	if p.mask != 0 {
		t.Error("the second reading does not end")
	}
}

func FuzzPosition(f *testing.F) {
	p, _ := read(f, &position{}, map[string]bool{"1.x": true, "2.x": true}, 1, 0)
	c, err := p.cursor()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(c), "1772445600.M1P7.host:2,FS")
	f.Fuzz(func(t *testing.T, cursor, file string) {
		unique, _ := split(file)
		names := map[string]bool{"1.x": true, unique: true}
		p, err := readPosition(collectors.Cursor(cursor))
		if err != nil {
			return
		}
		// Whatever a cursor claims, reading from it ends, and what it ends with is at rest.
		p, _ = read(t, p, names, 1, 0)
		if _, again := read(t, p, names, 1, 0); len(again) > 0 {
			t.Fatalf("it gives %q for ever", again)
		}
	})
}

func BenchmarkCompare(b *testing.B) {
	names := map[string]bool{}
	for n := range 100_000 {
		names[fmt.Sprintf("%d.M%dP7.host", 1772445600+n/3, n)] = true
	}
	entries := entriesOf(names)
	p, _ := read(b, &position{}, names, 500, 0)
	for b.Loop() {
		if pending, _ := p.compare(entries); len(pending) != 0 {
			b.Fatal(len(pending))
		}
	}
}
