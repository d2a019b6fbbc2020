// Package netfault says in plain words why a server could not be reached or was not trusted, and who can mend it.
// Its texts name hosts and ports, and never a user or a secret.
package netfault

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"time"
	"unicode"
)

// Server is the one that an error is about.
type Server struct {
	Host, Addr string // as the settings name it, and with its port
	Key, CAKey string // what the settings call the server and the file of its authorities, "smtp.ca"; empty where they do not
	CA         string // that file; empty if it is not set
	Plain      string // how the settings ask for STARTTLS instead: "imap://mail.example.org"; empty if they do
}

// Reach explains an error of connecting; it is "" where the error is of another kind.
func Reach(err error) string {
	dns, unknown := errors.AsType[*net.DNSError](err)
	timeout, slow := errors.AsType[net.Error](err)
	switch {
	case unknown && dns.IsNotFound:
		return "there is no host of this name; is it written right?"
	case unknown:
		return "the name of the host cannot be looked up; is this machine online?"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing listens there (connection refused); is the port right, and does the server run?"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "there is no way to it from here (no route); is this machine online?"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "the server ended the connection (reset)"
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded), slow && timeout.Timeout():
		return "there is no answer in time; is the port right, and does a firewall let it through?"
	}
	return ""
}

// Trust explains an error of encrypting a connection; it is "" where the error is of another kind.
func Trust(err error, s Server) string {
	if wrong, ok := errors.AsType[x509.HostnameError](err); ok {
		names := namesOf(wrong.Certificate)
		if len(names) == 0 {
			return fmt.Sprintf("the certificate of %s names no host at all; whoever keeps the server must make another", s.Addr)
		}
		return fmt.Sprintf("the certificate of %s is for %s, not for %s; if it is the right server, write %s%s",
			s.Addr, Listed(names), s.Host, oneOf(names), into(s.Key))
	}
	if wrong, ok := errors.AsType[x509.CertificateInvalidError](err); ok && wrong.Reason == x509.Expired && wrong.Cert != nil {
		return fmt.Sprintf("the certificate of %s is valid from %s to %s; whoever keeps the server must renew it, or the clock of this machine is wrong",
			s.Addr, wrong.Cert.NotBefore.UTC().Format(time.DateOnly), wrong.Cert.NotAfter.UTC().Format(time.DateOnly))
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		if s.CA != "" {
			return fmt.Sprintf("the certificate of %s was issued neither by an authority that this machine knows nor by one in the file of `%s` (%s); is that file the one of this server?",
				s.Addr, s.CAKey, s.CA)
		}
		advice := ""
		if s.CAKey != "" {
			advice = fmt.Sprintf("; if that is one of your own, name its certificate as `%s: FILE` (PEM)", s.CAKey)
		}
		return fmt.Sprintf("the certificate of %s was issued by an authority that this machine does not know%s", s.Addr, advice)
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return fmt.Sprintf("the certificate of %s does not hold: %v", s.Addr, err)
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		if s.Plain == "" {
			return fmt.Sprintf("%s does not speak TLS", s.Addr)
		}
		return fmt.Sprintf("%s does not speak TLS on this port; for STARTTLS write %s: %s", s.Addr, s.Key, s.Plain)
	}
	return ""
}

// namesOf gives the names that a certificate is made for.
func namesOf(cert *x509.Certificate) []string {
	names := append([]string{}, cert.DNSNames...)
	for _, ip := range cert.IPAddresses {
		names = append(names, ip.String())
	}
	return names
}

// into says where a person writes it.
func into(key string) string {
	if key == "" {
		return ""
	}
	return " into `" + key + "`"
}

func oneOf(names []string) string {
	if len(names) == 1 {
		return "that name"
	}
	return "one of those names"
}

const (
	maxListed = 20
	maxText   = 160 // bytes of a name that a server sent
)

// Listed joins names for a person; what can't be shown on a terminal is quoted.
func Listed(names []string) string {
	var shown []string
	for i, name := range names {
		if i == maxListed {
			shown = append(shown, fmt.Sprintf("and %d more", len(names)-i))
			break
		}
		if len(name) > maxText || !Plain(name) {
			name = fmt.Sprintf("%.*q", maxText, name)
		}
		shown = append(shown, name)
	}
	return strings.Join(shown, ", ")
}

// Plain says whether a text can be shown on a terminal.
func Plain(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return !unicode.IsPrint(r) || r == unicode.ReplacementChar }) < 0
}

// Answer is what a server said, for an error: its words, unless they could name a person or one of the secrets.
func Answer(text string, secrets ...string) string {
	text = strings.TrimRight(strings.TrimSpace(text), ".")
	for _, hidden := range append(secrets, "@") {
		if hidden != "" && strings.Contains(strings.ToLower(text), strings.ToLower(hidden)) {
			return ""
		}
	}
	if !Plain(text) {
		return ""
	}
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "") + "…"
	}
	return text
}
