package questions

import (
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"askahead/domain"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite want.json of every case in testcases/")

// options are what a case says beside its text, in options.json.
type options struct {
	Declared string            `json:"declared,omitempty"`
	Names    []string          `json:"names,omitempty"` // what the session is called
	Marks    map[string]string `json:"marks,omitempty"` // a part of the text, and what its author's mail reader said it is
}

// want is what a case expects: its questions, or its sentences where the name begins with "sentences-".
type want struct {
	Questions []domain.Found `json:"questions,omitempty"`
	Sentences []string       `json:"sentences,omitempty"`
}

func TestCases(t *testing.T) {
	f := newFinderForTest(t)
	dirs, err := filepath.Glob("testcases/*")
	if err != nil {
		t.Fatal(err)
	}
	if len(dirs) < 50 {
		t.Fatalf("only %d cases in testcases/", len(dirs))
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) { runCase(t, f, dir) })
	}
}

func runCase(t *testing.T, f *Finder, dir string) {
	text, err := os.ReadFile(filepath.Join(dir, "input.txt"))
	if err != nil {
		t.Fatal(err)
	}
	a := &domain.Authored{Own: strings.TrimSuffix(string(text), "\n")}
	var o options
	readJSON(t, filepath.Join(dir, "options.json"), &o)
	for part, what := range o.Marks {
		at := strings.Index(a.Own, part)
		if at < 0 {
			t.Fatalf("options.json marks %q, which is not in the text", part)
		}
		a.Marks = append(a.Marks, domain.Span{Start: at, End: at + len(part), What: what})
	}
	var got, expected want
	if strings.HasPrefix(filepath.Base(dir), "sentences-") {
		for _, s := range f.Sentences(a.Own) {
			got.Sentences = append(got.Sentences, a.Own[s.Start:s.End])
		}
	} else {
		got.Questions = f.Find(a, o.Declared, o.Names...)
	}
	path := filepath.Join(dir, "want.json")
	if *update {
		out, err := json.MarshalIndent(got, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, append(out, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	readJSON(t, path, &expected)
	if d := cmp.Diff(expected, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", path, d)
	}
}

// readJSON leaves v alone where the file does not exist, which is right for options and wrong for want.json:
// a case without one fails by its difference.
func readJSON(t *testing.T, path string, v any) {
	t.Helper()
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}
