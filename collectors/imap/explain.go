package imap

import (
	"errors"
	"fmt"
	"strings"

	"github.com/emersion/go-imap/v2"

	"askahead/collectors"
	"askahead/internal/netfault"
)

// unavailable is an error that the next run may not meet again.
func (c *Collector) unavailable(what string, err error) error {
	if refused, ok := errors.AsType[*imap.Error](err); ok {
		return fmt.Errorf("%w: %s: the server answers %s", collectors.ErrUnavailable, what, c.answer(refused))
	}
	for _, known := range []error{errLost, errSilent, errSlow, errTooMuch, errGarbled} {
		if errors.Is(err, known) {
			return fmt.Errorf("%w: %s: %w", collectors.ErrUnavailable, what, known)
		}
	}
	if why := netfault.Reach(err); why != "" {
		return fmt.Errorf("%w: %s: %s", collectors.ErrUnavailable, what, why)
	}
	return fmt.Errorf("%w: %s: %w", collectors.ErrUnavailable, what, err)
}

// answer quotes a refusal: its kind, its code, and its words, unless they could name a person or a secret: those of
// the settings, or one of these.
func (c *Collector) answer(e *imap.Error, secrets ...string) string {
	out := string(e.Type)
	if e.Code != "" && netfault.Plain(string(e.Code)) {
		out += " [" + string(e.Code) + "]"
	}
	user, _, _ := strings.Cut(c.settings.User, "@")
	if text := netfault.Answer(e.Text, append(secrets, user, c.settings.Password.Reveal())...); text != "" {
		out += " " + text
	}
	return out
}

// explainTLS says what is wrong with a server's certificate, and who can mend it; nil if nothing is.
func (c *Collector) explainTLS(err error) error {
	s := netfault.Server{Host: c.server.host, Addr: c.server.addr(), Key: "server", CAKey: "ca", CA: c.caFile}
	if !c.server.startTLS {
		s.Plain = c.server.as("imap", "993")
	}
	if why := netfault.Trust(err, s); why != "" {
		return fmt.Errorf("%w: server: %s", collectors.ErrSettings, why)
	}
	return nil
}

// as writes the server with another scheme: with its port, unless that is the usual one of the present scheme.
func (s server) as(scheme, usual string) string {
	if s.port == usual {
		return scheme + "://" + s.host
	}
	return scheme + "://" + s.addr()
}

// ungreeted is about a server that said nothing where STARTTLS begins with its greeting.
func (c *Collector) ungreeted(err error) error {
	if c.server.startTLS && (errors.Is(err, errLost) || errors.Is(err, errSilent) || errors.Is(err, errGarbled)) {
		return fmt.Errorf("%w; if this port speaks TLS from the first byte, write server: %s", err, c.server.as("imaps", "143"))
	}
	return err
}

func listed(names []string) string { return netfault.Listed(names) }
