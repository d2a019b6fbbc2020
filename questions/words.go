package questions

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// token is one word or mark of a text. In scripts that are written without spaces, each letter is a word.
type token struct {
	id         wordID
	start, end int
}

// wordID is a number for each word that some language file knows; marks and kinds of tokens have fixed ones.
type wordID int32

const (
	unknownWord wordID = iota
	comma
	colon
	semicolon
	hyphen // inside a word
	dash
	quote
	openMark
	closeMark
	stop
	bang
	questionMark
	number
	hashtag
	mention
	link
	firstWord // ids of words begin here
)

func (w wordID) isWord() bool { return w == unknownWord || w >= number }

// tokenName gives the ids that a rule writes as {name}.
func tokenName(name string) (wordID, bool) {
	switch name {
	case "number":
		return number, true
	case "hashtag":
		return hashtag, true
	case "mention":
		return mention, true
	case "link":
		return link, true
	case "quote":
		return quote, true
	}
	return 0, false
}

// longestWord is how many letters a word of a language file has at most.
const longestWord = 32

// lexer turns text into tokens. words is the vocabulary; a word outside of it is unknownWord.
type lexer struct {
	words *vocabulary
	fold  []byte
}

// tokens appends the tokens of text to out; base is added to their positions.
func (x *lexer) tokens(out []token, text []byte, base int) []token {
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case isBlank(c) || c == '\n':
			i++
			continue
		case isASCIILetter(c):
			if id, n := x.plain(text[i:]); n > 0 {
				out = append(out, token{id, base + i, base + i + n})
				i += n
				continue
			}
			n := x.word(text[i:])
			out = append(out, token{x.lookup(), base + i, base + i + n})
			i += n
			continue
		case c >= utf8.RuneSelf:
			if _, ok := cyrillic(text[i:]); ok {
				n := x.word(text[i:])
				out = append(out, token{x.lookup(), base + i, base + i + n})
				i += n
				continue
			}
			r, size := utf8.DecodeRune(text[i:])
			if isWideRune(r) {
				out = append(out, token{x.words.letter(r), base + i, base + i + size})
				i += size
				continue
			}
			if isWordRune(r) {
				n := x.word(text[i:])
				out = append(out, token{x.lookup(), base + i, base + i + n})
				i += n
				continue
			}
			if id := markOf(r); id != unknownWord {
				out = append(out, token{id, base + i, base + i + size})
			}
			i += size
			continue
		}
		id, n := asciiMark(text, i)
		if id != unknownWord {
			out = append(out, token{id, base + i, base + i + n})
		}
		i += n
	}
	return out
}

// asciiMark reads a token at text[i] that begins with no letter.
func asciiMark(text []byte, i int) (wordID, int) {
	switch c := text[i]; c {
	case ',':
		return comma, 1
	case ':':
		return colon, 1
	case ';':
		return semicolon, 1
	case '"':
		return quote, 1
	case '\'':
		return quote, 1
	case '(', '[', '{', '<':
		return openMark, 1
	case ')', ']', '}', '>':
		return closeMark, 1
	case '?':
		return questionMark, 1
	case '!':
		return bang, 1
	case '.':
		return stop, 1
	case '-':
		n := 1
		for i+n < len(text) && text[i+n] == '-' {
			n++
		}
		if n == 1 && i > 0 && i+1 < len(text) && isWordByte(text[i-1]) && isWordByte(text[i+1]) {
			return hyphen, 1
		}
		return dash, n
	case '#', '@':
		return nameMark(text, i)
	case cover:
		n := 1
		for i+n < len(text) && text[i+n] == cover {
			n++
		}
		if n == 1 {
			return unknownWord, 1 // a covered full stop
		}
		return link, n
	default:
		n := 1
		if isDigit(c) {
			for i+n < len(text) && (isDigit(text[i+n]) || text[i+n] == cover) {
				n++
			}
			return number, n
		}
		return unknownWord, n
	}
}

// nameMark reads the hashtag or mention at text[i].
func nameMark(text []byte, i int) (wordID, int) {
	account := text[i] == '@'
	n := 1
	for i+n < len(text) && (isWordByte(text[i+n]) || text[i+n] == '_' || account && (text[i+n] == '.' || text[i+n] == '@')) {
		n++
	}
	switch {
	case n == 1:
		return unknownWord, 1
	case account:
		return mention, n
	}
	return hashtag, n
}

func markOf(r rune) wordID {
	switch r {
	case '？', '؟', '⁇', '⁈', '⁉', '፧', '՞', '\u037e', '‽', '꘏', '⳺':
		return questionMark
	case '！', '՜', '¡':
		return bang
	case '。', '．', '।', '॥', '۔', '։', '።', '…', '｡':
		return stop
	case '，', '、', '،', '､', '՝':
		return comma
	case '：', '፡':
		return colon
	case '；', '؛':
		return semicolon
	case '–', '—', '―', '‒':
		return dash
	case '“', '”', '„', '«', '»', '‘', '’', '‚', '‹', '›', '「', '」', '『', '』', '‟':
		return quote
	case '（', '【', '［', '《', '〈':
		return openMark
	case '）', '】', '］', '》', '〉':
		return closeMark
	case '¿':
		return openMark
	}
	return unknownWord
}

