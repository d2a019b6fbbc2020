package discord

import (
	"fmt"
	"strings"

	"askahead/collectors"
	"askahead/domain"
)

// confirm says what was recorded, who reads it, and how to take it back; or why nothing was. about is said of what was
// recorded.
func (c *counter) confirm(receipts []collectors.Receipt, about, rest string) *response {
	var b strings.Builder
	recorded := false
	for i := range receipts {
		r := &receipts[i]
		if len(r.Questions) == 0 || (r.Outcome != collectors.Recorded && r.Outcome != collectors.Before) {
			continue
		}
		recorded = true
		if r.Outcome == collectors.Before {
			fmt.Fprintf(&b, "Recorded before for **%s**, and only once:\n", r.Session)
		} else {
			fmt.Fprintf(&b, "Recorded for **%s**:\n", r.Session)
		}
		b.WriteString(quoted(r.Questions))
		b.WriteString(readers(r))
	}
	if !recorded {
		return tell(c.whyNot(receipts) + " Nothing was recorded.")
	}
	b.WriteString(about)
	b.WriteString("To take it back, press the button, or use `/withdraw` at any time.")
	return tell(b.String(), button(rest))
}

// maxQuoted keeps the questions short enough for what is said below them, in characters.
const maxQuoted = 900

func quoted(questions []string) string {
	if len(questions) == 0 {
		return ""
	}
	return "> " + cut(strings.Join(questions, "\n> "), maxQuoted) + "\n"
}

// readers says who reads a question.
func readers(r *collectors.Receipt) string {
	var list []string
	for _, one := range r.Readers {
		what := one.Audience.Label()
		if one.Approved {
			what += ", once a moderator has approved it"
		}
		list = append(list, fmt.Sprintf("%s (up to %s)", one.Edition, what))
	}
	said := "It carries no label, so it stays with the organisers, and no digest shows it. Write TLP:GREEN or another label in front to change that.\n"
	if label := r.Label.Label(); label != "" {
		said = fmt.Sprintf("It counts as %s. ", label)
		if len(list) == 0 {
			return said + "No digest is for readers of that label, so it stays with the organisers.\n"
		}
		said += "Who reads it: the digest for " + strings.Join(list, ", ") + ". "
		if r.NoName {
			return said + "Neither your name nor your community is shown beside it.\n"
		}
		said += "Your name is not shown; your community may be.\n"
	}
	return said
}

// whyNot says why nothing was recorded.
func (c *counter) whyNot(receipts []collectors.Receipt) string {
	for _, r := range receipts {
		switch r.Outcome {
		case collectors.Red:
			return domain.Red.Label() + " is never stored, and a label that nobody knows counts as that: " +
				"ask without what may not leave the room, or under another label."
		case collectors.Withdrawn:
			return "You have taken this back before, and that is final: ask anew with `/ask` if you want it answered."
		case collectors.LeftOut:
			return "You have asked not to be read any more, so nothing is recorded. The organisers can take that back if you ask them."
		case collectors.Elsewhere:
			return "This is about the event itself, and not for the panel: please ask the organisers."
		case collectors.NoQuestion:
			return "There is no question in it that askahead can find. Put it with a question mark, or use `/ask`."
		case collectors.Unreadable:
			return "askahead could not read it, and has told its organisers."
		}
	}
	said := "None of the panels takes it."
	if len(c.hashtags) > 0 {
		said += " Name the one that you mean by its hashtag: #" + strings.Join(c.hashtags, ", #") + "."
	}
	return said
}
