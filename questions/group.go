package questions

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"askahead/domain"
)

const (
	shortQuestion = 8   // words: one with fewer belongs to the question beside it
	mostContext   = 400 // bytes of context
	leastContext  = 4   // words: a sentence with fewer explains nothing
	mostPromised  = 3   // sentences from one that announces a question to the question
)

// grouping puts the sentences that ask together to questions.
type grouping struct {
	f         *Finder
	s         *scratch
	a         *domain.Authored
	own       string
	declared  string
	names     []string // of the sessions
	addressed bool     // the text names an account or a hashtag at its edges
	text      guess    // of the whole text
	found     []domain.Found

	open   bool // current is being built
	cur    domain.Found
	last   int // index of its last sentence
	first  int
	words  int
	points bool

	promises bool // current is one sentence that only announces a question

	labelled int  // index of the sentence that a label before it announces
	listed   bool // it is in a list

	promised int // one more than the index of the sentence that the last found question is, if it only announces one
}

// add looks at sentence i.
func (g *grouping) add(i int) {
	st := g.s.sentences[i]
	v, l := g.judge(i)
	g.label(i, &v)
	g.s.sentences[i].asked = v.asks
	if g.open && !v.asks {
		if i == g.last+1 && g.quoted() && g.begins(l, reports) {
			g.open = false // not its author's question: "Is it?" Mara asked.
			return
		}
		if i == g.last+1 && g.begins(l, answers) && !g.quoteBetween(g.last, i) {
			g.cur.Kind, g.cur.Why = domain.Rhetorical, g.cur.Why+"; answered by its author"
		}
		g.flush()
		return
	}
	if !v.asks {
		return
	}
	if g.chains(i, v) {
		g.cur.End, g.last, g.words = st.end, i, g.words+v.words
		g.points, g.promises = g.points || v.points, false
		return
	}
	g.flush()
	g.open, g.first, g.last, g.words, g.points, g.promises = true, i, i, v.words, v.points, v.promises
	g.cur = domain.Found{Start: v.from, End: st.end, Kind: v.kind, Why: v.why, Language: g.language(i, l)}
}

// chains tells whether sentence i belongs to the question that is being built: How? And who pays?
func (g *grouping) chains(i int, v verdict) bool {
	return g.open && i == g.last+1 && g.s.sentences[g.last].para == g.s.sentences[i].para && v.kind == g.cur.Kind &&
		(v.follow || v.words < shortQuestion && v.points || g.words < 4) && !g.quoteBetween(g.last, i)
}

// quoteBetween tells whether the author quotes another between sentences i and k. What stands below the quote
// answers it, and not what stands above.
func (g *grouping) quoteBetween(i, k int) bool {
	_, end := g.a.ToText(g.s.sentences[i].start, g.s.sentences[i].end)
	start, _ := g.a.ToText(g.s.sentences[k].start, g.s.sentences[k].end)
	removed := g.a.Removed
	for n := sort.Search(len(removed), func(n int) bool { return removed[n].Start >= end }); n < len(removed) && removed[n].Start < start; n++ {
		if removed[n].What == domain.RemovedQuote {
			return true
		}
	}
	return false
}

// label takes the sentence after a label that stands alone ("Questions for the panel:"), and the list below it.
func (g *grouping) label(i int, v *verdict) {
	st := g.s.sentences[i]
	if v.announces {
		g.labelled, g.listed = i+1, false
		return
	}
	if g.labelled != i || i == 0 {
		return
	}
	listed := st.lineStart && v.from > st.start
	if v.asks || v.words >= 3 && (listed || !g.listed) {
		if !v.asks {
			v.asks, v.kind, v.why = true, domain.Panel, "label before it"
		}
		if listed {
			g.labelled, g.listed = i+1, true
		}
	}
}

// flush ends the question that is being built.
func (g *grouping) flush() {
	if !g.open {
		return
	}
	g.open = false
	g.keepPromise()
	g.cur.Text = fold(g.own[g.cur.Start:g.cur.End])
	g.cur.Context = g.context()
	g.found = append(g.found, g.cur)
	if g.promises {
		g.promised = g.last + 1
	}
}

