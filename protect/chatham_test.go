package protect

import (
	"testing"

	"askahead/domain"
)

func TestChathamHouseRule(t *testing.T) {
	for _, c := range []struct {
		place, text string
		want        bool
	}{
		{"subject", "Chatham House Rule: who pays?", true},
		{"subject", "[Chatham House Rule] who pays?", true},
		{"subject", "[CHR] who pays?", true},
		{"subject", "Who pays? (CHR)", true},
		{"subject", "Under the Chatham House Rule: who pays?", true},
		{"header", "X-TLP: TLP:GREEN, tlp:ex:chr", true},
		{"hashtag", "ChathamHouseRule", true},
		{"warning", "Chatham House Rule", true},
		{"text", "Under the Chatham House Rule.\n\nWho pays?", true},
		{"text", "CHR\n\nWho pays?", true},
		{"text", "Chatham House rules apply.\nWho pays?", true},
		{"text", "I write under the Chatham-House Rule. Who pays?", true},
		{"text", "This mail is subject to the Chatham\nHouse Rule.\nWho pays?", true},
		{"text", "per Chatham House Rule, who pays?", true},
		{"text", "Chatham House's rule applies to this. Who pays?", true},
		{"text", "Es gilt die Chatham-House-Regel. Wer zahlt?", true},
		{"text", "Sous la règle de Chatham House : qui paie ?", true},
		{"text", "tlp:ex:chr\nWho pays?", true},
		{"text", "Does the Chatham House Rule apply to the panel?", false},
		{"text", "What is the Chatham House Rule?", false},
		{"text", "Will the session be held under the Chatham House Rule?", false},
		{"text", "Chatham House Rule, what is it?\n", true}, // in doubt, no name
		{"text", "A question about the Chatham House Rule. Who knows it?", false},
		{"text", "I work at Chatham House. Who pays?", false},
		{"text", "The report of Chatham House says so. Why?", false},
		{"text", "CHROME is a browser. Why?", false},
		{"text", "chr is short for character. Why?", false},
		{"text", "Who pays?", false},
	} {
		t.Run(c.place+" "+c.text, func(t *testing.T) {
			if got := Label(labelled(t, c.place, c.text), domain.Green).NoName; got != c.want {
				t.Errorf("got %v", got)
			}
		})
	}
}
