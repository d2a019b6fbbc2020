package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"askahead/authored"
	"askahead/authored/markup"
	"askahead/domain"
)

// row is one case of a suite. The pack's README says what each field asserts.
type row struct {
	Suite, Test, Function, File, Text, Line string
	Lines                                   []string
	Kind                                    string   `json:"input_kind"`
	Reply                                   *string  `json:"expected_reply"`
	First                                   *string  `json:"expected_first_fragment"`
	Must                                    []string `json:"must_contain"`
	MustNot                                 []string `json:"must_not_contain"`
	Start                                   string   `json:"must_start_with"`
	End                                     string   `json:"must_end_with"`
	NotEmpty                                bool     `json:"must_not_be_empty"`
	Unchanged                               bool     `json:"expected_unchanged"`
	Gone                                    []string `json:"removed_must_contain"`
	NotGone                                 []string `json:"removed_must_not_contain"`
	Before                                  *string  `json:"expected_before_forwarded"`
	NoSignature                             *string  `json:"expected_text_without_signature"`
	HTML                                    *string  `json:"expected_html"`
	BareHTML                                *string  `json:"expected_html_without_whitespace"`
	KeepSignOff                             *bool    `json:"keep_signoff"`
	Custom                                  bool     `json:"needs_custom_pattern"`
	Limit                                   int      `json:"line_limit"`
	Intro                                   *bool    `json:"quote_intro_line_removed"`
	Parts                                   []struct {
		Own  bool
		Text string
	} `json:"expected_parts"`
	Forward     json.RawMessage `json:"expected_forward"`
	Attribution json.RawMessage `json:"expected_attribution"`
	Headers     json.RawMessage `json:"expected_headers"`
	Sender      string
}

var suiteNames = [...]string{"crisp", "edgetier", "zapier", "github", "willdurand", "elixir", "extended", "mail-parser-reply", "email_reply_trimmer", "unquotemail", "talon", "quotequail"}

func (s *scorer) suites(files map[string][]byte) error {
	passed, cases := 0, 0
	for _, name := range suiteNames {
		good, n, none := 0, 0, 0
		for line := range bytes.Lines(files["expected/"+name+".jsonl"]) {
			var r row
			if err := json.Unmarshal(line, &r); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			facts, why := s.check(r, files)
			switch {
			case facts == 0:
				none++
			case why == "":
				good++
				n++
			default:
				n++
				if s.show == name {
					fmt.Fprintf(s.out, "--- %s %s %s: %s\n", name, r.Test, r.File, hideAddresses(why))
				}
			}
		}
		fmt.Fprintf(s.out, "%-20s %3d of %3d cases (%.1f%%), %d not applicable\n", name, good, n, percent(good, n), none)
		passed += good
		cases += n
	}
	fmt.Fprintf(s.out, "%-20s %3d of %3d cases (%.1f%%)\n", "all suites", passed, cases, percent(passed, cases))
	return nil
}

// hideAddresses masks the addresses in what is printed: the labelled mail is real people's.
func hideAddresses(s string) string {
	f := strings.FieldsFunc(s, unicode.IsSpace)
	for i, w := range f {
		if strings.Contains(w, "@") {
			f[i] = "(address)"
		}
	}
	return strings.Join(f, " ")
}

func percent(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return 100 * float64(a) / float64(b)
}

// check counts the facts of a case that apply and tells the first that does not hold.
func (s *scorer) check(r row, files map[string][]byte) (facts int, why string) {
	if r.Custom || r.Limit > 0 { // an option of the tool that is tested
		return 0, ""
	}
	item := r.item(files)
	got, err := authored.Read(item)
	if err != nil {
		return 1, err.Error()
	}
	c := checker{a: got.Authored, row: r, dropDash: r.Suite != "crisp"}
	c.all()
	return c.facts, c.why
}

// item makes a mail of the case's input.
func (r row) item(files map[string][]byte) domain.Item {
	raw := []byte(r.Text)
	switch {
	case r.File != "":
		raw = files[r.File]
	case r.Line != "":
		raw = []byte("Own.\n\n" + r.Line + "\n> Quoted\n")
	case r.Lines != nil:
		raw = []byte("Own.\n\n" + strings.Join(r.Lines, "\n") + "\n\nQuoted\n")
	}
	item := domain.Item{Type: domain.TypeMailText, Raw: raw}
	item.Author = domain.Author{ID: r.Sender, Name: senderName(r.Sender)}
	switch r.Kind {
	case "rfc5322":
		item.Type = domain.TypeMail
	case "html":
		item.Type = domain.TypeMail
		item.Raw = append([]byte("Content-Type: text/html; charset=utf-8\nFrom: a@example.org\n\n"), raw...)
	}
	return item
}

func senderName(s string) string {
	name, _, _ := strings.Cut(s, "<")
	return strings.Trim(name, ` "`)
}

type checker struct {
	a        domain.Authored
	row      row
	dropDash bool // a line such as "-Ada" at the end is a signature for the suite
	facts    int
	why      string
}

func (c *checker) fact(ok bool, format string, args ...any) {
	c.facts++
	if !ok && c.why == "" {
		c.why = fmt.Sprintf(format, args...)
	}
}

