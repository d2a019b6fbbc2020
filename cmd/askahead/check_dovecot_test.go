package main

import (
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMistakes makes the mistakes that people make, on a real Dovecot, and mends each by what check says: below
// testdata/dovecot. ASKAHEAD_TEST_DOVECOT is imaps://user:password@host:port?ca=FILE&starttls=PORT.
func TestMistakes(t *testing.T) {
	value := os.Getenv("ASKAHEAD_TEST_DOVECOT")
	if value == "" {
		const sentence = "ASKAHEAD_TEST_DOVECOT names no server; .ci/dovecot.sh DIR starts one and prints its value"
		if os.Getenv("ASKAHEAD_TEST_REQUIRE_ALL") == "1" {
			t.Fatal(sentence)
		}
		t.Skip(sentence)
	}
	u, err := url.Parse(value)
	if err != nil || u.User == nil {
		t.Fatal("ASKAHEAD_TEST_DOVECOT is not imaps://user:password@host:port?ca=FILE")
	}
	password, _ := u.User.Password()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/dovecot",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			for _, dir := range []string{env.WorkDir, filepath.Dir(env.WorkDir)} {
				if err := os.Chmod(dir, 0o755); err != nil { // for nobody
					return err
				}
			}
			pem, err := os.ReadFile(u.Query().Get("ca"))
			if err != nil {
				return err
			}
			env.Setenv("HOST", u.Hostname())
			env.Setenv("PORT", u.Port())
			env.Setenv("STARTTLS", u.Query().Get("starttls"))
			env.Setenv("OTHERNAME", otherName(t, u.Host))
			env.Setenv("RIGHT", password)
			return os.WriteFile(filepath.Join(env.WorkDir, "ca.pem"), pem, 0o644)
		},
	})
}

// otherName makes the server reachable under an address that its certificate does not name, 127.0.0.2.
func otherName(t *testing.T, host string) (port string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.2:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			guest, err := l.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", host)
			if err != nil {
				guest.Close()
				continue
			}
			go func() {
				io.Copy(server, guest)
				server.Close()
			}()
			go func() {
				io.Copy(guest, server)
				guest.Close()
			}()
		}
	}()
	_, port, err = net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}
