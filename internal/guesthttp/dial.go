package guesthttp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"code.dny.dev/ssrf"
)

// ErrPrivate means that a name leads to an address that is not on the public internet: of this computer, of
// the local network, or of a cloud's metadata service.
var ErrPrivate = errors.New("the address is not a public one")

// guardedDial dials like a net.Dialer, but refuses what ErrPrivate says, after the name was resolved, so that
// a name that changes its address between two look-ups gains nothing. A host in allow is dialled as it is.
func guardedDial(allow []string) func(ctx context.Context, network, addr string) (net.Conn, error) {
	allowed := make(map[string]bool, len(allow))
	for _, host := range allow {
		allowed[strings.ToLower(strings.Trim(host, "[]"))] = true
	}
	free := &net.Dialer{Timeout: dialTimeout}
	guard := &net.Dialer{Timeout: dialTimeout, Control: ssrf.New(ssrf.WithAnyPort()).Safe}
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		host, _, err := net.SplitHostPort(addr)
		if err != nil {
			return nil, err
		}
		if allowed[strings.ToLower(host)] {
			return free.DialContext(ctx, network, addr)
		}
		conn, err := guard.DialContext(ctx, network, addr)
		if errors.Is(err, ssrf.ErrProhibitedIP) {
			return nil, fmt.Errorf("%w: %s; if it is a server of yours, allow it by name", ErrPrivate, host)
		}
		return conn, err
	}
}
