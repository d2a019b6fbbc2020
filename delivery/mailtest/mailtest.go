// Package mailtest is a mail server for tests, on loopback, with TLS and with the faults that real ones have.
package mailtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Options are how a server differs from one that takes everything over TLS.
type Options struct {
	Names    []string // that its certificate is for; localhost and 127.0.0.1
	Ended    bool     // the certificate was valid once
	StartTLS bool     // it encrypts when asked to, and not from the start
	Plain    bool     // it does not encrypt at all
	User     string   // who may log in; empty: it takes no login
	Password string

	// What it says to a sender, to a recipient, and to the n-th mail of all, counted from 1. Refuse makes replies;
	// ErrDrop ends the connection instead, and ErrHang leaves the client waiting. A mail is taken in before Mail is
	// asked, as by a server that dies after it has written it down; one that Mail refuses is not.
	Sender    func(from string) error
	Recipient func(to string) error
	Mail      func(n int, to string) error
}

// What a server does instead of replying.
var (
	ErrDrop = errors.New("the connection ends")
	ErrHang = errors.New("nothing happens any more")
)

// Refuse is a reply such as 550, "5.1.1 no such user".
func Refuse(code int, text string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.NoEnhancedCode, Message: text}
}

// Mail is a mail that was taken in.
type Mail struct {
	From, To string
	Raw      []byte
}

// Server is a running mail server.
type Server struct {
	Host string // "localhost"
	Port int
	CA   string // file with the certificate of its authority

	options Options
	over    chan struct{}

	mu       sync.Mutex
	mails    []Mail
	sessions int
	count    int
}

// URL names it as the configuration does.
func (s *Server) URL() string {
	scheme := "smtps"
	if s.options.StartTLS || s.options.Plain {
		scheme = "smtp"
	}
	return scheme + "://" + net.JoinHostPort(s.Host, strconv.Itoa(s.Port))
}

// Mails gives those that were taken in, in their order.
func (s *Server) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.mails)
}

// Connections counts those that were made.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sessions
}

// New starts a server that ends with the test.
func New(t testing.TB, o Options) *Server {
	t.Helper()
	if o.Names == nil {
		o.Names = []string{"localhost", "127.0.0.1"}
	}
	s := &Server{Host: "localhost", CA: filepath.Join(t.TempDir(), "ca.pem"), options: o, over: make(chan struct{})}
	config := &tls.Config{Certificates: []tls.Certificate{certificate(t, o, s.CA)}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Port = l.Addr().(*net.TCPAddr).Port
	server := smtp.NewServer(smtp.BackendFunc(s.session))
	server.Domain, server.AllowInsecureAuth, server.ErrorLog = "mail.test", true, log.New(io.Discard, "", 0)
	switch {
	case o.StartTLS:
		server.TLSConfig = config
	case !o.Plain:
		l = tls.NewListener(l, config)
	}
	go server.Serve(l)
	t.Cleanup(func() {
		close(s.over)
		server.Close()
	})
	return s
}

// certificate makes an authority, whose certificate it writes to file, and a certificate from it.
func certificate(t testing.TB, o Options, file string) tls.Certificate {
	t.Helper()
	from, to := time.Now().Add(-48*time.Hour), time.Now().Add(48*time.Hour)
	authority := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"}, NotBefore: from, NotAfter: to,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	if o.Ended {
		to = from.Add(24 * time.Hour)
	}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), NotBefore: from, NotAfter: to}
	for _, name := range o.Names {
		if ip := net.ParseIP(name); ip != nil {
			leaf.IPAddresses = append(leaf.IPAddresses, ip)
		} else {
			leaf.DNSNames = append(leaf.DNSNames, name)
		}
	}
	var keys [2]*ecdsa.PrivateKey
	var der [2][]byte
	for i, c := range []*x509.Certificate{authority, leaf} {
		var err error
		if keys[i], err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
			t.Fatal(err)
		}
		if der[i], err = x509.CreateCertificate(rand.Reader, c, authority, &keys[i].PublicKey, keys[0]); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der[0]}), 0o644); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der[1]}, PrivateKey: keys[1]}
}

// session is one connection. It offers a login only if somebody may log in.
func (s *Server) session(c *smtp.Conn) (smtp.Session, error) {
	s.mu.Lock()
	s.sessions++
	s.mu.Unlock()
	one := &session{server: s, conn: c}
	if s.options.User == "" {
		return one, nil
	}
	return &guarded{session: one}, nil
}

type session struct {
	server   *Server
	conn     *smtp.Conn
	from, to string
}

// does carries out what an option says.
func (s *session) does(err error) error {
	switch {
	case errors.Is(err, ErrDrop):
		s.conn.Conn().Close()
	case errors.Is(err, ErrHang):
		<-s.server.over
	}
	return err
}

func (s *session) Reset()        { s.from, s.to = "", "" }
func (s *session) Logout() error { return nil }

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	if say := s.server.options.Sender; say != nil {
		return s.does(say(from))
	}
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	if say := s.server.options.Recipient; say != nil {
		return s.does(say(to))
	}
	return nil
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.server.mu.Lock()
	s.server.count++
	n := s.server.count
	s.server.mu.Unlock()
	if say := s.server.options.Mail; say != nil {
		err = say(n, s.to)
	}
	if err == nil || errors.Is(err, ErrDrop) || errors.Is(err, ErrHang) {
		s.server.mu.Lock()
		s.server.mails = append(s.server.mails, Mail{s.from, s.to, raw})
		s.server.mu.Unlock()
	}
	return s.does(err)
}

// guarded is a session that wants a login first.
type guarded struct {
	*session
	in bool
}

func (g *guarded) AuthMechanisms() []string { return []string{sasl.Plain} }

func (g *guarded) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != g.server.options.User || password != g.server.options.Password {
			return Refuse(535, "5.7.8 authentication failed for "+user)
		}
		g.in = true
		return nil
	}), nil
}

func (g *guarded) Mail(from string, o *smtp.MailOptions) error {
	if !g.in {
		return Refuse(530, "5.7.0 log in first")
	}
	return g.session.Mail(from, o)
}
