package terms

import (
	"iter"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Kind says what a token is.
type Kind uint8

// The kinds of tokens.
const (
	Word   Kind = iota // letters, perhaps with digits: "whois", "ipv6"
	Number             // digits alone
	Run                // characters of a script without spaces: see Pairs
)

// Token is one word of a text.
type Token struct {
	Word       string // lower case, without accents
	Stem       string // of Word in the text's language, without accents; empty for stop words and runs
	Start, End int    // byte range in the text that Scan read: see Normal
	Kind       Kind
	Upper      bool // at least two letters, all but a plural s capitals: "CERT", "CSIRTs"
	Title      bool // begins with a capital and is not Upper
	Stop       bool // a stop word of the text's language
}

// Scan yields the tokens of a text in order; stop words are among them. lang is as in Of.
func Scan(text, lang string) iter.Seq[Token] {
	return func(yield func(Token) bool) { scan(text, language(lang), yield) }
}

// Normal is the text whose byte ranges Scan reports: NFKC (Unicode Standard Annex #15), capped.
func Normal(text string) string {
	if len(text) > maxText {
		text = cut(text, maxText)
	}
	return norm.NFKC.String(text)
}

// scan is Scan with the language already reduced by language.
func scan(text, lang string, yield func(Token) bool) {
	text = Normal(text)
	s := scanner{text: text, lang: lang, stops: stopsOf(lang)}
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[i:])
		}
		class := classOf(r)
		if class == other || class == mark {
			i += size
			continue
		}
		var more bool
		if class == gram {
			i, more = s.run(i, yield)
		} else {
			i, more = s.word(i, yield)
		}
		if !more {
			return
		}
	}
}

// class is what a character can be part of.
type class uint8

const (
	other class = iota
	letter
	digit
	mark // continues a word or a run, begins neither
	gram // a letter of a script without spaces
)

func classOf(r rune) class {
	switch {
	case r < utf8.RuneSelf:
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z':
			return letter
		case '0' <= r && r <= '9':
			return digit
		}
		return other
	case r < 0x0E00:
		return classBySet(r)
	case r <= 0x0EFF, 0x1000 <= r && r <= 0x109F, 0x1780 <= r && r <= 0x17FF, // Thai, Lao; Myanmar; Khmer
		0x3005 <= r && r <= 0x3007, 0x3040 <= r && r <= 0x30FF, 0x31F0 <= r && r <= 0x31FF, // 々〆〇, Hiragana, Katakana
		0x3400 <= r && r <= 0x9FFF, 0x20000 <= r && r <= 0x3FFFF, 0xAC00 <= r && r <= 0xD7A3: // Han; Hangul
		if c := classBySet(r); c != letter {
			return c
		}
		return gram
	}
	return classBySet(r)
}

func classBySet(r rune) class {
	switch {
	case unicode.IsLetter(r):
		return letter
	case unicode.IsMark(r):
		return mark
	case unicode.IsDigit(r):
		return digit
	}
	return other
}

// scanner holds what the tokens of one text share.
type scanner struct {
	text  string
	lang  string
	stops map[string]string
	stem  stemmer
	lower []byte // the word in lower case, with accents: what a stemmer reads
	fold  []byte // the same without accents
}

// run yields one run of gram characters and returns where it ends.
func (s *scanner) run(start int, yield func(Token) bool) (int, bool) {
	i := start
	for i < len(s.text) {
		r, size := utf8.DecodeRuneInString(s.text[i:])
		if c := classOf(r); c != gram && c != mark {
			break
		}
		i += size
	}
	word := s.text[start:i]
	_, stop := s.stops[word]
	return i, yield(Token{Word: word, Start: start, End: i, Kind: Run, Stop: stop})
}

// word yields one word or number, and what follows an elision ("l'accès") as a word of its own.
func (s *scanner) word(start int, yield func(Token) bool) (int, bool) {
	if end, more, ok := s.plainWord(start, yield); ok {
		return end, more
	}
	s.lower, s.fold = s.lower[:0], s.fold[:0]
	t := Token{Start: start, Kind: Number}
	var letters, capitals int
	i := start
	for i < len(s.text) {
		r, size := rune(s.text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s.text[i:])
		}
		c := classOf(r)
		if c == other || c == gram {
			if skip := apostrophe(s.text[i:]); skip > 0 && letters > 0 && s.joins(i+skip) {
				i += skip
				continue
			}
			break
		}
		if c == letter {
			letters++
			if isUpper(r) {
				capitals++
				t.Title = t.Title || i == start
			}
			t.Kind = Word
		}
		i += size
		s.put(r)
	}
	t.End = i
	t.Upper = s.isAcronym(letters, capitals, i)
	t.Title = t.Title && !t.Upper
	end := i
	if t.Kind == Word && len(s.text) > i {
		end = s.contraction(i)
	}
	s.finish(&t)
	if t.Word == "" {
		return end, true
	}
	return end, yield(t)
}

