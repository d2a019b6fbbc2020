package schedule_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"askahead/schedule"
)

// Ten zones whose clocks change in different ways: by an hour, half an hour, two hours, at midnight, twice
// around Ramadan, by skipping a day, or not at all.
func zones() []string {
	return []string{
		"Europe/Berlin", "Europe/Dublin", "America/New_York", "America/Sao_Paulo", "America/Havana",
		"Africa/Casablanca", "Asia/Kathmandu", "Australia/Lord_Howe", "Antarctica/Troll", "Pacific/Apia",
	}
}

func TestDailyIsDueOncePerDayForTenYears(t *testing.T) {
	for _, name := range zones() {
		t.Run(name, func(t *testing.T) {
			z := zone(t, name)
			s, err := schedule.Parse("30 2 * * *", z)
			if err != nil {
				t.Fatal(err)
			}
			from := time.Date(2010, 1, 1, 0, 0, 0, 0, z)
			to := time.Date(2020, 1, 1, 0, 0, 0, 0, z)
			want := 3652
			seen := map[string]bool{}
			n := 0
			for at := s.Next(from); at.Before(to); at = s.Next(at) {
				n++
				date := at.In(z).Format(time.DateOnly)
				// The day that Samoa skipped is due too: when the next one begins.
				if seen[date] && date != "2011-12-31" {
					t.Errorf("due twice on %s", date)
				}
				seen[date] = true
			}
			if n != want {
				t.Errorf("due %d times in ten years, want %d", n, want)
			}
		})
	}
}

// spec is a random cron line with the sets that it means.
type spec struct {
	line                       string
	minutes, hours, days, week []int
}

func drawSpec(t *rapid.T) spec {
	draw := func(label string, low, high int) ([]int, string) {
		if rapid.Bool().Draw(t, label+" is any") {
			return nil, "*"
		}
		set := rapid.SliceOfNDistinct(rapid.IntRange(low, high), 1, 3, rapid.ID[int]).Draw(t, label)
		texts := make([]string, len(set))
		for i, n := range set {
			texts[i] = fmt.Sprint(n)
		}
		return set, strings.Join(texts, ",")
	}
	var s spec
	var texts [4]string
	s.minutes, texts[0] = draw("minute", 0, 59)
	s.hours, texts[1] = draw("hour", 0, 3)
	s.days, texts[2] = draw("day", 1, 31)
	s.week, texts[3] = draw("weekday", 0, 7)
	s.line = texts[0] + " " + texts[1] + " " + texts[2] + " * " + texts[3]
	return s
}

func (s spec) matches(w time.Time) bool {
	in := func(set []int, n int) bool { return set == nil || slices.Contains(set, n) }
	day := in(s.days, w.Day())
	week := in(s.week, int(w.Weekday())) || w.Weekday() == time.Sunday && slices.Contains(s.week, 7)
	due := day && week
	if s.days != nil && s.week != nil {
		due = day || week
	}
	return due && in(s.hours, w.Hour()) && in(s.minutes, w.Minute())
}

// expected walks through real minutes and looks at the clock: what Next promises, in the slowest way.
func (s spec) expected(from, to time.Time, z *time.Location) []time.Time {
	wall := func(t time.Time) time.Time {
		l := t.In(z)
		return time.Date(l.Year(), l.Month(), l.Day(), l.Hour(), l.Minute(), 0, 0, time.UTC)
	}
	start := from.Add(-50 * time.Hour)
	shown := wall(start)
	var due []time.Time
	for at := start; at.Before(to); at = at.Add(time.Minute) {
		now := wall(at)
		hit := s.matches(now)
		if s.hours != nil {
			hit = false
			for ; shown.Before(now); shown = shown.Add(time.Minute) {
				hit = hit || s.matches(shown.Add(time.Minute))
			}
		}
		if hit && at.After(from) {
			due = append(due, at)
		}
	}
	return due
}

func TestNextAgreesWithAWalkThroughEveryMinute(t *testing.T) {
	locations := make([]*time.Location, 0, 10)
	for _, name := range zones() {
		locations = append(locations, zone(t, name))
	}
	rapid.Check(t, func(t *rapid.T) {
		z := rapid.SampledFrom(locations).Draw(t, "zone")
		s := drawSpec(t)
		parsed, err := schedule.Parse(s.line, z)
		if err != nil {
			t.Skip("a day that never comes")
		}
		// Near a change of the clock, if the zone has one in the next year.
		at := time.Date(2010, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 3650*24).Draw(t, "hour")) * time.Hour)
		if _, end := at.In(z).ZoneBounds(); !end.IsZero() && end.Sub(at) < 400*24*time.Hour {
			at = end.UTC().Add(-time.Duration(rapid.IntRange(0, 30*60).Draw(t, "minutes before")) * time.Minute)
		}
		to := at.Add(54 * time.Hour)
		var got []time.Time
		for next := parsed.Next(at); !next.IsZero() && next.Before(to); next = parsed.Next(next) {
			got = append(got, next)
		}
		want := s.expected(at, to, z)
		if !slices.EqualFunc(got, want, time.Time.Equal) {
			t.Fatalf("%q in %s after %s\n got %v\nwant %v", s.line, z, at, got, want)
		}
	})
}

func BenchmarkNext(b *testing.B) {
	s, err := schedule.Parse("30 2 * * *", zone(b, "Europe/Berlin"))
	if err != nil {
		b.Fatal(err)
	}
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for b.Loop() {
		s.Next(at)
	}
}
