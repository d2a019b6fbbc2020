package digest

import (
	"fmt"
	"io"
	"strings"
)

// Text writes plain text in 80 columns; only an address or a word longer than a line goes beyond.
func Text(w io.Writer, e Edition) error {
	p, err := e.open()
	if err != nil {
		return err
	}
	t := &textPage{p: p}
	t.head()
	t.shared()
	t.single()
	t.agenda()
	t.fresh()
	t.origins()
	t.recalls()
	t.notes()
	if _, err := io.WriteString(w, t.b.String()); err != nil {
		return fmt.Errorf("write the edition as text: %w", err)
	}
	return nil
}

type textPage struct {
	p *paper
	b strings.Builder
}

func (t *textPage) line(s string) { indented(&t.b, "", s) }
func (t *textPage) gap()          { t.b.WriteByte('\n') }

func (t *textPage) title(s, under string) {
	t.gap()
	t.line(strings.ToUpper(s))
	t.b.WriteString(strings.Repeat(under, columns) + "\n")
	t.gap()
}

func (t *textPage) head() {
	p := t.p
	t.line(p.TLP)
	t.gap()
	t.line(strings.ToUpper(p.Session.Title))
	if when := p.when(); when != "" {
		t.line(when)
	}
	t.line(fmt.Sprintf("Questions for the panel, edition %d (%s), %s", p.Number, p.Edition, p.span()))
	t.gap()
	for _, s := range p.Summary {
		t.line(s)
	}
	for _, s := range p.Empty {
		t.line(s)
	}
	if len(p.Empty) > 0 {
		t.silent()
	}
}

func (t *textPage) silent() {
	for _, s := range t.p.Silent {
		indented(&t.b, "  - ", s.Source+" "+t.p.lastHeard(s))
	}
}

func (t *textPage) shared() {
	p := t.p
	if p.Totals.Questions == 0 {
		return
	}
	t.title("Shared concerns", "=")
	if len(p.Shared.Concerns) == 0 {
		t.line(p.nothingShared())
	}
	for i, c := range p.Shared.Concerns {
		if i > 0 {
			t.gap()
		}
		t.concern(fmt.Sprintf("%d. ", i+1), c)
	}
	t.more(p.Shared.More, "shared concern", "shared concerns")
}

func (t *textPage) more(n int, one, many string) {
	if n > 0 {
		t.gap()
		t.line("… and " + plural(n, "more "+one, "more "+many) + ".")
	}
}

func (t *textPage) concern(number string, c concern) {
	pad := strings.Repeat(" ", len(number))
	t.heading(number, pad, c.Title, c.TLP)
	for _, s := range c.Shares {
		t.gap()
		t.share(pad, s)
		for _, q := range s.Words {
			t.quote(pad+"  ", pad+"  ", q)
		}
	}
	if c.Others != nil {
		t.gap()
		indented(&t.b, pad, fmt.Sprintf("All others: %s, %s", c.Others.of(), c.Others.interval()))
	}
	if c.More > 0 {
		t.gap()
		indented(&t.b, pad, "… and "+plural(c.More, "more question", "more questions")+" on this.")
	}
}

func (t *textPage) share(pad string, s share) {
	drawn := strings.Repeat(" ", 20)
	if s.Enough {
		drawn = bar(s, 20)
	}
	t.b.WriteString(pad + drawn + "  " + s.Community.Title + ": " + s.standing() + "\n")
}

// heading writes the question that a topic is shown by.
func (t *textPage) heading(first, pad string, q quote, topic string) {
	t.asked(first, pad, q, t.p.credit(q, true), q.wider(topic))
}

// quote writes one question of a topic.
func (t *textPage) quote(first, pad string, q quote) {
	t.asked(first, pad, q, t.p.credit(q, false), "")
}

// asked writes a question, who asked it, its marking, and where it stands in public.
func (t *textPage) asked(first, pad string, q quote, credit, wider string) {
	if q.Context != "" {
		indented(&t.b, first, "["+q.Context+"]")
		first = pad
	}
	indented(&t.b, first, q.quoted())
	if b := q.bound(); b != "" {
		credit += " · " + b
	}
	credit += wider
	for _, mark := range t.p.marks(q) {
		credit += " · " + mark
	}
	indented(&t.b, pad, credit)
	if q.URL != "" {
		t.b.WriteString(pad + q.URL + "\n")
	}
	if q.AnswerURL != "" {
		t.b.WriteString(pad + "answer: " + q.AnswerURL + "\n")
	}
}

