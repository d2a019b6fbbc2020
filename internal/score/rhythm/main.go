// Command rhythm measures how well package watch tells a source that fell silent from one that is quiet, on the
// dates of real mail, beside two baselines: nothing for seven days, and three times the longest pause so far.
//
//	go run ./internal/score/rhythm -corpora DIR
//
// Time is replayed. An alarm is false if the source came back by itself within three times the limit; what is longer
// is a stop, such as a hole in the archive. The delay is from a moment at which the source is cut off to the alarm.
// The rule's figures were chosen on 1993 to 1995 (-tune, -half first); what is reported are the years behind.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"

	"askahead/store"
	"askahead/watch"
)

func main() {
	log.SetFlags(0)
	corpora := flag.String("corpora", "", "folder with cypherpunks-1992-1998.mbox.bz2 and spamassassin-public.tar.bz2")
	half := flag.String("half", "second", "which half to replay: first (1993 to 1995) or second (1996 to 1998)")
	tune := flag.Bool("tune", false, "try other figures than the default rule's")
	flag.Parse()
	if err := run(os.Stdout, *corpora, *half, *tune); err != nil {
		log.Fatal("score rhythm: ", err)
	}
}

func run(out io.Writer, dir, half string, tune bool) error {
	mails, err := cypherpunks(filepath.Join(dir, "cypherpunks-1992-1998.mbox.bz2"))
	if err != nil {
		return err
	}
	from, to := date(1993, 1), date(1996, 1)
	if half == "second" {
		from, to = to, date(1999, 1)
	}
	sources := thinned(mails)
	fmt.Fprintf(out, "cypherpunks, %s to %s: %d mails, %d sources made of them\n", from.Format("January 2006"), to.Format("January 2006"), len(mails), len(sources))
	for _, m := range methods(tune) {
		report(out, m, sources, from, to, !tune)
	}
	if tune {
		return nil
	}
	lists, err := spamassassin(filepath.Join(dir, "spamassassin-public.tar.bz2"))
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\nmailing lists of the spamassassin corpus, which holds a part of their mail: %d\n", len(lists))
	for _, m := range methods(false) {
		report(out, m, lists, date(2002, 1), date(2003, 1), false)
	}
	return nil
}

func date(year int, month time.Month) time.Time {
	return time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
}

// method says how long a silence may last after what came so far.
type method struct {
	name  string
	limit func([]store.Arrival) time.Duration
}

const day = 24 * time.Hour

func methods(tune bool) []method {
	learned := func(r watch.Rule) func([]store.Arrival) time.Duration {
		return func(a []store.Arrival) time.Duration { return r.Learn(a).Limit }
	}
	list := []method{
		{"learned", learned(watch.DefaultRule())},
		{"nothing for 7 days", func([]store.Arrival) time.Duration { return 7 * day }},
		{"3 times the longest pause", threeTimesLongest},
	}
	if !tune {
		return list
	}
	try := func(name string, change func(*watch.Rule)) {
		r := watch.DefaultRule()
		change(&r)
		list = append(list, method{name, learned(r)})
	}
	for _, most := range []float64{2, 2.5, 3} {
		for _, half := range []float64{4, 5, 6} {
			try(fmt.Sprintf("most %v half %v", most, half), func(r *watch.Rule) { r.Most, r.Half = most, half })
		}
	}
	try("without the last month", func(r *watch.Rule) { r.Recent = r.Window })
	try("the last two months", func(r *watch.Rule) { r.Recent = 60 })
	try("at least 1 day", func(r *watch.Rule) { r.Least = day })
	try("at most 60 days", func(r *watch.Rule) { r.Limit = 60 * day })
	try("at most 400 days", func(r *watch.Rule) { r.Limit = 400 * day })
	try("learned from half a year", func(r *watch.Rule) { r.Window = 180 })
	return list
}

// threeTimesLongest is the baseline with a memory: of a year, as the rule's.
func threeTimesLongest(a []store.Arrival) time.Duration {
	if len(a) < 9 {
		return 30 * day
	}
	var longest time.Duration
	for i := range len(a) - 1 {
		longest = max(longest, a[i+1].Hour.Sub(a[i].Hour))
	}
	return 3 * longest
}

// report prints a line for all sources, and one for each of their rates.
func report(out io.Writer, m method, sources []source, from, to time.Time, each bool) {
	var all tally
	byRate := map[string]*tally{}
	var rates []string
	for _, s := range sources {
		got := replay(s.hours, m.limit, from, to)
		all.add(got)
		if byRate[s.rate] == nil {
			byRate[s.rate] = &tally{}
			rates = append(rates, s.rate)
		}
		byRate[s.rate].add(got)
	}
	fmt.Fprintf(out, "%-32s %s\n", m.name, all)
	if each {
		for _, rate := range rates {
			fmt.Fprintf(out, "  %-30s %s\n", rate, byRate[rate])
		}
	}
}

// tally is what came of replaying sources.
type tally struct {
	years        float64
	alarms, real int // false ones, and stops
	delays       []time.Duration
}

func (t *tally) add(o tally) {
	t.years += o.years
	t.alarms += o.alarms
	t.real += o.real
	t.delays = append(t.delays, o.delays...)
}

func (t tally) String() string {
	slices.Sort(t.delays)
	at := func(share float64) float64 {
		if len(t.delays) == 0 {
			return math.NaN()
		}
		return t.delays[int(share*float64(len(t.delays)-1))].Hours() / 24
	}
	return fmt.Sprintf("%6.1f source-years: %5.2f false alarms a year, %5.2f with stops; noticed after %5.1f days (half), %5.1f (nine of ten)",
		t.years, float64(t.alarms)/t.years, float64(t.alarms+t.real)/t.years, at(0.5), at(0.9))
}
