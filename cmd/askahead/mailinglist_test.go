package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net/smtp"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// mailingList is a real one: what is posted to it goes through Postfix and Mailman into a mailbox on Dovecot.
type mailingList struct {
	server         *url.URL // of the mailbox: imaps://user:password@host:port
	caFile         string
	smtp, address  string
	user, password string
}

// newMailingList reads ASKAHEAD_TEST_MAILINGLIST: imaps://user:password@host:port?ca=FILE&smtp=HOST:PORT&list=ADDRESS.
func newMailingList(t *testing.T) *mailingList {
	t.Helper()
	value := os.Getenv("ASKAHEAD_TEST_MAILINGLIST")
	if value == "" {
		const sentence = "ASKAHEAD_TEST_MAILINGLIST names no list; .ci/mailinglist.sh DIR makes one and prints its value"
		if os.Getenv("ASKAHEAD_TEST_REQUIRE_ALL") == "1" {
			t.Fatal(sentence)
		}
		t.Skip(sentence)
	}
	u, err := url.Parse(value)
	if err != nil || u.User == nil {
		t.Fatal("ASKAHEAD_TEST_MAILINGLIST is not imaps://user:password@host:port?ca=FILE&smtp=HOST:PORT&list=ADDRESS")
	}
	password, _ := u.User.Password()
	ask := u.Query()
	return &mailingList{server: u, caFile: ask.Get("ca"), smtp: ask.Get("smtp"), address: ask.Get("list"), user: u.User.Username(), password: password}
}

