package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxFile is the largest file that is read, in bytes: several hundred sessions.
const maxFile = 1 << 20

// text is one file of the configuration with its lines, and what of them may not be shown.
type text struct {
	name   string // as it is named in problems
	order  int    // files come in this order in reports
	lines  []string
	starts []spot           // where each token starts, in order
	notes  map[int]int      // by line, the column at which a comment starts
	hidden map[int][]hidden // by line

	broken bool            // it is no YAML, so nobody knows which words are values
	safe   map[string]bool // keys that never hold a secret
}

// spot is a place in a text; both count from 1, columns in characters.
type spot struct{ line, column int }

// hidden is a range of columns, end exclusive; end 0 is the end of the line.
type hidden struct{ from, to int }

// fault is a problem of a text before it is anyone's value.
type fault struct {
	at    spot
	text  string
	cause error
}

// readFile gives what a regular file holds, if it is not too large.
func readFile(path string) ([]byte, *fault) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, &fault{text: "there is no such file; `askahead init` writes one", cause: err}
	case err != nil:
		return nil, &fault{text: "the file can't be read: " + plainCause(err), cause: err}
	case info.IsDir():
		return nil, &fault{text: "this is a folder; name the YAML file in it"}
	case !info.Mode().IsRegular():
		return nil, &fault{text: "this is not a regular file"}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, &fault{text: "the file can't be read: " + plainCause(err), cause: err}
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, &fault{text: "the file can't be read: " + plainCause(err), cause: err}
	}
	if len(raw) > maxFile {
		return nil, &fault{text: fmt.Sprintf("the file is larger than %d KiB; sessions can stand in files of their own: include: sessions/*.yaml", maxFile>>10)}
	}
	return raw, nil
}

// plainCause is an error of the system without the path, which the problem names already.
func plainCause(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

// newText splits a file into lines and refuses what is no plain UTF-8 text indented with spaces.
func newText(name string, order int, raw []byte) (*text, []fault) {
	t := &text{name: name, order: order, hidden: map[int][]hidden{}, notes: map[int]int{}}
	if bytes.HasPrefix(raw, []byte{0xff, 0xfe}) || bytes.HasPrefix(raw, []byte{0xfe, 0xff}) {
		return t, []fault{{text: "the file is UTF-16; save it as UTF-8"}}
	}
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	whole := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(raw))
	t.lines = strings.Split(whole, "\n")
	var faults []fault
	for i, line := range t.lines {
		if f, bad := badLine(line); bad && len(faults) < 10 {
			f.at.line = i + 1
			faults = append(faults, f)
		}
	}
	return t, faults
}

func badLine(line string) (fault, bool) {
	column, indent := 0, true
	for i, r := range line {
		column++
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(line[i:], "\ufffd"):
			return fault{at: spot{0, column}, text: fmt.Sprintf("the byte 0x%02x is not UTF-8; save the file as UTF-8", line[i])}, true
		case r == '\t' && indent:
			return fault{at: spot{0, column}, text: "a tab is used to indent; YAML wants spaces"}, true
		case r != '\t' && unicode.IsControl(r):
			return fault{at: spot{0, column}, text: fmt.Sprintf("the control character U+%04X does not belong into this file", r)}, true
		}
		indent = indent && (r == ' ' || r == '\t')
	}
	return fault{}, false
}

// whole gives the lines as one string.
func (t *text) whole() string { return strings.Join(t.lines, "\n") }

// after gives the start of the first token behind a spot; the zero spot is the end of the file.
func (t *text) after(s spot) spot {
	low, high := 0, len(t.starts)
	for low < high {
		mid := (low + high) / 2
		if m := t.starts[mid]; m.line > s.line || m.line == s.line && m.column > s.column {
			high = mid
		} else {
			low = mid + 1
		}
	}
	if low == len(t.starts) {
		return spot{}
	}
	return t.starts[low]
}

// hide keeps everything from a spot up to another (the zero spot is the end of the file) out of excerpts.
func (t *text) hide(from, to spot) {
	if to == (spot{}) {
		to = spot{line: len(t.lines) + 1, column: 1}
	}
	for line := from.line; line <= to.line && line <= len(t.lines); line++ {
		h := hidden{from: 1}
		if line == from.line {
			h.from = from.column
		}
		if line == to.line {
			h.to = to.column
			indent := line > from.line && strings.TrimSpace(string([]rune(t.lines[line-1])[:min(h.to-1, len([]rune(t.lines[line-1])))])) == ""
			if h.to <= h.from || indent {
				continue
			}
		}
		t.hidden[line] = append(t.hidden[line], h)
	}
}

// width is how many characters of its line the token at a spot takes, at least 1.
func (t *text) width(s spot) int {
	if s.line < 1 || s.line > len(t.lines) {
		return 1
	}
	runes := []rune(t.lines[s.line-1])
	end := len(runes)
	if next := t.after(s); next.line == s.line {
		end = min(end, next.column-1)
	}
	for end > s.column && unicode.IsSpace(runes[end-1]) {
		end--
	}
	return max(1, end-s.column+1)
}
