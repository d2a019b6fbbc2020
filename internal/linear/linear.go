// Package linear is for tests of parsers: it checks that work grows with the size of its input and not with the
// square of it. It compares two sizes in the same run, by the time that the thread was computing where the system
// tells it, so that a slow or a busy machine does not fail a test.
package linear

import (
	"runtime"
	"testing"
	"time"
)

const (
	growth = 8                    // how much larger the larger input is
	most   = 4 * growth           // linear work takes about growth times as long, quadratic work growth² times
	tiny   = 4 * time.Millisecond // what is done so soon can't be compared, and harms nobody
	tries  = 6                    // on a busy machine a measurement may be off; a square is a square every time
)

// Check runs work with inputs of size n and 8n, and fails if the larger one takes more than 32 times as long.
func Check(t testing.TB, n int, work func(n int)) {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var small, large time.Duration
	for range tries {
		small, large = best(func() { work(n) }), best(func() { work(growth * n) })
		if large < tiny || large <= most*small {
			return
		}
	}
	t.Errorf("an input of %d took %v, one of %d took %v: that is more than linear", n, small, growth*n, large)
}

// best is the shortest of three runs; work that takes long is not repeated.
func best(work func()) time.Duration {
	shortest := time.Duration(1<<63 - 1)
	for range 3 {
		start := computed()
		work()
		took := computed() - start
		shortest = min(shortest, took)
		if took > 200*time.Millisecond {
			break
		}
	}
	return shortest
}
