package digest

import "io"

// Format is one way to show an edition. Render gives the same bytes for the same edition.
type Format struct {
	Name      string // in the configuration: "html"
	Extension string // of a file: ".html"
	MediaType string
	What      string // one line for help texts
	Complete  bool   // holds every question that the audience may read, not only those that fit a page
	Write     func(w io.Writer, e Edition) error
}

// Formats lists all of them, those for reading first.
func Formats() []Format {
	return []Format{
		{"html", ".html", "text/html; charset=utf-8", "one page for mail, screen and print", false, HTML},
		{"txt", ".txt", "text/plain; charset=utf-8", "plain text, 80 columns", false, Text},
		{"md", ".md", "text/markdown; charset=utf-8", "Markdown", false, Markdown},
		{"json", ".json", "application/json", "everything, for programs (docs/digest-json.md)", true, JSON},
		{"csv", ".csv", "text/csv; charset=utf-8", "one row per question, for spreadsheets", true, CSV},
	}
}
