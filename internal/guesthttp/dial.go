package guesthttp

import (
	"context"
	"errors"
	"fmt"
	"net"

	"code.dny.dev/ssrf"

	"askahead/collectors"
)

// ErrPrivate means that a name leads to an address that is not on the public internet: of this computer, of
// the local network, or of a cloud's metadata service.
var ErrPrivate = errors.New("the address is not a public one")

// hostSet is hosts by their names or addresses.
type hostSet map[string]bool

func newHostSet(hosts []string) hostSet {
	set := make(hostSet, len(hosts))
	for _, h := range hosts {
		set[collectors.PlainHost(h)] = true
	}
	return set
}

func (s hostSet) has(host string) bool { return s[collectors.PlainHost(host)] }

type dialFunc func(ctx context.Context, network, addr string) (net.Conn, error)

// guardedDial dials like a net.Dialer, but refuses what ErrPrivate says, after the name was resolved, so that
// a name that changes its address between two look-ups gains nothing. A host in allowed is dialled as it is.
// Names are looked up by resolver; nil is the system's.
func guardedDial(allowed hostSet, resolver *net.Resolver) dialFunc {
	free := &net.Dialer{Timeout: dialTimeout, Resolver: resolver}
	guard := &net.Dialer{Timeout: dialTimeout, Resolver: resolver, Control: ssrf.New(ssrf.WithAnyPort()).Safe}
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		host, _, err := net.SplitHostPort(addr)
		if err != nil {
			return nil, err
		}
		if allowed.has(host) {
			return free.DialContext(ctx, network, addr)
		}
		conn, err := guard.DialContext(ctx, network, addr)
		if errors.Is(err, ssrf.ErrProhibitedIP) {
			return nil, fmt.Errorf("%w: %s; if it is a server of yours, name it in `private_hosts` at the top of the configuration", ErrPrivate, host)
		}
		return conn, err
	}
}
