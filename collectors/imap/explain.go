package imap

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"unicode"

	"github.com/emersion/go-imap/v2"

	"askahead/collectors"
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
	if dns, ok := errors.AsType[*net.DNSError](err); ok && dns.IsNotFound {
		return fmt.Errorf("%w: %s: there is no host of this name; is `server` written right?", collectors.ErrUnavailable, what)
	}
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return fmt.Errorf("%w: %s: there is no answer within %s", collectors.ErrUnavailable, what, c.settings.Timeout)
	}
	return fmt.Errorf("%w: %s: %w", collectors.ErrUnavailable, what, err)
}

// maxText is how much of a server's own words an error carries, in bytes.
const maxText = 160

// answer quotes a refusal: its kind, its code, and its words, unless they could name a person or a secret.
func (c *Collector) answer(e *imap.Error) string {
	out := string(e.Type)
	if e.Code != "" && plain(string(e.Code)) {
		out += " [" + string(e.Code) + "]"
	}
	text := strings.TrimSpace(e.Text)
	user, _, _ := strings.Cut(c.settings.User, "@")
	for _, hidden := range []string{"@", user, c.settings.Password.Reveal()} {
		if strings.Contains(strings.ToLower(text), strings.ToLower(hidden)) {
			return out
		}
	}
	if text == "" || !plain(text) {
		return out
	}
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "") + "…"
	}
	return out + " " + text
}

// plain says whether a text can be shown on a terminal.
func plain(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return !unicode.IsPrint(r) || r == unicode.ReplacementChar }) < 0
}

// explainTLS says what is wrong with a server's certificate, and who can mend it; nil if nothing is.
func (c *Collector) explainTLS(err error) error {
	if wrong, ok := errors.AsType[x509.HostnameError](err); ok {
		return c.settingsError("its certificate is for %s, not for %s; write the name that the certificate has, if it is the right server",
			namesOf(wrong.Certificate), c.server.host)
	}
	if wrong, ok := errors.AsType[x509.CertificateInvalidError](err); ok && wrong.Reason == x509.Expired && wrong.Cert != nil {
		return c.settingsError("its certificate is valid from %s to %s; whoever keeps the server must renew it, or the clock of this machine is wrong",
			wrong.Cert.NotBefore.UTC().Format("2006-01-02"), wrong.Cert.NotAfter.UTC().Format("2006-01-02"))
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		if c.caFile != "" {
			return c.settingsError("its certificate was not issued by an authority in the file of `ca`")
		}
		return c.settingsError("its certificate was issued by an authority that this machine does not know; if that is one of your own, name its certificate as `ca: FILE` (PEM)")
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return c.settingsError("its certificate does not hold: %w", err)
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return c.settingsError("it does not speak TLS on this port; for STARTTLS write imap://%s", c.server.host)
	}
	return nil
}

func (c *Collector) settingsError(format string, args ...any) error {
	return fmt.Errorf("%w: server: %s: %w", collectors.ErrSettings, c.server.addr(), fmt.Errorf(format, args...))
}

// namesOf lists the names that a certificate is made for.
func namesOf(cert *x509.Certificate) string {
	names := append([]string{}, cert.DNSNames...)
	for _, ip := range cert.IPAddresses {
		names = append(names, ip.String())
	}
	if len(names) == 0 {
		return "no name at all"
	}
	return listed(names)
}

// maxListed is how many names an error lists.
const maxListed = 20

// listed joins names for a person; what can't be shown is quoted.
func listed(names []string) string {
	var shown []string
	for i, name := range names {
		if i == maxListed {
			shown = append(shown, fmt.Sprintf("and %d more", len(names)-i))
			break
		}
		if len(name) > maxText || !plain(name) {
			name = fmt.Sprintf("%.*q", maxText, name)
		}
		shown = append(shown, name)
	}
	return strings.Join(shown, ", ")
}
