package watch

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"askahead/store"
)

// Title says in a few words what an incident is.
func Title(i store.Incident) string {
	name, source := strings.CutPrefix(i.Subject, ofSource)
	if !source && i.Session != store.Shared {
		name += " of " + i.Session
	}
	switch i.Kind {
	case store.IncidentSilent:
		return name + " is silent"
	case store.IncidentAccess:
		return name + " refuses access"
	case store.IncidentSettings:
		return name + ": the settings do not fit"
	case store.IncidentFailing:
		return name + " cannot be read"
	case store.IncidentUndelivered:
		return name + " could not be delivered"
	}
	return name + ": " + string(i.Kind)
}

// silentText changes only when something came, or the rhythm did: it is kept with the incident.
func (j *judging) silentText() string {
	var b strings.Builder
	if !j.Newest.IsZero() {
		fmt.Fprintf(&b, "Nothing has come from %s since %s.\n", j.Name, moment(j.Last))
	} else {
		fmt.Fprintf(&b, "Nothing has ever come from %s, which has been listened to since %s.\n", j.Name, moment(j.Last))
	}
	if j.run.Cause == store.CauseRateLimited {
		b.WriteString("It asks askahead to come back later.\n\n")
	} else {
		b.WriteString("It can be reached, and it does not complain.\n\n")
	}
	r := j.Rhythm
	switch r.Basis {
	case Learned:
		fmt.Fprintf(&b, `What is normal: in the year before, something came on %s; four fifths of the time lay in pauses of
at most %s. For this source a silence of more than %s is an alarm.
`, number(float64(r.Days), "day"), span(r.Usual), span(r.Limit))
	case Set:
		fmt.Fprintf(&b, "The configuration says that more than %s is too long (silence, at this source).\n", span(r.Limit))
	default:
		fmt.Fprintf(&b, `What is normal is not known yet: something came on %s, and %d are needed to know its rhythm.
Until then a silence of more than %s is an alarm.
`, number(float64(r.Days), "day"), DefaultRule().Pauses+1, span(r.Limit))
	}
	b.WriteString(`
What to do: look at the source itself. If people write there and nothing arrives here, then the subscription, the
filters of the mailbox, the name of the list or of the hashtag have changed; "askahead check" looks for that. If it
is only quiet, nothing needs to be done: you hear of it when something comes. With "silence: 14d" or "silence: off"
at the source in the configuration, you decide yourself when this is told.
`)
	return b.String()
}

func (j *judging) accessText() string {
	return fmt.Sprintf(`%s refuses access.
%s
The source says: %s

What to do: a password or token has expired or was changed, or the server has closed to visitors what was open.
Renew it where the configuration says that it is kept, or ask who runs the server. "askahead check" tries it at
once. Nothing is read until then; what the source still has by then is read, and nothing of it is lost.
`, j.Name, j.lastRead(), oneLine(j.run.Error))
}

func (j *judging) settingsText() string {
	return fmt.Sprintf(`The settings of %s do not fit what is there.
%s
What was found: %s

What to do: correct them in the configuration, or what they name. "askahead check" tries them at once. Nothing is
read from this source until then.
`, j.Name, j.lastRead(), oneLine(j.run.Error))
}

func (j *judging) failingText() string {
	return fmt.Sprintf(`%s cannot be read, time after time.
%s
The last attempt ended with: %s

What to do: often nothing but to wait, if its server is down; askahead goes on trying. If the server works for
others, then its name, the network of this machine or a firewall between them may have changed; "askahead check"
says how far it gets.
`, j.Name, j.lastRead(), oneLine(j.run.Error))
}

func (j *judging) lastRead() string {
	if j.run.Good.IsZero() {
		return "It could not be read so far."
	}
	return "It was last read on " + moment(j.run.Good) + "."
}

func (j *judging) cameAgain(i *store.Incident) string {
	return fmt.Sprintf("Something came on %s, after %s.", moment(j.Last), span(j.Last.Sub(i.Since)))
}

func (j *judging) readAgain(i *store.Incident) string {
	text := "It was read on " + moment(j.run.Good)
	if !i.Since.IsZero() {
		text += ", after " + span(j.run.Good.Sub(i.Since))
	}
	return text + "."
}

// moment writes a time for people, to the minute.
func moment(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 UTC") }

// longestError keeps what a server has to say within a mail that is read.
const longestError = 600

// oneLine makes an error fit into a text: what servers answer goes into some.
func oneLine(text string) string {
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }), " ")
	if runes := []rune(text); len(runes) > longestError {
		text = string(runes[:longestError]) + " [...]"
	}
	return text
}
