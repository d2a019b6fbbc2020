package main

import (
	"encoding/json"
	"fmt"
	"strings"
)

// checkReport tells what was found: group by group while it is found, or all at the end as JSON.
type checkReport struct {
	a     *app
	flags checkFlags
	paint bool
	all   []checked
	err   error // of writing
}

func (a *app) newCheckReport(f checkFlags) *checkReport {
	noColor, _ := a.getenv("NO_COLOR") // https://no-color.org
	return &checkReport{a: a, flags: f, paint: a.painted && noColor == ""}
}

func (r *checkReport) add(c checked) {
	r.all = append(r.all, c)
	if r.flags.json {
		return
	}
	var b strings.Builder
	b.WriteString(printable(c.About))
	if c.At != "" {
		b.WriteString("  " + printable(c.At))
	}
	b.WriteByte('\n')
	for _, f := range c.Findings {
		fmt.Fprintf(&b, "  %s%s %s\n", r.mark(f.State), strings.Repeat(" ", 4-len(f.State)), printable(f.What))
		for _, more := range []string{f.Hint, f.Excerpt} {
			for line := range strings.Lines(more) {
				b.WriteString("       " + printable(strings.TrimRight(line, "\n")) + "\n")
			}
		}
	}
	r.print(b.String())
}

func (r *checkReport) print(text string) {
	if _, err := fmt.Fprint(r.a.out, text); err != nil && r.err == nil {
		r.err = err
	}
}

// mark is a state in its colour, where colours are wanted.
func (r *checkReport) mark(s state) string {
	if !r.paint {
		return string(s)
	}
	colour := map[state]string{ok: "32", warning: "33", failed: "1;31"}[s]
	return "\x1b[" + colour + "m" + string(s) + "\x1b[0m"
}

// tally is the result in figures.
type tally struct {
	OK       bool      `json:"ok"` // what the exit code says: no failure and, with --strict, no warning
	Works    int       `json:"works"`
	Fails    int       `json:"fails"`
	Warnings int       `json:"warnings"`
	Checks   []checked `json:"checks"`

	broken []string // what has a failure
}

func (r *checkReport) tally() tally {
	t := tally{Checks: r.all}
	for _, c := range r.all {
		before := t.Fails
		for _, f := range c.Findings {
			switch f.State {
			case ok:
				t.Works++
			case warning:
				t.Warnings++
			default:
				t.Fails++
			}
		}
		if t.Fails > before {
			t.broken = append(t.broken, c.About)
		}
	}
	t.OK = t.Fails == 0 && (t.Warnings == 0 || !r.flags.strict)
	return t
}

// end says how it all stands, and gives the error that the exit code comes from.
func (r *checkReport) end() error {
	t := r.tally()
	if r.flags.json {
		enc := json.NewEncoder(r.a.out)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		r.err = enc.Encode(t)
	} else {
		r.print("\n" + printable(t.sentence()) + "\n")
	}
	switch {
	case r.err != nil:
		return r.err
	case !t.OK:
		return errSaid
	}
	return nil
}

// sentence is the last line: "5 things work, 1 does not: source list (imap)".
func (t tally) sentence() string {
	var b strings.Builder
	switch {
	case t.Fails == 0 && t.Works == 1:
		b.WriteString("It works")
	case t.Fails == 0:
		fmt.Fprintf(&b, "All %d things work", t.Works)
	default:
		b.WriteString(verb(t.Works, "thing works", "things work") + ", " + verb(t.Fails, "does not", "do not"))
		b.WriteString(": " + strings.Join(firstFew(t.broken), ", "))
	}
	if t.Warnings > 0 {
		b.WriteString("; " + count(t.Warnings, "warning"))
	}
	return b.String()
}

func verb(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + more
}
