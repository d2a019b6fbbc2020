//go:build unix

package main

import (
	"fmt"
	"os"
	"syscall"
)

// runAsNobody is askahead for a user who may read and write nothing of root's, for scripts about permissions.
func runAsNobody() int {
	const nobody = 65534
	if os.Geteuid() == 0 {
		if err := syscall.Setuid(nobody); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return run()
}
