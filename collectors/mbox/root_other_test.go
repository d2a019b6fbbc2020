//go:build !linux

package mbox

import (
	"os"
	"testing"
)

func notAsRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() == 0 {
		t.Skip("root may read every file; run the tests as another user to see this one")
	}
}
