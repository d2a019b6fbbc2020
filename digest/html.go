package digest

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strconv"
	"time"
)

//go:embed templates/edition.html
var pageText string

// HTML writes one page that is mail, web page and print at once: styles stand inline, as mail programs want
// them, and it loads nothing and runs nothing.
func HTML(w io.Writer, e Edition) error {
	p, err := e.open()
	if err != nil {
		return err
	}
	t, err := template.New("edition").Funcs(p.helpers()).Parse(pageText)
	if err != nil {
		return fmt.Errorf("read the page's template: %w", err)
	}
	if err := t.Execute(w, p); err != nil {
		return fmt.Errorf("write the edition as HTML: %w", err)
	}
	return nil
}

// helpers are what the template may say beside the paper's fields.
func (p *paper) helpers() template.FuncMap {
	return template.FuncMap{
		"css":     style,
		"colours": p.colours,
		"fg":      func(c community) template.CSS { return template.CSS("color:" + c.paint().Light) },
		"bg":      func(c community) template.CSS { return template.CSS("background-color:" + c.paint().Light) },
		"pale": func(c community) template.CSS {
			return template.CSS("background-color:" + tint(c.paint().Light, groundLight))
		},
		"edge":         func(c community) template.CSS { return template.CSS("border-left-color:" + c.paint().Light) },
		"class":        func(c community) string { return c.paint().Class },
		"mark":         func(c community) string { return c.paint().Mark },
		"tlpColour":    func() template.CSS { return template.CSS("color:" + tlpColour(p.TLP)) },
		"subject":      func() string { return subject(p) },
		"when":         p.when,
		"span":         p.span,
		"day":          p.day,
		"weekOf":       func(t time.Time) string { return p.in(t).Format("2 Jan") }, // eight with a year fit no phone
		"credit":       func(q quote) string { return p.credit(q, false) },
		"bound":        quote.bound,
		"wider":        quote.wider,
		"toldAbove":    toldAbove,
		"answered":     p.answered,
		"editedMark":   func() string { return editedMark },
		"quoted":       quote.quoted,
		"side":         side,
		"plural":       plural,
		"bars":         bars,
		"askedBy":      askedBy,
		"points":       p.points,
		"noData":       p.noData,
		"firstEdition": func() bool { return p.New.First },
		"single":       p.nothingSingle,
		"nobody":       func() string { return nobodyAsked },
		"nothing":      p.nothingShared,
		"news":         p.news,
		"tallies":      p.tallies,
		"height":       p.height,
		"leftOut":      p.leftOut,
		"recallLine":   recallLine,
		"lastHeard":    p.lastHeard,
		"notes":        p.howToRead,
		"inc":          func(i int) int { return i + 1 },
		"of":           share.of,
		"interval":     share.interval,
		"list":         func(a ...any) []any { return a },
	}
}

// side sets a text flush with the side that its script begins at.
func side(q quote) template.CSS {
	if q.Dir == "rtl" {
		return ";text-align:right"
	}
	return ""
}

// paint is the colour of a community, or of none: a question under the Chatham House Rule has none to show.
func (c community) paint() colour {
	if c.colour == (colour{}) {
		return unknownColour()
	}
	return c.colour
}

// colours are those that the page uses, for its dark style sheet.
func (p *paper) colours() []darkColour {
	var list []darkColour
	add := func(c colour) {
		d := darkColour{Class: c.Class, Full: c.Dark, Pale: tint(c.Dark, groundDark)}
		if !slices.Contains(list, d) {
			list = append(list, d)
		}
	}
	for _, c := range p.Communities {
		add(c.paint())
	}
	add(unknownColour())
	return list
}

type darkColour struct{ Class, Full, Pale string }

// tint mixes a colour with its ground: three parts in ten of the colour are left. Both are "#rrggbb".
func tint(colour, ground string) string {
	out := "#"
	for i := 1; i < 7; i += 2 {
		a, _ := strconv.ParseUint(colour[i:i+2], 16, 8)
		b, _ := strconv.ParseUint(ground[i:i+2], 16, 8)
		out += fmt.Sprintf("%02x", (3*a+7*b)/10)
	}
	return out
}

// tlpColour is the colour of the letters of a label, on black (FIRST, TLP 2.0, section 3).
func tlpColour(label string) string {
	switch label {
	case "TLP:GREEN":
		return "#33ff00"
	case "TLP:AMBER", "TLP:AMBER+STRICT":
		return "#ffc000"
	}
	return "#ffffff"
}

// segment is a part of a bar in percent of its width.
type segment struct {
	Width int
	Part  string // "full", "pale" or "rest"
}

// bars cuts a bar into parts: full to the low end of the interval, pale to its high end.
func bars(s share) []segment {
	full := int(s.Lo*100 + 0.5)
	high := int(s.Hi*100 + 0.5)
	var list []segment
	for _, part := range []segment{{full, "full"}, {high - full, "pale"}, {100 - high, "rest"}} {
		if part.Width > 0 {
			list = append(list, part)
		}
	}
	return list
}

// height is that of a bar in the chart of weeks, in pixels; what is there can be seen.
func (p *paper) height(n int) int {
	if n == 0 || p.Weeks.Most == 0 {
		return 0
	}
	return max(2, n*chartHeight/p.Weeks.Most)
}

const chartHeight = 32
