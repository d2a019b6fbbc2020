package digest

import (
	"fmt"
	"io"
	"strings"
)

// Markdown writes CommonMark with tables (GFM). What an asker wrote is shown as written: nothing in it becomes
// a link, an image or markup.
func Markdown(w io.Writer, e Edition) error {
	p, err := e.open()
	if err != nil {
		return err
	}
	m := &mdPage{p: p}
	m.head()
	if p.Totals.Questions > 0 {
		m.shared()
		m.single()
		m.agenda()
		m.fresh()
		m.origins()
	}
	m.recalls()
	m.notes()
	if _, err := io.WriteString(w, m.b.String()); err != nil {
		return fmt.Errorf("write the edition as Markdown: %w", err)
	}
	return nil
}

type mdPage struct {
	p *paper
	b strings.Builder
}

// escape takes their meaning from the characters that Markdown or HTML would act on.
func escape(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == '<':
			b.WriteString("&lt;")
			continue
		case r == '&':
			b.WriteString("&amp;")
			continue
		case strings.ContainsRune("\\`*_[]#|~>!$@", r),
			i == 0 && strings.ContainsRune("+-=", r),
			strings.ContainsRune(".)", r) && digits(s[:i]),
			r == ':' && strings.HasPrefix(s[i:], "://"): // no autolink either
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return strings.ReplaceAll(b.String(), "www.", "www\\.")
}

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

func (m *mdPage) line(format string, args ...any) { fmt.Fprintf(&m.b, format+"\n", args...) }

func (m *mdPage) para(s string) { m.line("%s\n", s) }

func (m *mdPage) head() {
	p := m.p
	m.para("**" + p.TLP + "**")
	m.para("# " + escape(p.Session.Title))
	if when := p.when(); when != "" {
		m.line("%s\\", escape(when))
	}
	m.para(fmt.Sprintf("Questions for the panel, edition %d (%s), %s", p.Number, escape(p.Edition), p.span()))
	for _, s := range p.Summary {
		m.para(escape(s))
	}
	for _, s := range p.Empty {
		m.para(escape(s))
	}
	if len(p.Empty) > 0 {
		m.silent()
	}
}

func (m *mdPage) silent() {
	for _, s := range m.p.Silent {
		m.line("- %s %s", escape(s.Source), m.p.lastHeard(s))
	}
	if len(m.p.Silent) > 0 {
		m.line("")
	}
}

func (m *mdPage) shared() {
	m.para("## Shared concerns")
	if len(m.p.Shared.Concerns) == 0 {
		m.para(escape(m.p.nothingShared()))
	}
	for i, c := range m.p.Shared.Concerns {
		m.para(fmt.Sprintf("### %d. %s", i+1, escape(c.Title.Text)))
		m.concern(c)
	}
	m.more(m.p.Shared.More, "shared concern", "shared concerns")
}

func (m *mdPage) more(n int, one, many string) {
	if n > 0 {
		m.para("… and " + plural(n, "more "+one, "more "+many) + ".")
	}
}

func (m *mdPage) concern(c concern) {
	m.para(m.credit(c.Title, true) + c.Title.wider(c.TLP))
	if c.Title.Context != "" {
		m.para("> " + escape(c.Title.Context))
	}
	for _, s := range c.Shares {
		m.para(fmt.Sprintf("**%s**: %s", escape(s.Community.Title), s.standing()))
		for _, q := range s.Words {
			m.quote("", q, false)
		}
	}
	if c.Others != nil {
		m.para(fmt.Sprintf("All others: %s, %s", c.Others.of(), c.Others.interval()))
	}
	m.more(c.More, "question on this", "questions on this")
}

// quote is a blockquote with its credit as the last line; indent puts it into a list.
func (m *mdPage) quote(indent string, q quote, withCommunity bool) {
	if q.Context != "" {
		m.line("%s> %s", indent, escape(q.Context))
		m.line("%s>", indent)
	}
	m.line("%s> %s\\", indent, escape(q.quoted()))
	m.line("%s> %s\n", indent, m.credit(q, withCommunity))
}

