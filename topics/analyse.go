package topics

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"askahead/domain"
	"askahead/terms"
)

const (
	maxTokens   = 200 // tokens of a question that count
	maxShingles = 400 // character n-grams of a question that count
	maxWeighted = 64  // terms of a question that are compared: the weightiest

	// weakTotal is the weight of terms below which a question says too little by itself ("Why?", "Who pays for
	// that?") and is only compared together with the sentences before it.
	weakTotal = 1.1
)

// Weights of terms. They are the same for every session: a weight that depended on what was asked before
// would let the order of arrival decide what meets.
const (
	weightLight  = 0.25 // a word that most questions have: get, good, thing
	weightNumber = 0.8
	weightWord   = 1.0
	weightTitle  = 1.3 // a capital inside a sentence: a name
	weightName   = 1.8 // an acronym or a known name
	weightChar   = 0.8 // a character of a script without spaces
	weightPlain  = 0.4 // one of the commonest such characters
	weightPair   = 0   // a pair of them: for the keys alone, since changing the order of words breaks pairs
)

// term is one thing that a question is about.
type term struct {
	hash   uint64
	weight float32
	word   string // as a stem, unless it is a number, a name or characters of a run
}

// features are what of a question is compared with others.
type features struct {
	canon    uint64    // hash of the words that are left without greeting, signature, case and punctuation
	shingles []uint32  // of the same, distinct, sorted
	terms    []term    // distinct, by hash
	total    float32   // sum of the weights
	numbers  []uint64  // distinct, sorted
	names    []uint64  // distinct, sorted: hashes of the terms that are names
	opposite []uint64  // distinct, sorted: see entry.opposite
	asks     role      // the first asking word, 0 if there is none
	from, to uint64    // the term after the first "from", after the first "to"; 0 if there is none
	negated  bool      // an odd number of negations
	context  *features // of the sentences before it, nil if there are none or they count as its own
	english  bool      // its words may be known: see weightOfEnglish
	script   script
	length   int // characters that shingles were made of
}

// analyse reads a question, together with its context where it says too little by itself.
func analyse(q domain.Question) *features {
	f := read(q.Text, q.Language)
	switch {
	case q.Context == "":
	case f.total < weakTotal:
		f = read(q.Context+"\n"+q.Text, q.Language)
	default:
		f.context = read(q.Context, q.Language)
		f.context.shingles = nil // what it is about is all that counts of it
	}
	return f
}

// reader gathers the features of one text.
type reader struct {
	text   string
	lang   string
	lex    *lexicon
	tokens []terms.Token
	canon  []byte
	hangul bool
	greets bool // and says nothing else
	way    role // roleFrom or roleTo after such a word, until the next term
	f      *features
}

func read(text, lang string) *features {
	lang, _, _ = strings.Cut(strings.ToLower(lang), "-")
	text = clean(text)
	r := &reader{text: text, lang: lang, lex: lexiconOf(lang), f: &features{english: lang == "en" || lang == "und" || lang == ""}}
	r.tokens = make([]terms.Token, 0, 32)
	for t := range terms.Scan(text, lang) {
		if r.tokens = append(r.tokens, t); len(r.tokens) == maxTokens {
			break
		}
	}
	r.tokens = r.trim(r.tokens)
	r.read()
	r.finish()
	return r.f
}

// read turns the tokens into terms.
func (r *reader) read() {
	titles := r.trustCapitals()
	r.canon = make([]byte, 0, len(r.text)+1)
	for i, t := range r.tokens {
		// In scripts that need no spaces people set them as they like: "붙잡고싶어", "붙잡고 싶어".
		if len(r.canon) > 0 && (t.Kind != terms.Run || r.tokens[i-1].Kind != terms.Run) {
			r.canon = append(r.canon, ' ')
		}
		if t.Kind == terms.Run {
			r.readRun(t.Word)
			continue
		}
		r.canon = append(r.canon, t.Word...)
		e := r.lex.find(t)
		if e == nil && r.f.english && isMisspeltAsking(t.Stem) {
			continue
		}
		if i > 0 || e == nil || e.roles&roleNegation == 0 { // "Isn't it …" asks what "Is it …" asks
			r.note(e)
		}
		if t.Stop && (e == nil || e.roles&roleName == 0) || e != nil && e.roles&(roleNegation|rolesAsking) != 0 {
			continue
		}
		r.add(t, e, titles && i > 0 && !r.afterEnd(i))
	}
}

// note keeps what a word does besides meaning something.
func (r *reader) note(e *entry) {
	if e == nil {
		return
	}
	if e.roles&roleNegation != 0 {
		r.f.negated = !r.f.negated
	}
	if way := e.roles & (roleFrom | roleTo); way != 0 {
		r.way = way
	}
	if asking := e.roles & rolesAsking; asking != 0 && r.f.asks == 0 {
		r.f.asks = asking
	}
	r.f.opposite = append(r.f.opposite, e.opposite...)
}

