package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"askahead/schedule"
)

// newInstance writes a configuration with one list that is read by the calendar, and gives its folder.
func newInstance(t *testing.T, mails int, more string) string {
	t.Helper()
	dir := t.TempDir()
	writeMails(t, filepath.Join(dir, "list.mbox"), mails)
	config := "contact: mailto:organiser@example.org\n" + more + `
sessions:
  - id: ws164
    title: Aligned or conflicting goals?
    timezone: Europe/Paris
    sources:
      - {name: list, mbox: {path: list.mbox}, tlp: clear, schedule: "0 */6 * * *", silence: "off", retention: 3650d}
    digest:
      schedule: "0 7 * * MON"
      editions: [{name: panelists, audience: clear, out: editions/, formats: [txt]}]
`
	if err := os.WriteFile(filepath.Join(dir, "askahead.yaml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// get asks until somebody answers.
func get(t *testing.T, url string) (int, string) {
	t.Helper()
	for range 600 {
		response, err := http.Get(url)
		if err == nil {
			defer response.Body.Close()
			body, err := io.ReadAll(response.Body)
			if err != nil {
				t.Fatal(err)
			}
			return response.StatusCode, string(body)
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("nobody answers at %s", url)
	return 0, ""
}

func TestDaemonAnswersMachinesAndEndsWhenItIsTold(t *testing.T) {
	address := freePort(t)
	dir := newInstance(t, 30, fmt.Sprintf("run: {listen: %q}", address))
	cmd := askahead(t, dir, "run", "--log", "json")
	var log strings.Builder
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/healthz", "/readyz"} {
		if code, body := get(t, "http://"+address+path); code != http.StatusOK {
			t.Errorf("%s answers %d %s", path, code, body)
		}
	}
	var metrics string
	for range 600 {
		if _, metrics = get(t, "http://"+address+"/metrics"); strings.Contains(metrics, `askahead_questions_found_total{session="ws164",source="list"} 10`) {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	for _, line := range []string{
		`askahead_items_read_total{session="ws164",source="list"} 30`,
		`askahead_runs_total{kind="collect",outcome="ok",session="ws164",source="list"} 1`,
		`askahead_store_up 1`,
	} {
		if !strings.Contains(metrics, line+"\n") {
			t.Errorf("the metrics lack %s", line)
		}
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("told to end, it ends with %v", err)
	}
	for _, said := range []string{`"msg":"askahead runs"`, `"msg":"collected"`, `"questions":10`, `"msg":"askahead ends"`} {
		if !strings.Contains(log.String(), said) {
			t.Errorf("the log lacks %s:\n%s", said, &log)
		}
	}
	if strings.Contains(log.String(), "rights.example") {
		t.Error("an address stands in the log")
	}
}

func TestWhoeverReadsBySourceWaitsForTheDaemon(t *testing.T) {
	dir := newInstance(t, 30, "")
	a := newAt(t, dir, time.Now)
	e, err := a.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer e.close()
	places, err := e.places(nil)
	if err != nil {
		t.Fatal(err)
	}
	err = e.aloneAt(t.Context(), places[0].Source, func(context.Context) error {
		out, err := askahead(t, dir, "collect").CombinedOutput()
		if err == nil || !strings.Contains(string(out), "source list: another askahead is at it") || !strings.Contains(string(out), "hint: it is probably askahead run") {
			t.Errorf("%v\n%s", err, out)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if out, err := askahead(t, dir, "collect").CombinedOutput(); err != nil {
		t.Errorf("afterwards: %v\n%s", err, out)
	}
}

func newAt(t testing.TB, dir string, now func() time.Time) *app {
	t.Helper()
	a, _ := newApp(nil)
	a.now, a.configPath = now, filepath.Join(dir, "askahead.yaml")
	return a
}

func TestDaemonKilledFiftyTimesLosesAndDoublesNothing(t *testing.T) {
	const mails, kills = 12_000, 50
	whole, torn := newInstance(t, mails, "run: {jitter: 0s}"), newInstance(t, mails, "run: {jitter: 0s}")
	runOnce := func() time.Duration {
		begin := time.Now()
		if out, err := askahead(t, whole, "run", "--once").CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return time.Since(begin)
	}
	reading, nothing := runOnce(), runOnce() // how long it takes to read all, and to find that nothing is due
	key, err := os.ReadFile(filepath.Join(whole, "askahead.key"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(torn, "askahead.key"), key, 0o600); err != nil {
		t.Fatal(err)
	}
	begun := 0 // kills that came before all was read
	for range kills {
		cmd := askahead(t, torn, "run")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// The moment is random, and on any machine so early that it takes many starts until everything is read.
		time.Sleep(nothing/2 + rand.N(max(reading-nothing, time.Second)/8))
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		out, err := askahead(t, torn, "status", "--json").Output()
		var s status
		if err != nil || json.Unmarshal(out, &s) != nil || s.Sessions[0].Sources[0].Good.IsZero() {
			begun++
		}
	}
	if begun < 5 {
		t.Errorf("only %d of %d kills came before everything was read: the test is too slow to kill", begun, kills)
	}
	out, err := askahead(t, torn, "run", "--once").CombinedOutput()
	if err != nil || strings.Contains(string(out), "UNACCOUNTED") {
		t.Fatalf("%v\n%s", err, out)
	}
	want, got := contentsOf(t, whole), contentsOf(t, torn)
	if len(want.Questions) != mails/3 {
		t.Fatalf("the undisturbed run found %d questions, want %d", len(want.Questions), mails/3)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("after %d kills, %d of them in the middle (-undisturbed +killed):\n%s", kills, begun, diff)
	}
}

// A year of the real command on its real store, an hour at a time: what ran is what the calendar says.
func TestAYearByTheCalendar(t *testing.T) {
	dir := newInstance(t, 30, "run: {jitter: 0s, sweep: \"30 2 * * *\", cleanup: \"15 4 1 * *\"}")
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2027, 1, 1, 0, 0, 0, 0, paris)
	end := now.AddDate(1, 0, 0)
	a := newAt(t, dir, func() time.Time { return now })
	a.quiet = true
	e, err := a.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer e.close()
	places, err := e.places(nil)
	if err != nil {
		t.Fatal(err)
	}
	jobs, err := e.jobs(places)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	ran := map[string]int{}
	r := e.runner(jobs)
	r.Observe = func(ev schedule.Event) {
		if ev.Ended && ev.Err == nil {
			mu.Lock()
			defer mu.Unlock()
			ran[ev.Job]++
		}
	}
	for ; now.Before(end); now = now.Add(30 * time.Minute) {
		if err := r.Once(t.Context()); err != nil {
			t.Fatalf("at %s: %v", now, err)
		}
	}
	want := map[string]int{
		"collect/list": 4 * 365, // also on the days on which the clock is set: 0, 6, 12 and 18 o'clock are there
		"digest":       52,
		"cleanup":      1 + 12, // at once, and each month
		"watch":        365*48 - 1,
	}
	if diff := cmp.Diff(want, ran); diff != "" {
		t.Errorf("-calendar +ran:\n%s", diff)
	}
	editions, err := e.store.Editions(t.Context(), "ws164", "panelists", 100)
	if err != nil || len(editions) != 52 {
		t.Errorf("%d editions, %v; want 52", len(editions), err)
	}
	for _, ed := range editions {
		if at := ed.Created.In(paris); at.Weekday() != time.Monday || at.Hour() != 7 || at.Minute() != 0 {
			t.Errorf("edition %d was made at %s", ed.Number, at)
		}
	}
}
