package delivery

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/textproto"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// visit is one conversation with the mail server. Mails go one after the other: begin, then deliver.
type visit struct {
	server Server
	from   *mail.Address
	client *smtp.Client
	stop   func() bool // of what closes the connection when ctx ends
	ctx    context.Context
	open   bool // a mail has begun
	lost   bool // the connection is gone, or the server wants to end it
}

// open connects, encrypts and logs in. The connection ends with ctx.
func (s Server) open(ctx context.Context) (*visit, error) {
	from, err := mail.ParseAddress(s.From)
	if err != nil {
		return nil, fmt.Errorf("%w: smtp.from is not a mail address", ErrSettings)
	}
	roots, err := s.roots()
	if err != nil {
		return nil, err
	}
	config := &tls.Config{ServerName: s.Host, RootCAs: roots, MinVersion: tls.VersionTLS12}
	conn, err := s.connect(ctx)
	if err != nil {
		return nil, err
	}
	v := &visit{server: s, from: from, ctx: ctx}
	v.stop = context.AfterFunc(ctx, func() { conn.Close() })
	if err := v.greet(conn, config); err != nil {
		v.stop()
		conn.Close()
		return nil, err
	}
	return v, nil
}

func (s Server) connect(ctx context.Context) (net.Conn, error) {
	conn, err := (&net.Dialer{Timeout: s.timeout()}).DialContext(ctx, "tcp", s.addr())
	switch {
	case ctx.Err() != nil && err != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, s.unreachable(err)
	}
	return conn, nil
}