// plainWord is word for the most of words: ASCII letters and digits up to a character that is ASCII and no
// apostrophe. ok is false for others.
func (s *scanner) plainWord(start int, yield func(Token) bool) (end int, more, ok bool) {
	letters, capitals, i := 0, 0, start
scan:
	for ; i < len(s.text); i++ {
		switch c := s.text[i]; {
		case c-'a' < 26:
			letters++
		case c-'A' < 26:
			letters++
			capitals++
		case c-'0' < 10:
		case c >= utf8.RuneSelf || c == '\'':
			return 0, false, false
		default:
			break scan
		}
	}
	t := Token{Start: start, End: i, Kind: Word}
	if letters == 0 {
		t.Kind = Number
	}
	t.Upper = s.isAcronym(letters, capitals, i)
	t.Title = !t.Upper && s.text[start]-'A' < 26
	s.fold = append(s.fold[:0], s.text[start:i]...)
	if capitals > 0 {
		for j, c := range s.fold {
			if c-'A' < 26 {
				s.fold[j] = c + 'a' - 'A'
			}
		}
	}
	s.lower = append(s.lower[:0], s.fold...)
	s.finish(&t)
	return i, yield(t), true
}

// isAcronym says that the word that ends before end is all capitals but for a plural s.
func (s *scanner) isAcronym(letters, capitals, end int) bool {
	return capitals >= 2 && (capitals == letters || capitals == letters-1 && s.text[end-1] == 's')
}

// put adds a character in both forms.
func (s *scanner) put(r rune) {
	if r < utf8.RuneSelf {
		b := byte(r)
		if 'A' <= b && b <= 'Z' {
			b += 'a' - 'A'
		}
		s.lower, s.fold = append(s.lower, b), append(s.fold, b)
		return
	}
	r = unicode.ToLower(r)
	s.lower = utf8.AppendRune(s.lower, r)
	s.fold = appendFolded(s.fold, r)
}

// finish fills in the word, whether it is a stop word, and its stem.
func (s *scanner) finish(t *Token) {
	if len(s.fold) > 2*maxTerm { // no stemmer is asked about what is no word
		t.Word = cut(string(s.fold), 2*maxTerm)
		t.Stem = t.Word
		return
	}
	if w, ok := s.stops[string(s.fold)]; ok {
		t.Word, t.Stop = w, true
		return
	}
	if as := s.text[t.Start:t.End]; as == string(s.fold) {
		t.Word = as
	} else {
		t.Word = string(s.fold)
	}
	t.Stem = t.Word
	if t.Kind == Word && len(s.lower) > 2 {
		t.Stem = s.stem.stem(s.lang, s.lower, t.Word)
	}
}

// isUpper is unicode.IsUpper with a short way for ASCII.
func isUpper(r rune) bool {
	if r < utf8.RuneSelf {
		return 'A' <= r && r <= 'Z'
	}
	return unicode.IsUpper(r)
}

// apostrophe is the length of an apostrophe at the start of s, 0 if there is none. NFKC leaves U+2019 alone.
func apostrophe(s string) int {
	switch {
	case s[0] == '\'':
		return 1
	case len(s) >= 3 && s[0] == 0xE2 && s[1] == 0x80 && s[2] == 0x99:
		return 3
	}
	return 0
}

// joins says that the apostrophe before i stands inside a word: "don't" becomes "dont". Everywhere else it
// ends one: in "l'accès" the article, in "CERT's" the name.
func (s *scanner) joins(i int) bool {
	rest := s.text[i:]
	if len(rest) > 0 && (rest[0] == 't' || rest[0] == 'T') && endsWord(rest[1:]) {
		n := len(s.fold)
		return n > 0 && s.fold[n-1] == 'n'
	}
	r, _ := utf8.DecodeRuneInString(rest)
	return unicode.In(r, unicode.Cyrillic, unicode.Hebrew)
}

// endsWord says that no word goes on in s: "didn't”" ends before the quotation mark.
func endsWord(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return s == "" || classOf(r) == other
}

// contraction returns where the English ending of a word at i ends ('s, 're, 've, 'll, 'd, 'm), or i.
func (s *scanner) contraction(i int) int {
	skip := apostrophe(s.text[i:])
	if skip == 0 {
		return i
	}
	j := i + skip
	for j < len(s.text) && j < i+skip+3 && classOf(rune(s.text[j])) == letter && s.text[j] < utf8.RuneSelf {
		j++
	}
	switch s.text[i+skip : j] {
	case "s", "S", "re", "ve", "ll", "d", "m":
		if endsWord(s.text[j:]) {
			return j
		}
	}
	return i
}
