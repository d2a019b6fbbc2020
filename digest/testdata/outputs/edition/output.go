// Package edition is a new output that makes an edition of its own.
package edition

import (
	"askahead/digest"
	"askahead/domain"
)

// Of makes an edition of stored questions.
func Of(questions []domain.Question) digest.Edition {
	return digest.Edition{paper: questions}
}
