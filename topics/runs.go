package topics

import (
	"unicode/utf8"

	"askahead/terms"
)

// readRun reads a run of a script without spaces: the words of the lexicon are found by the longest match, and
// what is left between them counts by its characters and pairs of characters.
func (r *reader) readRun(run string) {
	r.canon = append(r.canon, run...)
	lang := scriptOf(run, r.lang)
	lex := lexicons()[lang]
	if lex == nil {
		r.addPairs(run, nil)
		return
	}
	if lang == "ko" {
		r.hangul = true
		r.readKorean(run, lex)
		return
	}
	rest := 0
	for i := 0; i < len(run); {
		n, e := lex.longestMatch(run[i:])
		if e == nil || e.roles == roleCommon {
			_, size := utf8.DecodeRuneInString(run[i:])
			i += size
			continue
		}
		r.addPairs(run[rest:i], lex)
		if e.roles&roleNegation == 0 || !isEither(run, i, i+n) {
			r.note(e)
		}
		if e.roles&(roleLight|roleNegation|rolesAsking|roleGreeting|roleAddressee|roleClosing) == 0 {
			r.addHash(hashOfEntry(run[i:i+n], e), weightWord)
		}
		i += n
		rest = i
	}
	r.addPairs(run[rest:], lex)
}

// longestMatch finds the longest word of the lexicon that s begins with, and its length in bytes.
func (l *lexicon) longestMatch(s string) (int, *entry) {
	var ends [8]int
	n := 0
	for i := 0; i < len(s) && n < min(l.longest, len(ends)); n++ {
		_, size := utf8.DecodeRuneInString(s[i:])
		i += size
		ends[n] = i
	}
	for n > 0 {
		n--
		if e := l.words[s[:ends[n]]]; e != nil {
			return ends[n], e
		}
	}
	return 0, nil
}

// readKorean reads a word written with its particles: they are taken off before it is looked up and cut.
func (r *reader) readKorean(word string, lex *lexicon) {
	e := lex.words[word]
	if e == nil {
		word = lex.cutTail(word)
		e = lex.words[word]
	}
	r.note(e)
	switch {
	case e == nil:
		r.addPairs(word, lex)
	case e.roles&(roleLight|roleNegation|rolesAsking|roleGreeting|roleClosing) == 0:
		r.addHash(hashOfEntry(word, e), weightWord)
	}
}

// cutTail takes the longest particle or ending off a word that leaves two characters, or one.
func (l *lexicon) cutTail(word string) string {
	for i := 0; i < len(word); {
		_, size := utf8.DecodeRuneInString(word[i:])
		i += size
		if e := l.words[word[i:]]; e != nil && e.roles&roleTail != 0 {
			return word[:i]
		}
	}
	return word
}

// addPairs counts the pairs of characters of a text, and each character by itself: a word of two characters
// is one pair, and a different word that shares one of them is a little alike.
func (r *reader) addPairs(s string, lex *lexicon) {
	if s == "" {
		return
	}
	for pair := range terms.Pairs(s) {
		r.addHash(hashOf(pair), weightPair)
	}
	for i := 0; i < len(s); {
		_, size := utf8.DecodeRuneInString(s[i:])
		w := float32(weightChar)
		if lex != nil {
			if e := lex.words[s[i:i+size]]; e != nil && e.roles&(roleCommon|roleLight) != 0 {
				w = weightPlain
			}
		}
		r.addHash(hashOf(s[i:i+size])+1, w)
		i += size
	}
}

func (r *reader) addHash(h uint64, weight float32) {
	r.keep(term{hash: h, weight: weight})
}

func hashOfEntry(word string, e *entry) uint64 {
	if e.same != 0 {
		return e.same
	}
	return hashOf(word)
}

// scriptOf names the language whose lexicon reads a run; "" if none does.
func scriptOf(run, lang string) string {
	kana := false
	for _, c := range run {
		switch {
		case 0xAC00 <= c && c <= 0xD7A3:
			return "ko"
		case 0x3040 <= c && c <= 0x30FF:
			kana = true
		case c < 0x3000:
			return ""
		}
	}
	if kana || lang == "ja" {
		return "ja"
	}
	return "zh"
}

// isEither says that the negation at run[from:to] stands between the two halves of "好不好", "能不能": that asks and
// denies nothing.
func isEither(run string, from, to int) bool {
	before, _ := utf8.DecodeLastRuneInString(run[:from])
	after, _ := utf8.DecodeRuneInString(run[to:])
	return before == after && before != utf8.RuneError
}
