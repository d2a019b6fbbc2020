package mbox

import (
	"os"
	"runtime"
	"syscall"
	"testing"
)

// notAsRoot takes from the calling thread, until the test ends, root's right to read every file (setfsuid(2)).
func notAsRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		return
	}
	const nobody = 65534
	runtime.LockOSThread()
	if err := syscall.Setfsuid(nobody); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Setfsuid(0); err != nil {
			t.Fatal(err) // the thread stays locked, and ends with the test
		}
		runtime.UnlockOSThread()
	})
}
