package store

import (
	"context"

	"askahead/domain"
)

// Vectors keeps where a language model places questions: SaveBatch writes Question.Vector, and what it offers a
// Grouper carries those of the leaders. A vector is as personal as its text, and goes with its question.
type Vectors interface {
	// Vectors gives the vectors of a model that are stored for texts, by Question.Fingerprint. Of an unknown text there is none.
	Vectors(ctx context.Context, session, model string, fingerprints []string) (map[string]domain.Vector, error)
	// Unplaced lists leaders of topics that have no vector of a model, the newest first, at most limit, of those that
	// audience may read; named leaves out those that are NoName.
	Unplaced(ctx context.Context, q Unplaced) ([]domain.Question, error)
	// Place stores the vectors of questions that Unplaced gave, and files their topics anew with the next batch. One whose
	// text changed meanwhile, or that is gone, is left alone.
	Place(ctx context.Context, session string, placed []domain.Question) error
}

// Unplaced selects leaders without a vector.
type Unplaced struct {
	Session, Model string
	Audience       domain.TLP
	Named          bool
	Limit          int
}
