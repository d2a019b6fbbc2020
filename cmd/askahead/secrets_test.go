package main

import (
	"bufio"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"crypto/tls"
)

// hostile are servers that refuse everything, and repeat what they were told in their refusal, as some do.
type hostile struct {
	http, imap, smtp string
	ca               string
	code             atomic.Int32 // what the web server answers with
	told             chan string  // the words that were said to them
}

func newHostile(t *testing.T, dir string) *hostile {
	t.Helper()
	h := &hostile{told: make(chan string, 100_000)}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		all, _ := httputil.DumpRequest(r, true)
		h.told <- string(all)
		said := strings.NewReplacer("\r", " ", "\n", " ").Replace(r.Header.Get("Authorization") + " " + string(all))
		w.Header().Set("WWW-Authenticate", "Bearer error_description=\""+said+"\"")
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(int(h.code.Load()))
		fmt.Fprintf(w, `{"error": %q, "errcode": %[1]q, "message": %[1]q}`, said)
	}))
	t.Cleanup(web.Close)
	h.http = web.URL
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(secure.Close)
	h.ca = filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(h.ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	listen := func(talk func(line string) string, hello string) string {
		l, err := tls.Listen("tcp", "127.0.0.1:0", secure.TLS)
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
				go func() {
					defer conn.Close()
					conn.SetDeadline(time.Now().Add(time.Minute))
					io.WriteString(conn, hello)
					for lines := bufio.NewScanner(conn); lines.Scan(); {
						h.told <- lines.Text()
						if _, err := io.WriteString(conn, talk(lines.Text())); err != nil {
							return
						}
					}
				}()
			}
		}()
		return l.Addr().String()
	}
	h.imap = listen(func(line string) string {
		tag, rest, _ := strings.Cut(line, " ")
		switch {
		case strings.HasPrefix(strings.ToUpper(rest), "CAPABILITY"):
			return "* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR\r\n" + tag + " OK done\r\n"
		}
		return tag + " NO [AUTHENTICATIONFAILED] I do not like " + inTheClear(rest) + "\r\n"
	}, "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hello\r\n")
	h.smtp = listen(func(line string) string {
		if strings.HasPrefix(strings.ToUpper(line), "EHLO") {
			return "250-hello\r\n250 AUTH PLAIN LOGIN\r\n"
		}
		return "535 5.7.8 I do not like " + inTheClear(line) + "\r\n"
	}, "220 hello\r\n")
	return h
}

// inTheClear is a line with whatever in it is base64, in the clear.
func inTheClear(line string) string {
	words := strings.Fields(line)
	for i, w := range words {
		if text, err := base64.StdEncoding.DecodeString(w); err == nil && len(text) > 6 {
			words[i] = w + " " + strings.ReplaceAll(string(text), "\x00", " ")
		}
	}
	return strings.Join(words, " ")
}

