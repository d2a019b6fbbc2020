package guesthttp

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// retrying tries a GET again when the server or the network failed, at most Options.Tries times in all. The
// last answer is handed on whatever it says.
type retrying struct {
	next http.RoundTripper
	o    Options
}

func (r *retrying) RoundTrip(req *http.Request) (*http.Response, error) {
	waits := backoff.NewExponentialBackOff()
	waits.InitialInterval = r.o.FirstWait
	waits.Multiplier = 3
	for try := 1; ; try++ {
		resp, err := r.next.RoundTrip(req)
		if try >= r.o.Tries || !repeatable(req) {
			return resp, err
		}
		wait, again := r.pause(resp, err, waits.NextBackOff())
		if !again {
			return resp, err
		}
		if resp != nil {
			// A short rest is read so that the connection can be used again.
			io.CopyN(io.Discard, resp.Body, 4<<10)
			resp.Body.Close()
		}
		if err := sleep(req.Context(), wait); err != nil {
			return nil, err
		}
	}
}

func repeatable(req *http.Request) bool {
	return (req.Method == http.MethodGet || req.Method == http.MethodHead) && (req.Body == nil || req.Body == http.NoBody)
}

// pause says whether to try again, and after how long.
func (r *retrying) pause(resp *http.Response, err error, wait time.Duration) (time.Duration, bool) {
	if err != nil {
		return wait, passing(err)
	}
	if until, ok := RetryAfter(resp.Header, r.o.Now()); ok && (resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= 500) {
		told := until.Sub(r.o.Now())
		return max(told, wait), told <= r.o.MaxWait
	}
	return wait, resp.StatusCode >= 500 && resp.StatusCode != http.StatusNotImplemented
}

// passing tells failures of the network, which may be gone in a second, from refusals, which will not.
func passing(err error) bool {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrPrivate) || errors.Is(err, ErrTooLarge) {
		return false
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return dns.IsTemporary
	}
	if op, ok := errors.AsType[*net.OpError](err); ok {
		return op.Op == "dial" || op.Op == "read" || op.Op == "write"
	}
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
