package requests

import (
	"fmt"
	"strings"
	"time"

	"askahead/store"
)

// Text is the receipt as a person reads it.
func (f *Forgotten) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Receipt %s, %s UTC\n\n", f.Number, f.At.UTC().Format("2006-01-02 15:04"))
	e := f.Erased
	if e == (store.Erased{}) {
		b.WriteString("Nothing was kept that could be found by what was given.\n")
	} else {
		fmt.Fprintf(&b, "Erased: %s in %s", count(e.Questions, "question"), count(f.Sessions, "session"))
		for _, more := range []struct {
			n    int
			what string
		}{{e.Quarantined, "message that could not be read"}, {e.Deliveries, "record of an edition that was sent"}} {
			if more.n > 0 {
				b.WriteString(", " + count(more.n, more.what))
			}
		}
		b.WriteString(".\n")
	}
	if e.Editions > 0 {
		fmt.Fprintf(&b, "%s quoted something of it. What was sent can't be called back; the next edition asks its readers to forget it.\n", strings.ToUpper(count(e.Editions, "edition")[:1])+count(e.Editions, "edition")[1:])
	}
	if f.Left {
		b.WriteString("From now on nothing is read that is written under the same name or address.\n")
	}
	b.WriteString("What stays: codes that say that something was there once, so that it does not come back. They name nobody.\n" +
		"Backups that were made before hold it until they are deleted.\n")
	return b.String()
}

// Access is what is kept of a person, as they may read it.
type Access struct {
	At       time.Time
	Holdings []store.Holding
	Left     time.Time // since when they are not read any more; zero: they are
}

// Text is the answer in Markdown. It tells of nobody else.
func (a *Access) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# What is kept of you\n\nAs of %s UTC. No name and no address is kept beside it: it was found by a code that is made of what you gave.\n", a.At.UTC().Format("2006-01-02 15:04"))
	if !a.Left.IsZero() {
		fmt.Fprintf(&b, "\nSince %s nothing is read that you write: you asked for that. The code that says so is kept.\n", a.Left.UTC().Format("2006-01-02"))
	}
	if len(a.Holdings) == 0 {
		b.WriteString("\nNo question of yours is kept. Of messages without a question there are codes and counts, which nobody can tell apart.\n")
		return b.String()
	}
	fmt.Fprintf(&b, "\nQuestions: %d.\n", len(a.Holdings))
	for _, h := range a.Holdings {
		b.WriteString("\n## " + h.ID + "\n\n")
		for line := range strings.Lines(strings.TrimSpace(h.Context + "\n" + h.Text)) {
			b.WriteString("> " + strings.TrimRight(line, "\n") + "\n")
		}
		b.WriteByte('\n')
		row := func(name, value string) {
			if value != "" {
				fmt.Fprintf(&b, "- %s: %s\n", name, value)
			}
		}
		row("session", h.Session)
		row("from", h.Source)
		row("published", h.Published.UTC().Format("2006-01-02 15:04")+" UTC")
		row("collected", h.Collected.UTC().Format("2006-01-02 15:04")+" UTC")
		if h.Expires.IsZero() {
			row("kept until", "somebody ends it")
		} else {
			row("kept until", h.Expires.UTC().Format("2006-01-02"))
		}
		row("public at", h.URL)
		row("language", h.Language)
		row("who may read it", h.TLP.Label())
		if h.NoName {
			row("Chatham House Rule", "yes: neither you nor your community is named")
		}
		row("found because", h.Why)
		for _, t := range h.Tags {
			why := t.Rule
			if t.Evidence != "" {
				why += ", because of " + t.Evidence
			}
			row(t.Kind, t.Value+" ("+why+")")
		}
		if h.Support > 0 {
			row("people who reacted with approval", fmt.Sprint(h.Support))
		}
		if h.Edited {
			row("edited", "the words above are a moderator's")
		}
		row("decisions by moderators", fmt.Sprint(h.Decisions))
		for _, e := range h.Editions {
			row("shown in", fmt.Sprintf("edition %d of %s, on %s, to readers of %s", e.Number, e.Name, e.Created.UTC().Format("2006-01-02"), e.Audience.Label()))
		}
	}
	return b.String()
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	if first, rest, ok := strings.Cut(what, " "); ok {
		return fmt.Sprintf("%d %ss %s", n, first, rest)
	}
	return fmt.Sprintf("%d %ss", n, what)
}
