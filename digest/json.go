package digest

import (
	"encoding/json"
	"fmt"
	"io"
)

// JSON writes all of the edition; docs/digest-json.md describes it.
func JSON(w io.Writer, e Edition) error {
	p, err := e.open()
	if err != nil {
		return err
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	if err := enc.Encode(p); err != nil {
		return fmt.Errorf("write the edition as JSON: %w", err)
	}
	return nil
}
