package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestEveryKindSaysWhoIsLeftOut: a kind that nobody thought about is not to be shipped.
func TestEveryKindSaysWhoIsLeftOut(t *testing.T) {
	names, err := testsOf(os.DirFS(".."))
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("optouts.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]string{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z]+)` \\|(.*)\\|$").FindAllStringSubmatch(string(page), -1) {
		rows[m[1]] = m[2]
	}
	samples, err := filepath.Glob("../collectors/*/sample.yaml")
	if err != nil || len(samples) == 0 {
		t.Fatalf("%d kinds, %v", len(samples), err)
	}
	for _, sample := range samples {
		kind := filepath.Base(filepath.Dir(sample))
		row, ok := rows[kind]
		if !ok {
			t.Errorf("%s: docs/optouts.md does not say who is left out", kind)
			continue
		}
		cells := strings.Split(row, "|")
		for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[len(cells)-1], -1) {
			if !names[m[1]] {
				t.Errorf("%s: there is no test %q", kind, m[1])
			}
		}
	}
	if len(rows) != len(samples) {
		t.Errorf("%d rows for %d kinds", len(rows), len(samples))
	}
}
