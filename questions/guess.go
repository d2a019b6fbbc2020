package questions

import (
	"bytes"
	"math/bits"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/abadojack/whatlanggo"
)

// und is the language of a text whose language is not certain (BCP 47).
const und = "und"

const (
	guessBytes = 500 // of a text are looked at to tell its language
	sureShare  = 36  // percent of the words that must be common ones of a language to be sure of it

	clearVotes = 8 // so many, and three times those of the next language, suffice with half the share

	leastStatistics = 20 // bytes: below, trigrams tell nothing
)

// guess is what is known of the language of a text.
type guess struct {
	code  string    // ISO 639-1; "" if only statistics can tell
	rules *language // that read the text; nil if no language file fits
	maybe string    // the code that its few common words point to
	clear bool      // they point to no other one
}

// Language tells the language of text as ISO 639-1, "und" where it is not certain. declared (BCP 47) is
// believed unless the script or the common words of the text clearly speak against it.
func (f *Finder) Language(text, declared string) string {
	s := f.pool.Get().(*scratch)
	defer f.pool.Put(s)
	s.buf = append(s.buf[:0], text...)
	coverLinks(s.buf)
	return f.settle(f.guess(s, declared), s.buf)
}

// settle gives the code of a guess, asking the statistics where the common words do not suffice. In text, what is
// no prose is covered.
func (f *Finder) settle(g guess, text []byte) string {
	if g.code != "" {
		return g.code
	}
	head := bytes.ReplaceAll(text[:runeCut(text, guessBytes)], []byte{cover}, []byte{' '})
	info := whatlanggo.Detect(string(head))
	if info.Lang >= 0 && info.IsReliable() && len(bytes.TrimSpace(head)) >= leastStatistics {
		if code := info.Lang.Iso6391(); code != "" {
			return code
		}
	}
	if g.maybe != "" {
		return g.maybe
	}
	return und
}

// primary is the language of a BCP 47 tag: "pt-BR" gives "pt".
func primary(tag string) string {
	tag = strings.ToLower(strings.TrimSpace(tag))
	if i := strings.IndexAny(tag, "-_"); i >= 0 {
		tag = tag[:i]
	}
	if len(tag) != 2 && len(tag) != 3 || tag == und {
		return ""
	}
	return tag
}

// byCode finds the rules of a language.
func (f *Finder) byCode(code string) *language {
	for _, l := range f.languages {
		if l.code == code {
			return l
		}
	}
	return nil
}

// guess tells the language of a text by what is declared, its script and its common words.
func (f *Finder) guess(s *scratch, declared string) guess {
	head := s.buf[:runeCut(s.buf, guessBytes)]
	script := scriptOf(head)
	code := primary(declared)
	said := f.byCode(code)
	words := f.count(s, head)
	if script == nil {
		return guess{code: code, rules: said}
	}
	best, most, second := f.winner(s.votes, script)
	if best == nil && script != nil {
		best = f.byRules(s, script)
	}
	if said != nil && said.writtenIn(script) {
		own := s.votes[f.index(said)]
		if best == nil || best == said || most < 4 || own*3 > most {
			return guess{code: said.code, rules: said}
		}
	}
	if code != "" && said == nil && !f.hasRules(script) {
		return guess{code: code}
	}
	g := guess{rules: best}
	switch {
	case best == nil:
		if script == unicode.Latin {
			g.rules = f.byCode("en") // an opening of English words is still one
		}
		g.code = code
	case f.alone(script) && script != unicode.Devanagari,
		most >= 2 && most*100 >= words*sureShare && most > second,
		most >= clearVotes && most >= 3*second && most*200 >= words*sureShare:
		g.code = best.code
	default:
		g.maybe, g.clear = best.code, most >= 4 && most >= 3*second
		if code != "" && said == nil {
			g.maybe = code
		}
	}
	return g
}

// byRules breaks a tie of the common words: it is the language whose rules know most words of the tokens at hand, nil if
// that is a tie too.
func (f *Finder) byRules(s *scratch, script *unicode.RangeTable) *language {
	for _, t := range s.tokens {
		if t.id >= firstWord {
			f.vote(s.votes, f.known[t.id])
		}
	}
	best, _, _ := f.winner(s.votes, script)
	return best
}

// hasRules tells whether a language file is written in the script.
func (f *Finder) hasRules(script *unicode.RangeTable) bool {
	for _, l := range f.languages {
		if l.writtenIn(script) {
			return true
		}
	}
	return false
}

// alone tells whether just one language file is written in the script.
func (f *Finder) alone(script *unicode.RangeTable) bool {
	n := 0
	for _, l := range f.languages {
		if l.writtenIn(script) {
			n++
		}
	}
	return n == 1
}

