package communities

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"askahead/domain"
	"askahead/internal/golden"
)

// session is what all golden cases are asked in.
func session() domain.Session {
	return domain.Session{ID: "demo", Agenda: []domain.AgendaPoint{
		{ID: "csirt-view", Title: "Views of incident responders", Words: []string{"WHOIS", "incident", "CERT", "vulnerability disclosure"}},
		{ID: "encryption", Title: "Encryption", Words: []string{"encrypt*", "backdoor", "加密"}},
		{ID: "data-protection", Title: "Data protection", Words: []string{"privacy", "données personnelles", "protección de datos"}},
	}}
}

func newTagger(t testing.TB) *Tagger {
	t.Helper()
	tagger, err := New(session(), []Rule{
		{When: map[string][]string{domain.FactList: {"teams.lists.example.org"}}, Tag: map[string]string{"community": "technical"}},
		{When: map[string][]string{domain.FactDomain: {"apc.example", "*.ngo.example"}}, Tag: map[string]string{"community": "civil-society", "region": "african"}},
		{When: map[string][]string{domain.FactChannel: {"ask-*"}, domain.FactRole: {"Member State", "delegate"}}, Tag: map[string]string{"community": "government"}},
		{When: map[string][]string{domain.FactName: {"*(youth)*"}}, Tag: map[string]string{"community": "youth", "theme": "next-generation"}},
	}, []Community{{ID: "youth", Title: "Youth", Names: []string{"youth network", "youth", "réseau jeunesse"}}})
	if err != nil {
		t.Fatal(err)
	}
	return tagger
}

// readCase reads input.txt: facts as "name: value", an empty line, the author's words. The last paragraph is
// the question.
func readCase(t *testing.T, raw string) (*domain.Reading, *domain.Found) {
	t.Helper()
	head, body, ok := strings.Cut(raw, "\n\n")
	if strings.HasPrefix(raw, "\n") {
		head, body, ok = "", raw[1:], true
	}
	if !ok {
		t.Fatal("input.txt: no empty line between facts and text")
	}
	r := &domain.Reading{}
	for line := range strings.Lines(head) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		r.Facts = append(r.Facts, domain.Fact{Name: name, Value: value})
		if name == domain.FactHashtag {
			r.Hashtags = append(r.Hashtags, value)
		}
	}
	r.Own = strings.TrimSpace(body)
	start := strings.LastIndex(r.Own, "\n\n")
	question := strings.TrimSpace(r.Own[start+1:])
	return r, &domain.Found{Text: question, Start: len(r.Own) - len(question), End: len(r.Own)}
}

func render(tags []domain.Tag) string {
	if len(tags) == 0 {
		return "no tag\n"
	}
	var b strings.Builder
	for _, tag := range tags {
		fmt.Fprintf(&b, "%s %s: %s (%s), strength %d\n", tag.Kind, tag.Value, tag.Rule, tag.Evidence, tag.Strength)
	}
	return b.String()
}

func TestGoldenCases(t *testing.T) {
	tagger := newTagger(t)
	dirs, err := filepath.Glob("testcases/*/input.txt")
	if err != nil || len(dirs) < 20 {
		t.Fatalf("%d cases, %v", len(dirs), err)
	}
	for _, input := range dirs {
		dir := filepath.Dir(input)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			raw, err := os.ReadFile(input)
			if err != nil {
				t.Fatal(err)
			}
			r, found := readCase(t, string(raw))
			got := render(tagger.Tags(r, found))
			wantFile := filepath.Join(dir, "want.txt")
			golden.Compare(t, wantFile, got)
		})
	}
}

func TestSelfDeclarations(t *testing.T) {
	tagger := newTagger(t)
	for _, row := range declaredRows(t) {
		t.Run(row.text, func(t *testing.T) {
			tags := tagger.Tags(&domain.Reading{Authored: domain.Authored{Own: row.text}}, &domain.Found{Text: row.text, End: len(row.text)})
			got := "-"
			for _, tag := range tags {
				if tag.Rule == "self-declared" {
					got = tag.Value
					break
				}
			}
			if got != row.want {
				t.Errorf("got %s, want %s: %v", got, row.want, tags)
			}
		})
	}
}

type declaredRow struct{ text, want string }

func declaredRows(t testing.TB) []declaredRow {
	raw, err := os.ReadFile("testcases/declared.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var rows []declaredRow
	for line := range strings.Lines(string(raw)) {
		if text, want, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok && !strings.HasPrefix(line, "#") {
			rows = append(rows, declaredRow{text, want})
		}
	}
	return rows
}

func TestATaggerMayBeUsedConcurrently(t *testing.T) {
	tagger := newTagger(t)
	r := &domain.Reading{Authored: domain.Authored{Own: "I work for an NGO. Why is privacy ignored?"}}
	r.Facts = []domain.Fact{{Name: domain.FactDomain, Value: "x.ac.ke"}}
	want := render(tagger.Tags(r, &domain.Found{Text: "Why is privacy ignored?"}))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				if got := render(tagger.Tags(r, &domain.Found{Text: "Why is privacy ignored?"})); got != want {
					t.Errorf("got %s, want %s", got, want)
				}
			}
		})
	}
	wg.Wait()
}

