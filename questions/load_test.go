package questions

import (
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"askahead/domain"

	"github.com/google/go-cmp/cmp"
)

func TestALanguageFileThatCannotBeReadIsNamedWithItsLine(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"unknown heading":       {"language: xx\nscript: Latin\n[quesions]\n", "languages/xx.txt:3: \"quesions\" is not a heading"},
		"unknown list":          {"language: xx\nscript: Latin\n[openings]\n{aux} you\n", "languages/xx.txt:4: no word list {aux} stands above"},
		"no word to go by":      {"language: xx\nscript: Latin\n[openings]\n_ ...\n", "languages/xx.txt:4: \"_ ...\" begins with no word"},
		"no heading":            {"language: xx\nscript: Latin\nwhat about\n", "languages/xx.txt:3: \"what about\" stands under no heading"},
		"unknown script":        {"language: xx\nscript: Klingon\n", "languages/xx.txt:2: \"Klingon\" is not a script of Unicode"},
		"no language":           {"script: Latin\n", "languages/xx.txt: no \"language:\" or \"script:\" line"},
		"too many alternatives": {"language: xx\nscript: Latin\n[openings]\n" + strings.Repeat("(a+b/c+d/e+f/g+h) ", 8) + "\n", "variants"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := newFinder(fstest.MapFS{"languages/xx.txt": {Data: []byte(c.text)}})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

func TestEveryLanguageReadsQuestionsWithAMark(t *testing.T) {
	f := newFinderForTest(t)
	if len(f.languages) < 22 {
		t.Fatalf("%d languages", len(f.languages))
	}
	for _, l := range f.languages {
		if len(l.anchored.rules) == 0 && len(l.anywhere.rules) == 0 {
			t.Errorf("%s has no rules", l.code)
		}
	}
}

func TestAFinderMayBeUsedByMany(t *testing.T) {
	f := newFinderForTest(t)
	a := &domain.Authored{Own: letter}
	want := f.Find(a, "")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				if d := cmp.Diff(want, f.Find(a, "")); d != "" {
					t.Errorf("another answer at the same time:\n%s", d)
				}
			}
		})
	}
	wg.Wait()
}

func TestManyQuestionsAreCut(t *testing.T) {
	f := newFinderForTest(t)
	if n := len(find(f, strings.Repeat("Who pays for the gateway?\n\n", 500))); n != mostQuestions {
		t.Errorf("%d questions, want %d", n, mostQuestions)
	}
}

func TestLanguage(t *testing.T) {
	f := newFinderForTest(t)
	for _, c := range []struct{ text, declared, want string }{
		{"How can civil society groups report incidents?", "", "en"},
		{"How can civil society groups report incidents that they have seen at the border?", "fr", "en"},
		{"WHOIS?", "fr-CA", "fr"},
		{"Почему реестры не отвечают?", "en", "ru"},
		{"誰が決めますか", "", "ja"},
		{"谁来决定", "", "zh"},
		{"비용은 누가 부담합니까?", "", "ko"},
		{"ใครเป็นผู้จ่าย", "", "th"},
		{"چه کسی هزینه آن را می\u200cپردازد؟", "ar", "fa"},
		{"اس کا خرچ کون دے گا؟", "ar", "ur"},
		{"12345", "", "und"},
		{"", "", "und"},
		{"", "en", "en"},
		{"xyzzy", "und", "und"},
	} {
		if got := f.Language(c.text, c.declared); got != c.want {
			t.Errorf("Language(%q, %q) = %q, want %q", c.text, c.declared, got, c.want)
		}
	}
}
