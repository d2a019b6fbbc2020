package privacy

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"text/template"
	"time"
)

//go:embed *.md.tmpl
var templates embed.FS

// Document is a text in Markdown, and what of it the organiser still has to say.
type Document struct {
	Text string
	Gaps []Gap
}

// Gap is something that only the organiser can know.
type Gap struct {
	Key  string // of the configuration
	What string
}

// Notice is what Article 14 of the GDPR wants to be told to people whose data comes from elsewhere.
func Notice(f Facts) (Document, error) { return write("notice.md.tmpl", f) }

// Record is the record of processing activities of Article 30(1) of the GDPR.
func Record(f Facts) (Document, error) { return write("record.md.tmpl", f) }

func write(name string, f Facts) (Document, error) {
	d := &document{}
	t, err := template.New(name).Funcs(template.FuncMap{
		"gap": d.gap, "text": text, "link": link, "basis": basis, "span": span, "list": list, "kept": keptTable, "longest": longest,
		"day": func(s Session) string { return s.Starts.In(s.Zone).Format("2 January 2006") },
	}).ParseFS(templates, name)
	if err != nil {
		return Document{}, fmt.Errorf("write %s: %w", name, err)
	}
	var b strings.Builder
	if err := t.Execute(&b, f); err != nil {
		return Document{}, fmt.Errorf("write %s: %w", name, err)
	}
	return Document{Text: b.String(), Gaps: d.gaps}, nil
}

type document struct{ gaps []Gap }

// gap gives what the configuration says, or marks that it says nothing.
func (d *document) gap(key, what, value string) string {
	if value != "" {
		return text(value)
	}
	if g := (Gap{key, what}); !slices.Contains(d.gaps, g) {
		d.gaps = append(d.gaps, g)
	}
	return "**[to be said: " + what + ", `" + key + "` in the configuration]**"
}

// text writes a text of the configuration so that Markdown takes nothing in it for its own.
func text(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune("\\`*_[]<>|#", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// link writes a mailto: or https: address as one that can be followed.
func link(address string) string {
	if address == "" || strings.HasPrefix(address, "**") {
		return address
	}
	return "<" + strings.TrimPrefix(address, "mailto:") + ">"
}

// basis names a legal basis as the law does.
func basis(name string) string {
	return map[string]string{
		"consent":              "the consent of the people concerned (Article 6(1)(a))",
		"contract":             "a contract with the people concerned (Article 6(1)(b))",
		"legal-obligation":     "a legal obligation (Article 6(1)(c))",
		"vital-interests":      "vital interests (Article 6(1)(d))",
		"public-task":          "a task in the public interest (Article 6(1)(e))",
		"legitimate-interests": "legitimate interests (Article 6(1)(f))",
	}[name]
}

// span writes a time that something is kept.
func span(d time.Duration) string {
	if days := d / (24 * time.Hour); days >= 2 {
		return fmt.Sprintf("%d days", days)
	}
	return fmt.Sprintf("%d hours", d/time.Hour)
}

// longest is the longest retention of the sources.
func longest(sources []Source) time.Duration {
	d := time.Duration(0)
	for _, s := range sources {
		d = max(d, s.Retention)
	}
	return d
}

func list(words []string) string { return strings.Join(words, ", ") }