func (t *textPage) single() {
	p := t.p
	if p.Totals.Questions == 0 {
		return
	}
	t.title("What one community asks", "=")
	for i, a := range p.Single {
		if i > 0 {
			t.gap()
		}
		t.line(fmt.Sprintf("%s (%s)", a.Community.Title, plural(a.Community.Askers, "asker", "askers")))
		switch {
		case !a.Community.Enough:
			indented(&t.b, "  ", p.noData())
		case len(a.Concerns) == 0:
			indented(&t.b, "  ", p.nothingSingle())
		}
		for _, c := range a.Concerns {
			t.gap()
			t.concern("  - ", c)
		}
		t.more(a.More, "concern of this community", "concerns of this community")
	}
}

func (t *textPage) agenda() {
	points := t.p.points()
	if t.p.Totals.Questions == 0 || len(points) == 0 {
		return
	}
	t.title("The agenda", "=")
	for i, a := range points {
		if i > 0 {
			t.gap()
		}
		t.line(a.Title)
		if a.Questions == 0 {
			indented(&t.b, "  ", nobodyAsked)
			continue
		}
		indented(&t.b, "  ", plural(a.Questions, "question", "questions")+".")
		t.topics(a.Topics)
		t.more(a.More, "topic under this point", "topics under this point")
	}
}

func (t *textPage) topics(list []topic) {
	for _, one := range list {
		if one.Told {
			indented(&t.b, "  - ", one.Lead.quoted()+" ("+toldAbove(one)+")")
			continue
		}
		t.heading("  - ", "    ", one.Lead, one.TLP)
		if one.Askers > 1 {
			indented(&t.b, "    ", askedBy(one))
		}
	}
}

func (t *textPage) fresh() {
	p := t.p
	if p.Totals.Questions == 0 {
		return
	}
	t.title("What is new", "=")
	t.line(p.news())
	if len(p.New.Topics) > 0 {
		t.gap()
	}
	t.topics(p.New.Topics)
	t.more(p.New.More, "new topic", "new topics")
}

func (t *textPage) origins() {
	p := t.p
	if p.Totals.Questions == 0 {
		return
	}
	t.title("Where the questions came from", "=")
	t.weeks()
	for _, list := range p.tallies() {
		t.gap()
		t.line(list.Title + " (N = " + fmt.Sprint(list.N) + ")")
		for _, c := range list.Counts {
			t.b.WriteString(fmt.Sprintf("  %s %4d\n", padded(c.Title, 36), c.N))
		}
	}
	if s := p.leftOut(); s != "" {
		t.gap()
		t.line(s)
	}
	if len(p.Silent) > 0 {
		t.gap()
		t.line("Sources that were silent:")
		t.silent()
	}
}

func (t *textPage) weeks() {
	const label, cell = 34, 5
	w := t.p.Weeks
	months, days := padded("", label), padded("  Questions by week, from", label)
	last := ""
	for _, at := range w.Starts {
		month := t.p.in(at).Format("Jan")
		if month == last {
			month = ""
		} else {
			last = month
		}
		months += fmt.Sprintf("%*s", cell, month)
		days += fmt.Sprintf("%*s", cell, t.p.in(at).Format("2"))
	}
	t.b.WriteString(strings.TrimRight(months, " ") + "\n" + days + "\n")
	for _, r := range w.Rows {
		line := padded("  "+r.Community.Title, label)
		for _, n := range r.Counts {
			line += fmt.Sprintf("%*d", cell, n)
		}
		t.b.WriteString(line + "\n")
	}
	if w.Cut {
		t.line("  Earlier weeks are not shown.")
	}
}

func (t *textPage) recalls() {
	if len(t.p.Recalls) == 0 {
		return
	}
	t.title("Recalled", "=")
	for _, r := range t.p.Recalls {
		t.line(recallLine(r))
	}
}

func (t *textPage) notes() {
	t.title("How to read this", "=")
	for i, n := range t.p.howToRead() {
		if i > 0 {
			t.gap()
		}
		t.line(n.Title + " " + n.Text)
	}
	t.gap()
	t.line(t.p.TLP)
}
