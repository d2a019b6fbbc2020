package questions

import (
	"math/bits"
	"unicode"
)

// language is the rules of one language, as its file states them.
type language struct {
	code    string
	bit     uint32 // its place in the votes of common words
	scripts []*unicode.RangeTable

	small wordSet // what is not written with a capital in titles; empty if all else is neither

	words    wordSet // that its file knows
	leadIn   wordSet // what may stand before the words that ask
	anaphora wordSet // words that point back to what was said before
	chain    wordSet // what begins a follow-up of the question before it

	anchored ruleIndex // rules that begin where a sentence or clause does
	anywhere ruleIndex // rules that hold at any word and tell whether a sentence asks
	apart    ruleIndex // those that tell what for, which need a look only at what asks
}

// wordSet is a set of word ids as bits.
type wordSet []uint64

func (s wordSet) has(id wordID) bool {
	i := int(id >> 6)
	return i < len(s) && s[i]&(1<<(uint(id)&63)) != 0
}

func (s wordSet) with(id wordID) wordSet {
	for len(s) <= int(id>>6) {
		s = append(s, 0)
	}
	s[id>>6] |= 1 << (uint(id) & 63)
	return s
}

// section says what a rule is for. The names are those of the headings in a language file.
type section uint8

const (
	none          section = iota
	openings              // a sentence that begins so asks
	hints                 // so does one without a full stop at its end
	clauses               // so does a part of a sentence after a comma, colon or dash
	statements            // a sentence that begins so does not ask, although an opening fits
	endings               // a sentence that ends so asks
	openEndings           // so does one without a full stop at its end
	signs                 // a sentence without a full stop that holds this asks
	indirect              // a sentence that holds this asks
	requests              // so does this one, if it names the session, an account or a hashtag
	labels                // what follows this and a colon asks
	reactions             // a whole sentence that asks nothing, with a mark or without
	tags                  // a whole sentence, or its end, that only wants a nod
	logistics             // a question that holds this is not for the panel
	rhetorical            // a question that holds this wants no answer
	fillers               // a sentence that ends so asks nothing, even with a mark
	answers               // a sentence that begins so answers the one before it
	reports               // a sentence that begins so tells who asked the quoted one before it
	leadPhrases           // what may stand before the words that ask, in several words
	announcements         // a sentence that ends so only says that a question follows
	told                  // a sentence without a mark that holds this tells what its sign or ending would ask
	numSections
)

func sectionOf(name string) (section, bool) {
	s, ok := map[string]section{
		"openings": openings, "hints": hints, "signs": signs, "endings without a full stop": openEndings,
		"clauses": clauses, "statements": statements, "endings": endings,
		"indirect": indirect, "requests": requests, "labels": labels, "reactions": reactions,
		"tags": tags, "logistics": logistics, "rhetorical": rhetorical, "answers": answers, "fillers": fillers, "reports": reports,
		"told": told, "announcements": announcements,
	}[name]
	return s, ok
}

// rule is one line of a language file, made ready.
type rule struct {
	section section
	elems   []elem
	key     int  // the element that the rule is found by: one that names few and rare words
	toEnd   bool // must reach the end of the sentence
}

// elem is one step of a rule: a word of set, or any one word, or a gap of up to maxGap words.
type elem struct {
	what  elemKind
	id    wordID
	set   wordSet
	loose bool // a comma may stand before it
}

type elemKind uint8

const (
	oneWord elemKind = iota
	oneOf
	anyWord
	gap
)

const maxGap = 6

func (e *elem) matches(id wordID) bool {
	switch e.what {
	case oneWord:
		return e.id == id
	case oneOf:
		return e.set.has(id)
	}
	return id.isWord()
}

// skips tells whether a mark between words does not matter.
func (e *elem) skips(id wordID) bool {
	return id == quote && !e.matches(id) || id == comma && e.loose
}

// match tells where the rule ends if it begins at toks[at], or -1. Quotation marks between words are
// passed over.
func (r *rule) match(toks []token, at int) int {
	if r.cannot(toks, at) {
		return -1
	}
	return matchElems(r.elems, toks, at, r.toEnd)
}

// cannot tells quickly that the rule does not begin at toks[at], by its first two words. Most rules that are tried fail
// there.
func (r *rule) cannot(toks []token, at int) bool {
	for i := 0; i < 2 && i < len(r.elems) && at+i < len(toks); i++ {
		id := toks[at+i].id
		if !id.isWord() {
			return false // a mark, which may be passed over
		}
		switch e := &r.elems[i]; e.what {
		case gap:
			return false
		case oneWord:
			if e.id != id {
				return true
			}
		case oneOf:
			if !e.set.has(id) {
				return true
			}
		}
	}
	return false
}

func matchElems(elems []elem, toks []token, at int, toEnd bool) int {
	for n := range elems {
		e := &elems[n]
		if e.what == gap {
			for skip := 0; skip <= maxGap && at+skip <= len(toks); skip++ {
				if end := matchElems(elems[n+1:], toks, at+skip, toEnd); end >= 0 {
					return end
				}
				if at+skip < len(toks) && !toks[at+skip].id.isWord() && toks[at+skip].id != hyphen && toks[at+skip].id != comma {
					return -1
				}
			}
			return -1
		}
		for at < len(toks) && e.skips(toks[at].id) {
			at++
		}
		if at >= len(toks) || !e.matches(toks[at].id) {
			return -1
		}
		at++
	}
	if toEnd {
		for i := at; i < len(toks); i++ {
			if toks[i].id.isWord() {
				return -1
			}
		}
	}
	return at
}

// ruleIndex finds the rules that may hold at a word.
type ruleIndex struct {
	rules    []rule
	from     []int32  // by word id: where its rules begin in order; one longer than the vocabulary
	sections []uint32 // by word id: the sections of its rules, as bits
	order    []int32
}

// at gives the indices of the rules whose key element takes id.
func (x *ruleIndex) at(id wordID) []int32 { return x.order[x.from[id]:x.from[id+1]] }

// build makes the index for a vocabulary of n words.
func (x *ruleIndex) build(n int) {
	lists := make([][]int32, n)
	x.sections = make([]uint32, n)
	for i := range x.rules {
		r := &x.rules[i]
		r.elems[r.key].each(func(id wordID) {
			lists[id] = append(lists[id], int32(i))
			x.sections[id] |= 1 << r.section
		})
	}
	x.from = make([]int32, n+1)
	for id, list := range lists {
		x.order = append(x.order, list...)
		x.from[id+1] = int32(len(x.order))
	}
}

// each calls f for every word that the element takes; for none if it takes any.
func (e *elem) each(f func(wordID)) {
	switch e.what {
	case oneWord:
		f(e.id)
	case oneOf:
		for i, word := range e.set {
			for ; word != 0; word &= word - 1 {
				f(wordID(i<<6 + bits.TrailingZeros64(word)))
			}
		}
	}
}
