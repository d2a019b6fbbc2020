package main

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"askahead/delivery"
	"askahead/delivery/mailtest"
)

// writePanel writes a configuration whose edition goes to n readers by mail and into a folder, and a list of mails
// for it to collect from.
func writePanel(t *testing.T, dir string, m *mailtest.Server, n int) {
	t.Helper()
	var to []string
	for i := range n {
		to = append(to, fmt.Sprintf("reader%d@readers.example", i+1))
	}
	text := fmt.Sprintf(`contact: mailto:organiser@example.org
smtp: {server: %q, from: "bot@askahead.example", ca: %q}
sessions:
  - id: ws164
    title: "Privacy and Security: aligned or conflicting goals?"
    sources:
      - name: list
        mbox: {path: list.mbox}
        tlp: green
    digest:
      editions:
        - {name: panelists, audience: green, to: [%s], out: editions, formats: [html, txt, csv]}
`, m.URL(), m.CA, strings.Join(to, ", "))
	if err := os.WriteFile(filepath.Join(dir, "askahead.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	writeMails(t, filepath.Join(dir, "list.mbox"), 60)
}

// does runs askahead, which must end well, and gives what it says.
func does(t *testing.T, dir string, args ...string) string {
	t.Helper()
	out, err := askahead(t, dir, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("askahead %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// messages gives the Message-IDs that each recipient got, in their order.
func messages(t *testing.T, m *mailtest.Server) map[string][]string {
	t.Helper()
	ids := map[string][]string{}
	for _, one := range m.Mails() {
		got, err := mail.ReadMessage(bytes.NewReader(one.Raw))
		if err != nil {
			t.Fatal(err)
		}
		ids[one.To] = append(ids[one.To], got.Header.Get("Message-Id"))
	}
	return ids
}

func TestFromAListToAReadersMail(t *testing.T) {
	m := mailtest.New(t, mailtest.Options{StartTLS: true})
	dir := t.TempDir()
	writePanel(t, dir, m, 3)
	does(t, dir, "collect")

	preview := does(t, dir, "digest", "--preview")
	if files, err := filepath.Glob(filepath.Join(dir, "editions", "*")); len(files)+len(m.Mails()) != 0 || err != nil || !strings.Contains(preview, "SHARED CONCERNS") {
		t.Fatalf("a preview mailed %d, wrote %v (%v), and printed:\n%s", len(m.Mails()), files, err, preview)
	}
	out, err := askahead(t, dir, "digest", "--audience", "amber").CombinedOutput()
	if err == nil || !strings.Contains(string(out), `edition "panelists" is mailed to people who may read TLP:GREEN at most`) {
		t.Errorf("for more than its readers may see: %v\n%s", err, out)
	}

	said := does(t, dir, "digest")
	if !strings.Contains(said, `edition 1 of "panelists" mailed to 3 of 3 recipients`) {
		t.Errorf("it says:\n%s", said)
	}
	if strings.Contains(said, "@") {
		t.Errorf("it names a recipient:\n%s", said)
	}
	for _, again := range [][]string{{"digest", "--pending"}, {"digest", "--pending", "--session", "ws164"}} {
		if said := does(t, dir, again...); said != "" {
			t.Errorf("%v, with nothing to do, says:\n%s", again, said)
		}
	}
	ids := messages(t, m)
	if len(ids) != 3 || len(m.Mails()) != 3 {
		t.Fatalf("%d mails to %d recipients", len(m.Mails()), len(ids))
	}
	for _, one := range m.Mails() {
		for _, ext := range []string{"html", "txt", "csv"} {
			file, err := os.ReadFile(filepath.Join(dir, "editions", "ws164-panelists-1."+ext))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Contains(decoded(t, one.Raw), bytes.ReplaceAll(file, []byte("\r\n"), []byte("\n"))) {
				t.Errorf("the mail's %s is not the file's", ext)
			}
		}
	}
	does(t, dir, "digest")
	for to, list := range messages(t, m) {
		if len(list) != 2 || list[0] == list[1] {
			t.Errorf("%s has %v, want two editions", to, list)
		}
	}
}

func TestWhatAPersonMustDoAboutMailIsSaid(t *testing.T) {
	say := map[string]error{
		"reader2@readers.example": mailtest.Refuse(550, "5.1.1 <reader2@readers.example>: unknown"),
		"reader4@readers.example": mailtest.Refuse(451, "4.7.1 reader4@readers.example: greylisted"),
	}
	m := mailtest.New(t, mailtest.Options{Recipient: func(to string) error { return say[to] }})
	dir := t.TempDir()
	writePanel(t, dir, m, 4)
	does(t, dir, "collect")
	out, err := askahead(t, dir, "digest").CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("%v, want exit code 1", err)
	}
	for _, want := range []string{
		`edition 1 of "panelists" mailed to 2 of 4 recipients`,
		`edition 1 of "panelists", recipient 2: refused for good: the address: 550 5.1.1 <…>: unknown`,
		`edition 1 of "panelists", recipient 4: the address is refused for now: 451 4.7.1`,
		"askahead digest --pending", "who is corrected there gets the next edition",
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("it does not say %q", want)
		}
	}
	if strings.Contains(string(out), "reader2") || strings.Contains(string(out), "@readers") {
		t.Error("it names a recipient")
	}
	if t.Failed() {
		t.Logf("%s", out)
	}
}

// decoded is the mail with all of its parts decoded, one after the other, and with lines that end as in a file.
func decoded(t *testing.T, raw []byte) []byte {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return bytes.ReplaceAll(partsOf(t, m.Header.Get, m.Body), []byte("\r\n"), []byte("\n"))
}

// The process is killed while it does whatever the mail server sees: before anything is recorded of a mail, while it
// is recorded as being sent, and after the server has taken it in.
func TestKilledWhileItMailsEachRecipientHasTheEditionOnce(t *testing.T) {
	var mu sync.Mutex
	var victim *exec.Cmd
	left := 0 // steps until it is killed; below zero: never
	step := func() error {
		mu.Lock()
		defer mu.Unlock()
		if left--; left == 0 {
			victim.Process.Kill()
		}
		return nil
	}
	m := mailtest.New(t, mailtest.Options{
		Sender:    func(string) error { return step() },
		Recipient: func(string) error { return step() },
		Mail:      func(int, string) error { return step() },
	})
	dir := t.TempDir()
	const readers = 20
	writePanel(t, dir, m, readers)
	does(t, dir, "collect")
	random := rand.New(rand.NewPCG(1, 2))
	killed := 0
	for i := 0; ; i++ {
		cmd := askahead(t, dir, "digest")
		if i > 0 {
			cmd = askahead(t, dir, "digest", "--pending")
		}
		mu.Lock()
		victim, left = cmd, 1+random.IntN(8)
		err := cmd.Start()
		mu.Unlock()
		if err != nil {
			t.Fatal(err)
		}
		if err = cmd.Wait(); err == nil {
			break
		}
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.Exited() {
			t.Fatalf("run %d: %v", i, err)
		}
		if killed++; killed > 10*readers {
			t.Fatal("it does not come to an end")
		}
	}
	before := len(m.Mails())
	if said := does(t, dir, "digest", "--pending"); said != "" || len(m.Mails()) != before {
		t.Errorf("there was something left to do: %d mails, then %d\n%s", before, len(m.Mails()), said)
	}
	ids := messages(t, m)
	for to, list := range ids {
		if slices.Sort(list); len(slices.Compact(list)) != 1 {
			t.Errorf("%s has the edition under %d Message-IDs", to, len(list))
		}
	}
	if len(ids) != readers {
		t.Errorf("%d of %d recipients have it", len(ids), readers)
	}
	if killed < 5 || before == readers {
		t.Errorf("killed %d times, %d mails: the moment between handing over and recording was not met", killed, before)
	}
	t.Logf("killed %d times; %d mails for %d recipients, the copies under the same Message-ID", killed, before, readers)
	if files, err := filepath.Glob(filepath.Join(dir, "editions", "*.html")); err != nil || len(files) != 1 {
		t.Errorf("editions: %v, %v", files, err)
	}
}

// newJobEnv opens the panel with a clock.
func newJobEnv(t *testing.T, dir string, clock *time.Time) *env {
	t.Helper()
	a := &app{out: &bytes.Buffer{}, err: &bytes.Buffer{}, getenv: os.LookupEnv, quiet: true,
		now: func() time.Time { return *clock }, configPath: filepath.Join(dir, "askahead.yaml")}
	e, err := a.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.close() })
	return e
}

func TestADigestThatIsDueIsMadeOnceAndMailedUntilItArrives(t *testing.T) {
	var busy error
	m := mailtest.New(t, mailtest.Options{Recipient: func(string) error { return busy }})
	dir := t.TempDir()
	writePanel(t, dir, m, 2)
	slot := time.Date(2018, 11, 5, 7, 0, 0, 0, time.UTC)
	clock := slot.Add(20 * time.Second)
	e := newJobEnv(t, dir, &clock)
	session := &e.cfg.Sessions[0]
	if err := e.collect(t.Context(), &bytes.Buffer{}, nil, false); err != nil {
		t.Fatal(err)
	}
	editions := func() int {
		list, err := e.store.Editions(t.Context(), "ws164", "", 100)
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}

	busy = mailtest.Refuse(451, "4.3.0 busy")
	var later *delivery.Later
	if err := e.digestJob(t.Context(), session, slot); !errors.As(err, &later) || later.N != 2 || later.Until != clock.Add(5*time.Minute) {
		t.Fatalf("%v, want that two mails wait for five minutes", err)
	}
	page := filepath.Join(dir, "editions", "ws164-panelists-1.html")
	was, err := os.ReadFile(page)
	if err != nil {
		t.Error(err)
	}
	clock = clock.Add(time.Minute)
	if err := e.digestJob(t.Context(), session, slot); !errors.As(err, &later) || editions() != 1 {
		t.Errorf("again too early: %v, %d editions", err, editions())
	}
	busy, clock = nil, later.Until
	os.Remove(page)
	for range 2 {
		if err := e.digestJob(t.Context(), session, slot); err != nil || editions() != 1 || len(m.Mails()) != 2 {
			t.Errorf("in time: %v, %d editions, %d mails", err, editions(), len(m.Mails()))
		}
	}
	if is, err := os.ReadFile(page); err != nil || !bytes.Equal(was, is) {
		t.Errorf("the file that was missing is not there as it was: %v", err)
	}
	clock = slot.AddDate(0, 0, 7)
	if err := e.digestJob(t.Context(), session, clock); err != nil || editions() != 2 || len(m.Mails()) != 4 {
		t.Errorf("a week later: %v, %d editions, %d mails", err, editions(), len(m.Mails()))
	}
	busy, clock = mailtest.Refuse(550, "5.1.1 gone"), clock.AddDate(0, 0, 7)
	for range 2 {
		if err := e.digestJob(t.Context(), session, clock); err != nil || editions() != 3 {
			t.Errorf("refused for good: %v, %d editions; want no error, for another call changes nothing", err, editions())
		}
	}
}

func TestEachErrorOfADigestSaysWhatToDo(t *testing.T) {
	m := mailtest.New(t, mailtest.Options{Sender: func(string) error { return mailtest.Refuse(451, "4.3.0 try again later") }})
	dir := t.TempDir()
	writePanel(t, dir, m, 2)
	clock := time.Date(2018, 11, 5, 7, 0, 0, 0, time.UTC)
	e := newJobEnv(t, dir, &clock)
	if err := e.collect(t.Context(), &bytes.Buffer{}, nil, false); err != nil {
		t.Fatal(err)
	}
	for week := range 2 { // in the second, an edition waits from the first
		list := unjoin(e.digestJob(t.Context(), &e.cfg.Sessions[0], clock))
		if len(list) != week+1 {
			t.Errorf("week %d: %d errors: %v", week, len(list), list)
		}
		for _, one := range list {
			if hint := hintFor(one); hint != "nothing is lost; the next run goes on where this one stopped" {
				t.Errorf("week %d: %v: hint %q", week, one, hint)
			}
		}
		clock = clock.AddDate(0, 0, 7)
	}
}

func TestAServerThatIsNotThereKeepsNoEditionFromItsFolder(t *testing.T) {
	m := mailtest.New(t, mailtest.Options{Names: []string{"mail.example.net"}})
	dir := t.TempDir()
	writePanel(t, dir, m, 2)
	clock := time.Date(2018, 11, 5, 7, 0, 0, 0, time.UTC)
	e := newJobEnv(t, dir, &clock)
	if err := e.collect(t.Context(), &bytes.Buffer{}, nil, false); err != nil {
		t.Fatal(err)
	}
	for week := range 2 {
		err := e.digestJob(t.Context(), &e.cfg.Sessions[0], clock)
		if !errors.Is(err, delivery.ErrSettings) {
			t.Errorf("week %d: %v, want ErrSettings", week, err)
		}
		for _, one := range unjoin(err) {
			if !strings.HasPrefix(one.Error(), `digest of session ws164: edition "panelists": the mail server and its settings differ: `) {
				t.Errorf("week %d: it does not say what it is about: %v", week, one)
			}
		}
		if _, err := os.Stat(filepath.Join(dir, "editions", fmt.Sprintf("ws164-panelists-%d.html", week+1))); err != nil {
			t.Error(err)
		}
		clock = clock.AddDate(0, 0, 7)
	}
	good := mailtest.New(t, mailtest.Options{})
	e.cfg.SMTP.Server, e.cfg.SMTP.CA = good.URL(), good.CA
	if err := e.digestJob(t.Context(), &e.cfg.Sessions[0], clock.AddDate(0, 0, -7)); err != nil {
		t.Error(err)
	}
	for to, list := range messages(t, good) {
		if len(list) != 2 {
			t.Errorf("%s has %d editions, want both that waited", to, len(list))
		}
	}
}
