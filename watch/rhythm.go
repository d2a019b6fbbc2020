package watch

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"askahead/store"
)

const day = 24 * time.Hour

// Rule is by which figures a rhythm is learned, and when a silence is told. docs/alarms.md says it in words, and
// docs/quality.md how its figures were found and what they do.
//
// What counts are pauses: the days from one day with items to the next. Days, because nights are no silence. Of the
// pauses counts how much of the time lies in them: a burst of mail in one week says little about the weeks without
// one, and leaving out a day never makes any moment lie in a shorter pause. So a source that brings more is never
// given a longer limit than one that brings a part of it.
type Rule struct {
	Window int           // days before the newest item that are looked at,
	Recent int           // and those of them that are looked at again alone: the more patient of both counts
	Pauses int           // that must have been seen before anything is said to be learned
	Half   float64       // the limit is at most so many times the pause that half of the time lies within,
	Most   float64       // and at most so many times the pause that four fifths of it lie within
	Few    time.Duration // the limit while too little is known, or three times the longest pause if that is longer
	Least  time.Duration // the shortest limit that is learned: a long weekend is no silence
	Limit  time.Duration // the longest limit of all
}

// DefaultRule is the rule that Learn uses.
func DefaultRule() Rule {
	return Rule{Window: 365, Recent: 30, Pauses: 8, Half: 5, Most: 2.5, Few: 30 * day, Least: 4 * day, Limit: 90 * day}
}

// Basis is where a limit comes from.
type Basis string

// What a limit may stand on.
const (
	Learned Basis = "learned" // the source's own rhythm
	Few     Basis = "few"     // too little has come to know it
	Set     Basis = "set"     // the configuration
	Off     Basis = "off"     // the configuration: silence is never told
)

// Rhythm is how a source brings things, and how long it may bring nothing.
type Rhythm struct {
	Basis Basis
	Days  int           // on which something came, within the rule's window
	Usual time.Duration // four fifths of the time lay in pauses no longer than this; 0 unless learned
	Limit time.Duration // a longer silence is an alarm; 0 if none is
}

// Learn finds the rhythm in the hours in which something came.
func Learn(arrivals []store.Arrival) Rhythm { return DefaultRule().Learn(arrivals) }

// Silence tells whether nothing has come for too long at a time. last is the hour in which something came last.
func (r Rhythm) Silence(last, at time.Time) bool {
	return r.Limit > 0 && at.Sub(last.Add(time.Hour)) > r.Limit
}

// String says it in the words of a table: "learned from 140 days, alarm after 5 days".
func (r Rhythm) String() string {
	switch r.Basis {
	case Learned:
		return fmt.Sprintf("learned from %d days, alarm after %s", r.Days, span(r.Limit))
	case Set:
		return "set, alarm after " + span(r.Limit)
	case Off:
		return "not watched"
	}
	return "not learned yet, alarm after " + span(r.Limit)
}

// Learn finds the rhythm in the hours in which something came, in any order.
func (rule Rule) Learn(arrivals []store.Arrival) Rhythm {
	days := rule.days(arrivals)
	r := Rhythm{Basis: Few, Days: len(days), Limit: min(rule.Few, rule.Limit)}
	if len(days) <= rule.Pauses {
		for i := range len(days) - 1 {
			r.Limit = min(max(r.Limit, 3*time.Duration(days[i+1]-days[i])*day), rule.Limit)
		}
		return r
	}
	year, month := pausesOf(days, rule.Window), pausesOf(days, rule.Recent)
	r.Basis, r.Usual = Learned, time.Duration(year.within(0.8))*day
	r.Limit = min(max(rule.limit(year), rule.limit(month), rule.Least), rule.Limit)
	return r
}

// limit is how long a silence may last after these pauses. What four fifths of the time lie within says how long the
// longer ones are; what half of it lies within keeps a single outage from making askahead deaf for a year.
func (rule Rule) limit(p pauses) time.Duration {
	return time.Duration(min(rule.Half*float64(p.within(0.5)), rule.Most*float64(p.within(0.8))) * float64(day))
}

// days gives the days on which something came, in order, counted from 1970, within the window. A first day that
// stands alone, further from the second than all others together, is a date that somebody's clock made up.
func (rule Rule) days(arrivals []store.Arrival) []int64 {
	items := map[int64]int64{}
	for _, a := range arrivals {
		if a.Items > 0 {
			items[floorDay(a.Hour)] += a.Items
		}
	}
	days := make([]int64, 0, len(items))
	for d := range items {
		days = append(days, d)
	}
	slices.Sort(days)
	if len(days) == 0 {
		return nil
	}
	newest := days[len(days)-1]
	days = slices.DeleteFunc(days, func(d int64) bool { return d < newest-int64(rule.Window) })
	if len(days) > rule.Pauses && items[days[0]] == 1 && days[1]-days[0] > newest-days[1] {
		days = days[1:]
	}
	return days
}

func floorDay(t time.Time) int64 {
	seconds := t.Unix()
	d := seconds / 86400
	if seconds%86400 < 0 {
		d--
	}
	return d
}

// pauses are the days from each day with items to the next, the shortest first, and how many of them count.
type pauses []pause

type pause struct{ length, counts int64 }

// pausesOf gives the pauses of the last days before the newest. Of one that began before them, the days within count.
func pausesOf(days []int64, last int) pauses {
	from := days[len(days)-1] - int64(last)
	p := make(pauses, 0, len(days))
	for i := range len(days) - 1 {
		if counts := days[i+1] - max(days[i], from); counts > 0 {
			p = append(p, pause{days[i+1] - days[i], counts})
		}
	}
	slices.SortFunc(p, func(a, b pause) int { return cmp.Compare(a.length, b.length) })
	return p
}

// within gives the shortest pause such that the share of the time lies in pauses no longer than it.
func (p pauses) within(share float64) int64 {
	var all, so int64
	for _, one := range p {
		all += one.counts
	}
	for _, one := range p {
		so += one.counts
		if float64(so) >= share*float64(all) {
			return one.length
		}
	}
	return 0
}

// span writes a duration for people: "2.5 days", "36 hours".
func span(d time.Duration) string {
	if d < 2*day && d%day != 0 {
		return number(d.Hours(), "hour")
	}
	return number(d.Hours()/24, "day")
}

func number(n float64, unit string) string {
	text := strconv.FormatFloat(float64(int64(n*10+0.5))/10, 'f', -1, 64)
	if text != "1" {
		unit += "s"
	}
	return text + " " + unit
}
