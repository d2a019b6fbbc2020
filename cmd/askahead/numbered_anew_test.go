package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2/imapclient"
)

// TestNumberedAnew changes a mailbox's UIDVALIDITY on a real Dovecot in each way that there is. Nothing that was
// gathered is gathered again, nothing is lost by the sweep that follows, and what is new is found.
func TestNumberedAnew(t *testing.T) {
	value := os.Getenv("ASKAHEAD_TEST_DOVECOT")
	u, err := url.Parse(value)
	if err != nil || value == "" || u.Query().Get("config") == "" {
		const sentence = "ASKAHEAD_TEST_DOVECOT names no server with its configuration; .ci/dovecot.sh DIR starts one and prints its value"
		if os.Getenv("ASKAHEAD_TEST_REQUIRE_ALL") == "1" {
			t.Fatal(sentence)
		}
		t.Skip(sentence)
	}
	password, _ := u.User.Password()
	t.Setenv("ASKAHEAD_TEST_PASSWORD", password)
	doveadm := func(t *testing.T, args ...string) string {
		t.Helper()
		out, err := exec.CommandContext(t.Context(), "doveadm", append([]string{"-c", u.Query().Get("config")}, args...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("doveadm %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return strings.TrimSpace(string(out))
	}
	questions := []string{"How should whois records be governed?", "Who deletes the backups of fingerprints?", "Which court orders a breach notice?", "When are exploits disclosed?"}
	mail := func(n int) string {
		return fmt.Sprintf("From: Fictional <p%d@ngo.example>\r\nSubject: Question\r\nDate: Mon, 01 Oct 2018 10:00:00 +0000\r\nMessage-ID: <%d@ngo.example>\r\n\r\n%s\r\n", n, n, questions[n])
	}
	for name, anew := range map[string]func(t *testing.T, box string, c *imapclient.Client){
		"an operator sets it, and the UIDs stay": func(t *testing.T, box string, c *imapclient.Client) {
			doveadm(t, "mailbox", "update", "-u", u.User.Username(), "--uid-validity", "4200000000", box)
		},
		"the server loses its list of UIDs": func(t *testing.T, box string, c *imapclient.Client) {
			dir := filepath.Join(doveadm(t, "user", "-f", "home", u.User.Username()), "Maildir", "."+box)
			lost, err := filepath.Glob(filepath.Join(dir, "dovecot*"))
			if err != nil || len(lost) < 2 {
				t.Fatal(lost, err)
			}
			for _, file := range lost {
				if err := os.Remove(file); err != nil {
					t.Fatal(err)
				}
			}
		},
		"the mailbox is deleted and made again": func(t *testing.T, box string, c *imapclient.Client) {
			must(t, c.Delete(box).Wait())
			must(t, c.Create(box, nil).Wait())
			for n := range 3 {
				put(t, c, box, mail(n))
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			box := fmt.Sprintf("anew-%d", time.Now().UnixNano())
			c := dialDovecot(t, u)
			must(t, c.Create(box, nil).Wait())
			t.Cleanup(func() { c.Delete(box).Wait() })
			for n := range 3 {
				put(t, c, box, mail(n))
			}
			dir := t.TempDir()
			must(t, os.WriteFile(filepath.Join(dir, "askahead.yaml"), fmt.Appendf(nil, `contact: mailto:organiser@ngo.example
sessions:
  - id: ws164
    title: Who is shown
    sources:
      - name: list
        imap: {server: "imaps://%s", user: %s, password: "env:ASKAHEAD_TEST_PASSWORD", ca: %s, mailboxes: [%s]}
        tlp: clear
`, u.Host, u.User.Username(), u.Query().Get("ca"), box), 0o600))
			first := says(t, dir, "collect")
			if !strings.Contains(first, "list: 3 items read = 3 with questions") {
				t.Fatal(first)
			}
			before := validityOf(t, u, box)
			anew(t, box, c)
			put(t, dialDovecot(t, u), box, mail(3))
			if after := validityOf(t, u, box); after == before {
				t.Fatalf("UIDVALIDITY is %d still", after)
			}
			for i, args := range [][]string{{"collect"}, {"collect", "--sweep"}, {"collect"}} {
				out := says(t, dir, args...)
				if strings.Contains(out, "gone") || (i == 0) != strings.Contains(out, "4 items read = 1 with questions + 3 known already") {
					t.Errorf("%v says %s", args, out)
				}
				if got := asked(t, dir); !slices.Equal(got, slices.Sorted(slices.Values(questions))) {
					t.Errorf("after %v: %q", args, got)
				}
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func dialDovecot(t *testing.T, u *url.URL) *imapclient.Client {
	t.Helper()
	pem, err := os.ReadFile(u.Query().Get("ca"))
	must(t, err)
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	c, err := imapclient.DialTLS(u.Host, &imapclient.Options{TLSConfig: &tls.Config{RootCAs: pool}})
	must(t, err)
	t.Cleanup(func() { c.Close() })
	password, _ := u.User.Password()
	must(t, c.Login(u.User.Username(), password).Wait())
	return c
}

func put(t *testing.T, c *imapclient.Client, box, text string) {
	t.Helper()
	a := c.Append(box, int64(len(text)), nil)
	_, err := a.Write([]byte(text))
	must(t, err)
	must(t, a.Close())
	_, err = a.Wait()
	must(t, err)
}

func validityOf(t *testing.T, u *url.URL, box string) uint32 {
	t.Helper()
	data, err := dialDovecot(t, u).Select(box, nil).Wait()
	must(t, err)
	return data.UIDValidity
}

// says runs the command and gives what it prints.
func says(t *testing.T, dir string, args ...string) string {
	t.Helper()
	var complaints bytes.Buffer
	cmd := askahead(t, dir, args...)
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("askahead %s: %v\n%s", strings.Join(args, " "), err, complaints.String())
	}
	return string(out)
}

// asked gives the questions that are listed, sorted.
func asked(t *testing.T, dir string) (texts []string) {
	t.Helper()
	for line := range strings.Lines(says(t, dir, "questions", "--json")) {
		var q struct{ Text string }
		must(t, json.Unmarshal([]byte(line), &q))
		texts = append(texts, q.Text)
	}
	slices.Sort(texts)
	return texts
}
