package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"askahead/domain"
	"askahead/store"
	"askahead/topics"
)

// planted stands in questions, in names, in quarantine and in decisions of one session.
const planted = "zebrafinch"

// ending is an instance with two sessions: what is asked in the first has the planted word.
type ending struct {
	dir string
	now time.Time
	a   *app
	out *bytes.Buffer
}

func newEnding(t *testing.T) *ending {
	t.Helper()
	s := &ending{dir: t.TempDir(), now: time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)}
	s.configure(t, "90d", "14d")
	var mails bytes.Buffer
	for i := range 9 {
		domain := "rights.example"
		if i > 5 {
			domain = "council.example"
		}
		fmt.Fprintf(&mails, "From p@%s Mon Oct  1 10:00:00 2018\nFrom: %s %d <%s%d@%s>\nSubject: Mail\nDate: Mon, 01 Oct 2018 10:00:00 +0000\nMessage-ID: <%d@%s>\n\nHow should region %d protect the %s?\n\n",
			domain, planted, i, planted, i, domain, i, domain, i, planted)
	}
	fmt.Fprintf(&mails, "From p@rights.example Mon Oct  1 10:00:00 2018\nFrom: P <p@rights.example>\nDate: Mon, 01 Oct 2018 10:00:00 +0000\nMessage-ID: <20@rights.example>\n\nWe meet at noon.\n\n")
	fmt.Fprintf(&mails, "From p@rights.example Mon Oct  1 10:00:00 2018\nFrom: P <p@rights.example>\nDate: Mon, 01 Oct 2018 10:00:00 +0000\nMessage-ID: <21@rights.example>\nContent-Type: application/pgp-encrypted\n\n%s\n\n", planted)
	s.write(t, "list.mbox", mails.String())
	s.write(t, "other.mbox", "From q@other.example Mon Oct  1 10:00:00 2018\nFrom: Q <q@other.example>\nDate: Mon, 01 Oct 2018 10:00:00 +0000\nMessage-ID: <30@other.example>\n\nWho pays for the reports of next year?\n\n")
	s.a, s.out = newApp(map[string]string{"USER": "operator-1"})
	s.a.now = func() time.Time { return s.now }
	return s
}

func (s *ending) configure(t *testing.T, retention, quarantine string) {
	t.Helper()
	s.write(t, "askahead.yaml", fmt.Sprintf(`contact: mailto:organiser@example.org
retention: %s
keep: {quarantine: %s}
sessions:
  - id: ws164
    title: Aligned or conflicting goals?
    rules:
      - {when: {domain: [rights.example]}, tag: {community: civil-society}}
      - {when: {domain: [council.example]}, tag: {community: government}}
    sources:
      - {name: list, mbox: {path: list.mbox}, tlp: clear, schedule: "@hourly"}
    digest: {editions: [{name: panelists, audience: clear, out: editions}]}
  - id: ws165
    title: The other panel
    sources:
      - {name: other, mbox: {path: other.mbox}, tlp: clear, schedule: "@hourly"}
`, retention, quarantine))
}

func (s *ending) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// run runs a command line, and gives what it printed.
func (s *ending) run(t *testing.T, code int, args ...string) string {
	t.Helper()
	s.out.Reset()
	if got := s.a.main(t.Context(), append(args, "--config", filepath.Join(s.dir, "askahead.yaml"))); got != code {
		t.Fatalf("askahead %s: code %d and not %d\n%s", strings.Join(args, " "), got, code, s.out)
	}
	return s.out.String()
}

func has(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("it lacks %q:\n%s", part, text)
		}
	}
}

func hasNot(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if strings.Contains(text, part) {
			t.Errorf("it has %q:\n%s", part, text)
		}
	}
}

// databaseFiles tells in which files of the database the planted word stands.
func (s *ending) databaseFiles(t *testing.T) (names []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(s.dir, "*.db*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(text, []byte(planted)) {
			names = append(names, filepath.Base(f))
		}
	}
	return names
}

