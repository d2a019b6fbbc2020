package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// pageName is "askahead-check" for the command "askahead check".
func pageName(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

// manPage is the manual page of a command, in the macros of man(7).
func manPage(cmd *cobra.Command, at time.Time) string {
	p := &roff{}
	p.request("TH", strings.ToUpper(pageName(cmd)), "1", at.Format(time.DateOnly), "askahead "+version, "askahead")
	p.section("NAME")
	p.text(pageName(cmd) + " - " + cmd.Short)
	p.section("SYNOPSIS")
	p.WriteString(`\fB` + escape(cmd.CommandPath()) + `\fR` + escape(strings.TrimPrefix(cmd.UseLine(), cmd.CommandPath())) + "\n")
	p.section("DESCRIPTION")
	p.text(orShort(cmd))
	commands(p, cmd)
	options(p, "OPTIONS", cmd.NonInheritedFlags())
	options(p, "OPTIONS OF EVERY COMMAND", cmd.InheritedFlags())
	if cmd.Example != "" {
		p.section("EXAMPLES")
		p.literal(cmd.Example)
	}
	if !cmd.HasParent() {
		p.WriteString(manEnd)
	}
	also(p, cmd)
	return p.String()
}

func orShort(cmd *cobra.Command) string {
	if cmd.Long != "" {
		return cmd.Long
	}
	return cmd.Short + "."
}

// manEnd is what only the page of askahead itself says.
const manEnd = `.SH EXIT STATUS
.TP
0
done
.TP
1
something went wrong; standard error says what, and what to do
.TP
2
the command line is off
.SH FILES
.TP
.I askahead.yaml
the configuration, in the folder that askahead is started in, unless \-\-config names another
.TP
.I askahead.key
the key behind all ids and pseudonyms, beside the configuration unless that says otherwise; keep a copy with the database's
.TP
.I /etc/askahead/askahead.yaml, /var/lib/askahead/
configuration and state of the service that Debian's package installs
.SH ENVIRONMENT
.TP
.B NO_COLOR
if set and not empty, nothing is coloured
.TP
.B GOMEMLIMIT
how much memory may be used before it is freed harder; if not set, 80 MiB for collecting and 160 MiB for askahead run
`

func commands(p *roff, cmd *cobra.Command) {
	if len(shown(cmd)) == 1 {
		return
	}
	p.section("COMMANDS")
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() && c.Name() != "help" {
			p.item(c.Name(), c.Short)
		}
	}
}

func options(p *roff, title string, flags *pflag.FlagSet) {
	if !flags.HasAvailableFlags() {
		return
	}
	p.section(title)
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		kind, usage := pflag.UnquoteUsage(f)
		name := "--" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", " + name
		}
		if kind != "" {
			name += " " + kind
		}
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" && f.DefValue != "[]" {
			usage += " (default " + f.DefValue + ")"
		}
		p.item(name, usage)
	})
}

func also(p *roff, cmd *cobra.Command) {
	var pages []string
	if cmd.HasParent() {
		pages = append(pages, pageName(cmd.Parent()))
	}
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() && c.Name() != "help" {
			pages = append(pages, pageName(c))
		}
	}
	if len(pages) == 0 {
		return
	}
	p.section("SEE ALSO")
	for i, name := range pages {
		if i > 0 {
			p.WriteString(",\n")
		}
		p.WriteString(`\fB` + escape(name) + `\fR(1)`)
	}
	p.WriteString("\n")
}

// roff is a page that is being written.
type roff struct{ strings.Builder }

func (p *roff) request(name string, args ...string) {
	p.WriteString("." + name)
	for _, a := range args {
		p.WriteString(` "` + strings.ReplaceAll(escape(a), `"`, `\(dq`) + `"`)
	}
	p.WriteString("\n")
}

func (p *roff) section(title string) { p.WriteString(".SH " + title + "\n") }

// item is a name with what it means.
func (p *roff) item(name, meaning string) {
	fmt.Fprintf(p, ".TP\n\\fB%s\\fR\n%s\n", escape(name), line(meaning))
}

// text writes paragraphs; lines that are indented are kept as they are.
func (p *roff) text(s string) {
	for i, part := range strings.Split(strings.Trim(s, "\n"), "\n\n") {
		if i > 0 {
			p.WriteString(".PP\n")
		}
		if strings.HasPrefix(part, " ") || strings.HasPrefix(part, "\t") {
			p.literal(part)
			continue
		}
		for l := range strings.SplitSeq(strings.Trim(part, "\n"), "\n") {
			p.WriteString(line(l) + "\n")
		}
	}
}

// literal writes lines that are not to be filled.
func (p *roff) literal(s string) {
	p.WriteString(".nf\n")
	for l := range strings.SplitSeq(strings.Trim(s, "\n"), "\n") {
		p.WriteString(line(strings.ReplaceAll(l, "\t", "    ")) + "\n")
	}
	p.WriteString(".fi\n")
}

// line escapes a line of text; one that begins like a request does not become one.
func line(s string) string {
	s = escape(s)
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		return `\&` + s
	}
	return s
}

// escape keeps roff from reading a text: a backslash stays one, and a hyphen can be copied into a shell.
func escape(s string) string {
	return strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`).Replace(s)
}
