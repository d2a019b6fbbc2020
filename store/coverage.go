package store

import "context"

// Coverer tells by which rules what was gathered was tagged, and what is missing.
type Coverer interface {
	// Coverage counts the panel questions of a session that are not dismissed.
	Coverage(ctx context.Context, session string) (Coverage, error)
	// Senders yields what items were counted by: Counts with a Key, summed over all sources and outcomes, the most frequent
	// first. It stops at the first error of yield.
	Senders(ctx context.Context, session string, yield func(key string, n int64) error) error
}

// Coverage is how a session's questions are tagged.
type Coverage struct {
	Questions     int64
	Contradicting int64          // see Query.Contradicting
	Rules         []RuleCoverage // by kind, the most frequent first
	Sources       []SourceCoverage
}

// RuleCoverage is what one rule did.
type RuleCoverage struct {
	Kind, Value, Rule string
	Questions         int64 // that have the tag by this rule
	First             int64 // those of them for which no tag of the kind is stronger: what they count for
}

// SourceCoverage is how many of a source's questions have no community.
type SourceCoverage struct {
	Source             string
	Questions, Unknown int64
}
