package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// mailServer is a mail server on loopback with a certificate of its own.
type mailServer struct {
	plain, encrypted string // ports: STARTTLS, and TLS from the first byte
	ca               string // file
}

// mailRules are what it does, and counts what it was sent.
type mailRules struct {
	open     bool // takes mail without a login
	refused  string
	messages int
}

func newMailServer(t *testing.T, rules *mailRules, names []string, ips []net.IP, startTLS bool) mailServer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, DNSNames: names, IPAddresses: ips,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	m := mailServer{ca: filepath.Join(t.TempDir(), "ca.pem")}
	if err := os.WriteFile(m.ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	config := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	serve := func(encrypted bool) string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &mailSession{rules: rules}, nil }))
		s.Domain, s.ErrorLog = "localhost", discard{}
		if startTLS {
			s.TLSConfig = config
		}
		_, port, _ := net.SplitHostPort(l.Addr().String())
		if encrypted {
			l = tls.NewListener(l, config)
		}
		go s.Serve(l)
		t.Cleanup(func() { s.Close() })
		return port
	}
	m.plain, m.encrypted = serve(false), serve(true)
	return m
}

type discard struct{}

func (discard) Printf(string, ...any) {}
func (discard) Println(...any)        {}

type mailSession struct {
	rules *mailRules
	known bool
}

func (s *mailSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *mailSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "bot" || password != "right horse" {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "Authentication credentials invalid"}
		}
		s.known = true
		return nil
	}), nil
}

func (s *mailSession) Mail(from string, _ *smtp.MailOptions) error {
	switch {
	case !s.known && !s.rules.open:
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "Authentication required"}
	case from == s.rules.refused:
		return &smtp.SMTPError{Code: 553, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "Sender address rejected: not owned by user " + "bot"}
	}
	return nil
}

func (s *mailSession) Rcpt(string, *smtp.RcptOptions) error { s.rules.messages++; return nil }
func (s *mailSession) Data(r io.Reader) error               { return nil }
func (s *mailSession) Reset()                               {}
func (s *mailSession) Logout() error                        { return nil }

func TestCheckMail(t *testing.T) {
	loopback := []net.IP{net.IPv4(127, 0, 0, 1)}
	rules := &mailRules{refused: "someone@example.org"}
	good := newMailServer(t, rules, []string{"localhost"}, loopback, true)
	open := newMailServer(t, &mailRules{open: true}, nil, loopback, true)
	named := newMailServer(t, rules, []string{"mail.ngo.example"}, nil, true)
	bare := newMailServer(t, rules, nil, loopback, false)
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := gone.Addr().String()
	gone.Close()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()

	const login = ", user: bot, password: env:PW"
	for _, c := range []struct {
		name, server, ca, keys, from, password string
		says                                   string // "" if all is well
	}{
		{name: "TLS with a login", server: "smtps://127.0.0.1:" + good.encrypted, ca: good.ca, keys: login},
		{name: "STARTTLS with a login", server: "smtp://127.0.0.1:" + good.plain, ca: good.ca, keys: login},
		{name: "no login where none is needed", server: "smtps://127.0.0.1:" + open.encrypted, ca: open.ca},
		{name: "a wrong password", server: "smtps://127.0.0.1:" + good.encrypted, ca: good.ca, keys: login, password: "hunter2",
			says: "the server answers 535 5.7.8 Authentication credentials invalid; are `user` and `password` right?"},
		{name: "a certificate for another name", server: "smtps://127.0.0.1:" + named.encrypted, ca: named.ca, keys: login,
			says: "is for mail.ngo.example, not for 127.0.0.1; if it is the right server, write that name"},
		{name: "a certificate for another name, by STARTTLS", server: "smtp://127.0.0.1:" + named.plain, ca: named.ca, keys: login,
			says: "is for mail.ngo.example, not for 127.0.0.1"},
		{name: "an unknown authority", server: "smtps://127.0.0.1:" + good.encrypted, keys: login, says: "`ca: FILE`"},
		{name: "another authority", server: "smtps://127.0.0.1:" + good.encrypted, ca: named.ca, keys: login, says: "in the file of `ca`"},
		{name: "a file of ca that is not there", server: "smtps://127.0.0.1:" + good.encrypted, ca: "nowhere.pem", keys: login, says: "ca: open"},
		{name: "no STARTTLS", server: "smtp://127.0.0.1:" + bare.plain, keys: login, says: "offers no encryption on this port (STARTTLS); write server: smtps://127.0.0.1"},
		{name: "no TLS on the port", server: "smtps://127.0.0.1:" + good.plain, ca: good.ca, keys: login, says: "for STARTTLS write server: smtp://127.0.0.1:" + good.plain},
		{name: "nobody there", server: "smtps://" + nobody, keys: login, says: "connection refused"},
		{name: "a server that says nothing", server: "smtp://" + silent.Addr().String(), keys: login, says: "no answer"},
		{name: "a login that is wanted", server: "smtps://127.0.0.1:" + good.encrypted, ca: good.ca, says: "it wants a login"},
		{name: "a sender of someone else", server: "smtps://127.0.0.1:" + good.encrypted, ca: good.ca, keys: login, from: "someone@example.org",
			says: "the server answers 553; may this account send as that address?"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			if c.ca != "" {
				c.keys += ", ca: " + c.ca
			}
			if c.from == "" {
				c.from = "bot@example.org"
			}
			if c.password == "" {
				c.password = "right horse"
			}
			config := fmt.Sprintf("contact: mailto:organiser@example.org\nsmtp: {server: %q, from: %s%s}\nsessions: [{id: a, title: A}]\n", c.server, c.from, c.keys)
			if err := os.WriteFile("askahead.yaml", []byte(config), 0o600); err != nil {
				t.Fatal(err)
			}
			a, out := newApp(map[string]string{"PW": c.password})
			code := a.main(t.Context(), []string{"check", "--timeout", "1s"})
			if code != map[bool]int{true: 0, false: 1}[c.says == ""] || !strings.Contains(out.String(), c.says) {
				t.Errorf("exit %d, and it does not say %q:\n%s", code, c.says, out)
			}
			for _, hidden := range []string{c.password, "bot@", "someone@"} {
				if strings.Contains(out.String(), hidden) {
					t.Errorf("it shows %q:\n%s", hidden, out)
				}
			}
		})
	}
	if rules.messages > 0 {
		t.Error("a recipient was named")
	}
}
