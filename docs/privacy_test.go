package docs_test

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
)

var (
	shownBy      = regexp.MustCompile(`<!--([^>]*)-->`)
	sentenceEnds = regexp.MustCompile(`[.!?]["”)]?(?:\s|$)`)
	testFunc     = regexp.MustCompile(`(?m)^func (Test[A-Za-z0-9_]*)\(`)
)

// unshown lists the sentences of a page that no test shows. Behind each sentence stands, in a comment, what shows it:
// FOLDER.TestName, or script/NAME for a story of the command. Headings, and paragraphs that a comment marks as "no promise",
// say nothing that could be tested.
func unshown(page string, exists func(name string) bool) []string {
	var out []string
	for paragraph := range strings.SplitSeq(page, "\n\n") {
		paragraph = strings.TrimSpace(paragraph)
		if paragraph == "" || strings.HasPrefix(paragraph, "#") || strings.HasPrefix(paragraph, "<!-- no promise -->") {
			continue
		}
		for paragraph != "" {
			at := shownBy.FindStringSubmatchIndex(paragraph)
			if at == nil {
				out = append(out, "nothing shows: "+paragraph)
				break
			}
			sentence := strings.TrimSpace(paragraph[:at[0]])
			if n := len(sentenceEnds.FindAllString(sentence, -1)); n != 1 || !sentenceEnds.MatchString(sentence[len(sentence)-1:]) {
				out = append(out, fmt.Sprintf("%d sentences before one comment: %s", n, sentence))
			}
			for name := range strings.SplitSeq(paragraph[at[2]:at[3]], ",") {
				if name = strings.TrimSpace(name); !exists(name) {
					out = append(out, fmt.Sprintf("there is no test %q: %s", name, sentence))
				}
			}
			paragraph = strings.TrimSpace(paragraph[at[1]:])
		}
	}
	return out
}

// testsOf names every test of a tree, by the folder it is in, and every story of the command.
func testsOf(tree fs.FS) (map[string]bool, error) {
	names := map[string]bool{}
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir
		case strings.HasPrefix(name, "cmd/askahead/testdata/script/"):
			names["script/"+strings.TrimSuffix(d.Name(), ".txtar")] = true
		case strings.HasSuffix(name, "_test.go"), strings.HasPrefix(name, "store/storetest/") && strings.HasSuffix(name, ".go"):
			text, err := fs.ReadFile(tree, name)
			if err != nil {
				return err
			}
			for _, m := range testFunc.FindAllSubmatch(text, -1) {
				names[path.Dir(name)+"."+string(m[1])] = true
			}
		}
		return nil
	})
	return names, err
}

// TestEverySentenceAboutPrivacyHasATest: a promise that nobody would notice to be broken is none.
func TestEverySentenceAboutPrivacyHasATest(t *testing.T) {
	names, err := testsOf(os.DirFS(".."))
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("privacy.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, what := range unshown(string(page), func(name string) bool { return names[name] }) {
		t.Error(what)
	}
}

func TestUnshown(t *testing.T) {
	exists := func(name string) bool { return name == "a.TestB" || name == "script/c" }
	for _, tt := range []struct {
		name, page string
		want       int
	}{
		{"each has its own", "# Head\n\nOne is so. <!-- a.TestB -->\nTwo is (so). <!-- a.TestB, script/c -->\n\n- Three. <!-- script/c -->", 0},
		{"one has none", "One is so. <!-- a.TestB --> Two is so.", 1},
		{"two share one", "One is so. Two is so. <!-- a.TestB -->", 1},
		{"a test is not there", "One is so. <!-- a.TestC -->", 1},
		{"it does not end", "One is so <!-- a.TestB -->", 1},
		{"an empty comment", "One is so. <!-- -->", 1},
		{"a paragraph that promises nothing", "<!-- no promise --> One. Two.", 0},
		{"a dot within a word ends nothing", "The file a.b is so. <!-- a.TestB -->", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := unshown(tt.page, exists); len(got) != tt.want {
				t.Errorf("%d findings, want %d: %q", len(got), tt.want, got)
			}
		})
	}
}