func TestPurgeSaysWhatGoes(t *testing.T) {
	s := newEnding(t)
	s.run(t, 0, "collect")
	has(t, s.run(t, 0, "purge", "--dry-run"), "nothing has outlived its retention")
	s.now = s.now.Add(15 * 24 * time.Hour)
	has(t, s.run(t, 0, "purge", "--dry-run"), "what would go", "ws164    list    1       unreadable items: their bytes")
	s.configure(t, "10d", "14d")
	dry := s.run(t, 0, "purge", "--dry-run")
	has(t, dry, "ws164    list    9       questions, with tags, search words and decisions", "ws164    list    9       items that they stood in", "ws165    other   1       questions")
	s.run(t, 2, "purge", "--dry-run", "--compact")
	hasNot(t, s.run(t, 0, "purge", "--session", "ws165"), "ws164")
	s.run(t, 2, "purge", "--session", "ws999")
	did := s.run(t, 0, "purge", "--compact")
	has(t, did, "what has gone", "ws164    list    9       questions", "The files of the database were written anew")
	if names := s.databaseFiles(t); len(names) > 0 {
		t.Errorf("the word still stands in %v", names)
	}
	has(t, s.run(t, 0, "audit"), "operator-1  purge", "questions=9 items=9 raw=1")
	if text := s.run(t, 0, "questions", "--session", "ws164", "--audience", "amber"); strings.Contains(text, planted) {
		t.Error("a question is left")
	}
}

func TestWipe(t *testing.T) {
	s := newEnding(t)
	s.run(t, 0, "collect")
	s.run(t, 0, "digest", "--session", "ws164")
	s.run(t, 0, "backup", filepath.Join(s.dir, "before.backup"))
	if len(s.databaseFiles(t)) == 0 {
		t.Fatal("the word was never there")
	}
	s.run(t, 2, "wipe")
	has(t, s.run(t, 1, "wipe", "ws999"), "there is no session ws999")
	dry := s.run(t, 0, "wipe", "ws164", "--dry-run")
	has(t, dry, "Statement of erasure", "questions", "community civil-society: 6 askers, 6 questions", "editions \"panelists\": 1",
		"not named, for fewer than 5 askers are in each or none is known: 1 community", "in all: not told")
	hasNot(t, dry, "government", "Signature", planted)
	has(t, s.run(t, 2, "wipe", "ws164"), "there is nobody to ask")
	s.a.interactive, s.a.in = true, strings.NewReader("ws165\n")
	has(t, s.run(t, 1, "wipe", "ws164"), "Type its id to go on", "that is not its id; nothing was removed")
	has(t, s.run(t, 0, "questions", "--session", "ws164"), planted)

	s.a.in = strings.NewReader("ws164\n")
	said := s.run(t, 0, "wipe", "ws164")
	has(t, said, "Wiped:   2027-03-01T09:00:00Z", "By:      operator-1", "Signature: ", "The files of the database were written anew",
		"editions holds words of before", "backups that were made before hold the session still")
	hasNot(t, said, planted, "government")
	if names := s.databaseFiles(t); len(names) > 0 {
		t.Errorf("the word still stands in %v", names)
	}
	_, text, _ := strings.Cut(said, "Statement of")
	text, _, _ = strings.Cut("Statement of"+text, "askahead: ")
	text, _, _ = strings.Cut(text, "The files of")
	again := s.run(t, 0, "wipe", "ws164", "--yes")
	has(t, again, text)

	t.Run("the statement can be checked, and not changed", func(t *testing.T) {
		s.write(t, "statement.txt", text)
		file := filepath.Join(s.dir, "statement.txt")
		has(t, s.run(t, 0, "wipe", "--verify", file), "as it was signed, by this instance")
		s.write(t, "statement.txt", strings.ReplaceAll(text, "\n", "\r\n"))
		s.run(t, 0, "wipe", "--verify", file)
		key := strings.TrimSpace(text[strings.Index(text, publicKeyLine)+len(publicKeyLine) : strings.Index(text, "\n"+signatureLine)])
		s.run(t, 0, "wipe", "--verify", file, "--public-key", key)
		has(t, s.run(t, 1, "wipe", "--verify", file, "--public-key", "AAAA"), "signed with another key")
		s.write(t, "statement.txt", strings.Replace(text, "6 askers", "7 askers", 1))
		has(t, s.run(t, 1, "wipe", "--verify", file), "the signature does not fit")
		for _, broken := range []string{"", "Signature: x\n", "a\nSignature: x\n", "a\n" + publicKeyLine + "x\nSignature: x\n", strings.Repeat("a", maxStatement+1)} {
			s.write(t, "statement.txt", broken)
			has(t, s.run(t, 1, "wipe", "--verify", file), "it is no statement of askahead's")
		}
	})
	t.Run("nothing is collected for it any more, and everything for the other", func(t *testing.T) {
		s.now = s.now.Add(time.Hour)
		out := s.run(t, 0, "collect")
		has(t, out, "other: ")
		hasNot(t, out, "list: ")
		s.run(t, 0, "run", "--once")
		has(t, s.run(t, 1, "questions", "--session", "ws164"), "session ws164: the session was wiped", "take it out of")
		has(t, s.run(t, 1, "import", "--session", "ws164", "--source", "list", "--tlp", "clear", filepath.Join(s.dir, "list.mbox")), "the session was wiped")
		has(t, s.run(t, 0, "questions"), "reports of next year")
		has(t, s.run(t, 0, "check"), "session ws164 was wiped: nothing is collected for it")
		if names := s.databaseFiles(t); len(names) > 0 {
			t.Errorf("the word stands in %v again", names)
		}
	})
	t.Run("the log knows who did it", func(t *testing.T) {
		log := s.run(t, 0, "audit")
		has(t, log, "operator-1    wipe", "rows=")
		hasNot(t, log, planted)
		s.run(t, 0, "audit", "verify")
	})
	t.Run("the last session takes what top-level sources left, and then there is nothing to do", func(t *testing.T) {
		has(t, s.run(t, 0, "wipe", "ws165", "--yes"), "this was the last session")
		has(t, s.run(t, 1, "collect"), "no source left to collect from: 2 sessions were wiped")
		has(t, s.run(t, 1, "run", "--once"), "2 sessions were wiped")
	})
}

