package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"askahead/domain"
	"askahead/protect"
	"askahead/store"
)

// show prints one question with its tags, where it stands, and its history. What is above the audience is shown as
// heldBack does.
func (m *moderation) show(ctx context.Context, q domain.Question, original bool) error {
	history, err := m.store.Decided(ctx, q.Session, q.ID)
	if err != nil {
		return err
	}
	others, err := m.others(ctx, q)
	if err != nil {
		return err
	}
	var b strings.Builder
	view, why := protect.Review(m.audience, &q)
	if why == "" {
		b.WriteString(listedOf(view).String())
	} else {
		b.WriteString(heldBack(&q).String())
		fmt.Fprintf(&b, "  not shown in full: %s\n", why)
	}
	found := q
	if original {
		if found, err = m.store.Original(ctx, q.Session, q.ID); err != nil {
			return err
		}
	}
	if original && q.Edited {
		fmt.Fprintf(&b, "  asked as    %s\n", printable(masked(oneLine(found.Context+" "+found.Text))))
	}
	fmt.Fprintf(&b, "  state       %s\n", m.state(q))
	if kept, err := m.store.Contact(ctx, q.Session, q.ID); err == nil {
		fmt.Fprintf(&b, "  wants       an answer: askahead question %s contact, until %s\n", q.ID, kept.Until.UTC().Format(time.DateOnly))
	} else if !errors.Is(err, domain.ErrNotFound) {
		return err
	}
	if q.Labelled != 0 {
		fmt.Fprintf(&b, "  label       %s at its source, %s by permission\n", labelWord(q.Labelled), labelWord(q.TLP))
	}
	if q.Topic != "" {
		fmt.Fprintf(&b, "  topic       %s, with %s\n", q.Topic, otherQuestions(others))
	}
	if why == "" {
		writeTags(&b, "tag", q, q.Tags)
		if !slices.Equal(found.Tags, q.Tags) {
			writeTags(&b, "tag found", q, found.Tags)
		}
	}
	for i, d := range history {
		head := ""
		if i == 0 {
			head = "history"
		}
		fmt.Fprintf(&b, "  %-11s %s  %s\n", head, m.at(d.At), printable(told(d)))
	}
	b.WriteString("\n")
	_, err = io.WriteString(m.out, b.String())
	return err
}

// writeTags prints each tag with its reason. Under the Chatham House Rule only themes are told.
func writeTags(b *strings.Builder, head string, q domain.Question, tags []domain.Tag) {
	for _, t := range tags {
		if q.NoName && t.Kind != domain.TagTheme {
			continue
		}
		because := ""
		if t.Evidence != "" {
			because = ", because of " + masked(t.Evidence)
		}
		fmt.Fprintf(b, "  %-11s %s: %s (%s%s)\n", head, t.Kind, t.Value, t.Rule, printable(because))
	}
}

// state says how a question stands with the moderators.
func (m *moderation) state(q domain.Question) string {
	s := q.State.String()
	switch {
	case q.State == domain.Changed:
		s = "open: its text has changed since it was approved"
	case q.Edited && q.Text == "":
		s += "; a moderator's wording of it went while it was gone: edit it again, or edit --original"
	case q.Edited:
		s += ", edited"
	}
	if !q.Answered.IsZero() {
		s += ", answered on " + q.Answered.In(m.session.Location).Format(time.DateOnly)
		if q.Answer != "" {
			s += ": " + printable(masked(q.Answer))
		}
	}
	return s
}

// at gives a time in the session's zone.
func (m *moderation) at(t time.Time) string {
	return t.In(m.session.Location).Format("2006-01-02 15:04")
}

// told is one decision as people say it.
func told(d store.Decision) string {
	what := map[store.Verb]string{
		store.Approve: "approved", store.Dismiss: "dismissed", store.Answered: "answered", store.Reopen: "opened again",
		store.Edit: "edited", store.Unedit: "back to the asker's words", store.Retag: "retagged", store.Untag: "back to the tags that were found",
		store.Permit: "permitted to readers of " + labelWord(d.Audience), store.Revoke: "permission taken back",
	}[d.Verb]
	switch {
	case d.Verb == store.Edit && d.Text == "":
		what += " (the wording went with the question)"
	case d.Verb == store.Edit:
		what += " to “" + masked(d.Text) + "”"
	case d.Verb == store.Retag:
		what += " to " + strings.Join(tagWords(d.Tags), ", ")
	}
	what += " by " + d.By
	if d.Reason != "" {
		what += ": " + masked(d.Reason)
	}
	return what
}

func tagWords(tags []domain.Tag) (words []string) {
	for _, t := range tags {
		if t.Value == domain.Unknown {
			words = append(words, "no "+t.Kind)
			continue
		}
		words = append(words, t.Kind+" "+t.Value)
	}
	return words
}

// others counts the questions in the topic of q beside it that are not dismissed, whoever may read them.
func (m *moderation) others(ctx context.Context, q domain.Question) (n int, err error) {
	if q.Topic == "" {
		return 0, nil
	}
	for _, held := range []bool{false, true} {
		query := store.Query{Session: q.Session, Audience: m.audience, Held: held, Topics: []string{q.Topic}, Limit: 1000}
		for {
			page, err := m.store.Questions(ctx, query)
			if err != nil {
				return 0, err
			}
			for i := range page.Questions {
				if page.Questions[i].ID != q.ID {
					n++
				}
			}
			if query.After = page.Next; query.After == "" {
				break
			}
		}
	}
	return n, nil
}

// say tells in one line what came of a decision.
func (m *moderation) say(ctx context.Context, d store.Decision, before, now domain.Question) error {
	line := now.ID + ": " + told(d)
	others, err := m.others(ctx, now)
	if err != nil {
		return err
	}
	rest := otherQuestions(others)
	switch {
	case now.Topic == "":
	case d.Verb == store.Dismiss && others > 0:
		line += fmt.Sprintf("; %s stay%s in its topic", rest, singular(others))
	case d.Verb == store.Edit || d.Verb == store.Unedit:
		switch {
		case now.Topic == before.Topic && others > 0:
			line += "; it stays in its topic, with " + rest
		case others > 0:
			line += "; it is now in a topic with " + rest
		default:
			line += "; no other question is in its topic"
		}
	}
	if d.Verb == store.Dismiss {
		quoted, err := m.quotedBy(ctx, now.ID)
		if err != nil {
			return err
		}
		line += quoted
	}
	_, err = fmt.Fprintln(m.out, printable(line))
	return err
}

func otherQuestions(n int) string {
	if n == 0 {
		return "no other question"
	}
	return count(n, "other question")
}

// singular is the ending of a verb whose subject is one thing.
func singular(n int) string {
	if n == 1 {
		return "s"
	}
	return ""
}

// quotedBy says which editions will recall a question that was dismissed.
func (m *moderation) quotedBy(ctx context.Context, id string) (string, error) {
	editions, err := m.store.Editions(ctx, m.session.ID, "", 1000)
	if err != nil {
		return "", err
	}
	said, asked := "", map[string]bool{}
	for _, e := range editions {
		if asked[e.Name] {
			continue
		}
		asked[e.Name] = true
		recalls, err := m.store.Recalls(ctx, m.session.ID, e.Name)
		if err != nil {
			return "", err
		}
		for _, r := range recalls {
			if r.Question == id {
				said += fmt.Sprintf("; the next edition of %q recalls it, as edition %d quoted it", e.Name, r.Edition)
				break
			}
		}
	}
	return said, nil
}
