package linear

import (
	"time"

	"golang.org/x/sys/unix"
)

// computed is how long the calling thread has been on a processor.
func computed() time.Duration {
	var used unix.Timespec
	if unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &used) != nil {
		return 0
	}
	return time.Duration(used.Nano())
}
