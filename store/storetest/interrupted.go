package storetest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"askahead/domain"
	"askahead/store"
)

func (b Backend) interrupted(t *testing.T) {
	t.Run("what was saved is there after opening again", b.persists)
	t.Run("another key is refused", b.refusesOtherKey)
	t.Run("a process killed within a batch leaves the state before it", b.survivesKill)
	t.Run("a process killed at any moment leaves whole batches", b.survivesKills)
}

func (b Backend) persists(t *testing.T) {
	h := b.open(t)
	h.save(t, full())
	h.publish(t, edition("panelists", 7, domain.QuestionID(keys().Item("m1"), 1)))
	before := h.snapshot(t, session)
	h.close()
	again := b.reopen(t, h.dsn)
	if d := cmp.Diff(before, again.snapshot(t, session)); d != "" {
		t.Errorf("it differs (-before +after):\n%s", d)
	}
	next := page("c1", "c2", asked("m9", "Will the WHOIS stay public?"))
	if saved := again.save(t, next); saved.Topics != 0 {
		t.Errorf("a question that was asked before opened a topic: %+v", saved)
	}
}

func (b Backend) refusesOtherKey(t *testing.T) {
	h := b.open(t)
	h.save(t, full())
	other := "another key, of 32 bytes as well"
	s, err := b.Open(t.Context(), h.dsn, domain.NewKeys([]byte(other)))
	if err == nil {
		s.Close()
	}
	if !errors.Is(err, store.ErrWrongKey) {
		t.Fatalf("it opened, or failed otherwise: %v", err)
	}
	if strings.Contains(err.Error(), other) || !strings.Contains(err.Error(), "key file") {
		t.Errorf("the error does not say what to do, or says too much: %v", err)
	}
}

// The environment of a child process: where to save, and whether to stop within the second batch.
const (
	childDSN    = "ASKAHEAD_STORETEST_CHILD"
	childWithin = "ASKAHEAD_STORETEST_WITHIN"
)

// Main runs the tests of a package, or what the tests start it again for: a process that is killed while it saves.
func Main(m *testing.M, open Open) {
	if dsn := os.Getenv(childDSN); dsn != "" {
		err := child(dsn, open, os.Getenv(childWithin) != "")
		fmt.Fprintln(os.Stderr, "the child ended:", err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// numbered is the n-th batch that a child saves.
func numbered(n int) store.Batch {
	batch := page(cursor(n), cursor(n+1))
	for k := range 30 {
		name := fmt.Sprintf("%d/%d", n, k)
		batch.Items = append(batch.Items, tagged(asked(name, fmt.Sprintf("Who pays%c for%c logs%c?", 'a'+k, 'a'+n%26, 'a'+k%3)), "technical"))
	}
	batch.Items[0].Counts = []store.Count{{What: "seen", N: 1}}
	batch.Arrivals = []store.Arrival{{Hour: opening(), Items: 30}}
	batch.Broken = []store.Quarantined{{ID: fmt.Sprint("x", n), Raw: make([]byte, 10_000), Collected: opening()}}
	return batch
}

// child saves batches until it is killed, and writes a line for each: before it, in its middle if it is to stop
// there, and behind it.
func child(dsn string, open Open, within bool) error {
	ctx := context.Background()
	s, err := open(ctx, dsn, keys())
	if err != nil {
		return err
	}
	for n := range 1000 {
		var g store.Grouper = words{}
		if within && n == 1 {
			g = stopping{}
		}
		if _, err := s.SaveBatch(ctx, numbered(n), g); err != nil {
			return err
		}
		fmt.Println("saved")
	}
	return errors.New("nobody killed it")
}

// stopping never comes back from the middle of a batch.
type stopping struct{ words }

func (stopping) Place(domain.Question, []domain.Topic) string {
	fmt.Println("within")
	select {}
}

// kill starts a child, kills it when it has written a number of lines, and tells how many batches it says it saved.
func (b Backend) kill(t *testing.T, dsn string, within bool, lines int) (saved int) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env = append(os.Environ(), childDSN+"="+dsn)
	if within {
		cmd.Env = append(cmd.Env, childWithin+"=1")
	}
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	scan := bufio.NewScanner(out)
	for n := 1; scan.Scan(); n++ {
		if scan.Text() == "saved" {
			saved++
		}
		if n == lines {
			cmd.Process.Kill()
		}
	}
	if err := cmd.Wait(); err == nil || cmd.ProcessState.Exited() {
		t.Fatalf("the child was not killed: %v", err)
	}
	return saved
}

// expect compares a store with one that saved the first n batches undisturbed.
func (b Backend) expect(t *testing.T, dsn string, n int) {
	t.Helper()
	undisturbed := b.open(t)
	for i := range n {
		undisturbed.save(t, numbered(i))
	}
	h := b.reopen(t, dsn)
	defer h.close()
	if d := cmp.Diff(undisturbed.snapshot(t, session), h.snapshot(t, session)); d != "" {
		t.Errorf("after %d batches it differs (-undisturbed +killed):\n%s", n, d)
	}
}

func (b Backend) survivesKill(t *testing.T) {
	dsn := b.New(t)
	if saved := b.kill(t, dsn, true, 2); saved != 1 {
		t.Fatalf("%d batches were saved before the one that it was killed in", saved)
	}
	b.expect(t, dsn, 1)
	h := b.reopen(t, dsn)
	h.save(t, numbered(1))
	h.close()
	b.expect(t, dsn, 2)
}

func (b Backend) survivesKills(t *testing.T) {
	for _, lines := range []int{1, 2, 3, 5, 8} {
		dsn := b.New(t)
		saved := b.kill(t, dsn, false, lines)
		h := b.reopen(t, dsn)
		p, err := h.Progress(t.Context(), session, "list")
		h.close()
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		fmt.Sscan(p.Cursor, &n)
		if n < saved || n > saved+1 {
			t.Errorf("it said that %d batches were saved, and %d are", saved, n)
		}
		b.expect(t, dsn, n)
	}
}
