// Package docs holds the pages that the program reads itself, so that what is said about a key is written once.
package docs

import (
	_ "embed"
	"strings"
)

// Configuration is configuration.md: a row for each key of the configuration.
//
//go:embed configuration.md
var Configuration string

// Row is one row of a table, by the heads of its columns: "key", "type", "default", "meaning".
type Row map[string]string

// Rows gives the rows of all tables of a page whose first column has the head "key", in order. Keys come without
// their backticks, links as their words.
func Rows(page string) []Row {
	var rows []Row
	var heads []string
	for line := range strings.Lines(page) {
		cells, ok := cells(line)
		switch {
		case !ok:
			heads = nil
		case heads == nil:
			heads = cells
		case heads[0] == "key" && len(cells) == len(heads) && strings.Trim(cells[0], "-") != "":
			row := Row{}
			for i, head := range heads {
				row[head] = cells[i]
			}
			row["key"] = strings.Trim(row["key"], "`")
			rows = append(rows, row)
		}
	}
	return rows
}

// cells splits a line of a table.
func cells(line string) ([]string, bool) {
	line = strings.TrimSpace(line)
	if len(line) < 2 || line[0] != '|' || line[len(line)-1] != '|' {
		return nil, false
	}
	list := strings.Split(line[1:len(line)-1], "|")
	for i := range list {
		list[i] = words(strings.TrimSpace(list[i]))
	}
	return list, true
}

// words leaves of each link what it says.
func words(text string) string {
	for {
		before, rest, ok := strings.Cut(text, "](")
		start := strings.LastIndexByte(before, '[')
		_, after, closed := strings.Cut(rest, ")")
		if !ok || start < 0 || !closed {
			return text
		}
		text = before[:start] + before[start+1:] + after
	}
}

// Title gives what the first line of a page says: of "# imap: mailboxes on a mail server", what follows the
// colon.
func Title(page string) string {
	line, _, _ := strings.Cut(page, "\n")
	_, title, _ := strings.Cut(line, ": ")
	return title
}