// add weighs a word.
func (r *reader) add(t terms.Token, e *entry, title bool) {
	hash, weight, name, word := uint64(0), float32(weightWord), false, ""
	switch {
	case t.Kind == terms.Number:
		weight = weightNumber
	case t.Upper && r.trustUpper(), e != nil && e.roles&roleName != 0:
		weight, name = weightName, true
	case e != nil && e.roles&roleLight != 0:
		weight = weightLight
	case t.Title && title:
		weight = weightTitle
	case r.f.english:
		weight = weightOfEnglish(t.Stem)
	}
	if e != nil && e.same != 0 {
		hash = e.same
	} else if name {
		hash = hashOf(terms.Plain(t.Word))
	} else if t.Stem != "" {
		hash, word = hashOf(t.Stem), t.Stem
	} else {
		hash, word = hashOf(t.Word), t.Word
	}
	if t.Kind == terms.Number {
		word = ""
	}
	if t.Kind == terms.Number {
		r.f.numbers = append(r.f.numbers, hash)
	}
	if name {
		r.f.names = append(r.f.names, hash)
	}
	r.keep(term{hash, weight, word})
}

// keep adds a term, and notes where the way goes.
func (r *reader) keep(t term) {
	r.f.terms = append(r.f.terms, t)
	switch {
	case t.weight == weightPair:
		return
	case r.way == roleFrom && r.f.from == 0:
		r.f.from = t.hash
	case r.way == roleTo && r.f.to == 0:
		r.f.to = t.hash
	}
	r.way = 0
}

// trustCapitals says that capitals inside sentences mark names here: not in German, which writes every noun
// so, nor in a text that writes most words so.
func (r *reader) trustCapitals() bool {
	if r.lang == "de" {
		return false
	}
	words, titles := 0, 0
	for _, t := range r.tokens {
		if t.Kind == terms.Word && !t.Stop {
			words++
			if t.Title {
				titles++
			}
		}
	}
	return titles*2 <= words+1
}

// trustUpper says that capitals mark acronyms here: not in a text that shouts.
func (r *reader) trustUpper() bool {
	words, upper := 0, 0
	for _, t := range r.tokens {
		if t.Kind == terms.Word {
			words++
			if t.Upper {
				upper++
			}
		}
	}
	return upper*2 <= words
}

// afterEnd says that a sentence ended before token i.
func (r *reader) afterEnd(i int) bool {
	return i > 0 && hasEnd(r.text[r.tokens[i-1].End:r.tokens[i].Start])
}

// finish sorts what was gathered and makes the shingles.
func (r *reader) finish() {
	f := r.f
	slices.SortFunc(f.terms, func(a, b term) int {
		return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(b.weight, a.weight))
	})
	f.terms = slices.CompactFunc(f.terms, func(a, b term) bool { return a.hash == b.hash })
	if len(f.terms) > maxWeighted {
		slices.SortStableFunc(f.terms, func(a, b term) int { return cmp.Compare(b.weight, a.weight) })
		f.terms = f.terms[:maxWeighted]
		slices.SortFunc(f.terms, func(a, b term) int { return cmp.Compare(a.hash, b.hash) })
	}
	for _, t := range f.terms {
		f.total += t.weight
	}
	for _, s := range []*[]uint64{&f.numbers, &f.names, &f.opposite} {
		slices.Sort(*s)
		*s = slices.Compact(*s)
	}
	if len(r.canon) == 0 { // no words at all
		r.canon = append(r.canon, r.text...)
	}
	f.canon = hashOf(string(r.canon))
	if r.greets { // in whatever words
		f.canon = hashOf("greeting")
	}
	var runs bool
	f.shingles, f.length, runs = shingles(r.canon)
	switch {
	case runs && r.hangul:
		f.script = scriptHangul
	case runs:
		f.script = scriptHan
	}
}

// script is what of a text's script counts for comparing it.
type script uint8

const (
	scriptSpaced script = iota // words stand between spaces
	scriptHangul
	scriptHan // and others in which nothing stands between words
)

// shingles hashes the overlapping groups of four characters; of two in a text without spaces, where one
// character says as much as several letters.
func shingles(text []byte) (list []uint32, length int, runs bool) {
	var buf [1024]rune
	runes := append(buf[:0], ' ')
	wide := 0
	for i := 0; i < len(text) && len(runes) < maxShingles; {
		c, size := rune(text[i]), 1
		if c >= utf8.RuneSelf {
			c, size = utf8.DecodeRune(text[i:])
		}
		if c >= 0xE00 {
			wide++
		}
		runes = append(runes, c)
		i += size
	}
	runes = append(runes, ' ')
	n := 4
	if runs = wide*2 > len(runes); runs {
		n = 2
	}
	list = make([]uint32, 0, len(runes))
	for i := 0; i+n <= len(runes); i++ {
		var h uint64
		for _, c := range runes[i : i+n] {
			h = h<<21 ^ h>>43 ^ uint64(c)
		}
		list = append(list, uint32(mix(h)))
	}
	slices.Sort(list)
	return slices.Compact(list), len(runes) - 2, runs
}
