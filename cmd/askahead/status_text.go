package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"
)

// statusPrinter writes a status for people who are in a hurry: what needs somebody first, then a line for each source
// and for each edition.
type statusPrinter struct {
	*status
	strings.Builder
}

func (p *statusPrinter) all() {
	alarms := 0
	for _, s := range p.Sessions {
		alarms += len(s.Alarms)
		for _, src := range s.Sources {
			alarms += len(src.Alarms)
		}
	}
	for _, src := range p.Sources {
		alarms += len(src.Alarms)
	}
	switch alarms {
	case 0:
	case 1:
		p.WriteString("1 thing needs somebody: see ! below\n\n")
	default:
		fmt.Fprintf(p, "%d things need somebody: see ! below\n\n", alarms)
	}
	for i, s := range p.Sessions {
		if i > 0 {
			p.WriteByte('\n')
		}
		p.session(s)
	}
	if len(p.Sources) > 0 {
		p.WriteString("\nfor every session\n")
		p.sources(p.Sources, time.UTC)
	}
	if p.Cleanup != nil {
		fmt.Fprintf(p, "\nwhat has outlived its retention is removed %s%s\n", p.ahead(p.Cleanup.Next), p.trouble(p.Cleanup))
	}
}

func (p *statusPrinter) session(s sessionStatus) {
	fmt.Fprintf(p, "%s  %s", s.ID, printable(s.Title))
	if !s.Starts.IsZero() {
		fmt.Fprintf(p, "  (%s, %s)", s.Starts.In(s.zone).Format("Mon 2 Jan 2006 15:04"), ago(p.Now, s.Starts))
	}
	p.WriteByte('\n')
	p.sources(s.Sources, s.zone)
	p.editions(s)
}

// table writes rows of cells in columns, the first row as it is.
func (p *statusPrinter) table(rows [][]string) {
	w := tabwriter.NewWriter(&p.Builder, 0, 0, 2, ' ', 0)
	for _, cells := range rows {
		fmt.Fprintln(w, "  "+strings.Join(cells, "\t"))
	}
	w.Flush()
}

func (p *statusPrinter) sources(list []sourceStatus, zone *time.Location) {
	if len(list) == 0 {
		return
	}
	rows := [][]string{{"SOURCE", "STATE", "LAST RUN", "LAST NEW ITEM", "NEXT RUN", "TO READ", "QUARANTINE"}}
	for _, s := range list {
		rows = append(rows, []string{s.Name, s.state(), p.since(s.Last), p.since(s.New), p.next(s), number(s.Backlog), number(s.Quarantine)})
	}
	p.table(rows)
	for _, s := range list {
		for _, a := range s.Alarms {
			p.alarm(a, zone)
		}
		if len(s.Alarms) == 0 && s.Error != "" {
			p.note(s.Name, s.Error)
		}
		if s.Sweep != nil && s.Sweep.Error != "" && s.Sweep.Error != s.Error {
			p.note(s.Name+", looking for edits and deletions", s.Sweep.Error)
		}
	}
}

// state is one word about a source.
func (s *sourceStatus) state() string {
	switch {
	case len(s.Alarms) > 0:
		return "! " + string(s.Alarms[0].Kind)
	case s.Running:
		return "at it"
	case s.Failures > 0:
		return "failed"
	case s.Last.IsZero() && s.Called && !s.Scheduled:
		return "not called"
	case s.Last.IsZero():
		return "never read"
	case s.Called && !s.Scheduled:
		return "ok"
	case !s.Scheduled:
		return "by hand"
	}
	return "ok"
}

func (p *statusPrinter) next(s sourceStatus) string {
	switch {
	case !s.Scheduled && s.Called:
		return "when called"
	case !s.Scheduled:
		return "when asked"
	case s.Running:
		return "now"
	}
	return p.ahead(s.Next)
}

func (p *statusPrinter) editions(s sessionStatus) {
	if len(s.Editions) == 0 {
		return
	}
	next := "when asked"
	if s.Digest != nil {
		next = s.Digest.Next.In(s.zone).Format("Mon 2 Jan 15:04") + p.trouble(s.Digest)
	}
	rows := [][]string{{"EDITION", "FOR", "LAST", "MAILED", "NEXT"}}
	for _, ed := range s.Editions {
		last, mailed := "none yet", "–"
		if ed.Number > 0 {
			last = fmt.Sprintf("%d, %s", ed.Number, ed.Made.In(s.zone).Format("Mon 2 Jan 15:04"))
		}
		if ed.Of > 0 {
			mailed = fmt.Sprintf("%d of %d", ed.Sent, ed.Of)
			if ed.Refused > 0 {
				mailed += fmt.Sprintf(", %d refused", ed.Refused)
			}
		}
		rows = append(rows, []string{ed.Name, "TLP:" + strings.ToUpper(ed.Audience), last, mailed, next})
	}
	p.WriteByte('\n')
	p.table(rows)
	for _, a := range s.Alarms {
		p.alarm(a, s.zone)
	}
	if s.Digest != nil && s.Digest.Error != "" {
		p.note("digest", s.Digest.Error)
	}
}

// alarm tells what needs somebody, and what to do.
func (p *statusPrinter) alarm(a alarmStatus, zone *time.Location) {
	fmt.Fprintf(p, "  ! %s  (since %s)\n", a.Title, a.Opened.In(zone).Format("Mon 2 Jan 15:04"))
	for line := range strings.SplitSeq(strings.TrimSpace(a.Body), "\n") {
		fmt.Fprintln(p, strings.TrimRight("      "+line, " "))
	}
}

func (p *statusPrinter) note(about, text string) {
	fmt.Fprintf(p, "    %s: %s\n", about, printable(text))
}

// trouble says how often something has failed.
func (p *statusPrinter) trouble(j *jobStatus) string {
	if j.Failures == 0 {
		return ""
	}
	return fmt.Sprintf(" (failed %s)", times(j.Failures))
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return thousands(n) + " times"
}

func (p *statusPrinter) since(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return ago(p.Now, t)
}

// ahead is when something will be.
func (p *statusPrinter) ahead(t time.Time) string {
	if !t.After(p.Now) {
		return "now"
	}
	return ago(p.Now, t)
}

func number(n int64) string {
	if n == 0 {
		return "–"
	}
	return thousands(int(n))
}

// ago is how long before now something was, or how long it will be until it is, in the unit that a person would choose.
func ago(now, then time.Time) string {
	switch d := now.Sub(then); {
	case d < 0:
		return "in " + span(-d)
	case d < time.Minute:
		return "just now"
	default:
		return span(d) + " ago"
	}
}

// span is a duration in its largest unit: "3 days". "30 hours" says more than "1 day".
func span(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return count(int(d/(24*time.Hour)), "day")
	case d >= 100*time.Minute:
		return count(int((d+30*time.Minute)/time.Hour), "hour")
	case d >= time.Minute:
		return count(int((d+30*time.Second)/time.Minute), "minute")
	}
	return count(max(1, int(d/time.Second)), "second")
}