// roots are the authorities that the server's certificate may come from; nil is those of the system.
func (s Server) roots() (*x509.CertPool, error) {
	if s.CA == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(s.CA)
	if err != nil {
		return nil, fmt.Errorf("%w: smtp.ca: %w", ErrSettings, err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%w: smtp.ca: %s holds no certificate in PEM (-----BEGIN CERTIFICATE-----)", ErrSettings, s.CA)
	}
	return pool, nil
}

// greet goes through everything that comes before the first mail.
func (v *visit) greet(conn net.Conn, config *tls.Config) (err error) {
	s := v.server
	conn.SetDeadline(time.Now().Add(s.timeout()))
	if s.TLS {
		secured := tls.Client(conn, config)
		if err := secured.HandshakeContext(v.ctx); err != nil {
			return v.failed("encrypt the connection", s.untrusted(err))
		}
		conn = secured
	}
	if v.client, err = smtp.NewClient(conn, s.Host); err != nil {
		return v.failed("wait for its greeting", s.ungreeted(err))
	}
	if err := v.client.Hello(literal(conn.LocalAddr())); err != nil {
		return v.failed("greet it", err)
	}
	if !s.TLS {
		if err := v.startTLS(conn, config); err != nil {
			return err
		}
	}
	return v.login()
}

// startTLS encrypts a conversation that began without. Only a server on this machine may do without: what goes
// there passes no wire.
func (v *visit) startTLS(conn net.Conn, config *tls.Config) error {
	if offered, _ := v.client.Extension("STARTTLS"); !offered {
		if loopback(conn.RemoteAddr()) {
			return nil
		}
		return v.server.settings("it offers no encryption on this port (STARTTLS), and password and mail would cross the network for all to read; "+
			"write smtp.server: smtp://%[1]s:587, or smtps://%[1]s:465 if it encrypts from the start", v.server.Host)
	}
	v.wait(1)
	if err := v.client.StartTLS(config); err != nil {
		return v.failed("encrypt the connection", v.server.untrusted(err))
	}
	return nil
}

// login proves who is there. Over a connection that is encrypted and verified, the simplest mechanism is as good
// as any other, and the one that every server gets right.
func (v *visit) login() error {
	s := v.server
	if s.User == "" {
		return nil
	}
	_, offered := v.client.Extension("AUTH")
	var auth smtp.Auth
	for _, mechanism := range []struct {
		name string
		auth smtp.Auth
	}{
		{"PLAIN", smtp.PlainAuth("", s.User, s.Password, s.Host, true)},
		{"LOGIN", smtp.LoginAuth(s.User, s.Password, s.Host, true)},
		{"SCRAM-SHA-256", smtp.ScramSHA256Auth(s.User, s.Password)},
		{"CRAM-MD5", smtp.CRAMMD5Auth(s.User, s.Password)},
	} {
		if auth == nil && slices.Contains(strings.Fields(strings.ToUpper(offered)), mechanism.name) {
			auth = mechanism.auth
		}
	}
	switch {
	case auth != nil:
	case offered == "":
		return s.settings("it takes no login on this port; is the one in `smtp.server` the port for submission (465 with smtps://, 587 with smtp://)? " +
			"Leave out `user` and `password` if it wants none")
	default:
		return s.settings("it takes none of the logins that askahead knows (PLAIN, LOGIN, SCRAM-SHA-256, CRAM-MD5); " +
			"ask its keeper for a password for programs")
	}
	v.wait(1)
	if err := v.client.Auth(auth); err != nil {
		return v.refusedLogin(err)
	}
	return nil
}

// begin announces a mail to a recipient. What fails here is about the server or the sender and says nothing of the
// recipient; nil stands for none in particular.
func (v *visit) begin(to *mail.Address) error {
	if v.open {
		v.wait(1)
		if err := v.client.Reset(); err != nil {
			return v.failed("begin another mail", err)
		}
		v.open = false
	}
	// A server that must pass on an address in letters beyond ASCII has to promise so, and no other mail needs it.
	v.client.SkipSMTPUTF8(ascii(v.from) && (to == nil || ascii(to)))
	v.wait(1)
	if err := v.client.Mail("<" + v.from.Address + ">"); err != nil {
		return v.refusedSender(err)
	}
	v.open = true
	return nil
}

// address names the recipient.
func (v *visit) address(to *mail.Address) error {
	if offered, _ := v.client.Extension("SMTPUTF8"); !offered && !ascii(to) {
		return fmt.Errorf("%w: the server can't send to an address in letters beyond ASCII", ErrRefused)
	}
	v.wait(1)
	if err := v.client.Rcpt("<" + to.Address + ">"); err != nil {
		return v.refusedRecipient(err, to)
	}
	return nil
}

// deliver names the recipient and hands the mail over.
func (v *visit) deliver(to *mail.Address, raw []byte) error {
	if err := v.address(to); err != nil {
		return err
	}
	v.wait(1)
	w, err := v.client.Data()
	if err != nil {
		return v.refusedMail(err, to, "hand over the mail")
	}
	v.wait(longer)
	if _, err := w.Write(raw); err != nil {
		// The rest would follow as if it were the end: the connection must not be used any more.
		v.lost = true
		return v.failed("hand over the mail", err)
	}
	v.wait(longer)
	if err := w.Close(); err != nil {
		return v.refusedMail(err, to, "wait for the receipt of the mail, which may have arrived")
	}
	v.open = false
	return nil
}

// longer is how many timeouts the end of a mail may take: a client that gives up early sends twice what the server
// has long taken (RFC 5321, section 4.5.3.2.6).
const longer = 10

// wait gives the next step its time.
func (v *visit) wait(timeouts int) {
	_ = v.client.UpdateDeadline(time.Duration(timeouts) * v.server.timeout())
}

// close says goodbye, and does not wait for long.
func (v *visit) close() {
	if !v.lost {
		_ = v.client.UpdateDeadline(min(v.server.timeout(), 5*time.Second))
		_ = v.client.Quit()
	}
	v.stop()
	_ = v.client.Close()
}

// literal is the name that a program without a name of its own gives itself: RFC 5321, section 4.1.3.
func literal(local net.Addr) string {
	addr, ok := local.(*net.TCPAddr)
	switch {
	case !ok:
		return "localhost"
	case addr.IP.To4() != nil:
		return "[" + addr.IP.String() + "]"
	}
	return "[IPv6:" + addr.IP.String() + "]"
}

func loopback(remote net.Addr) bool {
	addr, ok := remote.(*net.TCPAddr)
	return ok && addr.IP.IsLoopback()
}

func ascii(a *mail.Address) bool {
	return strings.IndexFunc(a.Address, func(r rune) bool { return r >= 0x80 }) < 0
}

// failed says at which step the conversation broke off. err may be explained already.
func (v *visit) failed(step string, err error) error {
	v.lost = true
	if cause := v.ctx.Err(); cause != nil {
		return cause
	}
	for _, known := range []error{ErrUnauthorized, ErrSettings, ErrUnavailable} {
		if errors.Is(err, known) {
			return err
		}
	}
	if reply, ok := errors.AsType[*textproto.Error](err); ok {
		return v.server.unavailable("%s: it answers %s", step, words(reply, v.hidden(nil)...))
	}
	return v.server.broken(step, err)
}
