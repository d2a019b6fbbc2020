package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func writePages(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	a, out := newApp(map[string]string{"SOURCE_DATE_EPOCH": "1540000000"})
	if code := a.main(t.Context(), []string{"man", "--out", dir}); code != 0 {
		t.Fatalf("exit %d: %s", code, out)
	}
	return dir
}

func TestManual(t *testing.T) {
	dir := writePages(t)
	t.Run("has a page for every command that --help shows", func(t *testing.T) {
		a, _ := newApp(nil)
		for _, cmd := range a.rootCommand().Commands() {
			page, err := os.ReadFile(filepath.Join(dir, pageName(cmd)+".1"))
			if cmd.Hidden {
				if err == nil {
					t.Errorf("the hidden %s has a page", cmd.Name())
				}
				continue
			}
			if err != nil || !strings.Contains(string(page), escape(cmd.Short)) || !strings.Contains(string(page), ".SH EXAMPLES") {
				t.Errorf("the page of %s lacks what it is for, or an example: %v", cmd.Name(), err)
			}
		}
	})
	t.Run("is the same for the same date", func(t *testing.T) {
		again := writePages(t)
		one, err1 := os.ReadFile(filepath.Join(dir, "askahead.1"))
		two, err2 := os.ReadFile(filepath.Join(again, "askahead.1"))
		if err1 != nil || err2 != nil || string(one) != string(two) || !strings.Contains(string(one), `"2018\-10\-20"`) {
			t.Errorf("%v, %v; it begins %.80s", err1, err2, one)
		}
	})
	t.Run("is read by man without a warning", func(t *testing.T) {
		man, err := exec.LookPath("man")
		if err != nil {
			const sentence = "man is not installed; Debian: apt install man-db"
			if os.Getenv("ASKAHEAD_TEST_REQUIRE_ALL") == "1" {
				t.Fatal(sentence)
			}
			t.Skip(sentence)
		}
		pages, err := filepath.Glob(filepath.Join(dir, "*.1"))
		if err != nil || len(pages) < 10 {
			t.Fatalf("%d pages, %v", len(pages), err)
		}
		for _, page := range pages {
			cmd := exec.Command(man, "--warnings=all", "-E", "UTF-8", "-l", page)
			cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "MANWIDTH=80")
			var warnings strings.Builder
			cmd.Stderr = &warnings
			if out, err := cmd.Output(); err != nil || warnings.Len() > 0 || len(out) < 200 {
				t.Errorf("%s: %v %s", filepath.Base(page), err, &warnings)
			}
		}
	})
}

func TestManPageKeepsTextFromBeingRead(t *testing.T) {
	p := &roff{}
	p.text(".SH looks like a request\n'so does this\na \\fBbackslash\n\n  kept \"as it is\"\n\n\tand this")
	want := ".SH"
	if strings.Contains(p.String(), "\n"+want) || strings.HasPrefix(p.String(), want) {
		t.Errorf("a line became a request: %s", p)
	}
	got := p.String()
	want = "\\&.SH looks like a request\n\\(aqso does this\na \\efBbackslash\n.PP\n.nf\n  kept \"as it is\"\n.fi\n.PP\n.nf\n    and this\n.fi\n"
	if got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
}