// isWideRune tells letters of scripts without spaces between words; Hangul too, since its endings ask.
func isWideRune(r rune) bool {
	switch {
	case r < 0x0E00:
		return false
	case r < 0x0F00: // Thai, Lao
		return true
	case r < 0x1000:
		return false
	case r < 0x1200: // Myanmar, Georgian (0x10A0–0x10FF, has spaces), Hangul Jamo
		return r < 0x10A0 || r >= 0x1100
	case r >= 0x1780 && r < 0x1800: // Khmer
		return true
	case r >= 0x3005 && r <= 0x3007:
		return true
	case r >= 0x3041 && r < 0xA000, r >= 0xAC00 && r < 0xD7B0, r >= 0xF900 && r < 0xFB00, r >= 0xFF66 && r < 0xFFA0:
		return true
	}
	return r >= 0x20000 && r < 0x30000
}

// isWordRune tells letters and the marks on them. Those of Latin and Arabic are told by their range, which saves the look
// into the tables of Unicode.
func isWordRune(r rune) bool {
	switch {
	case r >= 'À' && r < 0x250:
		return r != '×' && r != '÷'
	case r >= 0x620 && r < 0x660:
		return true
	}
	return unicode.IsLetter(r) || unicode.IsMark(r)
}

// plain reads a word of plain ASCII letters, most words of a text, in one go; n is 0 if it is none.
func (x *lexer) plain(text []byte) (id wordID, n int) {
	var fold [longestWord]byte
	h := uint32(hashStart)
	for n < len(text) && n < longestWord && isASCIILetter(text[n]) {
		c := text[n] | 0x20
		fold[n] = c
		h = (h ^ uint32(c)) * hashFactor
		n++
	}
	if n < len(text) && (n == longestWord || text[n] == '\'' || text[n] >= utf8.RuneSelf || isDigit(text[n])) {
		return unknownWord, 0
	}
	return x.words.findHash(fold[:n], h^h>>15), n
}

// lookup finds the folded word.
func (x *lexer) lookup() wordID { return x.words.find(x.fold) }

// word reads a word at the beginning of text, leaves it folded in x.fold, and returns its length in bytes.
// An apostrophe stays in "don't" and "what's" and ends the first part of "qu'il" and "dov'è".
func (x *lexer) word(text []byte) int {
	x.fold = x.fold[:0]
	i, combining := 0, false
	for i < len(text) {
		c := text[i]
		if c < utf8.RuneSelf {
			if isASCIILetter(c) {
				x.fold = append(x.fold, c|0x20)
				i++
				continue
			}
			if c == '\'' {
				n, done := x.apostrophe(text, i, 1)
				if n == 0 {
					break
				}
				i += n
				if done {
					break
				}
				continue
			}
			if isDigit(c) {
				x.fold = append(x.fold, c)
				i++
				continue
			}
			break
		}
		if low, ok := cyrillic(text[i:]); ok {
			x.fold = append(x.fold, 0xC0|byte(low>>6), 0x80|byte(low&0x3F))
			i += 2
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		if r == '’' {
			n, done := x.apostrophe(text, i, size)
			if n == 0 {
				break
			}
			i += n
			if done {
				break
			}
			continue
		}
		if isWideRune(r) || !isWordRune(r) && r != 0x200C && r != 0x200D {
			break
		}
		combining = combining || r >= 0x300 && r < 0x370
		x.fold = appendFolded(x.fold, r)
		i += size
	}
	if combining {
		x.fold = norm.NFC.Append(nil, x.fold...)
	}
	return i
}

// cyrillic gives the small form of the Cyrillic letter that text begins with, if it is one of those that Slavic languages
// write (U+0400 to U+045F). It saves the look into the tables of Unicode for each letter.
func cyrillic(text []byte) (rune, bool) {
	if c := text[0]; c != 0xD0 && c != 0xD1 || len(text) < 2 || text[1]&0xC0 != 0x80 {
		return 0, false
	}
	r := rune(text[0]&0x1F)<<6 | rune(text[1]&0x3F)
	switch {
	case r < 0x410:
		return r + 0x50, true
	case r < 0x430:
		return r + 0x20, true
	}
	return r, r < 0x460
}

// apostrophe continues a word at its apostrophe text[i:i+size]: n is what it took (0: it is a quote), done
// whether the word ends with it.
func (x *lexer) apostrophe(text []byte, i, size int) (n int, done bool) {
	j := i + size
	for j < len(text) && isWordByte(text[j]) && j < i+size+3 {
		j++
	}
	rest := text[i+size : j]
	if len(rest) == 0 {
		return 0, true
	}
	x.fold = append(x.fold, '\'')
	switch len(rest) {
	case 1:
		switch rest[0] | 0x20 {
		case 's', 't', 'd', 'm':
			return size, false
		}
	case 2:
		switch string([]byte{rest[0] | 0x20, rest[1] | 0x20}) {
		case "re", "ve", "ll":
			return size, false
		}
	}
	return size, true
}

// appendFolded folds case, and in Arabic what people write in more than one way: vowel signs and the
// stretching mark go, the forms of alef, yeh and kaf become one.
func appendFolded(out []byte, r rune) []byte {
	if r >= 0x600 && r < 0x700 {
		switch r {
		case 'أ', 'إ', 'آ', 'ٱ':
			r = 'ا'
		case 'ى', 'ی':
			r = 'ي'
		case 'ک':
			r = 'ك'
		case 'ـ':
			return out
		}
		if r >= 0x64B && r <= 0x65F || r == 0x670 {
			return out
		}
		return utf8.AppendRune(out, r)
	}
	if r == 0x200C || r == 0x200D {
		return out
	}
	return utf8.AppendRune(out, unicode.ToLower(r))
}
