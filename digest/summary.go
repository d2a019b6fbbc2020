package digest

import (
	"fmt"
	"slices"
	"strings"

	"askahead/topics"
)

// summarize says the whole in three sentences that are made of the figures and nothing else.
func (p *paper) summarize() []string {
	if p.Totals.Questions == 0 {
		return nil
	}
	return slices.DeleteFunc([]string{p.howMuch(), p.whatIsShared(), p.whatIsNot()}, func(s string) bool { return s == "" })
}

func (p *paper) howMuch() string {
	s := fmt.Sprintf("%s by %s in %s reached the panel", plural(p.Totals.Questions, "question", "questions"),
		plural(p.Totals.Askers, "asker", "askers"), plural(p.Totals.Communities, "community", "communities"))
	switch {
	case p.New.First:
		return s + "."
	case p.New.Questions == 0:
		return s + "; nothing is new."
	}
	return s + fmt.Sprintf("; %s came since the last edition.", plural(p.New.Questions, "question", "questions"))
}

func (p *paper) whatIsShared() string {
	n := len(p.Shared.Concerns) + p.Shared.More
	if n == 0 {
		return p.nothingShared()
	}
	first := p.Shared.Concerns[0]
	asking := 0
	for _, s := range first.Shares {
		if s.Enough && s.Askers >= p.Thresholds.MinAskers {
			asking++
		}
	}
	if n == 1 {
		return fmt.Sprintf("One concern is shared, across %d communities (%s).", asking, p.sharedRule())
	}
	return fmt.Sprintf("%d concerns are shared (%s); the first of them across %d communities.", n, p.sharedRule(), asking)
}

// sharedRule is what makes a concern a shared one.
func (p *paper) sharedRule() string {
	return fmt.Sprintf("at least %d askers in each of at least %d communities", p.Thresholds.MinAskers, p.Thresholds.MinCommunities)
}

func (p *paper) nothingShared() string {
	if n := p.compared(); n < p.Thresholds.MinCommunities {
		have := "no community has"
		if n > 0 {
			have = plural(n, "community has", "communities have")
		}
		return fmt.Sprintf("Nothing can be said about what communities share: %s at least %d askers, and %d would be needed.",
			have, p.Thresholds.Floor, p.Thresholds.MinCommunities)
	}
	return fmt.Sprintf("Nothing qualified as a shared concern (%s).", p.sharedRule())
}

func (p *paper) whatIsNot() string {
	single, unasked := 0, 0
	for _, a := range p.Single {
		single += len(a.Concerns) + a.More
	}
	for _, a := range p.Agenda {
		if a.Questions == 0 {
			unasked++
		}
	}
	said := "No community asks anything clearly more often than the others do"
	switch {
	case p.compared() < 2:
		said = ""
	case single == 1:
		said = "One concern is asked by one community clearly more often than by the others"
	case single > 1:
		said = fmt.Sprintf("%d concerns are asked by one community clearly more often than by the others", single)
	}
	left := fmt.Sprintf("nobody has asked about %d of the %d agenda points", unasked, len(p.Agenda))
	switch {
	case len(p.Agenda) == 0:
		left = ""
	case unasked == 0:
		left = "every agenda point has been asked about"
	case unasked == len(p.Agenda):
		left = "nobody has asked about any agenda point"
	}
	return sentence(said, left)
}

// rewritten says whose words are read here.
func (p *paper) rewritten() string {
	for _, q := range p.Questions {
		if q.Edited {
			return "Nothing was translated or rewritten, but where it says “" + editedMark + "”"
		}
	}
	return "Nothing was translated or rewritten"
}

// sentence joins the parts that there are.
func sentence(parts ...string) string {
	s := strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), "; ")
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

// whyEmpty says why there is nothing to read: an empty page alone would look like a quiet week.
func (p *paper) whyEmpty() []string {
	if p.Totals.Questions > 0 {
		return nil
	}
	why := []string{fmt.Sprintf("No question that readers of this edition (%s) may see had been %s by %s.",
		p.TLP, p.collected(), p.in(p.Until).Format("2 January 2006, 15:04"))}
	if len(p.Silent) == 0 {
		return append(why, "No source is known to be silent: what they brought held no such question.")
	}
	return append(why, plural(len(p.Silent), "source was", "sources were")+" silent:")
}

// collected is what has to be done to a question before it stands in this edition.
func (p *paper) collected() string {
	if p.Approved {
		return "collected, and approved by a moderator,"
	}
	return "collected"
}

// lastHeard says when a source last brought something.
func (p *paper) lastHeard(s silent) string {
	if s.LastNew == nil {
		return "has never brought anything"
	}
	return "last brought something on " + p.day(*s.LastNew)
}

// note is one paragraph of how to read the edition.
type note struct{ Title, Text string }

// howToRead explains the figures and how they came about, with the thresholds that were used.
func (p *paper) howToRead() []note {
	t, some := p.Thresholds, topics.Wilson(3, 14, p.Thresholds.Z)
	notes := []note{
		{"Asking is not agreeing.", "A figure says how many asked, not what they would answer. A question that two communities share may hide two opposite wishes."},
		{"Askers, not posts.", "“3 of 14 askers” means: of 14 people of that community who asked anything since the session opened, 3 asked this. Who asks twice counts once, and so does a text that is posted again."},
		{"The range behind a figure.", fmt.Sprintf("Few people ask, so each share stands for a range: with 3 of 14, had many more of that community asked, between %.0f and %.0f %% of them would likely ask this (Wilson score interval, z = %g). In a bar the full part is the low end, the pale part reaches to the high end.", some.Lo*100, some.Hi*100, t.Z)},
		{"Shared concern.", fmt.Sprintf("At least %d askers in each of at least %d communities. They are ordered by the lowest low end among the communities that ask.", t.MinAskers, t.MinCommunities)},
		{"Single-community concern.", "The low end of one community lies above the high end of all the others together."},
		{"No data.", fmt.Sprintf("A community with fewer than %d askers is not compared with the others. That says nothing about what it thinks.", t.Floor)},
		{"Made by a program.", "askahead collected what was published in the sources, kept the sentences that ask, tagged them with the community that asked, and put together those that ask the same. " + p.rewritten() + "; who asked is not named, and contact data were masked. It makes mistakes: where a question matters, read it at its source."},
	}
	if p.Approved {
		notes = append(notes, note{"Approved by moderators.", "This edition holds only questions that a moderator has approved, and its figures count only these."})
	}
	if p.Contact != "" {
		notes = append(notes, note{"Whom to ask.", "Write to " + p.Contact + " about anything in here, and also if you do not want to get it any more."})
	}
	return notes
}
