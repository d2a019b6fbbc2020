package communities

import (
	"slices"
	"strings"
	"testing"

	"askahead/domain"
)

func TestTheBuiltInThemesAreFoundByTheirWords(t *testing.T) {
	beside, err := Themes()
	if err != nil || len(beside) != 8 {
		t.Fatalf("%d themes, %v", len(beside), err)
	}
	tagger, err := New(domain.Session{Agenda: []domain.AgendaPoint{{ID: "algorithms", Title: "Algorithms", Words: []string{"robot"}}}, Themes: beside}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"Does every connected device need IoT rules?":               "internet-of-things",
		"Wer haftet, wenn Datenschutz verletzt wird?":               "data-privacy",
		"Comment lutter contre le discours de haine ?":              "hate-speech",
		"Which jurisdictions answer an MLAT?":                       "legal-regulatory",
		"谁来监管人工智能？":                                                 "legal-regulatory",
		"Who pays for capacity building?":                           "best-practices",
		"Can the GGE agree on anything?":                            "cyber-diplomacy",
		"Why should users trust you?":                               "trust-cooperation",
		"Will an algorithm decide? The organiser's own words count": "",
		"Does a robot decide?":                                      "algorithms",
		"When is lunch?":                                            "",
		"Are you certain of the age of the train?":                  "",
	} {
		var got []string
		for _, tag := range tagger.Tags(&domain.Reading{}, &domain.Found{Text: text}) {
			got = append(got, tag.Value)
			if tag.Kind != domain.TagTheme || tag.Evidence == "" {
				t.Errorf("%s: %+v", text, tag)
			}
		}
		if want == "" && len(got) > 0 || want != "" && !slices.Contains(got, want) {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

// TestGenderIsNeverInferred, whatever askers say of themselves or are called: there is no tag for it.
func TestGenderIsNeverInferred(t *testing.T) {
	tagger := newTagger(t)
	kinds := []string{domain.TagCommunity, domain.TagRegion, domain.TagTheme}
	for _, pair := range [][2]string{
		{"Soy investigador. ¿Por qué?", "Soy investigadora. ¿Por qué?"}, {"Je suis chercheur. Pourquoi ?", "Je suis chercheuse. Pourquoi ?"},
		{"Ich bin Forscher. Warum?", "Ich bin Forscherin. Warum?"}, {"أنا باحث. لماذا؟", "أنا باحثة. لماذا؟"},
		{"I am a man. Why?", "I am a woman. Why?"}, {"He asks: why?", "She asks: why?"},
	} {
		var values [2][]string
		for i, text := range pair {
			r := &domain.Reading{Authored: domain.Authored{Own: text}}
			r.Facts = []domain.Fact{{Name: domain.FactName, Value: []string{"Mr Example", "Ms Example"}[i]}}
			for _, tag := range tagger.Tags(r, &domain.Found{Text: text, End: len(text)}) {
				if !slices.Contains(kinds, tag.Kind) {
					t.Errorf("%s: a tag of the kind %s", text, tag.Kind)
				}
				values[i] = append(values[i], tag.Value)
			}
		}
		if !slices.Equal(values[0], values[1]) {
			t.Errorf("%q gives %q, and %q gives %q", pair[0], values[0], pair[1], values[1])
		}
	}
	for _, c := range Vocabulary() {
		for _, word := range []string{"women", "men", "gender", "female", "male"} {
			if slices.Contains(strings.Split(c.ID, "-"), word) {
				t.Errorf("%s is a community", c.ID)
			}
		}
	}
}
