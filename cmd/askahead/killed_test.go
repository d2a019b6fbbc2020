package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"askahead/config"
	"askahead/domain"
	"askahead/store"
	"askahead/store/sqlstore"
)

// asCommand makes the test binary behave as askahead itself.
const asCommand = "ASKAHEAD_TEST_AS_COMMAND"

func askahead(t *testing.T, dir string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), asCommand+"=1")
	return cmd
}

// writeMails writes an mbox of n mails. Every third asks something, every tenth of those what another asked.
func writeMails(t testing.TB, path string, n int) {
	t.Helper()
	themes := []string{"domain owners", "encrypted backups", "border databases", "breach notices", "exploit sales", "shared indicators", "court orders"}
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, "From p%d@rights.example Mon Oct  1 10:00:00 2018\n", i)
		fmt.Fprintf(&b, "From: Fictional %d <p%d@rights.example>\nSubject: Mail %d\nDate: Mon, 01 Oct 2018 10:00:00 +0000\nMessage-ID: <%d@rights.example>\n\n", i, i%97, i, i)
		if i%3 == 0 {
			fmt.Fprintf(&b, "How should region %d govern %s in the coming years?\n\n", i/30, themes[i%len(themes)])
		} else {
			fmt.Fprintf(&b, "Note %d of the meeting is on the page.\n\n", i)
		}
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// contents is everything that a store holds of a session, but for the times of collection.
type contents struct {
	Questions []domain.Question
	Counts    []store.Count
}

func contentsOf(t *testing.T, dir string) contents {
	t.Helper()
	cfg, err := config.Default("ws164")
	if err != nil {
		t.Fatal(err)
	}
	cfg.Dir = dir
	key, err := cfg.Key()
	if err != nil {
		t.Fatal(err)
	}
	db, err := sqlstore.Open(t.Context(), "sqlite:"+filepath.Join(dir, "askahead.db"), domain.NewKeys(key), sqlstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var c contents
	query := store.Query{Session: "ws164", Audience: domain.Clear, Limit: 1000, Kinds: []domain.Kind{domain.Panel, domain.Logistics, domain.Rhetorical}}
	for {
		page, err := db.Questions(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range page.Questions {
			q.Collected = time.Time{}
			c.Questions = append(c.Questions, q)
		}
		if query.After = page.Next; page.Next == "" {
			break
		}
	}
	if c.Counts, err = db.Counts(t.Context(), "ws164"); err != nil {
		t.Fatal(err)
	}
	return c
}

// pair is two folders with the same key: one where nothing is disturbed, and one where everything is.
type pair struct{ whole, torn string }

func newPair(t *testing.T, dir string) pair {
	t.Helper()
	p := pair{filepath.Join(dir, "whole"), filepath.Join(dir, "torn")}
	for _, d := range []string{p.whole, p.torn} {
		if err := os.Mkdir(d, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(d, "askahead.key"), []byte(strings.Repeat("0123456789abcdef", 4)+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// run runs a command to its end, and tells how long that took.
func (p pair) run(t *testing.T, dir string, args ...string) time.Duration {
	t.Helper()
	begin := time.Now()
	out, err := askahead(t, dir, args...).CombinedOutput()
	if err != nil || strings.Contains(string(out), "UNACCOUNTED") {
		t.Fatalf("%v\n%s", err, out)
	}
	return time.Since(begin)
}

// compare runs the command in both folders, in one of them after killing it at moments all over the run, later ones
// after parts of it are saved.
func (p pair) compare(t *testing.T, questions int, args ...string) {
	t.Helper()
	took := p.run(t, p.whole, args...)
	killed := 0
	for i := range 12 {
		cmd := askahead(t, p.torn, args...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(took*time.Duration(i+1)/16, func() { cmd.Process.Kill() })
		err := cmd.Wait()
		timer.Stop()
		var exit *exec.ExitError
		if errors.As(err, &exit) && !exit.Exited() {
			killed++
		}
	}
	if killed < 3 {
		t.Fatalf("only %d of 12 runs were killed before they were done", killed)
	}
	p.run(t, p.torn, args...)
	want, got := contentsOf(t, p.whole), contentsOf(t, p.torn)
	if len(want.Questions) != questions {
		t.Fatalf("the undisturbed run found %d questions, want %d", len(want.Questions), questions)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("after %d kills (-undisturbed +killed):\n%s", killed, diff)
	}
}

func TestKilledImportEndsAsAnUndisturbedOne(t *testing.T) {
	dir := t.TempDir()
	writeMails(t, filepath.Join(dir, "list.mbox"), 6000)
	newPair(t, dir).compare(t, 2000, "import", "--session", "ws164", "--source", "list", "--tlp", "clear", filepath.Join(dir, "list.mbox"))
}

func TestKilledRereadingEndsAsAnUndisturbedOne(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "list.mbox")
	writeMails(t, path, 6000)
	p := newPair(t, dir)
	for _, d := range []string{p.whole, p.torn} { // for nobody but the operator, at first
		p.run(t, d, "import", "--session", "ws164", "--source", "list", "--tlp", "amber", path)
	}
	p.compare(t, 2000, "import", "--again", "--session", "ws164", "--source", "list", "--tlp", "clear", path)
}
