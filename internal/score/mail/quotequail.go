package main

import (
	"encoding/json"
	"strings"

	"askahead/authored/markup"
)

// html compares a result in HTML by its text, without any white space.
func (c *checker) html() {
	want := c.row.HTML
	if want == nil {
		want = c.row.BareHTML
	}
	text := markup.HTML(*want)
	got := c.without("quote", "attribution", "forwarded", "header-block")
	c.fact(bare(got) == bare(text), "text is %q, wanted %q", got, text)
}

func bare(s string) string { return strings.Join(strings.Fields(undrawn(s)), "") }

// quotequail checks the facts of its four functions: own and quoted parts, the text above a forwarded mail,
// attribution lines, header lines.
func (c *checker) quotequail() {
	r := c.row
	if r.Parts != nil {
		var own strings.Builder
		for _, p := range r.Parts {
			if !p.Own {
				continue
			}
			if r.Kind == "html" {
				own.WriteString(markup.HTML(p.Text))
			} else {
				own.WriteString(p.Text)
			}
			own.WriteByte('\n')
		}
		got := c.reply()
		c.fact(bare(unmarked(got)) == bare(unmarked(own.String())), "own is %q, wanted %q", got, own.String())
	}
	if r.Forward != nil {
		var f struct {
			Type string
			Top  *string `json:"text_top"`
			HTML *string `json:"html_top"`
		}
		if json.Unmarshal(r.Forward, &f) != nil || string(r.Forward) == "null" {
			c.fact(bare(c.reply()) == bare(c.a.Text), "something of %q was removed", c.a.Text)
		} else {
			top := ""
			if f.Top != nil {
				top = *f.Top
			} else if f.HTML != nil {
				top = markup.HTML(*f.HTML)
			}
			got := c.without("quote", "attribution", "forwarded", "header-block")
			c.fact(strings.HasPrefix(bare(got), bare(top)), "text above is %q, wanted %q", got, top)
		}
	}
	if r.Attribution != nil {
		want := string(r.Attribution) != "null"
		got := !strings.Contains(squeeze(c.a.Own), squeeze(r.Line))
		c.fact(got == want, "attribution %q: %v, wanted %v", r.Line, got, want)
	}
	if r.Headers != nil && len(r.Lines) > 0 {
		var names map[string]any
		if json.Unmarshal(r.Headers, &names) == nil && len(names) >= 2 {
			c.fact(squeeze(c.a.Own) == "Own.", "header %q: own is %q", r.Lines, c.a.Own)
		}
	}
}

// unmarked drops quote marks, for quoted parts of HTML have none in the suite.
func unmarked(s string) string {
	return strings.ReplaceAll(s, "> ", "")
}