func TestNewRefusesWhatNoRuleCanMean(t *testing.T) {
	ok := map[string]string{"community": "technical"}
	for name, rule := range map[string]Rule{
		"no condition":      {Tag: ok},
		"no tag":            {When: map[string][]string{"list": {"a"}}},
		"unknown fact":      {When: map[string][]string{"lists": {"a"}}, Tag: ok},
		"fact of no value":  {When: map[string][]string{"list": nil}, Tag: ok},
		"unknown community": {When: map[string][]string{"list": {"a"}}, Tag: map[string]string{"community": "tech"}},
		"unknown region":    {When: map[string][]string{"list": {"a"}}, Tag: map[string]string{"region": "europe"}},
		"unknown kind":      {When: map[string][]string{"list": {"a"}}, Tag: map[string]string{"topic": "x"}},
		"empty value":       {When: map[string][]string{"list": {"a"}}, Tag: map[string]string{"theme": ""}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := New(domain.Session{}, []Rule{rule}, nil); err == nil || !strings.Contains(err.Error(), "rule 1") {
				t.Errorf("got %v, want an error that names rule 1", err)
			}
		})
	}
}

func TestANameIsNeverEvidence(t *testing.T) {
	tagger := newTagger(t)
	r := &domain.Reading{Envelope: domain.Envelope{Author: domain.Author{ID: "ada@apc.example", Name: "Ada Example (youth)"}, Facts: []domain.Fact{
		{Name: domain.FactName, Value: "Ada Example (youth)"}, {Name: domain.FactDomain, Value: "apc.example"}}}}
	tags := tagger.Tags(r, &domain.Found{Text: "Why?"})
	if len(tags) < 3 {
		t.Fatalf("got %v", tags)
	}
	for _, tag := range tags {
		if s := strings.ToLower(fmt.Sprint(tag)); strings.Contains(s, "ada") || strings.Contains(s, "@") {
			t.Errorf("tag %v names the author", tag)
		}
	}
}

func TestAHashtagInATextIsAFactToo(t *testing.T) {
	tagger, err := New(session(), []Rule{{When: map[string][]string{domain.FactHashtag: {"#YouthAtIGF"}}, Tag: map[string]string{"community": "technical"}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := &domain.Reading{Envelope: domain.Envelope{Hashtags: []string{"other", "youthatigf"}, Facts: []domain.Fact{{Name: domain.FactChannel, Value: "ask"}}}}
	if tags := tagger.Tags(r, &domain.Found{}); len(tags) != 1 || tags[0].Evidence != "hashtag youthatigf" {
		t.Errorf("got %v", tags)
	}
	if len(r.Facts) != 1 {
		t.Errorf("the item has the facts %v", r.Facts)
	}
}

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		pattern, s string
		want       bool
	}{
		{"a.example", "a.example", true}, {"*.a.example", "b.a.example", true}, {"*.a.example", "a.example", false},
		{"*", "", true}, {"a*b*c", "a-b-b-c", true}, {"a*b*c", "a-b-b", false}, {"**x**", "x", true}, {"", "x", false},
	} {
		if got := glob(c.pattern, c.s); got != c.want {
			t.Errorf("glob(%q, %q) = %v", c.pattern, c.s, got)
		}
	}
}

func FuzzTags(f *testing.F) {
	tagger := newTagger(f)
	f.Add("I work for an NGO in Kenya.", "x.ac.ke", "civilsociety")
	f.Add("от имени гражданского общества", "пример.рф", "加密")
	f.Add("as a l'’ CSIRT we", "..", "#")
	f.Fuzz(func(t *testing.T, own, dom, tag string) {
		r := &domain.Reading{Authored: domain.Authored{Own: own}}
		r.Facts = []domain.Fact{{Name: domain.FactDomain, Value: dom}, {Name: domain.FactInstance, Value: tag}}
		r.Hashtags = []string{tag}
		seen := map[string]bool{}
		for _, got := range tagger.Tags(r, &domain.Found{Text: own, End: len(own)}) {
			if seen[got.Kind+got.Value] {
				t.Errorf("%s %s twice", got.Kind, got.Value)
			}
			seen[got.Kind+got.Value] = true
			if got.Rule == "" || got.Strength <= 0 || got.Value == domain.Unknown {
				t.Errorf("tag %+v", got)
			}
		}
	})
}

func BenchmarkTags(b *testing.B) {
	tagger := newTagger(b)
	text := strings.Repeat("The way in which indicators are passed on between operators has changed a lot since then, and not for the better. ", 16) +
		"Will the panel say how incident response and privacy can both be had?"
	r := &domain.Reading{Authored: domain.Authored{Own: text}}
	r.Facts = []domain.Fact{{Name: domain.FactSource, Value: "list"}, {Name: domain.FactList, Value: "l.example.org"}, {Name: domain.FactDomain, Value: "lists.cs.example.ac.uk"}}
	found := &domain.Found{Text: text[len(text)-70:], Start: len(text) - 70, End: len(text)}
	b.ReportAllocs()
	for b.Loop() {
		tagger.Tags(r, found)
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		newTagger(b)
	}
}
