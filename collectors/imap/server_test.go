package imap

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"askahead/collectors"
)

const (
	testUser     = "bot@askahead.example"
	testPassword = "correct-horse"
)

// certificates are made anew for each test: an authority, and a server's certificate for 127.0.0.1.
type certificates struct {
	caFile string
	server tls.Certificate
}

func newCertificates(t testing.TB, names []string, ips []net.IP, from, to time.Time) certificates {
	t.Helper()
	authority := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test CA"}, NotBefore: from, NotAfter: to,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "server"}, NotBefore: from, NotAfter: to,
		DNSNames: names, IPAddresses: ips, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	caKey, key := newKey(t), newKey(t)
	ca, err := x509.CreateCertificate(rand.Reader, authority, authority, &caKey.PublicKey, caKey)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.CreateCertificate(rand.Reader, leaf, authority, &key.PublicKey, caKey)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca}), 0o600); err != nil {
		t.Fatal(err)
	}
	return certificates{file, tls.Certificate{Certificate: [][]byte{cert}, PrivateKey: key}}
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func loopbackCertificates(t testing.TB) certificates {
	t.Helper()
	return newCertificates(t, []string{"localhost"}, []net.IP{net.IPv4(127, 0, 0, 1)}, time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
}

// memory is a real server that keeps its mails in memory.
type memory struct {
	certificates
	user     *imapmemserver.User
	addr     string
	startTLS bool
}

func newMemory(t testing.TB, startTLS bool, mailboxes ...string) *memory {
	t.Helper()
	m := &memory{certificates: loopbackCertificates(t), user: imapmemserver.NewUser(testUser, testPassword), startTLS: startTLS}
	for _, name := range append([]string{inbox}, mailboxes...) {
		if err := m.user.Create(name, nil); err != nil {
			t.Fatal(err)
		}
	}
	users := imapmemserver.New()
	users.AddUser(m.user)
	config := &tls.Config{Certificates: []tls.Certificate{m.server}}
	srv := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return users.NewSession(), nil, nil
		},
		Caps:      imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapIMAP4rev2: {}},
		TLSConfig: config,
		Logger:    log.New(io.Discard, "", 0),
	})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m.addr = ln.Addr().String()
	if !startTLS {
		ln = tls.NewListener(ln, config)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		srv.Serve(ln)
	}()
	t.Cleanup(func() {
		srv.Close()
		<-done
	})
	return m
}

func (m *memory) url() string {
	if m.startTLS {
		return "imap://" + m.addr
	}
	return "imaps://" + m.addr
}

func (m *memory) put(t testing.TB, box, text string, flags ...imap.Flag) imap.UID {
	t.Helper()
	data, err := m.user.Append(box, bytes.NewReader([]byte(text)), &imap.AppendOptions{Flags: flags})
	if err != nil {
		t.Fatal(err)
	}
	return data.UID
}

// fill puts n mails into a mailbox and gives their ids.
func (m *memory) fill(t testing.TB, box string, n int) []string {
	t.Helper()
	var ids []string
	for range n {
		uid := m.put(t, box, mailText(len(ids)))
		ids = append(ids, mailID{box, m.validity(t, box), uid}.String())
	}
	return ids
}

func (m *memory) validity(t testing.TB, box string) uint32 {
	t.Helper()
	data, err := m.user.Status(box, &imap.StatusOptions{UIDValidity: true})
	if err != nil {
		t.Fatal(err)
	}
	return data.UIDValidity
}

// as runs f with a client of its own, in box.
func (m *memory) as(t testing.TB, box string, f func(c *imapclient.Client)) {
	t.Helper()
	conn, err := tls.Dial("tcp", m.addr, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	c := imapclient.New(conn, nil)
	defer c.Close()
	if err := c.Login(testUser, testPassword).Wait(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Select(box, nil).Wait(); err != nil {
		t.Fatal(err)
	}
	f(c)
}

func mailText(n int) string {
	return fmt.Sprintf("From: Alice <alice@ngo.example>\r\nMessage-ID: <%d@ngo.example>\r\nList-Id: <panel.lists.example>\r\nSubject: %d\r\n\r\nWho reads the reports?\r\n", n, n)
}

// settingsFor gives settings that fit a server; change may be nil.
func settingsFor(url, caFile string, change func(*Settings)) Settings {
	s := *defaults()
	s.Server, s.User, s.Password, s.CA, s.Timeout = url, testUser, testPassword, caFile, 10*time.Second
	if change != nil {
		change(&s)
	}
	return s
}

// newCollector makes one that does not wait between connections.
func newCollector(t testing.TB, s Settings) *Collector {
	t.Helper()
	c, err := New(s, collectors.Deps{})
	if err != nil {
		t.Fatal(err)
	}
	c.pause = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	return c
}

func (m *memory) collector(t testing.TB, change func(*Settings)) *Collector {
	t.Helper()
	return newCollector(t, settingsFor(m.url(), m.caFile, change))
}

// collected is what one run gave.
type collected struct {
	ids    []string
	raw    []string
	broken []collectors.Broken
	next   collectors.Cursor
	err    error
}

func collect(t testing.TB, c *Collector, since collectors.Cursor) collected {
	t.Helper()
	got := collected{next: since, ids: []string{}}
	for b, err := range c.Collect(t.Context(), since) {
		if err != nil {
			got.err = err
			break
		}
		for _, item := range b.Items {
			got.ids, got.raw = append(got.ids, item.ExternalID), append(got.raw, string(item.Raw))
		}
		got.broken, got.next = append(got.broken, b.Broken...), b.Next
	}
	return got
}
