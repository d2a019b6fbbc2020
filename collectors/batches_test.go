package collectors

import (
	"errors"
	"testing"
)

func TestBatches(t *testing.T) {
	broken := errors.New("broken")
	for name, c := range map[string]struct {
		ends error // of the run
		stop bool  // the reader wants one batch alone
		want []error
	}{
		"a run that ends well":        {nil, false, []error{nil, nil}},
		"a run that fails":            {broken, false, []error{nil, nil, broken}},
		"a reader who wants no more":  {nil, true, []error{nil}},
		"one who never sees an error": {broken, true, []error{nil}},
	} {
		t.Run(name, func(t *testing.T) {
			run := func(yield func(Batch, error) bool) error {
				for range 2 {
					if !yield(Batch{}, nil) {
						return ErrStopped
					}
				}
				return c.ends
			}
			var got []error
			for _, err := range Batches(run) {
				if got = append(got, err); c.stop {
					break
				}
			}
			if len(got) != len(c.want) || got[len(got)-1] != c.want[len(c.want)-1] {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}
