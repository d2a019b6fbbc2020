package collectors

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// ErrCursor means that a cursor was not written by the collector that is asked to go on from it: the source
// changed its kind, or the database was changed by hand.
var ErrCursor = errors.New("the cursor does not belong to this source")

// maxCursor is far above what any kind writes, in bytes.
const maxCursor = 1 << 20

// NewCursor writes position as JSON, after the name of the kind and its version: `mbox/1 {"offset":17}`.
// The position must be of a type that encoding/json can write.
func NewCursor(kind string, position any) (Cursor, error) {
	b, err := json.Marshal(position)
	if err != nil {
		return "", fmt.Errorf("write the cursor of %s: %w", kind, err)
	}
	return Cursor(kind + " " + string(b)), nil
}

// Read reads what NewCursor wrote for the same kind into position, a pointer. The empty cursor leaves it as
// it is. Everything else is an ErrCursor.
func (c Cursor) Read(kind string, position any) error {
	if c == "" {
		return nil
	}
	found, text, _ := strings.Cut(string(c), " ")
	if found != kind {
		if len(found) > 24 {
			found = found[:24] + "…"
		}
		return fmt.Errorf("%w: it was written by %q, not by %q; under another name the source is read anew, and nothing is stored twice", ErrCursor, found, kind)
	}
	if len(text) > maxCursor {
		return fmt.Errorf("%w: it is %d bytes long", ErrCursor, len(text))
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(position); err != nil {
		return fmt.Errorf("%w: it is damaged; under another name the source is read anew, and nothing is stored twice", ErrCursor)
	}
	if d.More() {
		return fmt.Errorf("%w: something follows its end; under another name the source is read anew, and nothing is stored twice", ErrCursor)
	}
	return nil
}