func (m *mdPage) credit(q quote, withCommunity bool) string {
	s := escape(m.p.credit(q, withCommunity))
	if b := q.bound(); b != "" {
		s += " · " + b
	}
	if q.URL != "" {
		s += " · " + link("source", q.URL)
	}
	for _, mark := range m.p.marks(q) {
		s += " · " + escape(mark)
	}
	if q.AnswerURL != "" {
		s += ": " + link("answer", q.AnswerURL)
	}
	return s
}

func link(text, url string) string {
	return "[" + text + "](<" + strings.NewReplacer("<", "%3C", ">", "%3E", "\\", "%5C").Replace(url) + ">)"
}

func (m *mdPage) single() {
	m.para("## What one community asks")
	for _, a := range m.p.Single {
		m.para(fmt.Sprintf("### %s (%s)", escape(a.Community.Title), plural(a.Community.Askers, "asker", "askers")))
		switch {
		case !a.Community.Enough:
			m.para(m.p.noData())
		case len(a.Concerns) == 0:
			m.para(m.p.nothingSingle())
		}
		for _, c := range a.Concerns {
			m.para("#### " + escape(c.Title.Text))
			m.concern(c)
		}
		m.more(a.More, "concern of this community", "concerns of this community")
	}
}

func (m *mdPage) agenda() {
	m.para("## The agenda")
	for _, a := range m.p.points() {
		m.para("### " + escape(a.Title))
		if a.Questions == 0 {
			m.para("*" + nobodyAsked + "*")
			continue
		}
		m.para(plural(a.Questions, "question", "questions") + ".")
		m.topics(a.Topics)
		m.more(a.More, "topic under this point", "topics under this point")
	}
}

func (m *mdPage) topics(list []topic) {
	for _, one := range list {
		if one.Told {
			m.line("- %s (%s)\n", escape(one.Lead.quoted()), toldAbove(one))
			continue
		}
		m.line("- %s\\", escape(one.Lead.quoted()))
		m.line("  %s", m.credit(one.Lead, true)+one.Lead.wider(one.TLP))
		if one.Askers > 1 {
			m.b.WriteString("  · " + escape(askedBy(one)) + "\n")
		}
		m.line("")
	}
}

func (m *mdPage) fresh() {
	m.para("## What is new")
	m.para(escape(m.p.news()))
	m.topics(m.p.New.Topics)
	m.more(m.p.New.More, "new topic", "new topics")
}

func (m *mdPage) origins() {
	p := m.p
	m.para("## Where the questions came from")
	head, rule := "| Questions by week, from |", "|---|"
	for _, at := range p.Weeks.Starts {
		head += " " + p.in(at).Format("2 Jan") + " |"
		rule += "---:|"
	}
	m.line("%s", head)
	m.line("%s", rule)
	for _, r := range p.Weeks.Rows {
		row := "| " + escape(r.Community.Title) + " |"
		for _, n := range r.Counts {
			row += fmt.Sprintf(" %d |", n)
		}
		m.line("%s", row)
	}
	m.line("")
	if p.Weeks.Cut {
		m.para("Earlier weeks are not shown.")
	}
	for _, list := range p.tallies() {
		m.line("| %s | N = %d |", list.Title, list.N)
		m.line("|---|---:|")
		for _, c := range list.Counts {
			m.line("| %s | %d |", escape(c.Title), c.N)
		}
		m.line("")
	}
	if s := p.leftOut(); s != "" {
		m.para(s)
	}
	if len(p.Silent) > 0 {
		m.para("Sources that were silent:")
		m.silent()
	}
}

func (m *mdPage) recalls() {
	if len(m.p.Recalls) == 0 {
		return
	}
	m.para("## Recalled")
	for _, r := range m.p.Recalls {
		m.para(escape(recallLine(r)))
	}
}

func (m *mdPage) notes() {
	m.para("## How to read this")
	for _, n := range m.p.howToRead() {
		m.para("**" + n.Title + "** " + escape(n.Text))
	}
	m.line("**%s**", m.p.TLP)
}
