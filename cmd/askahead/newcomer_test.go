package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/mail"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2/imapclient"

	"askahead/delivery/mailtest"
)

// TestNewcomer goes the way of a new user on real servers: from init, by what check says, to the first edition in a
// panelist's mailbox.
func TestNewcomer(t *testing.T) {
	value := os.Getenv("ASKAHEAD_TEST_DOVECOT")
	if value == "" {
		const sentence = "ASKAHEAD_TEST_DOVECOT names no server; .ci/dovecot.sh DIR starts one and prints its value"
		if os.Getenv("ASKAHEAD_TEST_REQUIRE_ALL") == "1" {
			t.Fatal(sentence)
		}
		t.Skip(sentence)
	}
	server, err := url.Parse(value)
	if err != nil {
		t.Fatal("ASKAHEAD_TEST_DOVECOT is no URL")
	}
	box := fmt.Sprintf("Newcomer-%d", os.Getpid())
	post(t, server, box)
	password, _ := server.User.Password()
	sink := mailtest.New(t, mailtest.Options{User: "bot", Password: "mail-secret"})
	dir := t.TempDir()
	run := func(args ...string) (string, error) {
		cmd := askahead(t, dir, args...)
		cmd.Env = append(cmd.Env, "IMAP_PASSWORD="+password, "SMTP_PASSWORD=mail-secret")
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	must := func(args ...string) string {
		t.Helper()
		out, err := run(args...)
		if err != nil {
			t.Fatalf("askahead %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return out
	}

	must("init", "--yes", "--contact", "organiser@example.org", "--title", "Aligned or conflicting goals?",
		"--source", "imap", "--set", "server=imaps://"+server.Host, "--set", "user=bot", "--set", "password=env:IMAP_PASSWORD",
		"--to", "panelist@panel.example", "--smtp-server", sink.URL(), "--smtp-user", "bot", "--smtp-password", "env:SMTP_PASSWORD",
		"--smtp-from", "bot@example.org")
	out, err := run("check")
	if exit, ok := err.(*exec.ExitError); !ok || exit.ExitCode() != 1 || strings.Count(out, "an authority that this machine does not know") != 2 {
		t.Fatalf("both servers have certificates of an authority of their own, and check says: %v\n%s", err, out)
	}
	// What check says is done to the file, and nothing else; the mailbox is the one that the list delivers to.
	path := filepath.Join(dir, "askahead.yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	mended := strings.NewReplacer("          user: bot\n", fmt.Sprintf("          user: bot\n          ca: %q\n          mailboxes: [%s]\n", server.Query().Get("ca"), box),
		"  user: bot\n", fmt.Sprintf("  user: bot\n  ca: %q\n", sink.CA)).Replace(string(text))
	if err := os.WriteFile(path, []byte(mended), 0o600); err != nil {
		t.Fatal(err)
	}
	if out := must("check"); strings.Contains(out, "FAIL") {
		t.Fatalf("check ends well and says\n%s", out)
	}
	if out := must("run", "--once"); !strings.Contains(out, "imap: 1 item read = 1 with questions") {
		t.Errorf("run --once says\n%s", out)
	}
	if out := must("digest"); !strings.Contains(out, "mailed to 1 of 1 recipient") {
		t.Errorf("digest says\n%s", out)
	}
	mails := sink.Mails()
	if len(mails) != 1 || mails[0].To != "panelist@panel.example" {
		t.Fatalf("the panelist got %d mails", len(mails))
	}
	m, err := mail.ReadMessage(strings.NewReader(string(mails[0].Raw)))
	if err != nil || !strings.Contains(m.Header.Get("Subject"), "Aligned or conflicting goals?") {
		t.Errorf("the mail's subject is %q, %v", m.Header.Get("Subject"), err)
	}
	if out := must("status"); !strings.Contains(out, "1 of 1") || strings.Contains(out, "!") {
		t.Errorf("status says\n%s", out)
	}
}

// post puts a mail with a question into a new mailbox, which is removed when the test ends.
func post(t *testing.T, server *url.URL, box string) {
	t.Helper()
	pem, err := os.ReadFile(server.Query().Get("ca"))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	c, err := imapclient.DialTLS(server.Host, &imapclient.Options{TLSConfig: &tls.Config{RootCAs: roots}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Delete(box).Wait(); err != nil {
			t.Error(err)
		}
		c.Close()
	})
	password, _ := server.User.Password()
	if err := c.Login(server.User.Username(), password).Wait(); err != nil {
		t.Fatal(err)
	}
	if err := c.Create(box, nil).Wait(); err != nil {
		t.Fatal(err)
	}
	const text = "From: Fictional One <one@responders.example>\r\nTo: list@lists.example\r\nSubject: WHOIS\r\n" +
		"Date: Mon, 01 Oct 2018 10:00:00 +0000\r\nMessage-ID: <newcomer@responders.example>\r\n\r\n" +
		"How can incident responders reach the owner of a domain now that WHOIS is dark?\r\n"
	w := c.Append(box, int64(len(text)), nil)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Wait(); err != nil {
		t.Fatal(err)
	}
}
