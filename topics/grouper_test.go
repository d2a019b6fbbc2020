package topics

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"askahead/domain"
)

var update = flag.Bool("update", false, "rewrite want.json of the test cases")

// readCase reads input.jsonl: one question a line with id, text, lang and context.
func readCase(t *testing.T, dir string) []domain.Question {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "input.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var list []domain.Question
	in := bufio.NewScanner(bytes.NewReader(data))
	for in.Scan() {
		var row struct{ ID, Text, Context, Lang string }
		if err := json.Unmarshal(in.Bytes(), &row); err != nil {
			t.Fatalf("%s: %v", dir, err)
		}
		list = append(list, domain.Question{ID: row.ID, Text: row.Text, Context: row.Context, Language: row.Lang, Kind: domain.Panel})
	}
	return list
}

func TestTheCasesAreGroupedAsWritten(t *testing.T) {
	dirs, err := filepath.Glob("testcases/*")
	if err != nil || len(dirs) == 0 {
		t.Fatal("no test cases", err)
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			questions := readCase(t, dir)
			var got [][]string
			for _, g := range Group(questions) {
				var ids []string
				for _, i := range g.Questions {
					ids = append(ids, questions[i].ID)
				}
				got = append(got, ids)
			}
			out, err := json.MarshalIndent(got, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, '\n')
			path := filepath.Join(dir, "want.json")
			if *update {
				if err := os.WriteFile(path, out, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(out, want) {
				t.Errorf("groups:\n%swant:\n%s", out, want)
			}
		})
	}
}