// A process that was started before goes on: what it collects for the wiped session is dropped, and the other session of
// the same source is served.
func TestWhoStillRunsCollectsNothingForAWipedSession(t *testing.T) {
	s := newEnding(t)
	s.write(t, "askahead.yaml", `contact: mailto:organiser@example.org
run: {jitter: 0s}
sources: [{name: list, schedule: "@hourly", mbox: {path: list.mbox}, tlp: clear}]
sessions:
  - {id: ws164, title: Aligned or conflicting goals?, take: {subject: [Mail]}, sources: [{name: own, schedule: "@hourly", mbox: {path: other.mbox}, tlp: clear}], digest: {schedule: "@hourly", editions: [{name: panelists, audience: clear, out: editions}]}}
  - {id: ws165, title: The other panel, take: {subject: [Mail]}}
`)
	s.run(t, 0, "collect")
	running := newAt(t, s.dir, s.a.now)
	e, err := running.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer e.close()
	s.run(t, 0, "wipe", "ws164", "--yes")
	f, err := os.OpenFile(filepath.Join(s.dir, "list.mbox"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	mail := "From p@rights.example Mon Oct  1 10:00:00 2018\nFrom: P <p@rights.example>\nDate: Mon, 01 Oct 2018 10:00:00 +0000\nMessage-ID: <%d@rights.example>\nSubject: Mail\n\nWho audits the auditors of %s?\n\n"
	fmt.Fprintf(f, mail, 40, "Mars")
	f.Close()
	s.write(t, "other.mbox", fmt.Sprintf(mail, 41, planted))
	places, err := e.places(nil)
	if err != nil {
		t.Fatal(err)
	}
	jobs, err := e.jobs(places)
	if err != nil {
		t.Fatal(err)
	}
	s.now = s.now.Add(2 * time.Hour)
	if err := e.runOnce(t.Context(), running.out, jobs, places); err != nil {
		t.Errorf("it fails: %v", err)
	}
	has(t, s.run(t, 0, "questions", "--session", "ws165"), "Who audits the auditors of Mars")
	voices := 0
	if err := e.store.Voices(t.Context(), "ws164", domain.AmberStrict, time.Time{}, func(store.Voice) error { voices++; return nil }); err != nil || voices > 0 {
		t.Errorf("the wiped session has %d questions, %v", voices, err)
	}
}

func TestAStatementNamesNoSmallCommunityNotEvenBySubtraction(t *testing.T) {
	voices := func(of map[string]int) (list []store.Voice) {
		for community, n := range of {
			for i := range n {
				list = append(list, store.Voice{Question: fmt.Sprint(community, i), Topic: fmt.Sprint(community, i), Asker: fmt.Sprint(community, i), Fingerprint: fmt.Sprint(community, i), Communities: []string{community}})
			}
		}
		return list
	}
	for _, c := range []struct {
		of    map[string]int
		total string
	}{
		{map[string]int{"civil-society": 6}, "in all: 6 askers"},
		{map[string]int{"civil-society": 6, "government": 2}, "in all: not told"},
		{map[string]int{"civil-society": 6, "government": 2, "technical": 3}, "in all: 11 askers"},
		{map[string]int{"government": 1}, "in all: not told"},
		{nil, "in all: 0 askers"},
	} {
		s := &statement{session: "ws164", concerns: topics.Measure(voices(c.of), topics.DefaultOptions())}
		text := s.text()
		has(t, text, c.total)
		hasNot(t, text, "government", "technical")
	}
}
