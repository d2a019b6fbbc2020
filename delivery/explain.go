package delivery

import (
	"errors"
	"fmt"
	"net"
	"os"

	"askahead/internal/netfault"
)

// settings is an error that a person must mend in the configuration or at the server.
func (s Server) settings(format string, args ...any) error {
	return fmt.Errorf("%w: %s: %s", ErrSettings, s.addr(), fmt.Sprintf(format, args...))
}

// unavailable is an error that may have passed when it is tried again.
func (s Server) unavailable(format string, args ...any) error {
	return fmt.Errorf("%w: %s: %s", ErrUnavailable, s.addr(), fmt.Sprintf(format, args...))
}

// unreachable explains why there is no connection.
func (s Server) unreachable(err error) error {
	if why := netfault.Reach(err); why != "" {
		return s.unavailable("%s It stands in `smtp.server`, mostly as smtps://HOST:465 or smtp://HOST:587", why)
	}
	// What an error of the network is about, an address in figures, says nothing to people.
	if op, ok := errors.AsType[*net.OpError](err); ok {
		err = op.Err
	}
	return s.unavailable("%s", shown(err.Error()))
}

// ungreeted explains why a server did not begin to talk; of other errors it gives them back.
func (s Server) ungreeted(err error) error {
	if timedOut(err) && !s.TLS {
		return s.unavailable("there is no greeting in time; if this port encrypts from the start, as 465 does, write smtp.server: %s", s.as("smtps", 587))
	}
	return err
}

// broken explains a conversation that ended where it should not.
func (s Server) broken(step string, err error) error {
	if timedOut(err) {
		return s.unavailable("%s: there is no answer in time", step)
	}
	return s.unavailable("%s: the connection was lost", step)
}

// untrusted says what is wrong with a server's certificate, and who can mend it; of other errors it gives them back.
func (s Server) untrusted(err error) error {
	about := netfault.Server{Host: s.Host, Addr: s.addr(), Key: "smtp.server", CAKey: "smtp.ca", CA: s.CA}
	if s.TLS {
		about.Plain = s.as("smtp", 465)
	}
	if why := netfault.Trust(err, about); why != "" {
		return fmt.Errorf("%w: %s", ErrSettings, why)
	}
	return err
}

// as writes the server with another scheme: with its port, unless that is the usual one of the present scheme.
func (s Server) as(scheme string, usual int) string {
	if s.Port == usual {
		return scheme + "://" + s.Host
	}
	return scheme + "://" + s.addr()
}

func timedOut(err error) bool {
	slow, ok := errors.AsType[net.Error](err)
	return errors.Is(err, os.ErrDeadlineExceeded) || ok && slow.Timeout()
}
