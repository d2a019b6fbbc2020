package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// newApp is askahead as a test calls it: what it prints is kept.
func newApp(env map[string]string) (a *app, out *bytes.Buffer) {
	out = &bytes.Buffer{}
	return &app{in: strings.NewReader(""), out: out, err: out, now: time.Now,
		getenv: func(name string) (string, bool) { value, ok := env[name]; return value, ok }}, out
}

func TestSideBySide(t *testing.T) {
	run := func(d time.Duration) func(context.Context) []finding {
		return func(ctx context.Context) []finding {
			select {
			case <-time.After(d):
				return []finding{works("%s", d)}
			case <-ctx.Done():
				return []finding{fails("wait", fmt.Errorf("ask: %w", ctx.Err()))}
			}
		}
	}
	t.Run("all run at once, and come in their order", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			var got []string
			checks := []check{{about: "slow", run: run(9 * time.Second)}, {about: "quick", run: run(time.Second)}, {about: "middle", run: run(5 * time.Second)}}
			for c := range sideBySide(t.Context(), checks, time.Minute) {
				got = append(got, c.About)
			}
			if took := time.Since(start); took != 9*time.Second || !slices.Equal(got, []string{"slow", "quick", "middle"}) {
				t.Errorf("%q after %s", got, took)
			}
		})
	})
	t.Run("no more than a server bears run at a time", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			checks := make([]check, 2*atOnce+1)
			for i := range checks {
				checks[i].run = run(time.Second)
			}
			for range sideBySide(t.Context(), checks, time.Minute) {
			}
			if took := time.Since(start); took != 3*time.Second {
				t.Errorf("took %s", took)
			}
		})
	})
	t.Run("one that is too slow ends with what to do, also if it does not notice", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			deaf := func(context.Context) []finding { time.Sleep(time.Hour); return nil }
			for c := range sideBySide(t.Context(), []check{{run: run(time.Hour)}, {run: deaf}}, 30*time.Second) {
				if len(c.Findings) != 1 || c.Findings[0].State != failed || !strings.Contains(c.Findings[0].Hint, "no answer within 30s") {
					t.Errorf("got %+v", c.Findings)
				}
			}
			if took := time.Since(start); took > 30*time.Second+checkGrace {
				t.Errorf("took %s", took)
			}
			time.Sleep(time.Hour) // for the deaf one
		})
	})
}

func TestCheckReport(t *testing.T) {
	write := func(t *testing.T, env map[string]string, painted bool) string {
		a, out := newApp(env)
		a.painted = painted
		r := a.newCheckReport(checkFlags{})
		r.add(checked{About: "source a\x1b[2J", Findings: []finding{works("read \x1b[31mred"), {State: failed, What: "w", Hint: "do\nthis"}}})
		if err := r.end(); err != errSaid {
			t.Errorf("the error is %v", err)
		}
		return out.String()
	}
	t.Run("has colours on a terminal, and nothing else that paints", func(t *testing.T) {
		got := write(t, nil, true)
		if !strings.Contains(got, "\x1b[1;31mFAIL\x1b[0m") || strings.Count(got, "\x1b") != 4 {
			t.Errorf("got %q", got)
		}
	})
	t.Run("has none in a pipe, and none where NO_COLOR is set", func(t *testing.T) {
		want := "source a�[2J\n  ok   read �[31mred\n  FAIL w\n       do\n       this\n\n1 thing works, 1 does not: source a�[2J\n"
		for _, got := range []string{write(t, nil, false), write(t, map[string]string{"NO_COLOR": "1"}, true)} {
			if got != want {
				t.Errorf("got %q", got)
			}
		}
	})
}

func TestCheckLeavesNoTrace(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	write := func(name, text string) {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("list.mbox", "From a@b.example Mon Oct  1 10:00:00 2018\nSubject: x\n\nWhy?\n")
	write("askahead.yaml", `contact: mailto:organiser@example.org
sessions:
  - id: a
    title: A
    sources:
      - {name: list, tlp: green, mbox: {path: list.mbox}}
    digest:
      editions: [{name: panelists, audience: green, out: new/editions}]
`)
	for _, run := range []string{"a new folder", "a folder with a database"} {
		t.Run(run, func(t *testing.T) {
			before := files(t, dir)
			a, out := newApp(nil)
			if code := a.main(t.Context(), []string{"check", "--json", "--strict"}); code != 0 {
				t.Fatalf("exit %d: %s", code, out)
			}
			var got tally
			if err := json.Unmarshal(out.Bytes(), &got); err != nil || !got.OK || got.Works != 5 || len(got.Checks) != 5 {
				t.Errorf("got %s, %v", out, err)
			}
			if after := files(t, dir); !slices.Equal(before, after) {
				t.Errorf("before %q, after %q", before, after)
			}
		})
		a, out := newApp(nil)
		if code := a.main(t.Context(), []string{"collect"}); code != 0 {
			t.Fatalf("exit %d: %s", code, out)
		}
	}
}

// files lists all that lies below a folder, with size and the time of the last change; folders by name alone, for
// a file that was tried in one changes its time.
func files(t *testing.T, dir string) (all []string) {
	t.Helper()
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			path += fmt.Sprint(" ", info.Size(), info.ModTime())
		}
		all = append(all, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
