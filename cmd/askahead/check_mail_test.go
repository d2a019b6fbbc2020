package main

import (
	"fmt"
	"net"
	"os"
	"strings"
	"testing"

	"askahead/delivery/mailtest"
)

const (
	mailLogin    = ", user: bot, password: env:PW"
	mailPassword = "right horse"
)

// checkedMail runs check on a configuration with these settings of smtp: and what else it says, and gives its output.
// Neither the password nor an address may stand there.
func checkedMail(t *testing.T, smtp, more, password string, exit int) string {
	t.Helper()
	t.Chdir(t.TempDir())
	config := fmt.Sprintf("contact: mailto:organiser@example.org\nsmtp: {%s}\n%s", smtp, more)
	if err := os.WriteFile("askahead.yaml", []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	a, out := newApp(map[string]string{"PW": password})
	if code := a.main(t.Context(), []string{"check", "--timeout", "1s"}); code != exit {
		t.Errorf("exit %d, want %d", code, exit)
	}
	for _, hidden := range []string{password, "bot@", "someone@", "jo.panel", "readers.example"} {
		if strings.Contains(out.String(), hidden) {
			t.Errorf("it shows %q:\n%s", hidden, out)
		}
	}
	return out.String()
}

// oneSession is a session without a digest.
const oneSession = "sessions: [{id: a, title: A}]\n"

func TestCheckMail(t *testing.T) {
	notOurs := func(from string) error {
		if from == "someone@example.org" {
			return mailtest.Refuse(553, "5.7.1 Sender address rejected: not owned by user bot")
		}
		return nil
	}
	good := mailtest.New(t, mailtest.Options{User: "bot", Password: mailPassword, Sender: notOurs})
	later := mailtest.New(t, mailtest.Options{User: "bot", Password: mailPassword, StartTLS: true})
	bare := mailtest.New(t, mailtest.Options{User: "bot", Password: mailPassword, Plain: true})
	open := mailtest.New(t, mailtest.Options{})
	named := mailtest.New(t, mailtest.Options{User: "bot", Password: mailPassword, Names: []string{"mail.ngo.example"}})
	namedLater := mailtest.New(t, mailtest.Options{User: "bot", Password: mailPassword, Names: []string{"mail.ngo.example"}, StartTLS: true})
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

	for _, c := range []struct {
		name, server, ca, keys, from, password string
		says                                   string // "" if all is well
	}{
		{name: "TLS with a login", server: good.URL(), ca: good.CA, keys: mailLogin},
		{name: "STARTTLS with a login", server: later.URL(), ca: later.CA, keys: mailLogin},
		{name: "no login where none is needed", server: open.URL(), ca: open.CA},
		{name: "no STARTTLS on this machine, where it passes no wire", server: bare.URL(), keys: mailLogin},
		{name: "a wrong password", server: good.URL(), ca: good.CA, keys: mailLogin, password: "hunter2",
			says: "it answers 535 5.7.8 authentication failed for …; are `user` and `password` right?"},
		{name: "no way to log in", server: open.URL(), ca: open.CA, keys: mailLogin, says: "takes no login on this port"},
		{name: "a certificate for another name", server: named.URL(), ca: named.CA, keys: mailLogin,
			says: "is for mail.ngo.example, not for localhost; if it is the right server, write that name into `smtp.server`"},
		{name: "a certificate for another name, by STARTTLS", server: namedLater.URL(), ca: namedLater.CA, keys: mailLogin,
			says: "is for mail.ngo.example, not for localhost"},
		{name: "an unknown authority", server: good.URL(), keys: mailLogin, says: "`smtp.ca: FILE`"},
		{name: "another authority", server: good.URL(), ca: named.CA, keys: mailLogin, says: "in the file of `smtp.ca`"},
		{name: "a file of ca that is not there", server: good.URL(), ca: "nowhere.pem", keys: mailLogin, says: "smtp.ca: open"},
		{name: "no TLS on the port", server: strings.Replace(later.URL(), "smtp:", "smtps:", 1), ca: later.CA, keys: mailLogin,
			says: "for STARTTLS write smtp.server: " + later.URL()},
		{name: "TLS from the start on the port", server: strings.Replace(good.URL(), "smtps:", "smtp:", 1), ca: good.CA, keys: mailLogin,
			says: "there is no greeting in time; if this port encrypts from the start, as 465 does, write smtp.server: " + good.URL()},
		{name: "nobody there", server: "smtps://" + nobody, keys: mailLogin, says: "connection refused"},
		{name: "a server that says nothing", server: "smtps://" + silent.Addr().String(), keys: mailLogin, says: "there is no answer in time"},
		{name: "a login that is wanted", server: good.URL(), ca: good.CA, says: "it wants a login before it takes mail: write `user` and `password`"},
		{name: "a sender of someone else", server: good.URL(), ca: good.CA, keys: mailLogin, from: "someone@example.org",
			says: "it answers 553 5.7.1 Sender address rejected: not owned by user …; may this account send as the address in `smtp.from`?"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.ca != "" {
				c.keys += ", ca: " + c.ca
			}
			if c.from == "" {
				c.from = "bot@example.org"
			}
			if c.password == "" {
				c.password = mailPassword
			}
			exit := 1
			if c.says == "" {
				exit = 0
			}
			out := checkedMail(t, fmt.Sprintf("server: %q, from: %s%s", c.server, c.from, c.keys), oneSession, c.password, exit)
			if !strings.Contains(out, c.says) {
				t.Errorf("it does not say %q:\n%s", c.says, out)
			}
		})
	}
}

func TestCheckMailTriesEveryListOfRecipientsAndSendsNothing(t *testing.T) {
	m := mailtest.New(t, mailtest.Options{User: "bot", Password: mailPassword, Recipient: func(to string) error {
		if strings.HasPrefix(to, "jo.panel@") {
			return mailtest.Refuse(550, "5.1.1 <"+to+">: no such user")
		}
		return nil
	}})
	smtp := fmt.Sprintf("server: %q, from: bot@example.org, ca: %s%s", m.URL(), m.CA, mailLogin)
	const more = `sessions:
- id: ws164
  title: A panel
  digest:
    editions:
    - {name: panelists, audience: GREEN, formats: [txt], to: [lin@readers.example, jo.panel@readers.example]}
    - {name: public, audience: CLEAR, formats: [txt], to: [sam@readers.example]}
    - {name: files, audience: CLEAR, formats: [txt], out: public}
alarms: {to: [organiser@example.org]}
`
	out := checkedMail(t, smtp, more, mailPassword, 1)
	for _, line := range []string{
		"ok   log in and send as the address in `from`\n",
		"FAIL hand mail to the 2 recipients of ws164/panelists\n",
		"recipient 2 of 2: refused for good: the address: 550 5.1.1 <…>: no such user\n",
		"ok   hand mail to the 1 recipient of ws164/public\n",
		"ok   hand mail to the 1 recipient of alarms\n",
	} {
		if !strings.Contains(out, line) {
			t.Errorf("it does not say %q:\n%s", line, out)
		}
	}
	if strings.Contains(out, "ws164/files\n") {
		t.Errorf("it tries to mail an edition of files:\n%s", out)
	}
	if n := len(m.Mails()); n > 0 {
		t.Errorf("%d mails were sent", n)
	}
}
