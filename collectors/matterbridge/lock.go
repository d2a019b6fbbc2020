package matterbridge

import (
	"context"
	"fmt"
	"os"
	"time"
)

// lockPause is how often it is looked whether another run has given the lock up.
const lockPause = 50 * time.Millisecond

// lock waits for the lock of a file, and no longer than the context lasts.
func lock(ctx context.Context, f *os.File) error {
	tick := time.NewTicker(lockPause)
	defer tick.Stop()
	for {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		locked, err := tryLock(f)
		if err != nil {
			return fmt.Errorf("spool: lock it: %w", err)
		}
		if locked {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
