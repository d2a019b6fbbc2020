package topics

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"askahead/domain"
	"askahead/internal/linear"
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

func TestARepresentativeGreetsNobody(t *testing.T) {
	plain := domain.Question{ID: "b", Language: "en", Text: "How can CERTs contact domain owners when WHOIS is hidden?"}
	greets := plain
	greets.ID, greets.Text = "a", "Dear all, how can CERTs contact domain owners when WHOIS is hidden?"
	for _, list := range [][]domain.Question{{plain, greets}, {greets, plain}} {
		if got := list[Representative(list)].ID; got != "b" {
			t.Errorf("question %s", got)
		}
	}
}

func TestTheRepresentativeOfAVeryLargeTopicDoesNotDependOnTheOrder(t *testing.T) {
	var all []domain.Question
	for i := range 3 * maxCompared {
		q := benchA
		q.ID, q.Published = fmt.Sprintf("q%04d", (i*7)%1000), time.Unix(int64(i%50), 0)
		if i%3 == 0 {
			q.Text = strings.ToLower(q.Text[:len(q.Text)-1])
		}
		all = append(all, q)
	}
	want := all[Representative(all)].ID
	slices.Reverse(all)
	if got := all[Representative(all)].ID; got != want {
		t.Errorf("%s, and in the opposite order %s", want, got)
	}
}

func TestWhatWasSaidBeforeJoinsOnlyWhatIsAlmostTheSame(t *testing.T) {
	about := "The registries have hidden the WHOIS records of domain owners since May."
	a := domain.Question{Language: "en", Text: "How do response teams contact a domain owner?"}
	almost := domain.Question{Language: "en", Text: "What must response teams do to notify someone who owns a domain?"}
	other := domain.Question{Language: "en", Text: "Which fees do registrars charge their customers?"}
	for name, b := range map[string]domain.Question{"almost": almost, "other": other} {
		plain := Similarity(a, b)
		withA, withB := a, b
		withA.Context, withB.Context = about, about
		near := Similarity(withA, withB)
		withB.Context = "Coffee is served in the lobby between the sessions."
		far := Similarity(withA, withB)
		if near < plain || near > plain+0.06 || far > near {
			t.Errorf("%s: %.3f without context, %.3f with the same, %.3f with another", name, plain, near, far)
		}
		if name == "almost" && near <= plain {
			t.Errorf("the same context counts nothing: %.3f, %.3f", plain, near)
		}
		if name == "other" && near >= Same {
			t.Errorf("other questions meet through what was said before: %.3f", near)
		}
	}
}

func TestTheWayMatters(t *testing.T) {
	for _, p := range [][3]string{
		{"en", "How are complaints passed on from registrars to registries?", "How are complaints passed on from registries to registrars?"},
		{"zh", "从北京到上海的火车要多长时间才能到达？", "从上海到北京的火车要多长时间才能到达？"},
	} {
		if s := Similarity(domain.Question{Text: p[1], Language: p[0]}, domain.Question{Text: p[2], Language: p[0]}); s >= Same {
			t.Errorf("%q and back: %.2f", p[1], s)
		}
	}
}

func TestWordsOfOneMeaningCountForOneAnother(t *testing.T) {
	a := domain.Question{Language: "en", Text: "Is an absurd duty of small registrars lawful?"}
	b, c := a, a
	b.Text = "Is a ridiculous duty of small registrars lawful?"
	c.Text = "Is a lucrative duty of small registrars lawful?"
	if x, y := Similarity(a, b), Similarity(a, c); x < Same || y >= x-0.1 {
		t.Errorf("ridiculous %.2f, lucrative %.2f", x, y)
	}
	if w := weightOfEnglish("time"); w >= weightOfEnglish("encrypt") {
		t.Errorf("time weighs %.2f, encrypt %.2f", w, weightOfEnglish("encrypt"))
	}
}

func TestEitherOrDeniesNothing(t *testing.T) {
	for text, want := range map[string]bool{"这样做对不对？": false, "该不该公开？": false, "为什么不公开？": true} {
		if got := analyse(domain.Question{Text: text, Language: "zh"}).negated; got != want {
			t.Errorf("%s denies: %v", text, got)
		}
	}
}

// One repeated character must cost what other texts of its length cost.
func TestWorkGrowsWithTheTextAlone(t *testing.T) {
	for _, s := range []string{"a", "谁", "가", "no ", "1. ", "RT @a: ", "好不", "a'", "-\n", "?"} {
		linear.Check(t, 4000, func(n int) { analyse(domain.Question{Text: strings.Repeat(s, n), Language: "en"}) })
	}
}

func FuzzGroup(f *testing.F) {
	f.Add("Who pays?\x00Who pays for it?\x00谁付钱？")
	f.Add(benchA.Text + "\x00" + benchB.Text + "\x00\x00RT @x: 1. ?")
	f.Fuzz(func(t *testing.T, texts string) {
		var list []domain.Question
		for i, text := range strings.SplitN(texts, "\x00", 20) {
			list = append(list, domain.Question{ID: fmt.Sprint(i), Text: text, Language: "en"})
		}
		placed := 0
		for _, c := range Group(list) {
			placed += len(c.Questions)
			for _, i := range c.Questions {
				if i != c.Leader && Similarity(list[c.Leader], list[i]) < Same {
					t.Fatalf("%q is not like %q, which leads it", list[i].Text, list[c.Leader].Text)
				}
			}
		}
		if placed != len(list) {
			t.Fatalf("%d of %d placed", placed, len(list))
		}
	})
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
