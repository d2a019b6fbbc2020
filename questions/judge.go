package questions

import (
	"strings"

	"askahead/domain"
)

// mostLeadIns is how many words and marks may stand before the words that ask.
const mostLeadIns = 12

// judgement is the rules of one language at work on the tokens of one sentence.
type judgement struct {
	g      *grouping // of the text
	i      int       // the sentence
	own    string
	toks   []token
	l      *language
	seen   uint32           // sections of which a rule holds
	hits   [numSections]hit // where
	starts []int            // where the sentence proper may begin
}

// verdict is what the rules say of the sentence.
func (j *judgement) verdict(s *scratch, st sentence) verdict {
	v := verdict{kind: domain.Panel, from: st.start, words: countWords(j.toks)}
	if v.words == 0 {
		return v
	}
	s.starts = j.findStarts(s.starts[:0])
	j.starts = s.starts
	if at, _ := j.begins(reactions); at >= 0 {
		return v
	}
	j.scan(&j.l.anywhere)
	if at, _ := j.holds(fillers); at >= 0 && countWords(j.toks[:at]) > 1 && j.at(at-1, openings) < 0 {
		return v // but: Who pays, do you know?
	}
	label := j.skipLabel(&v)
	if st.marked {
		v.asks, v.why = j.marked(st)
		if v.asks && st.cut {
			v.asks, _ = j.built(true)
		}
	} else if !st.heading && !j.reported() {
		last := lastMark(j.own[st.start:st.end])
		v.asks, v.why = j.unmarked(last)
		v.announces = last == announced && j.announces()
		at, _ := j.holds(announcements)
		v.promises = at >= 0
	}
	if label != "" {
		v.asks, v.why = true, "label: "+label
	}
	if !v.asks {
		return v
	}
	j.follow(&v)
	j.kind(&v)
	if label == "" {
		j.others(st, &v)
	}
	return v
}

// skipLabel leaves out a label before a question ("Q:", "Question for the panel:") and tells its words.
func (j *judgement) skipLabel(v *verdict) string {
	at, end := j.begins(labels)
	if at < 0 {
		return ""
	}
	label := j.said(at, end)
	for end < len(j.toks) && !j.toks[end].id.isWord() && j.toks[end].id != openMark {
		end++
	}
	if countWords(j.toks[end:]) < 2 {
		return ""
	}
	v.from = j.toks[end].start
	return label
}

func countWords(toks []token) int {
	n := 0
	for _, t := range toks {
		if t.id.isWord() && t.id != number {
			n++
		}
	}
	return n
}

// findStarts collects the tokens at which the sentence proper may begin: its first one, and those after
// lead-ins ("So, I mean, …"), quotation marks and repeated words ("do, do you").
func (j *judgement) findStarts(out []int) []int {
	for i := 0; i < len(j.toks) && i < mostLeadIns; i++ {
		id := j.toks[i].id
		if !id.isWord() {
			continue
		}
		out = append(out, i)
		if end := j.at(i, leadPhrases); end >= 0 {
			i = end - 1
			continue
		}
		next := i + 1
		for next < len(j.toks) && !j.toks[next].id.isWord() {
			next++
		}
		repeated := next < len(j.toks) && id != unknownWord && j.toks[next].id == id
		if !repeated && !j.l.leadIn.has(id) && id != mention && id != hashtag {
			break
		}
	}
	return out
}

// clauseStart tells whether a part of the sentence begins at token i.
func (j *judgement) clauseStart(i int) bool {
	if i == 0 {
		return true
	}
	switch j.toks[i-1].id {
	case comma, colon, semicolon, dash, quote, openMark, stop:
		return true
	}
	return false
}

// at finds where a rule of a section ends that begins at token i; -1 if there is none.
func (j *judgement) at(i int, want section) int {
	x := &j.l.anchored
	for k := 0; k <= anchorKeys && i+k < len(j.toks); k++ {
		id := j.toks[i+k].id
		if x.sections[id]&(1<<want) == 0 {
			continue
		}
		for _, n := range x.at(id) {
			r := &x.rules[n]
			if r.section != want || r.key != k {
				continue
			}
			if end := r.match(j.toks, i); end >= 0 {
				return end
			}
		}
	}
	return -1
}

// begins finds the tokens between which a rule of a section holds that begins at one of the starts; -1 if
// none does.
func (j *judgement) begins(want section) (at, end int) {
	for _, i := range j.starts {
		if end := j.at(i, want); end >= 0 {
			return i, end
		}
	}
	return -1, -1
}

// hit is where a rule holds: between two tokens.
type hit struct{ at, end int }

// scan notes, for each section of an index, the first place where one of its rules holds.
func (j *judgement) scan(x *ruleIndex) {
	for i := range j.toks {
		id := j.toks[i].id
		if x.sections[id]&^j.seen == 0 {
			continue
		}
		for _, n := range x.at(id) {
			r := &x.rules[n]
			begin := i - r.key
			if begin < 0 || j.seen&(1<<r.section) != 0 {
				continue
			}
			if end := r.match(j.toks, begin); end >= 0 {
				j.seen |= 1 << r.section
				j.hits[r.section] = hit{begin, end}
			}
		}
	}
}