// TestNoSecretInAnyMessage has each command meet servers that repeat its passwords and tokens in what they refuse with,
// and looks for them in all that is printed and logged.
func TestNoSecretInAnyMessage(t *testing.T) {
	dir := t.TempDir()
	h := newHostile(t, dir)
	secrets := map[string]string{}
	for _, of := range []string{"IMAP", "SMTP", "MASTODON", "BLUESKY", "DISCORD", "MATRIX", "BRIDGE"} {
		secrets["ASKAHEAD_TEST_"+of] = "geheim-" + strings.ToLower(of) + "+wort/42"
	}
	env := map[string]string{"USER": "operator-1"}
	for name, value := range secrets {
		env[name] = value
	}
	a, out := newApp(env)
	a.now = func() time.Time { return time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC) }
	config := func(store string) string {
		return fmt.Sprintf(`store: %s
contact: mailto:organiser@example.org
private_hosts: [127.0.0.1]
smtp: {server: "smtps://%s", user: bot, password: env:ASKAHEAD_TEST_SMTP, from: bot@example.org, ca: ca.pem}
run: {jitter: 0s}
sessions:
  - id: ws164
    title: Aligned or conflicting goals?
    hashtags: [WS164]
    sources:
      - {name: mail, schedule: "@hourly", tlp: green, imap: {server: "imaps://%s", user: bot@example.org, password: env:ASKAHEAD_TEST_IMAP, ca: ca.pem}}
      - {name: toots, schedule: "@hourly", mastodon: {server: "%[4]s", token: env:ASKAHEAD_TEST_MASTODON}}
      - {name: sky, schedule: "@hourly", bluesky: {account: bot.example.org, password: env:ASKAHEAD_TEST_BLUESKY, service: "%[4]s"}}
      - {name: rooms, schedule: "@hourly", tlp: green, matrix: {homeserver: "%[4]s", token: env:ASKAHEAD_TEST_MATRIX, rooms: ["#questions:example.org"]}}
      - {name: bridge, schedule: "@hourly", tlp: green, matterbridge: {server: "%[4]s", token: env:ASKAHEAD_TEST_BRIDGE, name: askahead, spool: bridge.spool}}
      - {name: list, schedule: "@hourly", tlp: green, mbox: {path: list.mbox}}
    digest: {schedule: "@daily", editions: [{name: panelists, audience: green, to: [panelist@example.org]}]}
`, store, h.smtp, h.imap, h.http)
	}
	write := func(text string) {
		if err := os.WriteFile(filepath.Join(dir, "askahead.yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	writeMails(t, filepath.Join(dir, "list.mbox"), 10)
	look := func(t *testing.T) {
		t.Helper()
		for name, secret := range secrets {
			for _, form := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret)), strings.ReplaceAll(secret, "+", " "),
				base64.StdEncoding.EncodeToString([]byte("\x00bot\x00" + secret)), base64.StdEncoding.EncodeToString([]byte("\x00bot@example.org\x00" + secret))} {
				if strings.Contains(out.String(), form) {
					t.Errorf("the secret of %s is printed as %q:\n%s", name, form, out)
				}
			}
		}
	}
	write(config("sqlite:askahead.db"))
	for _, code := range []int{400, 403, 404, 410, 422} {
		h.code.Store(int32(code))
		for _, args := range [][]string{{"check"}, {"collect", "-v"}} {
			out.Reset()
			a.main(t.Context(), append(args, "--config", filepath.Join(dir, "askahead.yaml")))
			look(t)
		}
	}
	h.code.Store(http.StatusUnauthorized)
	ran := map[string]int{}
	for _, args := range [][]string{
		{"check"}, {"check", "--verbose"}, {"collect", "-v"}, {"collect", "--sweep", "-v"}, {"run", "--once", "-v"}, {"run", "--once", "-v", "--log", "json"},
		{"digest", "-v"}, {"digest", "--pending", "-v"}, {"retry", "-v"}, {"reread", "list", "-v"}, {"status"}, {"status", "--json"},
		{"config", "show"}, {"audit", "--json"}, {"backup", filepath.Join(dir, "backup.db"), "-v"}, {"key", "rotate", "-v"},
	} {
		name := strings.Join(args[:min(2, len(args))], " ")
		t.Run(name, func(t *testing.T) {
			out.Reset()
			ran[name] = a.main(t.Context(), append(args, "--config", filepath.Join(dir, "askahead.yaml")))
			look(t)
			if out.Len() == 0 && !a.quiet {
				t.Error("it said nothing, so there is nothing to look at")
			}
		})
	}
	// The secrets must have been on their way, else none of this shows anything.
	var all strings.Builder
	for range len(h.told) {
		line := <-h.told
		all.WriteString(inTheClear(line) + "\n" + line + "\n")
	}
	for name, secret := range secrets {
		if name != "ASKAHEAD_TEST_DISCORD" && !strings.Contains(all.String(), secret) && !strings.Contains(all.String(), base64.StdEncoding.EncodeToString([]byte(secret))) {
			t.Errorf("no server was told the secret of %s", name)
		}
	}
	if ran["collect -v"] != 1 || ran["check"] != 1 {
		t.Errorf("what was to fail did not: %v", ran)
	}

	t.Run("the address of a database", func(t *testing.T) {
		closed, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		closed.Close()
		for _, dsn := range []string{
			"postgres://bot:" + url.QueryEscape(secrets["ASKAHEAD_TEST_IMAP"]) + "@" + closed.Addr().String() + "/askahead?connect_timeout=2",
			"postgres://bot:" + secrets["ASKAHEAD_TEST_IMAP"] + "@127.0.0.1:not-a-port/askahead",
			"postgres://bot:" + url.QueryEscape(secrets["ASKAHEAD_TEST_IMAP"]) + "@" + h.smtp + "/askahead?sslmode=disable&connect_timeout=2",
		} {
			if err := os.WriteFile(filepath.Join(dir, "store"), []byte(dsn), 0o600); err != nil {
				t.Fatal(err)
			}
			write(config("file:store"))
			for _, args := range [][]string{{"check", "-v"}, {"status", "-v"}, {"collect", "-v"}, {"backup", filepath.Join(dir, "b.db")}, {"config", "show"}} {
				out.Reset()
				a.main(t.Context(), append(args, "--config", filepath.Join(dir, "askahead.yaml")))
				look(t)
			}
		}
	})
}
