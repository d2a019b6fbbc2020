package topics

import (
	"math"
	"testing"
)

// The values were worked out apart from this code, by the formula of the paper with z = 1.2816.
func TestTheIntervalIsWilsons(t *testing.T) {
	for _, c := range []struct {
		name   string
		a, n   int
		lo, hi float64
	}{
		{"nobody was asked", 0, 0, 0, 1},
		{"nobody of ten", 0, 10, 0, 0.14108},
		{"two of five", 2, 5, 0.17987, 0.66959},
		{"half of ten", 5, 10, 0.31220, 0.68780},
		{"all of ten", 10, 10, 0.85892, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Wilson(c.a, c.n, 1.2816)
			if math.Abs(got.Lo-c.lo) > 1e-4 || math.Abs(got.Hi-c.hi) > 1e-4 {
				t.Errorf("Wilson(%d, %d) = %.5f to %.5f, want %.5f to %.5f", c.a, c.n, got.Lo, got.Hi, c.lo, c.hi)
			}
		})
	}
}
