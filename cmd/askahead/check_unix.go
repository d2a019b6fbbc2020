//go:build linux || darwin || freebsd

package main

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// freeSpace is what a user other than root may still write below a folder, in bytes.
func freeSpace(folder string) (bytes uint64, known bool) {
	var s unix.Statfs_t
	if err := unix.Statfs(folder, &s); err != nil {
		return 0, false
	}
	return uint64(max(0, int64(s.Bavail))) * uint64(s.Bsize), true
}

// rootReadsFileOf says whether root looks at a file that belongs to another user.
func rootReadsFileOf(path string) bool {
	info, err := os.Stat(path)
	if err != nil || os.Geteuid() != 0 {
		return false
	}
	s, ok := info.Sys().(*syscall.Stat_t)
	return ok && s.Uid != 0
}
