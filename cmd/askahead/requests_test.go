package main

import (
	"fmt"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"askahead/delivery/mailtest"
)

// maildirOf is a mailbox of the bot that a source reads.
type maildirOf struct {
	t    *testing.T
	dir  string
	next int
}

// arrives puts a mail into the mailbox.
func (m *maildirOf) arrives(from, to, subject, body string, more ...string) {
	m.t.Helper()
	m.next++
	head := fmt.Sprintf("From: Fictional <%s>\nTo: %s\nSubject: %s\nMessage-ID: <%d@people.example>\nDate: Mon, 2 Mar 2026 10:%02d:00 +0000\n", from, to, subject, m.next, m.next)
	for _, line := range more {
		head += line + "\n"
	}
	name := filepath.Join(m.dir, "mail", "new", fmt.Sprintf("17724%05d.%d.host", m.next, m.next))
	if err := os.WriteFile(name, []byte(head+"\n"+body+"\n"), 0o600); err != nil {
		m.t.Fatal(err)
	}
}

func newRequests(t *testing.T, m *mailtest.Server) *maildirOf {
	t.Helper()
	dir := t.TempDir()
	for _, sub := range []string{"new", "cur", "tmp"} {
		if err := os.MkdirAll(filepath.Join(dir, "mail", sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	config := fmt.Sprintf(`contact: mailto:organiser@example.org
smtp: {server: %q, from: "bot@askahead.example", ca: %q}
requests: {address: bot@askahead.example}
sessions:
  - id: ws164
    title: "Privacy and security"
    sources:
      - {name: mailbox, tlp: green, schedule: "@hourly", maildir: {path: mail}}
    digest:
      editions:
        - {name: panelists, audience: green, out: out/, formats: [txt]}
`, m.URL(), m.CA)
	if err := os.WriteFile(filepath.Join(dir, "askahead.yaml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	return &maildirOf{t: t, dir: dir}
}

// mailsTo gives the subjects of the mails that somebody got, in order.
func mailsTo(t *testing.T, m *mailtest.Server, to string) (subjects []string, last string) {
	t.Helper()
	for _, one := range m.Mails() {
		if one.To != to {
			continue
		}
		got, err := mail.ReadMessage(strings.NewReader(string(one.Raw)))
		if err != nil {
			t.Fatal(err)
		}
		if got.Header.Get("Auto-Submitted") == "" || got.Header.Get("Reply-To") != "<bot@askahead.example>" {
			t.Errorf("it would be answered by programs, or elsewhere: %v", got.Header)
		}
		subjects = append(subjects, got.Header.Get("Subject"))
		last = string(decoded(t, one.Raw))
	}
	return subjects, last
}

func TestPeopleAskByMailToBeForgotten(t *testing.T) {
	m := mailtest.New(t, mailtest.Options{StartTLS: true})
	box := newRequests(t, m)
	const rosa, hank, bot = "rosa@people.example", "hank@people.example", "bot@askahead.example"
	box.arrives(rosa, "list@lists.example", "WS164", "Who pays for incident response?")
	box.arrives(hank, "list@lists.example", "WS164", "Who reads the reports?")
	does(t, box.dir, "collect")
	does(t, box.dir, "digest")

	// One who means it, one in whose name somebody else writes, and what nobody should answer.
	box.arrives(rosa, bot, "Forget", "Could you please forget me?")
	box.arrives(hank, bot, "hello", "FORGET\n\nWill you?")
	box.arrives("auto@people.example", bot, "FORGET", "x", "Auto-Submitted: auto-replied")
	box.arrives("list@lists.example", bot, "FORGET", "x", "List-Id: <list.lists.example>")
	box.arrives("mailer-daemon@people.example", bot, "FORGET", "x")
	box.arrives("other@people.example", "list@lists.example", "FORGET", "Who forgot this?") // to the list: no request
	does(t, box.dir, "collect")
	if said := does(t, box.dir, "requests"); said != "2 asked whether they want it, 0 done, 0 refused, 0 wait\n" {
		t.Errorf("it says %q", said)
	}
	if said := does(t, box.dir, "requests"); !strings.HasPrefix(said, "0 asked") {
		t.Errorf("again it says %q", said)
	}
	subjects, _ := mailsTo(t, m, rosa)
	if len(subjects) != 1 || len(m.Mails()) != 2 {
		t.Fatalf("rosa got %q, and there are %d mails", subjects, len(m.Mails()))
	}
	token := regexp.MustCompile(`\[[a-z0-9]{16}-[0-9a-f]{32}\]`).FindString(subjects[0])
	if token == "" {
		t.Fatalf("the subject names no request: %q", subjects[0])
	}

	// Who answers from elsewhere, with another's token or one of their own making, is not heard.
	box.arrives("eve@people.example", bot, "Re: "+subjects[0], "yes")
	box.arrives(hank, bot, "Re: "+subjects[0], "yes")
	box.arrives(rosa, bot, "Re: "+subjects[0][:len(subjects[0])-4]+"000]", "yes")
	does(t, box.dir, "collect")
	if said := does(t, box.dir, "requests"); !strings.HasPrefix(said, "0 asked whether they want it, 0 done") {
		t.Errorf("after what proves nothing it says %q", said)
	}
	if kept := does(t, box.dir, "questions", "--audience", "green"); !strings.Contains(kept, "incident response") {
		t.Error("it was erased without a confirmation")
	}

	box.arrives(rosa, bot, "Re: "+subjects[0], "> Somebody wrote from your address\n\nYes, who else?")
	does(t, box.dir, "collect")
	if said := does(t, box.dir, "requests"); said != "0 asked whether they want it, 1 done, 0 refused, 0 wait\n" {
		t.Errorf("after the confirmation it says %q", said)
	}
	subjects, receipt := mailsTo(t, m, rosa)
	if len(subjects) != 2 || !strings.Contains(receipt, "Erased: 1 question in 1 session.") || strings.Contains(receipt, "incident") {
		t.Errorf("rosa got %q:\n%s", subjects, receipt)
	}
	kept := does(t, box.dir, "questions", "--audience", "green")
	if strings.Contains(kept, "incident response") || !strings.Contains(kept, "Who reads the reports") {
		t.Errorf("kept is:\n%s", kept)
	}
	for _, words := range []string{"forget me", "Will you", "who else"} {
		if strings.Contains(kept, words) {
			t.Errorf("a request is taken for a question: %q", words)
		}
	}
	raw, err := os.ReadFile(filepath.Join(box.dir, "askahead.db"))
	if err != nil || strings.Contains(strings.ToLower(string(raw)), "people.example") {
		t.Errorf("an address stands in the database (%v)", err)
	}
	if audit := does(t, box.dir, "audit"); !strings.Contains(audit, "a request by mail") || strings.Contains(audit, "rosa") {
		t.Errorf("the audit log says:\n%s", audit)
	}
	// Nothing more comes of the same mails.
	box.arrives(rosa, bot, "Re: "+subjects[0], "yes again")
	does(t, box.dir, "collect")
	if said := does(t, box.dir, "requests"); !strings.HasPrefix(said, "0 asked whether they want it, 0 done") {
		t.Errorf("in the end it says %q", said)
	}
}

func TestPeopleAskByMailWhatIsKept(t *testing.T) {
	m := mailtest.New(t, mailtest.Options{StartTLS: true})
	box := newRequests(t, m)
	const rosa, bot = "rosa@people.example", "bot@askahead.example"
	box.arrives(rosa, "list@lists.example", "WS164", "Who pays for incident response?")
	for range 5 { // more than one address may ask in a day
		box.arrives(rosa, bot, "ACCESS", "")
	}
	does(t, box.dir, "collect")
	if said := does(t, box.dir, "requests"); said != "3 asked whether they want it, 0 done, 0 refused, 0 wait\n" {
		t.Errorf("it says %q", said)
	}
	subjects, _ := mailsTo(t, m, rosa)
	box.arrives(rosa, bot, "AW: "+subjects[1], "")
	does(t, box.dir, "collect")
	does(t, box.dir, "requests")
	subjects, answer := mailsTo(t, m, rosa)
	if len(subjects) != 4 || !strings.Contains(answer, "> Who pays for incident response?") || !strings.Contains(answer, "kept until: ") {
		t.Errorf("rosa got %q:\n%s", subjects, answer)
	}
}

func TestRequestsWithoutAnAddressSaySo(t *testing.T) {
	dir := t.TempDir()
	writePanel(t, dir, mailtest.New(t, mailtest.Options{}), 1)
	does(t, dir, "collect")
	out, err := askahead(t, dir, "requests").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "nobody can ask by mail") {
		t.Errorf("%v\n%s", err, out)
	}
}
