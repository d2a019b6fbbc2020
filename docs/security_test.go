package docs_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestEveryDefenceHasATest: the last column of the table in SECURITY.md names tests that there are.
func TestEveryDefenceHasATest(t *testing.T) {
	names, err := testsOf(os.DirFS(".."))
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../SECURITY.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(page), "| threat | defence | shown by |\n|---|---|---|\n")
	rows := 0
	for line := range strings.Lines(table) {
		if !strings.HasPrefix(line, "|") {
			break
		}
		rows++
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		shown := regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[len(cells)-1], -1)
		if len(shown) == 0 {
			t.Errorf("nothing shows: %s", cells[0])
		}
		for _, m := range shown {
			if !names[m[1]] {
				t.Errorf("there is no test %q: %s", m[1], cells[0])
			}
		}
	}
	if rows < 15 {
		t.Errorf("the table has %d rows", rows)
	}
}
