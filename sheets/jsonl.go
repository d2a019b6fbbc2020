package sheets

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

const wantedObject = `wanted is {"id": "…", "text": "…", "lang": "…"}, of which only text is needed`

// lines reads one JSON object from each line; empty lines are left out.
func (r *Reader) lines(yield func(Row, error) bool) {
	for n := 1; ; n++ {
		line, long, err := r.line()
		if err != nil && !errors.Is(err, io.EOF) {
			yield(Row{}, err)
			return
		}
		var row Row
		var fault error
		switch {
		case long:
			fault = &Fault{n, "it is longer than 1 MiB"}
		case len(bytes.TrimSpace(line)) == 0:
			if err != nil {
				return
			}
			continue
		default:
			row, fault = parse(line, n)
		}
		if !yield(row, fault) || err != nil {
			return
		}
	}
}

// line reads to the end of the line. Of one that is too long nothing is kept.
func (r *Reader) line() (line []byte, long bool, err error) {
	for {
		part, err := r.in.ReadSlice('\n')
		if long = long || len(line)+len(part) > MaxRow; !long {
			line = append(line, part...)
		}
		if err == nil || !errors.Is(err, bufio.ErrBufferFull) {
			return line, long, err
		}
	}
}

func parse(line []byte, n int) (Row, error) {
	var o struct {
		ID   json.RawMessage `json:"id"`
		Text *string         `json:"text"`
		Lang *string         `json:"lang"`
	}
	switch err := json.Unmarshal(line, &o); {
	case err != nil:
		return Row{}, &Fault{n, "it can't be read as a question: " + wantedObject}
	case o.Text == nil:
		return Row{}, &Fault{n, "it has no text: " + wantedObject}
	}
	row := Row{Line: n, Text: *o.Text}
	if o.Lang != nil {
		row.Language = *o.Lang
	}
	switch id := bytes.TrimSpace(o.ID); {
	case len(id) == 0 || string(id) == "null":
	case id[0] == '"':
		if json.Unmarshal(id, &row.ID) != nil {
			return row, &Fault{n, "its id can't be read: " + wantedObject}
		}
	case id[0] == '{' || id[0] == '[' || id[0] == 't' || id[0] == 'f':
		return row, &Fault{n, "its id is neither text nor a number"}
	default:
		row.ID = string(id)
	}
	return row, nil
}
