package protect

import (
	"strings"
	"testing"

	"askahead/domain"
)

// asked is the label of a question that stands between other words.
func asked(before, label, question, after string) domain.TLP {
	r := &domain.Reading{}
	r.Own = before + "\n\n" + label + question + "\n\n" + after
	d := Label(r, domain.Clear)
	start := len(before) + 2 + len(label)
	return d.At(start, start+len(question))
}

// FuzzNoWordsElsewhereLoosen puts any words in paragraphs above and below a question with a label in front of it. They may
// make it stricter; nothing but the end of its own passage makes it looser.
func FuzzNoWordsElsewhereLoosen(f *testing.F) {
	for _, s := range []string{
		"Dear colleagues of the working group on incident response,", "We would like to raise something with all of the panel", "TLP:CLEAR",
		"TLP:GREEN\nWho asks?", "[/TLP:RED]", "End of TLP:RED", "What does TLP:RED mean?", "> TLP:CLEAR", "TLP:", "[", "Which label is it:", "TLP:RED vs",
		"```", "a\r", "\x00", strings.Repeat("TLP:CLEAR ", 20), strings.Repeat("x", 300), "when", "CHR", "/",
	} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, before, after string) {
		for label, want := range map[string]domain.TLP{
			"TLP:RED ": domain.Red, "[TLP:AMBER+STRICT]\n": domain.AmberStrict, "TLP:AMBER\n\n": domain.Amber, "#TLPGREEN ": domain.Green,
		} {
			if got := asked(before, label, "Who pays for the reports?", after); got < want {
				t.Errorf("between %q and %q what is marked %q is %v", before, after, label, got)
			}
		}
	})
}
