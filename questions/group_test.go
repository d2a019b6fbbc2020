package questions

import (
	"strings"
	"testing"

	"askahead/domain"

	"github.com/google/go-cmp/cmp"
)

// quoting gives what a mail's author wrote between lines that quote another.
func quoting(text string) *domain.Authored {
	a := &domain.Authored{Text: text}
	at := 0
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, ">") {
			a.Removed = append(a.Removed, domain.Span{Start: at, End: at + len(line), What: domain.RemovedQuote})
		} else {
			a.Map = append(a.Map, domain.Segment{Own: len(a.Own), Text: at, Len: len(line)})
			a.Own += line
		}
		at += len(line)
	}
	return a
}

func TestAQuotePartsWhatStandsAboveItFromWhatStandsBelow(t *testing.T) {
	f := newFinderForTest(t)
	for _, c := range []struct{ name, text, want string }{
		{"an answer", "Who decides?\nNobody.\n", "rhetorical  Who decides?"},
		{"an answer to the quote", "Who decides?\n> Did you ask?\nNobody.\n", "panel  Who decides?"},
		{"the context", "Registries decide all of that.\nHow do they know it?\n", "panel Registries decide all of that. How do they know it?"},
		{"the context of the quote", "Registries decide all of that.\n> They ask.\nHow do they know it?\n", "panel  How do they know it?"},
		{"a chain", "Who decides in the end? And who pays?\n", "panel  Who decides in the end? And who pays?"},
		{"a chain that is broken", "Who decides in the end?\n> We do.\nAnd who pays?\n", "panel  Who decides in the end?; panel  And who pays?"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, q := range f.Find(quoting(c.text), "") {
				got = append(got, string(q.Kind)+" "+q.Context+" "+q.Text)
			}
			if d := cmp.Diff(c.want, strings.Join(got, "; ")); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}