// arrivals opens the mailbox and gives a function that waits for the next mail in it, since the server tells (IDLE),
// and gives its text.
func (l *mailingList) arrivals(t *testing.T) (next func() string) {
	t.Helper()
	pem, err := os.ReadFile(l.caFile)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	count := make(chan uint32, 100)
	client, err := imapclient.DialTLS(l.server.Host, &imapclient.Options{TLSConfig: &tls.Config{RootCAs: pool},
		UnilateralDataHandler: &imapclient.UnilateralDataHandler{Mailbox: func(data *imapclient.UnilateralDataMailbox) {
			if data.NumMessages != nil {
				count <- *data.NumMessages
			}
		}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	if err := client.Login(l.user, l.password).Wait(); err != nil {
		t.Fatal(err)
	}
	box, err := client.Select("INBOX", nil).Wait()
	if err != nil {
		t.Fatal(err)
	}
	there := box.NumMessages
	return func() string {
		t.Helper()
		idle, err := client.Idle()
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		for before := there; there <= before; {
			select {
			case there = <-count:
			case <-ctx.Done():
				t.Fatal("the list delivered nothing within a minute")
			}
		}
		if err := idle.Close(); err != nil {
			t.Fatal(err)
		}
		whole := &imap.FetchItemBodySection{Peek: true}
		mails, err := client.Fetch(imap.SeqSetNum(there), &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{whole}}).Collect()
		if err != nil || len(mails) != 1 {
			t.Fatal(mails, err)
		}
		return string(mails[0].FindBodySection(whole))
	}
}

// post sends a mail to the list. Its lines end as the network wants it.
func (l *mailingList) post(t *testing.T, from, header, body string) {
	t.Helper()
	text := "From: Fictional <" + from + ">\nTo: " + l.address + "\n" + header + "Content-Type: text/plain; charset=utf-8\n\n" + body
	if err := smtp.SendMail(l.smtp, nil, from, []string{l.address}, []byte(strings.ReplaceAll(text, "\n", "\r\n"))); err != nil {
		t.Fatal(err)
	}
}

// TestMailingList goes the whole way that a question on a list goes: posted by mail, sent out by Mailman, read from
// the bot's mailbox, understood, listed.
func TestMailingList(t *testing.T) {
	list := newMailingList(t)
	arrived := list.arrivals(t)
	word := fmt.Sprintf("ws%d", time.Now().UnixNano()) // what was posted by earlier tests is not taken
	for _, mail := range []struct{ from, header, body string }{
		{"ada@ngo.example", "Subject: " + word + ": Whois\nMessage-ID: <1." + word + "@ngo.example>\n",
			"Dear all,\n\nWho decides which domain owners are shown?\n\n-- \nAda, Fictional Rights Group\nIs this signature a question?\n"},
		{"bo@cert.example", "Subject: Re: [panel] Whois\nMessage-ID: <2." + word + "@cert.example>\nIn-Reply-To: <1." + word + "@ngo.example>\n",
			"On Mon, 1 Oct 2018 at 10:00, Ada wrote:\n> Who decides which domain owners are shown?\n\nHow do responders reach an owner who is hidden?\n"},
		{"cy@shop.example", "Subject: Lunch\nMessage-ID: <3." + word + "@shop.example>\n", "Which restaurant should the panel visit on Monday?\n"},
	} {
		list.post(t, mail.from, mail.header, mail.body)
		delivered := arrived()
		for _, part := range []string{"\r\nList-Id: <panel.lists.test>\r\n", "[panel] ", "To unsubscribe send an email to panel-leave@lists.test"} {
			if !strings.Contains(delivered, part) {
				t.Fatalf("the list delivers a mail without %q", part)
			}
		}
	}
	dir := t.TempDir()
	t.Setenv("ASKAHEAD_TEST_PASSWORD", list.password)
	if err := os.WriteFile(filepath.Join(dir, "askahead.yaml"), fmt.Appendf(nil, `contact: mailto:organiser@ngo.example
sessions:
  - id: ws164
    title: Who is shown
    rules:
      - {when: {list: panel.lists.test}, tag: {community: technical}}
    sources:
      - name: panel
        imap: {server: "imaps://%s", user: %s, password: "env:ASKAHEAD_TEST_PASSWORD", ca: %s}
        take: {subject: [%s], thread: true}
        tlp: green
`, list.server.Host, list.user, list.caFile, word), 0o600); err != nil {
		t.Fatal(err)
	}
	collected := says(t, dir, "collect")
	type tag struct{ Kind, Value, Rule string }
	type question struct {
		Text, Context string
		Tags          []tag
	}
	var got []question
	for line := range strings.Lines(says(t, dir, "questions", "--audience", "green", "--json")) {
		var q question
		if err := json.Unmarshal([]byte(line), &q); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		got = append(got, q)
	}
	first, second := "Who decides which domain owners are shown?", "How do responders reach an owner who is hidden?"
	t.Run("each asks once, in its author's words: without quote, signature, footer and the list's prefix", func(t *testing.T) {
		var texts []string
		for _, q := range got {
			texts = append(texts, q.Text)
			if strings.Contains(q.Context, "[panel]") || strings.Contains(q.Context, "unsubscribe") {
				t.Errorf("the context of %q is %q", q.Text, q.Context)
			}
		}
		slices.Sort(texts)
		if !slices.Equal(texts, []string{second, first}) {
			t.Errorf("got %q", texts)
		}
	})
	t.Run("a rule knows the list by its List-Id", func(t *testing.T) {
		for _, q := range got {
			if !slices.ContainsFunc(q.Tags, func(g tag) bool { return g.Kind == "community" && g.Value == "technical" && g.Rule == "config rule 1" }) {
				t.Errorf("%q has the tags %v", q.Text, q.Tags)
			}
		}
	})
	t.Run("an answer is taken for its thread, and what is in none is not", func(t *testing.T) {
		if out := collected; !strings.Contains(out, "2 with questions + ") {
			t.Errorf("it said %s", out)
		}
	})
	t.Run("the next run finds nothing new", func(t *testing.T) {
		if out := says(t, dir, "collect"); !strings.Contains(out, "panel: 0 items read") {
			t.Errorf("it said %s", out)
		}
	})
}
