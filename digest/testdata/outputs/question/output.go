// Package question is a new output that renders stored questions as they are.
package question

import (
	"io"

	"askahead/digest"
	"askahead/domain"
)

// Write prints questions in every format.
func Write(w io.Writer, questions []domain.Question) error {
	for _, f := range digest.Formats() {
		if err := f.Write(w, questions); err != nil {
			return err
		}
	}
	return nil
}
