package pipeline

import (
	"context"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"askahead/collectors"
	"askahead/domain"
	"askahead/store"
	"askahead/take"
)

// dated is mail with another date; none if date is empty.
func dated(n int, date, subject, body string, more ...string) domain.Item {
	it := mail(n, subject, body, more...)
	raw := string(it.Raw)
	from := strings.Index(raw, "Date: ")
	to := from + strings.Index(raw[from:], "\n") + 1
	if date != "" {
		date = "Date: " + date + "\n"
	}
	it.Raw = []byte(raw[:from] + date + raw[to:])
	return it
}

// arrivals gives how many items came in which hours, oldest first: "2018-10-01 10h: 3".
func (f fixture) arrivals(t *testing.T, session, source string) (list []string) {
	t.Helper()
	all, err := f.db.Arrivals(t.Context(), session, source, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all {
		list = append(list, a.Hour.Format("2006-01-02 15h")+": "+strings.Repeat("x", int(a.Items)))
	}
	return list
}

func (f fixture) expectArrivals(t *testing.T, session, source string, want ...string) {
	t.Helper()
	if d := cmp.Diff(want, f.arrivals(t, session, source)); d != "" {
		t.Errorf("arrivals of %s (-want +got):\n%s", source, d)
	}
}

func TestArrivalsCountWhateverBecameOfTheItem(t *testing.T) {
	f := newLine(t)
	all := []domain.Item{
		mail(1, "WHOIS", askWhois),                          // kept
		mail(2, "Minutes", "The minutes are on the page."),  // no question
		mail(3, "TLP:RED names", askBorder),                 // RED
		mail(4, "Private", askLaw, "X-No-Archive: yes"),     // opted out
		dated(5, "Mon, 01 Oct 2018 13:10:00 +0200", "", ""), // another way to write eleven o'clock
	}
	f.collect(t, newSource(t, &shelf{pages: [][]domain.Item{all[:3], all[3:]}}, take.Rule{Subject: []string{"WHOIS"}}))
	f.expectArrivals(t, "one", "list", "2018-10-01 10h: xxxx", "2018-10-01 11h: x", "2018-11-01 12h: ")
}

func TestDatesThatCannotBeAreCountedAtTheEdge(t *testing.T) {
	f := newLine(t)
	f.collect(t, newSource(t, &shelf{pages: [][]domain.Item{{
		dated(1, "Mon, 01 Jan 1990 00:00:00 +0000", "WHOIS", askWhois),
		dated(2, "Mon, 01 Jan 2035 00:00:00 +0000", "Law", askLaw),
		dated(3, "Thu, 01 Nov 2018 12:20:00 +0000", "Soon", "It is twenty minutes fast."),
		dated(4, "", "Undated", "It may have come at any time before the first run."),
	}}}, take.Rule{}))
	f.expectArrivals(t, "one", "list", "2017-09-27 13h: x", "2018-11-01 12h: xx")
	oldest := time.Date(2017, 9, 27, 13, 0, 0, 0, time.UTC)
	if edge := f.Now().Add(-store.KeepArrivals); !oldest.After(edge) || oldest.Sub(edge) > time.Hour {
		t.Errorf("the oldest hour is not the first one that is kept: it ends at %v", edge)
	}
}

func TestWhatComesBetweenTwoRunsIsASignOfLife(t *testing.T) {
	f := newLine(t)
	c := &shelf{pages: [][]domain.Item{{mail(1, "WHOIS", askWhois)}}}
	src := newSource(t, c, take.Rule{})
	at := f.Now()
	f.Now = func() time.Time { return at }
	f.collect(t, src)
	f.expectArrivals(t, "one", "list", "2018-10-01 10h: x", "2018-11-01 12h: ")

	at = at.Add(5 * time.Hour)
	c.pages = append(c.pages, []domain.Item{mail(9, "Lunch", "It is at noon.")})
	f.collect(t, src)
	at = at.Add(5 * time.Hour)
	c.pages = append(c.pages, []domain.Item{dated(2, "Mon, 01 Jan 2018 00:00:00 +0000", "Old", "By a clock that is wrong.")})
	f.collect(t, src)
	f.expectArrivals(t, "one", "list", "2018-01-01 00h: x", "2018-10-01 10h: xx", "2018-11-01 12h: ", "2018-11-01 17h: ")

	at = at.Add(5 * time.Hour)
	c.pages = append(c.pages, []domain.Item{dated(3, "", "Undated", "By no clock.")})
	f.collect(t, src)
	f.expectArrivals(t, "one", "list", "2018-01-01 00h: x", "2018-10-01 10h: xx", "2018-11-01 12h: ", "2018-11-01 17h: ", "2018-11-02 03h: x")
}

func TestSweepsArchivesAndRepeatedPagesAreNoArrivals(t *testing.T) {
	f := newLine(t)
	c := &shelf{pages: [][]domain.Item{{mail(1, "WHOIS", askWhois)}}}
	src := newSource(t, c, take.Rule{})
	f.collect(t, src)
	again := mail(1, "WHOIS", askLaw)
	again.Edited = true
	c.swept = map[string]collectors.Batch{"1": {Items: []domain.Item{again}}}
	if sum, err := f.Sweep(t.Context(), src, nil); err != nil || sum.Changed != 1 {
		t.Fatalf("the sweep: %+v, %v", sum, err)
	}
	archive := newSource(t, &shelf{pages: [][]domain.Item{{mail(7, "Borders", askBorder)}}}, take.Rule{})
	archive.Stream = "list < archive"
	f.collect(t, archive)
	standing := newSource(t, still{mail(8, "Roads", "Who mends the roads of the north?")}, take.Rule{})
	standing.Name = "standing"
	if sum := f.collect(t, standing); sum.Kept != 1 {
		t.Fatalf("the page that comes again: %+v", sum)
	}
	f.expectArrivals(t, "one", "list", "2018-10-01 10h: x", "2018-11-01 12h: ")
	f.collect(t, standing)
	f.expectArrivals(t, "one", "standing", "2018-10-01 10h: x", "2018-11-01 12h: ")
}

// still is a source that gives the same page again and again.
type still [1]domain.Item

func (s still) Collect(context.Context, collectors.Cursor) iter.Seq2[collectors.Batch, error] {
	return func(yield func(collectors.Batch, error) bool) {
		yield(collectors.Batch{Items: s[:], Next: "here"}, nil)
	}
}

func TestATopLevelSourceHasOneRhythm(t *testing.T) {
	f := newLine(t)
	src := newSource(t, &shelf{pages: [][]domain.Item{{mail(1, "WHOIS", askWhois), mail(2, "Law", askLaw)}}}, take.Rule{})
	src.Shared, src.Parts = true, []Part{newPart(t, "one", take.Rule{}), newPart(t, "two", take.Rule{Subject: []string{"none"}})}
	f.collect(t, src)
	f.expectArrivals(t, store.Shared, "list", "2018-10-01 10h: xx", "2018-11-01 12h: ")
	f.expectArrivals(t, "one", "list")
	f.expectArrivals(t, "two", "list")
}
