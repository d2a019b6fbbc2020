package main

import (
	"fmt"
	"io"
	"strings"

	"askahead/domain"
	"askahead/pipeline"
)

// show prints an explanation for a person to read.
func (x *explainer) show(w io.Writer, e explained, u *pipeline.Understood) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", printable(e.ID))
	if e.Error != "" {
		fmt.Fprintf(&b, "  not readable: %s\n  it would go to quarantine\n\n", e.Error)
		_, err := io.WriteString(w, b.String())
		return err
	}
	decision := "its questions would be kept"
	if !e.Kept {
		decision = "nothing would be kept for the panel: " + e.WhyNot
	}
	fmt.Fprintf(&b, "  %s\n", decision)
	if u.Reading.Subject != "" {
		fmt.Fprintf(&b, "  subject     %s\n", printable(u.Reading.Subject))
	}
	fmt.Fprintf(&b, "  language    %s\n", e.Language)
	fmt.Fprintf(&b, "  TLP         %s (%s)\n", e.TLP, u.Label.Why)
	if u.Label.NoName {
		b.WriteString("  attribution none: Chatham House Rule\n")
	}
	for _, p := range u.Own {
		fmt.Fprintf(&b, "  take        %s\n", p.Why)
	}
	b.WriteString("\n  The author's own words\n")
	indent(&b, e.Authored, "    │ ")
	if len(e.Removed) > 0 {
		b.WriteString("\n  Removed\n")
		for _, r := range e.Removed {
			fmt.Fprintf(&b, "    %-14s %s\n", r.Why, excerpt(e.Text[r.Start:r.End]))
		}
	}
	if len(e.Marks) > 0 {
		b.WriteString("\n  Marked (kept, but not searched for questions)\n")
		for _, m := range e.Marks {
			fmt.Fprintf(&b, "    %-14s %s\n", m.What, excerpt(e.Text[m.Start:m.End]))
		}
	}
	if u.OptOut != "" || u.Label.TLP == domain.Red {
		b.WriteString("\n  Questions were not looked for\n")
	} else {
		x.showQuestions(&b, e)
	}
	if tags := x.tags(u); len(tags) > 0 {
		b.WriteString("\n  Tags\n")
		writeReasons(&b, "    ", tags)
	}
	b.WriteString("\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func (x *explainer) showQuestions(b *strings.Builder, e explained) {
	if len(e.Questions) == 0 {
		b.WriteString("\n  No question was found\n")
		return
	}
	b.WriteString("\n  Questions\n")
	for i, q := range e.Questions {
		fmt.Fprintf(b, "    %d. %s\n", i+1, printable(q.Text))
		if q.Context != "" {
			fmt.Fprintf(b, "       context: %s\n", printable(q.Context))
		}
		fmt.Fprintf(b, "       %s, %s, taken by %s\n", q.Kind, q.Language, q.Why)
	}
}

func indent(b *strings.Builder, text, prefix string) {
	for line := range strings.Lines(strings.TrimSpace(text)) {
		b.WriteString(prefix + printable(strings.TrimRight(line, "\r\n")) + "\n")
	}
}

// excerpt is the first words of a text on one line.
func excerpt(s string) string {
	const most = 64
	words := strings.Join(strings.Fields(printable(s)), " ")
	if r := []rune(words); len(r) > most {
		return string(r[:most]) + "…"
	}
	return words
}
