package imap

import (
	"bufio"
	"crypto/tls"
	"errors"
	"net"
	"slices"
	"strings"
	"testing"

	"askahead/collectors"
)

// newPlainFake is a fake that begins without encryption: it greets, waits for the first command, and says answer about
// it, in which TAG stands for the command's tag. Where encrypt is true, TLS begins then.
func newPlainFake(t *testing.T, greeting, answer string, encrypt bool) *fake {
	t.Helper()
	certs := loopbackCertificates(t)
	f := newFake(t, certs, 1, 2)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f.addr = ln.Addr().String()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			f.plain(conn, greeting, answer, encrypt)
			conn.Close()
		}
	}()
	t.Cleanup(func() {
		ln.Close()
		<-done
	})
	return f
}

func (f *fake) plain(conn net.Conn, greeting, answer string, encrypt bool) {
	in := bufio.NewReader(conn)
	conn.Write([]byte(greeting + "\r\n"))
	line, err := in.ReadString('\n')
	if err != nil {
		return
	}
	tag, command, _ := strings.Cut(strings.TrimSpace(line), " ")
	f.change(func(f *fake) { f.heard = append(f.heard, command) })
	conn.Write([]byte(strings.ReplaceAll(answer, "TAG", tag))) // in one piece, so that it is read in one
	if !encrypt {
		return
	}
	encrypted := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{f.server}})
	if encrypted.Handshake() != nil {
		return
	}
	f.talk(&fakeConn{encrypted, bufio.NewReader(encrypted), f})
}

// TestStartTLSAttacks plays who sits between, before the encryption begins. Nothing that he says counts, and no password
// is ever said to him.
func TestStartTLSAttacks(t *testing.T) {
	const greeting = "* OK [CAPABILITY IMAP4rev1 STARTTLS] ready"
	t.Run("what was offered before the encryption is forgotten", func(t *testing.T) {
		f := newPlainFake(t, "* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED CONDSTORE] ready", "TAG OK begin\r\n", true)
		f.change(func(f *fake) { f.caps = "IMAP4rev1 AUTH=PLAIN SASL-IR" })
		got := collect(t, newCollector(t, settingsFor("imap://"+f.addr, f.caFile, nil)), "")
		if got.err != nil || !slices.Equal(got.ids, fakeIDs(7, 1, 2)) {
			t.Fatalf("got %q, %v", got.ids, got.err)
		}
		heard := f.said()
		if heard[0] != "STARTTLS" || slices.ContainsFunc(heard, func(s string) bool { return strings.Contains(s, "CONDSTORE") }) {
			t.Errorf("it said %q", heard)
		}
	})
	for _, c := range []struct {
		name, greeting, answer string
		encrypt                bool
		says                   string
		is                     error
	}{
		{"words that are pushed in behind the answer", greeting, "TAG OK begin\r\n* CAPABILITY IMAP4rev1 X-EVIL AUTH=PLAIN\r\n", true, "", collectors.ErrSettings},
		{"an answer that is pushed in behind the answer", greeting, "TAG OK begin\r\nT2 OK [CAPABILITY IMAP4rev1] done\r\nT3 OK logged in\r\n", true, "", collectors.ErrSettings},
		{"a server that knows us already, so that nothing needs to be said", "* PREAUTH [CAPABILITY IMAP4rev1] welcome", "TAG OK begin\r\n", true, "", collectors.ErrUnavailable},
		{"a server that has no encryption", greeting, "TAG BAD what?\r\n", false, "offers no encryption on this port", collectors.ErrSettings},
		{"a server that does not want it now", greeting, "TAG NO [UNAVAILABLE] later\r\n", false, "[UNAVAILABLE] later", collectors.ErrUnavailable},
		{"a server that goes on without it", greeting, "TAG OK begin\r\n* OK let us go on\r\n", false, "", collectors.ErrSettings},
		{"a server that ends there", greeting, "TAG OK begin\r\n", false, "", collectors.ErrUnavailable},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newPlainFake(t, c.greeting, c.answer, c.encrypt)
			got := collect(t, newCollector(t, settingsFor("imap://"+f.addr, f.caFile, nil)), "")
			if !errors.Is(got.err, c.is) || len(got.ids) > 0 || !strings.Contains(got.err.Error(), c.says) {
				t.Errorf("got %q, %v", got.ids, got.err)
			}
			if heard := f.said(); !slices.Equal(heard, []string{"STARTTLS"}) || f.logins > 0 {
				t.Errorf("it said %q, and logged in %d times", heard, f.logins)
			}
		})
	}
}
