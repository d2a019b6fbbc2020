package guesthttp

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"
)

// cappedBody ends with ErrTooLarge instead of reading more than left bytes.
type cappedBody struct {
	io.ReadCloser
	left int64
}

func (b *cappedBody) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, ErrTooLarge
	}
	// One byte more than allowed tells a body that ends here from one that goes on.
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	b.left -= int64(n)
	if b.left < 0 {
		return n - 1, ErrTooLarge
	}
	return n, err
}

// ErrStalled means that a server sends its answer too slowly: less than 1 kB in Options.Stall.
var ErrStalled = errors.New("it comes too slowly, at less than 1 kB in the time that is waited")

const minProgress = 1 << 10

// watchedBody ends with ErrStalled where its server lets the reader wait. The time between two reads is the
// reader's own and does not count. It says once how it ended.
type watchedBody struct {
	io.ReadCloser
	ctx   context.Context // of the request; a body is the one place where it can't be handed down
	stop  context.CancelCauseFunc
	stall time.Duration
	ended func(error) // nil: read to its end, or as far as somebody wanted
	once  sync.Once

	waited time.Duration // since the last minProgress bytes
	got    int
}

func (b *watchedBody) Read(p []byte) (int, error) {
	began := time.Now()
	timer := time.AfterFunc(b.stall-b.waited, func() { b.stop(ErrStalled) })
	n, err := b.ReadCloser.Read(p)
	timer.Stop()
	b.waited += time.Since(began)
	if b.got += n; b.got >= minProgress {
		b.waited, b.got = 0, 0
	}
	if err == nil {
		return n, nil
	}
	if err != io.EOF && errors.Is(context.Cause(b.ctx), ErrStalled) {
		err = ErrStalled
	}
	b.end(err)
	return n, err
}

func (b *watchedBody) end(err error) {
	if err == io.EOF {
		err = nil
	}
	b.once.Do(func() { b.ended(err) })
}

func (b *watchedBody) Close() error {
	b.end(nil)
	err := b.ReadCloser.Close()
	b.stop(nil)
	return err
}
