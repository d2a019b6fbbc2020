package digest

import (
	"strings"

	"github.com/rivo/uniseg"
)

// columns is the width of plain text.
const columns = 80

// wrapped breaks s into lines of at most width columns, where its script allows a break (UAX #14). A Chinese
// or Japanese character takes two columns. A word longer than a line stands alone on one that is too long.
func wrapped(s string, width int) []string {
	var lines []string
	line, used, state := "", 0, -1
	for rest := s; rest != ""; {
		var segment string
		var must bool
		segment, rest, must, state = uniseg.FirstLineSegmentInString(rest, state)
		if bare := uniseg.StringWidth(strings.TrimRight(segment, " ")); used > 0 && used+bare > width {
			lines = append(lines, strings.TrimRight(line, " "))
			line, used = "", 0
		}
		line += segment
		used += uniseg.StringWidth(segment)
		if must && rest != "" {
			lines = append(lines, strings.TrimRight(line, " \n"))
			line, used = "", 0
		}
	}
	return append(lines, strings.TrimRight(line, " \n"))
}

// indented writes s to b, wrapped, with first before its first line and as many spaces before the others.
func indented(b *strings.Builder, first, s string) {
	pad := uniseg.StringWidth(first)
	for i, line := range wrapped(s, columns-pad) {
		if i == 0 {
			b.WriteString(first)
		} else {
			b.WriteString(strings.Repeat(" ", pad))
		}
		b.WriteString(line)
		b.WriteByte('\n')
	}
}

// padded fills s with spaces to width columns.
func padded(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-uniseg.StringWidth(s)))
}

// bar draws a share in width columns: full up to lo, pale up to hi.
func bar(s share, width int) string {
	full := int(s.Lo*float64(width) + 0.5)
	pale := max(0, int(s.Hi*float64(width)+0.5)-full)
	return strings.Repeat("█", full) + strings.Repeat("▒", pale) + strings.Repeat("·", max(0, width-full-pale))
}
