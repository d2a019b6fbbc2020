package pipeline

import (
	"context"
	"errors"
	"time"

	"askahead/store"
)

// savingTime is how long what was read is still saved after a stop: far more than a few pages take, and less than
// what a service is given to end in.
const savingTime = 20 * time.Second

// outlasting gives a context that ends savingTime after ctx does, so that a stop loses no page that was read. When
// another process has taken over, it ends with ctx: what is in hand is the other's now. The caller calls end.
func outlasting(ctx context.Context) (lasting context.Context, end context.CancelFunc) {
	lasting, cancel := context.WithCancel(context.WithoutCancel(ctx))
	unhook := context.AfterFunc(ctx, func() {
		if !errors.Is(context.Cause(ctx), store.ErrLeaseLost) {
			timer := time.NewTimer(savingTime)
			defer timer.Stop()
			select {
			case <-timer.C:
			case <-lasting.Done():
			}
		}
		cancel()
	})
	return lasting, func() {
		unhook()
		cancel()
	}
}
