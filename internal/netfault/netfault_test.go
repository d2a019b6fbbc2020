package netfault

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"
)

// certificate is one for names, signed by itself, with a pool that trusts it.
func certificate(t *testing.T, names []string, from, to time.Time) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, DNSNames: names,
		NotBefore: from, NotAfter: to, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// listen starts a server that greets each guest and closes.
func listen(t *testing.T, greet func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			greet(conn)
			conn.Close()
		}
	}()
	return l.Addr().String()
}

func TestTrust(t *testing.T) {
	now := time.Now()
	named, believed := certificate(t, []string{"mail.ngo.example", "imap.ngo.example"}, now.Add(-time.Hour), now.Add(time.Hour))
	old, oldPool := certificate(t, []string{"mail.ngo.example"}, time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC))
	nameless, namelessPool := certificate(t, nil, now.Add(-time.Hour), now.Add(time.Hour))
	with := func(c tls.Certificate) func(net.Conn) {
		return func(conn net.Conn) {
			tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{c}}).Handshake()
		}
	}
	plain := func(conn net.Conn) { fmt.Fprint(conn, "* OK hello\r\n"); conn.Read(make([]byte, 1)) }
	for _, c := range []struct {
		name  string
		greet func(net.Conn)
		roots *x509.CertPool
		host  string
		s     Server
		says  string
	}{
		{"a certificate for other names lists them", with(named), believed, "post.ngo.example", Server{},
			"is for mail.ngo.example, imap.ngo.example, not for post.ngo.example; if it is the right server, write one of those names"},
		{"a certificate for another name says where to write it", with(named), believed, "post.ngo.example", Server{Key: "smtp.server"},
			"write one of those names into `smtp.server`"},
		{"a certificate without names says so", with(nameless), namelessPool, "mail.ngo.example", Server{}, "names no host at all"},
		{"an expired one says from when to when it was valid", with(old), oldPool, "mail.ngo.example", Server{}, "valid from 2020-01-01 to 2021-01-01"},
		{"an unknown authority names the setting", with(named), x509.NewCertPool(), "mail.ngo.example", Server{CAKey: "ca"}, "`ca: FILE`"},
		{"an unknown authority names no setting that is not there", with(named), x509.NewCertPool(), "mail.ngo.example", Server{}, "does not know"},
		{"another authority than the named one is told", with(named), oldPool, "mail.ngo.example", Server{CAKey: "smtp.ca", CA: "ours.pem"}, "in the file of `smtp.ca` (ours.pem)"},
		{"a port without TLS says what to write", plain, believed, "mail.ngo.example", Server{Key: "server", Plain: "imap://mail.ngo.example"}, "write server: imap://mail.ngo.example"},
	} {
		t.Run(c.name, func(t *testing.T) {
			addr := listen(t, c.greet)
			_, err := tls.Dial("tcp", addr, &tls.Config{ServerName: c.host, RootCAs: c.roots})
			c.s.Host, c.s.Addr = c.host, addr
			if got := Trust(err, c.s); !strings.Contains(got, c.says) || c.s.CAKey == "" && strings.Contains(got, "`ca") {
				t.Errorf("%v\nbecomes %q\nwithout %q", err, got, c.says)
			}
			if Reach(err) != "" {
				t.Errorf("it is taken for %q", Reach(err))
			}
		})
	}
}

func TestReach(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := l.Addr().String()
	l.Close()
	_, refused := net.Dial("tcp", nobody)
	silent := listen(t, func(c net.Conn) { c.Read(make([]byte, 1)) })
	conn, err := net.Dial("tcp", silent)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetReadDeadline(time.Now().Add(-time.Second))
	_, late := conn.Read(make([]byte, 1))
	for _, c := range []struct {
		name string
		err  error
		says string
	}{
		{"a port where nobody listens", refused, "connection refused"},
		{"a server that says nothing", late, "no answer in time"},
		{"a context that ended", fmt.Errorf("dial: %w", context.DeadlineExceeded), "no answer in time"},
		{"a name that does not exist", &net.DNSError{Err: "no such host", Name: "nowhere.example", IsNotFound: true}, "no host of this name"},
		{"names that cannot be asked for", &net.DNSError{Err: "server misbehaving", Name: "nowhere.example"}, "online?"},
		{"anything else", fmt.Errorf("else"), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Reach(c.err)
			if !strings.Contains(got, c.says) || (c.says == "") != (got == "") {
				t.Errorf("%v becomes %q", c.err, got)
			}
			if Trust(c.err, Server{}) != "" {
				t.Errorf("it is taken for %q", Trust(c.err, Server{}))
			}
		})
	}
}

func TestAnswer(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"what a server says is quoted", " Authentication failed. ", "Authentication failed"},
		{"a secret is not", "no such password: hunter2", ""},
		{"a user is not, in any case", "BOT may not", ""},
		{"an address is not", "who is a@b.example", ""},
		{"escape sequences are not", "\x1b[31mred", ""},
		{"a long text is cut", strings.Repeat("é", 100), strings.Repeat("é", 80) + "…"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Answer(c.text, "bot", "hunter2", ""); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
