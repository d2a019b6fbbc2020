package topics

import (
	"slices"
	"strings"
	"testing"

	"askahead/domain"
	"askahead/terms"
)

func TestKeysAreFewSortedAndDistinct(t *testing.T) {
	for _, text := range []string{"", "?!", "Why?", benchA.Text, strings.Repeat(benchB.Text+" ", 50), strings.Repeat("谁", 5000), strings.Repeat("a", 1<<20)} {
		keys := New().Keys(domain.Question{Text: text, Language: "en"})
		if len(keys) == 0 || len(keys) > 16 {
			t.Errorf("%d keys for %.20q", len(keys), text)
		}
		if !slices.IsSorted(keys) || len(slices.Compact(slices.Clone(keys))) != len(keys) {
			t.Errorf("keys of %.20q are not sorted and distinct: %v", text, keys)
		}
	}
}

// Keys are stored: another value would part every question from the topics of yesterday.
func TestKeysAreWhatTheyWere(t *testing.T) {
	keys := New().Keys(domain.Question{Text: "Who keeps the logs?", Language: "en"})
	want := []int64{
		-9135507025282157897, -8486498305890724059, -4830526207497310585,
		3033895845782773138, 3046889663773949636, 7983277835264019737,
	}
	if !slices.Equal(keys, want) {
		t.Errorf("the keys changed: %v", keys)
	}
}

func TestParaphrasesShareAKey(t *testing.T) {
	g := New()
	a, b := g.Keys(benchA), g.Keys(benchB)
	if !slices.ContainsFunc(a, func(k int64) bool { return slices.Contains(b, k) }) {
		t.Error("no key in common")
	}
}

func TestATopicIsPlacedByWhatItsLeaderSaysNow(t *testing.T) {
	g := New()
	topic := domain.Topic{ID: "t", Leader: benchB}
	if got := g.Place(benchA, []domain.Topic{topic}); got != "t" {
		t.Fatalf("placed in %q", got)
	}
	topic.Leader.Text = "Who pays for open source security?" // its author edited it
	if got := g.Place(benchA, []domain.Topic{topic}); got != "" {
		t.Errorf("placed in %q", got)
	}
}

func TestOnlySoManyLeadersAreRemembered(t *testing.T) {
	g := newGrouper(4)
	for _, w := range []string{"alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"} {
		g.Place(benchA, []domain.Topic{{ID: w, Leader: domain.Question{Text: w}}})
	}
	if n := len(g.fresh) + len(g.previous); n > 8 {
		t.Errorf("%d remembered", n)
	}
}

func TestTheLexiconsHoldKnownClassesOnly(t *testing.T) {
	files, err := wordFiles.ReadDir("words")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		data, err := wordFiles.ReadFile("words/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(data)) {
			class, rest, ok := strings.Cut(line, ":")
			switch {
			case strings.HasPrefix(line, "#"):
			case !ok || strings.TrimSpace(rest) == "":
				t.Errorf("%s: no class or no words: %q", f.Name(), line)
			case class == "same":
				if len(strings.Fields(rest)) < 2 && terms.Stem(rest, "en") == rest {
					t.Errorf("%s: one word has no other: %q", f.Name(), line)
				}
			case class == "opposite":
				if strings.Count(rest, "/") != 1 {
					t.Errorf("%s: no two sides: %q", f.Name(), line)
				}
			case classRole(class) == 0:
				t.Errorf("%s: no such class: %q", f.Name(), line)
			}
		}
	}
}

func TestARepresentativeIsTheClearestNotTheLongest(t *testing.T) {
	questions := []domain.Question{
		{ID: "a", Language: "en", Text: "whois owners contact how"},
		{ID: "b", Language: "en", Text: "How can CERTs contact domain owners when WHOIS is hidden?"},
		{ID: "c", Language: "en", Text: "How can CERTs contact domain owners when WHOIS is hidden? " + strings.Repeat("As I have said many times in this working group, this is a thing that bothers us a lot. ", 6)},
		{ID: "d", Language: "en", Text: "HOW CAN CERTS CONTACT DOMAIN OWNERS WHEN WHOIS IS HIDDEN #IGF2018 https://example.org/"},
	}
	if got := Representative(questions); got != 1 {
		t.Errorf("question %s", questions[got].ID)
	}
	slices.Reverse(questions)
	if got := Representative(questions); questions[got].ID != "b" {
		t.Errorf("in another order question %s", questions[got].ID)
	}
	if got := Representative(nil); got != -1 {
		t.Errorf("of no questions %d", got)
	}
}

func FuzzAnalyse(f *testing.F) {
	for _, s := range []string{benchA.Text, "Dear all,\n\nWhy?\n-- \nJane", "#a @b https://c.example ?", "谁应该负责？", "안녕하세요, 누구", "RT @x: Q1: \n\n", "\xff\xfe", "'s n't l'"} {
		f.Add(s, "en")
		f.Add(s, "und")
		f.Add(s, "ko")
	}
	f.Fuzz(func(t *testing.T, text, lang string) {
		a := analyse(domain.Question{Text: text, Language: lang})
		if !slices.IsSorted(a.shingles) || len(a.terms) > maxWeighted || len(a.shingles) > maxShingles {
			t.Fatalf("%d terms, %d shingles", len(a.terms), len(a.shingles))
		}
		if s := score(a, a); s != 1 {
			t.Fatalf("%q is not like itself: %v", text, s)
		}
		b := analyse(benchA)
		if x, y := score(a, b), score(b, a); x != y {
			t.Fatalf("%q: %v one way, %v the other", text, x, y)
		}
	})
}
