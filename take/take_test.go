package take

import (
	"testing"

	"askahead/domain"
)

func TestRule(t *testing.T) {
	item := domain.Envelope{
		Subject:    "Re: [teams] WS164: questions for Paris",
		Recipients: []string{"teams@lists.example.org", "panel@example.org"},
		Hashtags:   []string{"IGF2018"},
		Mentions:   []string{"@askahead@social.example"},
	}
	const own = "Who decides? #ws164questions"
	tests := []struct {
		name string
		rule Rule
		want bool
	}{
		{"no condition takes everything", Rule{}, true},
		{"a word of the subject, case ignored", Rule{Subject: []string{"ws164"}}, true},
		{"a part of a word of the subject is not the word", Rule{Subject: []string{"WS16"}}, false},
		{"a phrase of the subject", Rule{Subject: []string{"questions for paris"}}, true},
		{"an address", Rule{Address: []string{"Panel@Example.org"}}, true},
		{"a domain", Rule{Address: []string{"@lists.example.org"}}, true},
		{"a domain is not the end of another", Rule{Address: []string{"@example"}}, false},
		{"a hashtag that the source names", Rule{Hashtag: []string{"#igf2018"}}, true},
		{"a hashtag in the text, whole", Rule{Hashtag: []string{"WS164"}}, false},
		{"a hashtag in the text", Rule{Hashtag: []string{"WS164questions"}}, true},
		{"a mention", Rule{Mention: []string{"askahead@social.example"}}, true},
		{"any one condition is enough", Rule{Subject: []string{"nothing"}, Hashtag: []string{"IGF2018"}}, true},
		{"thread alone takes nothing by itself", Rule{Thread: true}, false},
		{"an empty phrase takes nothing", Rule{Subject: []string{" "}}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			why, got := tt.rule.Match(&item, own)
			if got != tt.want {
				t.Errorf("taken: %v (%s), want %v", got, why, tt.want)
			}
			if why == "" {
				t.Error("the decision has no reason")
			}
		})
	}
}

func FuzzContainsPhrase(f *testing.F) {
	f.Add("Re: WS164", "ws164")
	f.Add("é\xff#", "#")
	f.Fuzz(func(t *testing.T, text, phrase string) { containsPhrase(text, phrase) })
}
