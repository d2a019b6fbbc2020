// Package sheets reads lists of questions that other tools keep: JSON Lines, and the CSV that polls and question
// boxes export. It looks at one row at a time, says of a row that it cannot read where it stands and what is
// expected, and can go on behind it.
package sheets

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Row is one question of a list.
type Row struct {
	Line     int // in which it begins, from 1
	ID       string
	Text     string
	Language string // as the list says; empty if it does not
}

// Format is what a list is written in.
type Format string

// The formats. Recognised is JSON Lines where the list begins with a brace, and CSV where it does not.
const (
	Recognised Format = ""
	JSONL      Format = "jsonl"
	CSV        Format = "csv"
)

// MaxRow is how many bytes one row may have.
const MaxRow = 1 << 20

// Fault is what is wrong with one row; the rows behind it can be read.
type Fault struct {
	Line int
	What string
}

func (f *Fault) Error() string { return fmt.Sprintf("line %d: %s", f.Line, f.What) }

// Reader reads one list.
type Reader struct {
	in     *bufio.Reader
	format Format
	seen   map[string]int32 // id → line
}

// NewReader finds out how the list is written. It may be UTF-8, or UTF-16 with a byte order mark.
func NewReader(r io.Reader, format Format) (*Reader, error) {
	in := bufio.NewReaderSize(transform.NewReader(r, unicode.BOMOverride(transform.Nop)), 1<<16)
	if format == Recognised {
		var err error
		if format, err = recognise(in); err != nil {
			return nil, err
		}
	}
	return &Reader{in: in, format: format, seen: map[string]int32{}}, nil
}

// recognise looks at the first byte that is not white space.
func recognise(in *bufio.Reader) (Format, error) {
	for n := 1; n <= in.Size(); n++ {
		head, err := in.Peek(n)
		switch {
		case len(head) == n && strings.IndexByte(" \t\r\n", head[n-1]) >= 0:
		case len(head) == n && head[n-1] == '{':
			return JSONL, nil
		case err != nil && !errors.Is(err, io.EOF):
			return "", err
		default:
			return CSV, nil
		}
	}
	return CSV, nil
}

// Format is what the list is written in.
func (r *Reader) Format() Format { return r.format }

// Rows yields the rows in their order. A row without an id gets the number of its line; an id that was there before
// is a *Fault. Behind a *Fault it goes on, any other error is the last.
func (r *Reader) Rows() iter.Seq2[Row, error] {
	read := r.lines
	if r.format == CSV {
		read = r.records
	}
	return func(yield func(Row, error) bool) {
		read(func(row Row, err error) bool {
			if err == nil {
				err = r.admit(&row)
			}
			return yield(row, err)
		})
	}
}

// admit checks what the rows of every format have in common.
func (r *Reader) admit(row *Row) error {
	if !utf8.ValidString(row.ID) || !utf8.ValidString(row.Text) {
		return &Fault{row.Line, "it is not UTF-8; save the list as UTF-8"}
	}
	if row.ID = strings.TrimSpace(row.ID); row.ID == "" {
		row.ID = strconv.Itoa(row.Line)
	}
	if first, ok := r.seen[row.ID]; ok {
		return &Fault{row.Line, fmt.Sprintf("its id %s is that of line %d; each row needs an id of its own, or none", quoted(row.ID), first)}
	}
	r.seen[row.ID] = int32(row.Line)
	row.Text = strings.TrimSpace(row.Text)
	row.Language = languageOf(row.Language)
	return nil
}

// languageOf reads the language of a tag as ISO 639-1: "pt-BR" is "pt".
func languageOf(tag string) string {
	code, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
	code, _, _ = strings.Cut(code, "_")
	if len(code) != 2 {
		return ""
	}
	return strings.Clone(code)
}

// quoted shows the beginning of a value.
func quoted(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return strconv.Quote(s)
}