func runeCut(b []byte, n int) int {
	if len(b) <= n {
		return len(b)
	}
	for n > 0 && !utf8.RuneStart(b[n]) {
		n--
	}
	return n
}

func (l *language) writtenIn(script *unicode.RangeTable) bool {
	for _, s := range l.scripts {
		if s == script {
			return true
		}
	}
	return false
}

func (f *Finder) index(l *language) int {
	for i, x := range f.languages {
		if x == l {
			return i
		}
	}
	return -1
}

// count fills s.votes with the number of words of head that are common in each language, and of letters
// that only it uses; it gives the number of all words.
func (f *Finder) count(s *scratch, head []byte) int {
	if cap(s.votes) < len(f.languages) {
		s.votes = make([]int, len(f.languages))
	}
	s.votes = s.votes[:len(f.languages)]
	clear(s.votes)
	lex := lexer{words: f.words, fold: s.fold}
	s.tokens = lex.tokens(s.tokens[:0], head, 0)
	s.fold = lex.fold
	n := 0
	for _, t := range s.tokens {
		if t.id == unknownWord || t.id >= firstWord {
			f.vote(s.votes, f.common[t.id])
			n++
		}
	}
	for i := 0; i < len(head); {
		if head[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(head[i:])
		f.vote(s.votes, f.letters[r])
		i += size
	}
	return n
}

func (f *Finder) vote(votes []int, languages uint32) {
	for mask := languages; mask != 0; mask &= mask - 1 {
		votes[bits.TrailingZeros32(mask)]++
	}
}

// winner is the language with most votes among those written in script, its votes, and those of the next.
// It is nil where two have as many. A script that only one of the languages uses needs no votes.
func (f *Finder) winner(votes []int, script *unicode.RangeTable) (best *language, most, second int) {
	for i, l := range f.languages {
		if !l.writtenIn(script) {
			continue
		}
		switch n := votes[i]; {
		case n > most || best == nil:
			best, second, most = l, most, n
		case n > second:
			second = n
		}
	}
	if !f.alone(script) && most == second {
		return nil, most, second
	}
	return best, most, second
}

// rulesFor is the rules that read the sentence at hand: those of the text, unless its words are clearly of
// another language.
func (f *Finder) rulesFor(s *scratch, text guess) *language {
	own, other := 0, 0
	var bit uint32
	if text.rules != nil {
		bit = text.rules.bit
	}
	for _, t := range s.tokens {
		if m := f.common[t.id]; m&bit != 0 {
			own++
		} else if m != 0 {
			other++
		}
	}
	if other <= own+1 && text.rules != nil {
		return text.rules
	}
	votes := s.votes[:len(f.languages)]
	clear(votes)
	for _, t := range s.tokens {
		f.vote(votes, f.common[t.id])
	}
	var best *language
	most := own + 1
	for i, l := range f.languages {
		if votes[i] > most {
			best, most = l, votes[i]
		}
	}
	if best == nil {
		return text.rules
	}
	return best
}

// language is the code that a found question carries.
func (g *grouping) language(i int, l *language) string {
	if l != nil && l != g.text.rules && g.text.rules != nil {
		return l.code
	}
	if g.text.code == "" && g.text.clear {
		g.text.code = g.text.maybe // the statistics cost more than all the rest
	}
	if g.text.code == "" {
		g.text.code = g.f.settle(g.text, g.s.buf)
	}
	return g.text.code
}

// scriptOf is the script of most letters in b; nil if it has no letters.
func scriptOf(b []byte) *unicode.RangeTable {
	latin := 0
	counts := [16]int{}
	tables := scripts()
	for i := 0; i < len(b); {
		c := b[i]
		if c < utf8.RuneSelf {
			if isASCIILetter(c) {
				latin++
			}
			i++
			continue
		}
		r, size := utf8.DecodeRune(b[i:])
		i += size
		if !unicode.IsLetter(r) {
			continue
		}
		for k, t := range tables {
			if unicode.Is(t, r) {
				counts[k]++
				break
			}
		}
	}
	best, most := unicode.Latin, latin+counts[0]
	if counts[5]+counts[6] > 0 && counts[5]+counts[6]+counts[4] > most { // kana make it Japanese
		return unicode.Hiragana
	}
	for k, t := range tables {
		if k > 0 && counts[k]*2 > most {
			best, most = t, counts[k]*2
		}
	}
	if most == 0 {
		return nil
	}
	return best
}

func scripts() [16]*unicode.RangeTable {
	return [16]*unicode.RangeTable{
		unicode.Latin, unicode.Cyrillic, unicode.Arabic, unicode.Devanagari, unicode.Han, unicode.Hiragana, unicode.Katakana,
		unicode.Hangul, unicode.Greek, unicode.Thai, unicode.Hebrew, unicode.Armenian, unicode.Georgian, unicode.Bengali, unicode.Tamil, unicode.Ethiopic,
	}
}
