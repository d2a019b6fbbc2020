package digest

import (
	"fmt"
	"strings"
	"time"
)

// plural gives "1 question" and "2 questions".
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// listed gives "a", "a and b", "a, b and c".
func listed(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

func (p *paper) in(t time.Time) time.Time {
	if p.Session.zone == nil {
		return t.UTC()
	}
	return t.In(p.Session.zone)
}

// day gives "9 November 2018" in the session's zone.
func (p *paper) day(t time.Time) string { return p.in(t).Format("2 January 2006") }

// shortDay leaves out the year where it is the session's.
func (p *paper) shortDay(t time.Time) string {
	if t = p.in(t); t.Year() == p.in(p.Session.Starts).Year() {
		return t.Format("2 Jan")
	}
	return t.Format("2 Jan 2006")
}

// when gives the start of the session: "Tuesday, 13 November 2018, 15:00 (Europe/Paris)".
func (p *paper) when() string {
	if p.Session.Starts.IsZero() {
		return ""
	}
	t := p.in(p.Session.Starts)
	return t.Format("Monday, 2 January 2006, 15:04") + " (" + t.Location().String() + ")"
}

// span is the time that the edition covers: from the first question that it may show.
func (p *paper) span() string {
	until := p.Until.Add(-time.Microsecond)
	for _, q := range p.Questions {
		if !q.NoName {
			return p.days(q.Published, until)
		}
	}
	return "up to " + p.day(until)
}

// days gives "1 October to 9 November 2018".
func (p *paper) days(from, to time.Time) string {
	a, b := p.in(from), p.in(to)
	switch {
	case a.After(b) || a.Format(time.DateOnly) == b.Format(time.DateOnly):
		return b.Format("2 January 2006")
	case a.Year() == b.Year():
		return a.Format("2 January") + " to " + b.Format("2 January 2006")
	}
	return a.Format("2 January 2006") + " to " + b.Format("2 January 2006")
}

func subject(p *paper) string {
	return fmt.Sprintf("[%s] Questions for the panel, edition %d: %s", p.TLP, p.Number, p.Session.Title)
}

// of gives "3 of 14 askers".
func (s share) of() string { return fmt.Sprintf("%d of %s", s.Askers, plural(s.Of, "asker", "askers")) }

// interval gives "12–37 %".
func (s share) interval() string {
	return fmt.Sprintf("%.0f–%.0f %%", s.Lo*100, s.Hi*100)
}

// standing says how much of a community is behind a concern, or that nothing can be said.
func (s share) standing() string {
	if !s.Enough && s.Community.Known {
		return s.of() + ", too few for a conclusion"
	}
	if !s.Community.Known {
		return s.of()
	}
	return s.of() + ", " + s.interval()
}

// ref is the short name by which a recall finds a question again: the start of its id, and its number in the
// item. Two questions of one session hardly share it; the JSON has the whole id.
func ref(id string) string {
	const kept = 6
	item, n, _ := strings.Cut(id, ".")
	if len(item) > kept {
		item = item[:kept]
	}
	return "#" + item + "." + n
}

// credit says who asked, as far as an edition tells it.
func (p *paper) credit(q quote, withCommunity bool) string {
	if q.NoName {
		return "under the Chatham House Rule · " + ref(q.ID)
	}
	var parts []string
	if withCommunity {
		parts = append(parts, q.Community.Title)
	}
	if q.Region != "" {
		parts = append(parts, shortRegion(q.Region))
	}
	if q.Language != "en" && q.Language != "und" {
		parts = append(parts, languageTitle(q.Language))
	}
	parts = append(parts, p.shortDay(q.Published))
	if q.Support > 0 {
		parts = append(parts, fmt.Sprintf("liked by %d", q.Support))
	}
	return strings.Join(append(parts, ref(q.ID)), " · ")
}

// marks says what moderators did about a question; where it was answered only in words, for links look different in
// each format.
func (p *paper) marks(q quote) (list []string) {
	if q.Edited {
		list = append(list, editedMark)
	}
	if mark := p.answered(q); mark != "" {
		if q.Answer != "" {
			mark += ": " + q.Answer
		}
		list = append(list, mark)
	}
	return list
}

const editedMark = "edited by a moderator"

// answered gives "answered on 9 Nov", empty if nobody said so.
func (p *paper) answered(q quote) string {
	if q.Answered.IsZero() {
		return ""
	}
	return "answered on " + p.shortDay(q.Answered)
}

// shortRegion is for the line below a question.
func shortRegion(id string) string {
	switch id {
	case "african":
		return "Africa"
	case "asia-pacific":
		return "Asia-Pacific"
	case "eastern-european":
		return "Eastern Europe"
	case "grulac":
		return "Latin America and Caribbean"
	case "weog":
		return "Western Europe and Others"
	}
	return titled(id)
}

// quoted puts a question into the quotation marks of its language.
func (q quote) quoted() string {
	base, _, _ := strings.Cut(q.Language, "-")
	switch base {
	case "fr":
		return "«\u00a0" + q.Text + "\u00a0»"
	case "ar", "es", "fa", "it", "ru", "uk", "el", "tr", "hy":
		return "«" + q.Text + "»"
	case "de", "cs", "sk", "sl", "bg":
		return "„" + q.Text + "“"
	case "pl", "ro", "hu", "hr":
		return "„" + q.Text + "”"
	case "ja":
		return "「" + q.Text + "」"
	}
	return "“" + q.Text + "”"
}

// wider is the marking of the topic that a question stands for, where another question on it is stricter than this one. It
// begins with what sets it off from the words in front of it.
func (q quote) wider(topic string) string {
	if topic == q.TLP {
		return ""
	}
	return " · topic " + topic
}

const everyone = "TLP:CLEAR"

// bound is the marking of a question that not everyone may read.
func (q quote) bound() string {
	if q.TLP == everyone {
		return ""
	}
	return q.TLP
}
