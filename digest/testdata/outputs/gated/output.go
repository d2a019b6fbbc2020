// Package gated is a new output that goes the way that there is: what passed the gate, as an edition.
package gated

import (
	"io"

	"askahead/digest"
)

// Write prints an edition in every format.
func Write(w io.Writer, e digest.Edition) error {
	for _, f := range digest.Formats() {
		if err := f.Write(w, e); err != nil {
			return err
		}
	}
	return nil
}
