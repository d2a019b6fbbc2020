package delivery

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"time"
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
	dns, unknown := errors.AsType[*net.DNSError](err)
	switch {
	case unknown && dns.IsNotFound:
		return s.unavailable("there is no host of this name; look at the spelling of smtp.server")
	case unknown:
		return s.unavailable("the name of the host can't be looked up; is this machine online?")
	case errors.Is(err, syscall.ECONNREFUSED):
		return s.unavailable("nothing listens there; look at the port in smtp.server (465 with smtps://, 587 with smtp://), and whether the server runs")
	case timedOut(err):
		return s.unavailable("no answer within %s; look at host and port in smtp.server, and whether a firewall lets this machine out", s.timeout())
	}
	return s.unavailable("%s", plainly(err))
}

// ungreeted explains why a server did not begin to talk; of other errors it gives them back.
func (s Server) ungreeted(err error) error {
	if timedOut(err) && !s.TLS {
		return s.unavailable("no greeting within %s; if this port encrypts from the start, as 465 does, write smtps:// before the host", s.timeout())
	}
	return err
}

// broken explains a conversation that ended where it should not.
func (s Server) broken(step string, err error) error {
	if timedOut(err) {
		return s.unavailable("%s: no answer within the time that such a step may take", step)
	}
	return s.unavailable("%s: the connection was lost", step)
}

// untrusted says what is wrong with a server's certificate, and who can mend it; of other errors it gives them back.
func (s Server) untrusted(err error) error {
	if wrong, ok := errors.AsType[x509.HostnameError](err); ok {
		return s.settings("its certificate is for %s, not for %s; if this is the right server, write that name into smtp.server",
			namesOf(wrong.Certificate), s.Host)
	}
	if wrong, ok := errors.AsType[x509.CertificateInvalidError](err); ok && wrong.Reason == x509.Expired && wrong.Cert != nil {
		return s.settings("its certificate is valid from %s to %s; whoever keeps the server must renew it, or the clock of this machine is wrong",
			wrong.Cert.NotBefore.UTC().Format(time.DateOnly), wrong.Cert.NotAfter.UTC().Format(time.DateOnly))
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		if s.CA != "" {
			return s.settings("its certificate was issued neither by an authority that this machine knows nor by one in the file of smtp.ca (%s); is that file the one of this server?", s.CA)
		}
		return s.settings("its certificate was issued by an authority that this machine does not know; if that is one of your own, name the file of its certificate (PEM) as smtp.ca")
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return s.settings("its certificate does not hold: %s", plainly(err))
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return s.settings("this port does not encrypt from the start; for STARTTLS write smtp:// before the host, mostly with port 587")
	}
	return err
}

// namesOf lists the names that a certificate is made for.
func namesOf(cert *x509.Certificate) string {
	names := append([]string{}, cert.DNSNames...)
	for _, ip := range cert.IPAddresses {
		names = append(names, ip.String())
	}
	const few = 8
	switch n := len(names); {
	case n == 0:
		return "no name at all"
	case n > few:
		names = append(names[:few:few], fmt.Sprintf("%d more", n-few))
	}
	return shown(strings.Join(names, ", "))
}

func timedOut(err error) bool {
	slow, ok := errors.AsType[net.Error](err)
	return errors.Is(err, os.ErrDeadlineExceeded) || ok && slow.Timeout()
}

// plainly is an error of the system without what it was about: an address of the network says nothing to people.
func plainly(err error) string {
	if op, ok := errors.AsType[*net.OpError](err); ok {
		err = op.Err
	}
	return shown(err.Error())
}
