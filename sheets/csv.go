package sheets

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// errLong is a record that does not end.
var errLong = errors.New("the row is longer than 1 MiB")

// columns are the names, small, by which a list calls what is read of it: the first of a row of names that it has.
type columns struct{ id, text, lang int }

// The names. Polls and question boxes call the text "Question", forms "Question text".
func names() (id, text, lang []string) {
	return []string{"id", "question id", "question_id", "#"},
		[]string{"text", "question", "question text", "question_text", "questions", "content"},
		[]string{"lang", "language"}
}

// records reads CSV with a header; the separator is the one of comma, semicolon and tab that the header has the most of.
func (r *Reader) records(yield func(Row, error) bool) {
	budget := &bounded{r: r.in, left: MaxRow}
	in := csv.NewReader(budget)
	in.Comma, in.FieldsPerRecord, in.ReuseRecord = r.separator(), -1, true
	var at *columns
	last := 0
	for {
		budget.left = MaxRow
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			if at == nil {
				yield(Row{}, errors.New("the list is empty"))
			}
			return
		}
		var bad *csv.ParseError
		switch {
		case errors.Is(err, errLong):
			yield(Row{}, fmt.Errorf("behind line %d: %w; a quotation mark may not be closed there", last, errLong))
			return
		case errors.As(err, &bad):
			if !yield(Row{}, &Fault{bad.StartLine, "its quotation marks don't fit together (RFC 4180: a field in quotation marks, those in it doubled)"}) {
				return
			}
			continue
		case err != nil:
			yield(Row{}, err)
			return
		}
		line, _ := in.FieldPos(0)
		last = line
		if at == nil {
			if at, err = columnsOf(record); err != nil {
				yield(Row{}, fmt.Errorf("line %d: %w", line, err))
				return
			}
			continue
		}
		if !yield(at.row(record, line)) {
			return
		}
	}
}

func (r *Reader) separator() rune {
	head, _ := r.in.Peek(4096)
	first, _, _ := strings.Cut(strings.TrimLeft(string(head), " \r\n"), "\n")
	best, most := ',', 0
	for _, c := range ",;\t" {
		if n := strings.Count(first, string(c)); n > most {
			best, most = c, n
		}
	}
	return best
}

func columnsOf(header []string) (*columns, error) {
	have := make([]string, len(header))
	for i, h := range header {
		have[i] = strings.ToLower(strings.Join(strings.Fields(h), " "))
	}
	find := func(names []string) int {
		for _, n := range names {
			if i := slices.Index(have, n); i >= 0 {
				return i
			}
		}
		return -1
	}
	id, text, lang := names()
	c := &columns{find(id), find(text), find(lang)}
	if c.text < 0 {
		return nil, fmt.Errorf(`no column holds the questions: the first line names %s, and wanted is one of them called %s`,
			quoted(strings.Join(header, ", ")), strings.Join(text, ", "))
	}
	return c, nil
}

// row takes out of a record what is wanted; what it keeps does not hold the rest of the record in memory.
func (c *columns) row(record []string, line int) (Row, error) {
	if c.text >= len(record) {
		return Row{}, &Fault{line, fmt.Sprintf("it has %d columns, and the questions stand in column %d", len(record), c.text+1)}
	}
	field := func(i int) string {
		if i < 0 || i >= len(record) {
			return ""
		}
		return strings.Clone(record[i])
	}
	return Row{Line: line, ID: field(c.id), Text: field(c.text), Language: field(c.lang)}, nil
}

// bounded ends with errLong where more is read than is left.
type bounded struct {
	r    io.Reader
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errLong
	}
	n, err := b.r.Read(p[:min(len(p), 4096)])
	b.left -= n
	return n, err
}
