package questions

import (
	"unicode"
	"unicode/utf8"

	"askahead/domain"

	uax "github.com/clipperhouse/uax29/v2/sentences"
)

// Sentences gives the sentences of text in order, without the white space around them. What is empty.
func (f *Finder) Sentences(text string) []domain.Span {
	s := f.pool.Get().(*scratch)
	defer f.pool.Put(s)
	s.layout(text, nil)
	f.cutUp(s, "")
	out := make([]domain.Span, len(s.sentences))
	for i, st := range s.sentences {
		out[i] = domain.Span{Start: st.start, End: withSmiley(text, st.end)}
	}
	return out
}

// cutUp fills s.sentences from what layout made of a text, and tells what is known of its language, whose abbreviations
// it goes by. declared is the language that the source names, "" if none.
func (f *Finder) cutUp(s *scratch, declared string) guess {
	coverLinks(s.buf)
	text := f.guess(s, declared)
	var own uint32
	if text.rules != nil {
		own = text.rules.bit
	}
	s.sentences = s.sentences[:0]
	for _, p := range s.paragraphs() {
		s.inlineLists(p)
		s.smileys(p)
		f.mask(s, p, own)
		s.split(p)
	}
	return text
}

// paragraph is a run of lines without an empty one between them.
type paragraph struct {
	start, end int
	number     int
}

func (s *scratch) paragraphs() []paragraph {
	s.paras = s.paras[:0]
	for i := 0; i < len(s.lines); i++ {
		if s.lines[i].first == s.lines[i].last {
			continue
		}
		j := i + 1
		for j < len(s.lines) && s.lines[j].first < s.lines[j].last && s.lines[j].bullet == 0 {
			j++
		}
		s.paras = append(s.paras, paragraph{s.lines[i].start, s.lines[j-1].end, len(s.paras)})
		i = j - 1
	}
	return s.paras
}

// split appends the sentences of a paragraph that layout and mask went over.
func (s *scratch) split(p paragraph) {
	it := uax.FromBytes(s.buf[p.start:p.end])
	joins := false // what comes next belongs to the last sentence
	first := true
	brackets := -1 // where those begin that the last sentence ended with and that open this one
	for it.Next() {
		a, b := p.start+it.Start(), p.start+it.End()
		if brackets >= 0 {
			a = brackets
		}
		hard := s.buf[b-1] == '\n'
		a, b = s.trim(a, b)
		brackets = -1
		if n := opens(s.buf[a:b]); n > 0 && !hard && p.start+it.End() < p.end {
			b -= n
			brackets = b
		}
		if a == b {
			joins = joins && !hard
			continue
		}
		if !joins && !hasWord(s.buf[a:b]) {
			first = first || hard // a line that is only drawn
			continue
		}
		st := sentence{start: a, end: b, para: p.number, lineStart: first, marked: endsMarked(s.buf[a:b])}
		first = hard
		if n := len(s.sentences); joins && n > 0 && s.sentences[n-1].para == p.number {
			last := &s.sentences[n-1]
			switch {
			case !hasWord(s.buf[a:b]):
				last.end = b
				joins = !hard
				continue
			case goesOn(s.buf[last.start:last.end], s.buf[a:b]):
				last.end, last.marked = b, st.marked
				joins = !hard
				continue
			}
		}
		if n := len(s.sentences); joins && n > 0 {
			s.sentences[n-1].cut = cutShort(s.buf[s.sentences[n-1].start:s.sentences[n-1].end], s.buf[a:b])
		}
		s.sentences = append(s.sentences, st)
		joins = !hard
	}
}

// trim leaves white space, in any script, out of buf[a:b].
func (s *scratch) trim(a, b int) (int, int) {
	for a < b {
		r, size := utf8.DecodeRune(s.buf[a:b])
		if !unicode.IsSpace(r) && r != 0xFEFF {
			break
		}
		a += size
	}
	for b > a {
		r, size := utf8.DecodeLastRune(s.buf[a:b])
		if !unicode.IsSpace(r) && r != 0xFEFF {
			break
		}
		b -= size
	}
	return a, b
}

// opens measures the opening brackets and quotes that stand right after the mark that ends b: without a space between,
// UAX #29 counts them to the sentence that ends.
func opens(b []byte) int {
	n := 0
	for n < len(b) && n < bulletSpan {
		r, size := utf8.DecodeLastRune(b[:len(b)-n])
		if !unicode.Is(unicode.Ps, r) && r != '“' {
			break
		}
		n += size
	}
	if n == len(b) {
		return 0
	}
	r, _ := utf8.DecodeLastRune(b[:len(b)-n])
	if r == '。' || r == '！' || r == '？' || r < utf8.RuneSelf && isEnd(byte(r)) && b[len(b)-1] < utf8.RuneSelf {
		return n
	}
	return 0
}

func hasWord(b []byte) bool {
	for i := 0; i < len(b); {
		c := b[i]
		if c < utf8.RuneSelf {
			if isASCIILetter(c) || isDigit(c) || c == cover && i+1 < len(b) && b[i+1] == cover {
				return true
			}
			i++
			continue
		}
		r, size := utf8.DecodeRune(b[i:])
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return true
		}
		i += size
	}
	return false
}

// goesOn tells whether next continues the sentence before it, which ended inside of a quotation or bracket:
// "Can you do it?" he asked.
func goesOn(before, next []byte) bool {
	r, size := utf8.DecodeRune(next)
	if r == '-' || r == '–' || r == '—' {
		rest := next[size:]
		for len(rest) > 0 && (rest[0] == ' ' || rest[0] == '-') {
			rest = rest[1:]
		}
		r, _ = utf8.DecodeRune(rest)
	}
	if !unicode.IsLower(r) {
		return false
	}
	last, _ := utf8.DecodeLastRune(before)
	return isCloser(last)
}

// cutShort tells whether the mark at the end of before may stand inside of a sentence that next goes on with:
// The title What is Privacy? is taken.
func cutShort(before, next []byte) bool {
	first, _ := utf8.DecodeRune(before)
	r, size := utf8.DecodeRune(next)
	one := len(next) > size && r == 'i' && !isASCIILetter(next[size])
	return before[len(before)-1] == '?' && unicode.IsUpper(first) && unicode.IsLower(r) && !one
}

func isCloser(r rune) bool {
	switch r {
	case '"', '\'', ')', ']', '}', '”', '’', '»', '›', '“', '」', '』', '）', '】':
		return true
	}
	return false
}

// endsMarked tells whether a question mark stands at the end, with nothing but other marks after it.
func endsMarked(b []byte) bool {
	for len(b) > 0 {
		r, size := utf8.DecodeLastRune(b)
		switch {
		case r == '?' || markOf(r) == questionMark:
			return true
		case r == '!' || r == '.' || r == '…' || r == ' ' || r == '-' || isCloser(r) || r == '！' || r == '։':
			b = b[:len(b)-size]
			if r == '։' {
				return armenianMark(b)
			}
		default:
			return armenianMark(b)
		}
	}
	return false
}

// armenianMark finds the Armenian question mark, which stands after the vowel of the word that asks.
func armenianMark(b []byte) bool {
	if len(b) == 0 || b[len(b)-1] < utf8.RuneSelf {
		return false
	}
	for i := 0; i+1 < len(b); i++ {
		if b[i] == 0xD5 && b[i+1] == 0x9E {
			return true
		}
	}
	return false
}
