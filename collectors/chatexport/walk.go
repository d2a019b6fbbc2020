package chatexport

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"

	"askahead/collectors"
)

// room is what an object says beside its list of messages, as Telegram's export does.
type room struct{ id, name, kind string }

// walker goes through a JSON document and calls found for each message. Messages stand in a list of their own, in one
// under "messages" or "result", or as the members of "posts"; "chats" and "list" hold more objects with such lists.
type walker struct {
	ctx     context.Context
	decoder *json.Decoder
	budget  *collectors.Budget
	start   int64 // bytes before the JSON
	found   func(raw []byte, off int64, in room) error
	lists   int // of messages, empty or not
}

// maxNesting is how deep messages may stand: Telegram's are in chats, list, an object and messages.
const maxNesting = 6

// walkJSON says how many lists of messages the document has.
func walkJSON(ctx context.Context, r io.Reader, found func(raw []byte, off int64, in room) error) (lists int, err error) {
	w := &walker{ctx: ctx, found: found}
	var mark [3]byte
	n, _ := io.ReadFull(r, mark[:])
	rest := mark[:n]
	if string(rest) == "\ufeff" {
		rest, w.start = nil, 3
	}
	w.budget = collectors.NewBudget(io.MultiReader(bytes.NewReader(rest), r))
	w.decoder = json.NewDecoder(w.budget)
	err = w.explain(w.value("", room{}, 0))
	return w.lists, err
}

// explain says for a person what is wrong with the document.
func (w *walker) explain(err error) error {
	at := w.start + w.decoder.InputOffset()
	syntax, isSyntax := errors.AsType[*json.SyntaxError](err)
	switch {
	case err == nil, w.ctx.Err() != nil:
		return err
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("it is cut off after %d bytes; what stands before is kept: copy or export it again", at)
	case errors.Is(err, collectors.ErrLongValue), errors.Is(err, errDeep):
		return fmt.Errorf("it cannot be read on after %d bytes: %w", at, err)
	case isSyntax:
		return fmt.Errorf("it is damaged after %d bytes: %v; what stands before is kept: export it again", at, syntax)
	}
	return err
}

// value reads one value, which stands under key.
func (w *walker) value(key string, in room, depth int) error {
	w.budget.Renew()
	t, err := w.decoder.Token()
	if err != nil {
		return err
	}
	switch {
	case t == json.Delim('{') && key == "posts":
		return w.members(in)
	case t == json.Delim('{') && depth < maxNesting && (key == "" || key == "chats"):
		return w.object(depth)
	case t == json.Delim('[') && (depth == 0 || key == "messages" || key == "result"):
		return w.list(in)
	case t == json.Delim('[') && depth < maxNesting && key == "list":
		for w.decoder.More() {
			if err := w.value("", room{}, depth+1); err != nil {
				return err
			}
		}
		return w.end()
	case t == json.Delim('{'), t == json.Delim('['):
		return w.skip()
	}
	return nil
}

func (w *walker) object(depth int) error {
	var in room
	for w.decoder.More() {
		w.budget.Renew()
		t, err := w.decoder.Token()
		if err != nil {
			return err
		}
		switch key, _ := t.(string); key {
		case "name", "title", "id", "type":
			var v json.RawMessage
			if err := w.decoder.Decode(&v); err != nil {
				return err
			}
			in.note(key, v)
		default:
			if err := w.value(key, in, depth+1); err != nil {
				return err
			}
		}
	}
	return w.end()
}

func (r *room) note(key string, v json.RawMessage) {
	var t text
	if json.Unmarshal(v, &t) != nil {
		return
	}
	switch key {
	case "name", "title":
		r.name = string(t)
	case "id":
		r.id = string(t)
	case "type":
		r.kind = string(t)
	}
}

// list reads messages.
func (w *walker) list(in room) error {
	w.lists++
	for w.decoder.More() {
		if err := w.message(in); err != nil {
			return err
		}
	}
	return w.end()
}

// members reads an object whose values are messages.
func (w *walker) members(in room) error {
	w.lists++
	for w.decoder.More() {
		if _, err := w.decoder.Token(); err != nil {
			return err
		}
		if err := w.message(in); err != nil {
			return err
		}
	}
	return w.end()
}

func (w *walker) message(in room) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	w.budget.Renew()
	var raw json.RawMessage
	if err := w.decoder.Decode(&raw); err != nil {
		return err
	}
	return w.found(raw, w.start+w.decoder.InputOffset()-int64(len(raw)), in)
}

func (w *walker) end() error {
	_, err := w.decoder.Token()
	return err
}

// maxSkipped is how deep what is no message may be nested: the decoder keeps account of each bracket.
const maxSkipped = 10_000

var errDeep = errors.New("it is nested deeper than 10000 brackets")

// skip goes to the end of an object or a list that has begun.
func (w *walker) skip() error {
	for open := 1; open > 0; {
		if open > maxSkipped {
			return errDeep
		}
		w.budget.Renew()
		t, err := w.decoder.Token()
		if err != nil {
			return err
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			open++
		case json.Delim('}'), json.Delim(']'):
			open--
		}
	}
	return w.ctx.Err()
}

// text is a string, or a number that stands for one.
type text string

func (t *text) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, (*string)(t))
	}
	if len(b) > 0 && (b[0] == '-' || b[0] >= '0' && b[0] <= '9') {
		*t = text(b)
		return nil
	}
	*t = ""
	if string(b) != "null" {
		return &json.UnmarshalTypeError{Value: "another value", Type: reflect.TypeFor[string]()}
	}
	return nil
}
