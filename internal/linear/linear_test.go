package linear

import (
	"sync/atomic"
	"testing"
)

// recorder notes whether a check failed.
type recorder struct {
	testing.TB
	failed bool
}

func (r *recorder) Helper()               {}
func (r *recorder) Errorf(string, ...any) { r.failed = true }

var sink atomic.Int64

func spin(n int) {
	var x int64
	for i := range n {
		x = x*31 + int64(i)
	}
	sink.Store(x)
}

func TestCheck(t *testing.T) {
	t.Run("lets linear work pass", func(t *testing.T) {
		Check(t, 1_000_000, spin)
	})
	t.Run("finds a square", func(t *testing.T) {
		r := &recorder{TB: t}
		Check(r, 700, func(n int) { spin(n * n / 2) })
		if !r.failed {
			t.Error("quadratic work passed")
		}
	})
}
