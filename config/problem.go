package config

import (
	"fmt"
	"strings"
)

// Problem is one thing that is wrong, or a warning, with its place.
type Problem struct {
	File         string
	Line, Column int    // from 1; 0 where the whole file is meant. Columns count characters
	Path         string // of the value: sessions[0].sources[2].imap.port; of an unknown key, where it stands
	Where        string // what it is about: `sources[2] "ietf-list": port`; empty for the file
	Text         string // what is wrong, what is allowed, what to do
	Excerpt      string // the line with a caret below the place; secrets are "***"
	cause        error
}

// Error gives the place, what is wrong, and the excerpt on lines of its own.
func (p Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", p.Line, p.Column)
	}
	b.WriteString(": ")
	if p.Where != "" {
		b.WriteString(p.Where + ": ")
	}
	b.WriteString(p.Text)
	if p.Excerpt != "" {
		b.WriteString("\n" + p.Excerpt)
	}
	return b.String()
}

// Unwrap gives the error of the system behind the problem, such as fs.ErrNotExist; nil if there is none.
func (p Problem) Unwrap() error { return p.cause }

// Problems is everything that is wrong with a configuration, in the order of the files and their lines.
type Problems struct{ List []Problem }

// maxShown is how many problems Error prints: whoever has more, has one cause for many.
const maxShown = 100

func (p *Problems) Error() string {
	var b strings.Builder
	for i, one := range p.List {
		if i == maxShown {
			fmt.Fprintf(&b, "\nand %d more", len(p.List)-maxShown)
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(one.Error())
	}
	return b.String()
}

// Unwrap gives each problem as an error of its own.
func (p *Problems) Unwrap() []error {
	errs := make([]error, len(p.List))
	for i, one := range p.List {
		errs[i] = one
	}
	return errs
}
