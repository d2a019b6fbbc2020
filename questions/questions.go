package questions

import (
	"strings"
	"sync"

	"askahead/domain"
)

// mostQuestions is how many questions of one text are kept: no person asks more in one mail.
const mostQuestions = 200

// Finder finds questions. It is immutable after New and safe for concurrent use.
type Finder struct {
	words     *vocabulary
	common    []uint32        // by word id: the languages in which the word is a common one
	known     []uint32        // by word id: the languages whose file holds the word at all
	letters   map[rune]uint32 // the languages that alone use a letter
	stops     map[string]stopKinds
	ends      []string // words after which a sentence ends at a space
	months    map[string]bool
	languages []*language
	pool      pool
}

// pool keeps the memory of calls for the next ones.
type pool struct{ sync.Pool }

func (p *pool) Get() any {
	if s := p.Pool.Get(); s != nil {
		return s
	}
	return &scratch{}
}

// verdict is what the rules say of a sentence.
type verdict struct {
	asks   bool
	kind   domain.Kind
	why    string
	follow bool // begins like a follow-up of the question before it
	points bool // points back to something said before
	from   int  // byte where the question begins: after its list mark
	words  int

	announces bool // it says that a question follows: "Questions for the panel:"
	promises  bool // so it does, but the question may be a few sentences away: "I have a question for Ms Okoro."
}

// Find gives the questions that the author of a asks, in order and not overlapping, at most 200. declared is
// the language that the source declares (BCP 47), "" if none. names are what the sessions are called that the
// text is read for: a request that says one of them is addressed to the session. Spans are bytes of a.Own.
// Parts that a.Marks names as something else than prose (code, logs, greetings, …) hold no questions.
func (f *Finder) Find(a *domain.Authored, declared string, names ...string) []domain.Found {
	s := f.pool.Get().(*scratch)
	defer f.pool.Put(s)
	s.layout(a.Own, a.Marks)
	text := f.cutUp(s, declared)
	s.headings(a.Marks)
	s.quotesOf = -1
	g := grouping{f: f, s: s, a: a, own: a.Own, declared: declared, names: names, addressed: addressed(a), text: text}
	for i := range s.sentences {
		g.add(i)
		if len(g.found) >= mostQuestions {
			break
		}
	}
	g.flush()
	return g.found[:min(len(g.found), mostQuestions)]
}

// headings notes which sentences are headings.
func (s *scratch) headings(marks []domain.Span) {
	i := 0
	for _, m := range marks {
		if m.What != domain.MarkHeading {
			continue
		}
		for i < len(s.sentences) && s.sentences[i].end <= m.Start {
			i++
		}
		for j := i; j < len(s.sentences) && s.sentences[j].start < m.End; j++ {
			s.sentences[j].heading = true
		}
	}
}

// addressed tells whether the text names an account or a hashtag: a request in it has an addressee.
func addressed(a *domain.Authored) bool {
	for _, m := range a.Marks {
		if m.What == domain.MarkAddress {
			return true
		}
	}
	return false
}

// fold writes white space as single spaces and leaves out what is around.
func fold(text string) string { return strings.Join(strings.Fields(text), " ") }
