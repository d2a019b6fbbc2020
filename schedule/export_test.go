package schedule

import "context"

// Ticking gives what a daemon does each minute.
func Ticking(ctx context.Context, r Runner) (tick func(), err error) {
	e, err := r.load(ctx)
	if err != nil {
		return nil, err
	}
	return func() {
		e.tick(ctx)
		waking{e}.Next(e.Now())
	}, nil
}
