package communities

import (
	"strings"
	"testing"

	"askahead/internal/linear"
)

// TestAPatternOfManyStarsStaysCheap: patterns of the configuration are compared with texts of strangers.
func TestAPatternOfManyStarsStaysCheap(t *testing.T) {
	pattern := strings.Repeat("a*", 30) + "b"
	linear.Check(t, 10_000, func(n int) {
		if glob(pattern, strings.Repeat("a", n)) {
			t.Fatal("it does not end in b")
		}
	})
}
