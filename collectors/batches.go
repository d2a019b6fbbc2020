package collectors

import (
	"errors"
	"iter"
)

// ErrStopped ends a run whose reader wants no more: a run returns it when yield says so. Nobody is ever shown it.
var ErrStopped = errors.New("the reader wants no more")

// Batches makes of a run what Collect, Sweep and Fetch return: all that the run yields, and behind it the error that it
// ends with, if that is not ErrStopped.
func Batches(run func(yield func(Batch, error) bool) error) iter.Seq2[Batch, error] {
	return func(yield func(Batch, error) bool) {
		if err := run(yield); err != nil && !errors.Is(err, ErrStopped) {
			yield(Batch{}, err)
		}
	}
}
