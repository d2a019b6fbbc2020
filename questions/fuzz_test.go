package questions

import (
	"strings"
	"testing"
	"unicode/utf8"

	"askahead/domain"
	"askahead/internal/linear"

	"github.com/google/go-cmp/cmp"
)

func FuzzFind(f *testing.F) {
	finder := newFinderForTest(f)
	for _, seed := range []string{
		letter, "¿Quién? ;", "誰が？", "ποιος;", "Ո՞վ։", "Q: who\n\n- a?\n1. b", "\"Why?\" he said.", "a\xff?b", "\x1f?\x1f\x1f",
		"1. a 2. b 3. c", "https://example.org/?", ". . . .", "?!?!", "\u037e", "Dr. U.S. e.g. 12. Juni", "x\r\n\r\ny?", "»?«", strings.Repeat("\xb4", 300), "a? :-) b? >:)", "\"a? B?\" c “d?", "WHAT IS IT?\nIt is.", "The Title?\nthe rest",
		"« Qui ? » a.The b.[1][2] N°. 5", "《？》（？）。（a？）“b", "１）a。 [1] b", "a？. . . . B - C? - D", "ครับ ก", "@a@b.org c? http://d？e", "EE. UU. z. B.",
	} {
		f.Add(seed, "", 0, 0)
	}
	f.Fuzz(func(t *testing.T, text, declared string, markStart, markLen int) {
		a := &domain.Authored{Own: text}
		if markStart >= 0 && markLen >= 0 && markStart <= len(text) && markLen <= len(text)-markStart {
			a.Marks = []domain.Span{{Start: markStart, End: markStart + markLen, What: domain.MarkCode}}
		}
		found := finder.Find(a, declared, "The Title?", "T1")
		end := 0
		for _, q := range found {
			if q.Start < end || q.End <= q.Start || q.End > len(text) {
				t.Fatalf("question [%d,%d) after %d in %d bytes", q.Start, q.End, end, len(text))
			}
			end = q.End
			if utf8.ValidString(text) && len(a.Marks) == 0 && !(onRune(text, q.Start) && onRune(text, q.End)) {
				t.Fatalf("question [%d,%d) cuts a rune of %q", q.Start, q.End, text)
			}
			if q.Text == "" || q.Why == "" || q.Kind == "" || q.Language == "" {
				t.Fatalf("question says too little: %+v", q)
			}
		}
		if len(found) > mostQuestions {
			t.Fatalf("%d questions", len(found))
		}
		if d := cmp.Diff(found, finder.Find(a, declared, "The Title?", "T1")); d != "" {
			t.Fatalf("the same text gives other questions:\n%s", d)
		}
		end = 0
		for _, s := range finder.Sentences(text) {
			if s.Start < end || s.End <= s.Start || s.End > len(text) {
				t.Fatalf("sentence [%d,%d) after %d in %d bytes", s.Start, s.End, end, len(text))
			}
			if utf8.ValidString(text) && !(onRune(text, s.Start) && onRune(text, s.End)) {
				t.Fatalf("sentence [%d,%d) cuts a rune of %q", s.Start, s.End, text)
			}
			end = s.End
		}
		finder.Language(text, declared)
	})
}

func onRune(text string, i int) bool { return i == len(text) || utf8.RuneStart(text[i]) }

// Each of these texts costs the square of its length in a scanner that looks ahead or back too far.
func TestHostileTextCostsNoMoreThanItsLength(t *testing.T) {
	f := newFinderForTest(t)
	for name, unit := range map[string]string{
		"question marks": "?", "spaces": " ", "one letter": "a", "full stops": ".", "stop and spaces": ".          ",
		"closing quotes": "”", "brackets": ")", "a question in each line": "why?\n", "list marks": "1. a ", "initials": "A. ",
		"wide letters": "吗", "combining marks": "\u0301", "commas": "so, ", "no-break spaces": ".\u00a0\u00a0\u00a0", "invalid bytes": "\xff",
		"quotation marks": "\" ", "ellipses": ". . ", "gaps": "i would really like to ask ", "empty lines": "\n", "links": "http://a/?b ",
		"covers": "\x1f", "Greek": "ποιος;", "hyphens": "a-", "apostrophes": "l'", "stop, then digits": ". 1", "hashtags": "#a", "smileys": " :-)", "eyes": " :", "noses": ":-",
		"quoted questions": "\"a? ", "open quotation marks": "“a? ", "asides": "(a? ", "titles of sessions": "The Title? ",
		"opening Spanish marks": "¿", "opening French quotes": "«", "closing French quotes": "? »", "opening brackets": "(", "danda": "।", "Thai letters": "ก",
		"Thai ends": "ครับ ", "titles": "《？", "wide brackets": "（", "closed wide brackets": "（）", "footnotes": ".[1]", "digits in brackets": "[1]", "glued": "aa.The",
		"marks at": "@", "slashes": "/", "dashes": "? - A", "wide stops": "。（", "clauses": ", why", "lines of Windows": "a\r\n",
		"announcements": "I have a question for the panel. ", "wide spaces": "\u3000?", "marks of Greek without letters": "»;", "colons of Armenian without letters": "»:", "direction marks": "\u202a.", "schemes": "a://", "small marks": "a. b. ",
	} {
		t.Run(name, func(t *testing.T) {
			linear.Check(t, (8<<10)/len(unit), func(n int) {
				if found := find(f, strings.Repeat(unit, n)); len(found) > mostQuestions {
					t.Errorf("%d questions, want at most %d", len(found), mostQuestions)
				}
			})
		})
	}
}

func find(f *Finder, text string) []domain.Found {
	return f.Find(&domain.Authored{Own: text}, "", "The Title?")
}
