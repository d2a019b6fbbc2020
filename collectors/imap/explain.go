package imap

import (
	"errors"
	"fmt"
	"net"
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
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return fmt.Errorf("%w: %s: there is no answer within %s; is the port right, and does a firewall let it through?",
			collectors.ErrUnavailable, what, c.settings.Timeout)
	}
	if why := netfault.Reach(err); why != "" {
		return fmt.Errorf("%w: %s: %s", collectors.ErrUnavailable, what, why)
	}
	return fmt.Errorf("%w: %s: %w", collectors.ErrUnavailable, what, err)
}

// answer quotes a refusal: its kind, its code, and its words, unless they could name a person or a secret.
func (c *Collector) answer(e *imap.Error) string {
	out := string(e.Type)
	if e.Code != "" && netfault.Plain(string(e.Code)) {
		out += " [" + string(e.Code) + "]"
	}
	user, _, _ := strings.Cut(c.settings.User, "@")
	if text := netfault.Answer(e.Text, user, c.settings.Password.Reveal()); text != "" {
		out += " " + text
	}
	return out
}

// explainTLS says what is wrong with a server's certificate, and who can mend it; nil if nothing is.
func (c *Collector) explainTLS(err error) error {
	s := netfault.Server{Host: c.server.host, Addr: c.server.addr(), CA: c.caFile != ""}
	if !c.server.startTLS {
		s.Plain = "imap://" + c.server.host
	}
	if why := netfault.Trust(err, s); why != "" {
		return fmt.Errorf("%w: server: %s", collectors.ErrSettings, why)
	}
	return nil
}

func listed(names []string) string { return netfault.Listed(names) }