func (c *checker) all() {
	r := c.row
	reply := c.reply()
	if r.Reply != nil {
		c.fact(c.same(reply, *r.Reply), "reply is %q, wanted %q", reply, *r.Reply)
	}
	if r.First != nil && strings.TrimSpace(*r.First) != "" {
		// Own text above the first quote or signature; interleaved mail has more of it.
		c.fact(strings.HasPrefix(squeeze(reply), squeeze(*r.First)) || c.same(reply, *r.First), "reply %q does not begin with %q", reply, *r.First)
	}
	for _, m := range r.Must {
		if r.Kind == "rfc5322" && strings.ContainsAny(m, "<&") {
			m = markup.HTML(m) // the suite's tool leaves mark-up as it is
		}
		c.fact(strings.Contains(squeeze(reply), squeeze(m)), "reply %q lacks %q", reply, m)
	}
	for _, m := range r.MustNot {
		c.fact(!strings.Contains(squeeze(reply), squeeze(m)), "reply %q has %q", reply, m)
	}
	if r.Start != "" {
		c.fact(strings.HasPrefix(squeeze(reply), squeeze(r.Start)), "reply %q does not start with %q", reply, r.Start)
	}
	if r.End != "" {
		c.fact(strings.HasSuffix(squeeze(reply), squeeze(r.End)), "reply %q does not end with %q", reply, r.End)
	}
	if r.NotEmpty {
		c.fact(strings.TrimSpace(reply) != "", "reply is empty")
	}
	if r.Unchanged {
		c.fact(c.same(reply, c.a.Text), "reply %q was %q", reply, c.a.Text)
	}
	for _, m := range r.Gone {
		c.fact(strings.Contains(squeeze(c.removed()), squeeze(m)), "%q stayed", m)
	}
	for _, m := range r.NotGone {
		c.fact(!strings.Contains(squeeze(c.removed()), squeeze(m)), "%q was removed", m)
	}
	if r.NoSignature != nil {
		c.fact(c.same(c.text(), *r.NoSignature), "text is %q, wanted %q", c.text(), *r.NoSignature)
	}
	if r.HTML != nil || r.BareHTML != nil {
		c.html()
	}
	c.quotequail()
}

// reply is the author's text as the suite draws its bounds.
func (c *checker) reply() string {
	switch c.row.Suite {
	case "unquotemail", "talon":
		if c.row.NoSignature == nil {
			return c.without("quote", "attribution", "header-block") // signatures and forwarded mails stay
		}
	case "quotequail":
		return c.without("quote", "attribution", "forwarded", "header-block")
	case "email_reply_trimmer", "extended":
		return c.withInnerQuotes()
	case "edgetier":
		if c.row.KeepSignOff != nil && !*c.row.KeepSignOff {
			return c.cutClosing(func(string) bool { return true })
		}
	case "mail-parser-reply":
		if c.row.Reply == nil {
			return c.cutClosing(func(string) bool { return true })
		}
	}
	if !c.dropDash {
		return c.a.Own
	}
	return c.cutClosing(func(t string) bool { return strings.HasPrefix(t, "-") })
}

// withInnerQuotes keeps the marked quotes above the last own words, and a mail that is only a quote or only
// forwarded. One suite keeps the attributions too; the other drops them, and the quote below one that opens
// the mail.
func (c *checker) withInnerQuotes() string {
	keepsAttributions := c.row.Suite == "extended"
	first, last := 0, 0
	if n := len(c.a.Map); n > 0 {
		first, last = c.a.Map[0].Text, c.a.Map[n-1].Text+c.a.Map[n-1].Len
	}
	var b strings.Builder
	pos, opened := 0, false
	for _, r := range c.a.Removed {
		part := strings.TrimLeft(c.a.Text[r.Start:r.End], " ")
		kept := false
		switch r.What {
		case "attribution":
			kept = keepsAttributions && r.End < last
			opened = opened || !keepsAttributions && r.End < first
		case "forwarded":
			kept = last == 0
		case "quote":
			kept = strings.HasPrefix(part, ">") && (r.End < last || last == 0) && !(opened && r.End < first)
		}
		if !kept {
			b.WriteString(c.a.Text[pos:r.Start])
			pos = r.End
		}
	}
	b.WriteString(c.a.Text[pos:])
	return b.String()
}

// text is for talon's signature cases, where a goodbye and a name belong to the signature.
func (c *checker) text() string { return c.cutClosing(func(string) bool { return true }) }

// cutClosing leaves out the closings that the suite counts as signatures.
func (c *checker) cutClosing(is func(string) bool) string {
	own := c.a.Own
	for _, m := range slices.Backward(c.a.Marks) {
		if m.What == domain.MarkClosing && is(own[m.Start:m.End]) {
			own = own[:m.Start] + own[m.End:]
		}
	}
	return own
}

// without is the text without the parts that were removed for one of these reasons, and without what stands
// below the first of them for another: below a quote, a signature or a footer is part of the thread.
func (c *checker) without(reasons ...string) string {
	var b strings.Builder
	pos, below := 0, false
	if c.row.Suite == "quotequail" && c.row.Intro != nil && !*c.row.Intro {
		reasons = slices.DeleteFunc(slices.Clone(reasons), func(s string) bool { return s == "attribution" })
	}
	for _, r := range c.a.Removed {
		listed := slices.Contains(reasons, r.What)
		if listed || below && r.What != "attribution" && r.What != "forwarded" {
			b.WriteString(c.a.Text[pos:r.Start])
			pos = r.End
		}
		below = below || listed
	}
	b.WriteString(c.a.Text[pos:])
	return b.String()
}

func (c *checker) removed() string {
	var b strings.Builder
	for _, r := range c.a.Removed {
		b.WriteString(c.a.Text[r.Start:r.End])
		b.WriteByte('\n')
	}
	return b.String()
}

// same compares without regard to white space and to drawn lines.
func (c *checker) same(a, b string) bool { return squeeze(undrawn(a)) == squeeze(undrawn(b)) }

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

func undrawn(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		if t := strings.TrimSpace(line); len(t) >= 2 && strings.Trim(t, "-_=*~# ") == "" {
			continue
		}
		b.WriteString(line)
	}
	return b.String()
}
