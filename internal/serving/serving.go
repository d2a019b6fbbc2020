// Package serving runs an HTTP server until its context ends, and lets whoever is being answered then get all of the
// answer.
package serving

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"
	"time"

	"golang.org/x/net/netutil"
)

// closeTimeout is how long an answer may go on after the end.
const closeTimeout = 5 * time.Second

// Listen opens HOST:PORT. what names its purpose, and key where the address stands in the configuration, for messages.
func Listen(ctx context.Context, address, what, key string) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("listen on %s for %s: another program listens there already; write another port under %s, or end that program", address, what, key)
	}
	if err != nil {
		return nil, fmt.Errorf("listen on %s for %s: %w", address, what, err)
	}
	return l, nil
}

// Serve answers on l, which it closes, until ctx ends, at most connections at once.
func Serve(ctx context.Context, l net.Listener, s *http.Server, connections int) error {
	closed := make(chan struct{})
	unwatch := context.AfterFunc(ctx, func() {
		defer close(closed)
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
		defer cancel()
		if s.Shutdown(closing) != nil {
			s.Close()
		}
	})
	err := s.Serve(netutil.LimitListener(l, connections))
	if unwatch() { // ctx has not ended
		return err
	}
	<-closed
	return nil
}