// holds tells between which tokens a rule of a section holds that may stand anywhere; -1 if none does.
func (j *judgement) holds(want section) (at, end int) {
	if j.seen&(1<<want) == 0 {
		return -1, -1
	}
	return j.hits[want].at, j.hits[want].end
}

// said gives the words of the sentence between two tokens, as the reason of a decision.
func (j *judgement) said(at, end int) string {
	return strings.ToLower(fold(j.own[j.toks[at].start:j.toks[end-1].end]))
}

// marked decides on a sentence that ends with a question mark.
func (j *judgement) marked(st sentence) (bool, string) {
	if countWords(j.toks) <= 3 && shouted(j.own[:st.end]) {
		return false, "" // What?!
	}
	if j.asideOnly() {
		return false, "" // the Holliman (sp?)
	}
	if at := j.quoted(); at > 0 {
		return j.leadsTo(at)
	}
	if at, end := j.holds(indirect); at >= 0 {
		return true, "mark; indirect: " + j.said(at, end)
	}
	return true, "mark"
}

// leadsTo tells whether what stands before a quotation at token i asks, for the words in it are somebody else's:
// What do you mean by "openness?" The question is "Who pays?"
func (j *judgement) leadsTo(i int) (bool, string) {
	if ok, why := j.built(false); ok {
		return true, "mark; " + why
	}
	if at, end := j.holds(indirect); at >= 0 && end <= i+1 {
		return true, "mark; indirect: " + j.said(at, end)
	}
	return false, ""
}

// announces tells whether a sentence that ends with a colon says that a question follows.
func (j *judgement) announces() bool {
	if at, _ := j.begins(labels); at >= 0 {
		return true
	}
	at, _ := j.holds(indirect)
	return at >= 0
}

// unmarked decides on a sentence without one. A sentence that its author ended with a full stop asks only
// if it is built as a question from its first words; one that ends with nothing needs less. How the rest of
// a sentence or a title is built says nothing.
func (j *judgement) unmarked(last mark) (bool, string) {
	if last == announced {
		return false, "" // it says that something follows
	}
	if last != exclaimed {
		ok, why := j.built(last == nothing)
		if ok && last == nothing && j.g.goesOn(j.i+1) {
			ok, why = j.built(false)
		}
		if ok && !j.g.goesOn(j.i) && !j.title() {
			return true, why
		}
	}
	if at, end := j.holds(indirect); at >= 0 {
		return true, "indirect: " + j.said(at, end)
	}
	if at, end := j.holds(requests); at >= 0 && (j.g.addressed || j.names() || j.g.addressedTo(j.i)) {
		return true, "request: " + j.said(at, end)
	}
	return false, ""
}

// built tells whether the sentence is built as a question. What states something with its lead-in does so as
// a whole: So do I.
func (j *judgement) built(loose bool) (bool, string) {
	for _, i := range j.starts {
		if j.at(i, statements) >= 0 {
			break
		}
		end := j.at(i, openings)
		if end < 0 && loose {
			end = j.at(i, hints)
		}
		if end >= 0 {
			return true, "opening: " + j.said(i, end)
		}
	}
	if at, end := j.holds(endings); at >= 0 {
		return true, "ending: " + j.said(at, end)
	}
	if !loose {
		return false, ""
	}
	tells := j.seen&(1<<told) != 0
	if at, end := j.holds(openEndings); at > 0 && !tells {
		return true, "ending: " + j.said(at, end)
	}
	if at, _ := j.begins(statements); at < 0 && !tells {
		if at, end := j.holds(signs); at >= 0 {
			return true, "word: " + j.said(at, end)
		}
	}
	for i := 1; i < len(j.toks); i++ {
		if !j.clauseStart(i) || j.at(i, statements) >= 0 {
			continue
		}
		if end := j.at(i, clauses); end >= 0 {
			return true, "clause: " + j.said(i, end)
		}
	}
	return false, ""
}

// names tells whether the sentence names a hashtag or an account.
func (j *judgement) names() bool {
	for _, t := range j.toks {
		if t.id == hashtag || t.id == mention {
			return true
		}
	}
	return false
}

// follow notes how the question hangs on what stands before it.
func (j *judgement) follow(v *verdict) {
	first := true
	for _, t := range j.toks {
		if !t.id.isWord() {
			continue
		}
		v.follow = v.follow || first && j.l.chain.has(t.id)
		v.points = v.points || j.l.anaphora.has(t.id)
		first = false
	}
}

// kind tells a question for the panel from one about the meeting, and from one that wants no answer.
func (j *judgement) kind(v *verdict) {
	j.scan(&j.l.apart)
	if at, end := j.holds(logistics); at >= 0 {
		v.kind, v.why = domain.Logistics, v.why+"; logistics: "+j.said(at, end)
		return
	}
	if at, end := j.holds(rhetorical); at >= 0 {
		v.kind, v.why = domain.Rhetorical, v.why+"; rhetorical: "+j.said(at, end)
		return
	}
	if at, end := j.holds(tags); at >= 0 && (j.toks[at].id == comma || j.clauseStart(at)) {
		v.kind, v.why = domain.Rhetorical, v.why+"; tag: "+j.said(at, end)
	}
}
