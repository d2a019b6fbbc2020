package domain

import "errors"

// Sentinel errors that more than one package tells apart.
var (
	ErrNotFound = errors.New("not found")
	ErrConflict = errors.New("changed by another process meanwhile")
)