// keepPromise takes back the sentence that announced the question at hand: it is context then. If no question came, what
// was announced is worth a look all the same.
func (g *grouping) keepPromise() {
	if g.promised == 0 {
		return
	}
	said := &g.s.sentences[g.promised-1]
	if g.cur.Kind != domain.Rhetorical && g.first < g.promised+mostPromised && g.s.sentences[g.first].para == said.para && !g.quoteBetween(g.promised-1, g.first) {
		g.found = g.found[:len(g.found)-1]
		said.asked = false
	}
	g.promised = 0
}

// judge reads sentence i in the language it is written in.
func (g *grouping) judge(i int) (verdict, *language) {
	st := g.s.sentences[i]
	s := g.s
	lex := lexer{words: g.f.words, fold: s.fold}
	from := st.start
	if st.lineStart {
		from += bulletLen([]byte(g.own[st.start:min(st.end, st.start+2*bulletSpan)]))
	}
	s.tokens = lex.tokens(s.tokens[:0], s.buf[from:st.end], from)
	s.fold = lex.fold
	l := g.f.rulesFor(s, g.text)
	if l == nil {
		v := verdict{asks: st.marked && countWords(s.tokens) > 0, kind: domain.Panel, why: "mark", from: from, words: countWords(s.tokens)}
		return v, nil
	}
	j := judgement{g: g, i: i, own: g.own, toks: s.tokens, l: l}
	st.start = from
	v := j.verdict(s, st)
	return v, l
}

// goesOn tells whether sentence i may be the rest of the one before it, at a line break that layout took for
// an end: it begins with a small letter, and nothing ended the other, which began with a capital. Who writes
// without capitals begins all sentences so.
func (g *grouping) goesOn(i int) bool {
	if i == 0 || i >= len(g.s.sentences) {
		return false
	}
	st, before := g.s.sentences[i], g.s.sentences[i-1]
	r, _ := utf8.DecodeRuneInString(g.own[st.start:])
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(g.own[before.start:before.end], "\"'([“"))
	return unicode.IsLower(r) && before.para == st.para && !before.marked && unicode.IsUpper(first) &&
		before.end-before.start >= wrapJoins && lastMark(g.own[before.start:before.end]) == nothing
}

// shouted tells whether sentence i is a heading in capitals: it stands on lines of its own, and the sentence
// below it is written as usual.
func (g *grouping) shouted(i int) bool {
	all := g.s.sentences
	if !all[i].lineStart || i+1 == len(all) || !all[i+1].lineStart {
		return false
	}
	text, below := g.own[all[i].start:all[i].end], g.own[all[i+1].start:all[i+1].end]
	return len(strings.Fields(text)) > 2 && strings.IndexFunc(text, unicode.IsLower) < 0 && strings.IndexFunc(text, unicode.IsUpper) >= 0 &&
		strings.IndexFunc(below, unicode.IsLower) >= 0
}

// begins tells whether the sentence at hand begins by a rule of the section.
func (g *grouping) begins(l *language, want section) bool {
	if l == nil {
		return false
	}
	j := judgement{toks: g.s.tokens, l: l}
	j.starts = j.findStarts(g.s.starts[:0])
	g.s.starts = j.starts
	at, _ := j.begins(want)
	return at >= 0
}

// quoted tells whether the question at hand ends with a quotation mark.
func (g *grouping) quoted() bool {
	last, _ := utf8.DecodeLastRuneInString(g.own[:g.cur.End])
	return isCloser(last) && last != ')' && last != ']'
}

// context is the sentence or two before the question, in its paragraph, that it needs to be understood.
func (g *grouping) context() string {
	q := g.s.sentences[g.first]
	start := -1
	for n, i := 0, g.first-1; i >= 0 && n < 2; n, i = n+1, i-1 {
		st := g.s.sentences[i]
		if st.para != q.para && (!g.points || n > 0 || st.para != q.para-1) {
			break
		}
		if len(strings.Fields(g.own[st.start:min(st.end, st.start+longRun)])) < leastContext && g.own[st.start] < utf8.RuneSelf {
			break // "Good morning."
		}
		if st.asked || st.heading || q.start-st.start > mostContext || g.quoteBetween(i, i+1) {
			break
		}
		start = st.start
	}
	if start < 0 {
		return ""
	}
	return fold(g.own[start:g.s.sentences[g.first-1].end])
}
