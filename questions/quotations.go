package questions

import (
	"bytes"
	"sort"
	"unicode"
	"unicode/utf8"

	"askahead/domain"
)

// stretch is a range of bytes.
type stretch struct{ start, end int }

// quotationAt finds the stretch in quotation marks that byte at of the paragraph lies in. Apostrophes and single quotation
// marks are not told apart, nor which way guillemets point: those open none.
func (s *scratch) quotationAt(p paragraph, at int) (stretch, bool) {
	if s.quotesOf != p.number {
		s.quotesOf = p.number
		s.readQuotations(p)
	}
	i := sort.Search(len(s.quotes), func(i int) bool { return s.quotes[i].end > at })
	if i == len(s.quotes) || s.quotes[i].start >= at {
		return stretch{}, false
	}
	return s.quotes[i], true
}

// readQuotations fills s.quotes and s.outer. A quotation that is not closed reaches to the end of its paragraph
// if it began with it, as in a quotation of several paragraphs; else its mark was a slip, or meant inches.
func (s *scratch) readQuotations(p paragraph) {
	s.quotes = s.quotes[:0]
	start, end := s.trim(p.start, p.end)
	s.outer = outermost(s.buf, start, end)
	open, low := -1, false
	for i := start; i < end; {
		n := bytes.IndexAny(s.buf[i:end], "\"“”„")
		if n < 0 {
			break
		}
		i += n
		r, size := utf8.DecodeRune(s.buf[i:end])
		switch {
		case r == '„', r == '“' && !(open >= 0 && low), r == '"' && opensQuotation(s.buf[start:end], i-start):
			open, low = i, r == '„'
		case open >= 0:
			s.quotes = append(s.quotes, stretch{open, i + size})
			open = -1
		}
		i += size
	}
	if open == start {
		s.quotes = append(s.quotes, stretch{open, p.end})
	}
}

// outermost gives where the first word or number in b[start:end] begins and the last one ends; nothing if there
// is none.
func outermost(b []byte, start, end int) stretch {
	for start < end {
		r, size := utf8.DecodeRune(b[start:end])
		if inWord(r) {
			break
		}
		start += size
	}
	for end > start {
		r, size := utf8.DecodeLastRune(b[start:end])
		if inWord(r) {
			break
		}
		end -= size
	}
	return stretch{start, end}
}

// opensQuotation tells an opening straight mark at b[i] from a closing one: nothing stands before it, and a
// word right after it.
func opensQuotation(b []byte, i int) bool {
	before, _ := utf8.DecodeLastRune(b[:i])
	after, _ := utf8.DecodeRune(b[i+1:])
	return (i == 0 || unicode.IsSpace(before) || unicode.In(before, unicode.Ps, unicode.Pd)) &&
		i+1 < len(b) && !unicode.IsSpace(after) && !unicode.In(after, unicode.Pe)
}

// others takes out what is no question of its author's: one that is quoted within the author's words (he said,
// "Who pays? Who decides?"), a paragraph that is nothing but a quotation, and a title, that of the session too.
func (j *judgement) others(st sentence, v *verdict) {
	if titled, only := j.g.titled(j.i); titled {
		ok, _ := j.built(true)
		if v.asks = ok && !only; !v.asks {
			return
		}
	}
	switch j.quotedIn(st) {
	case within:
		v.asks = false
	case alone:
		v.kind, v.why = domain.Rhetorical, v.why+"; in quotation marks"
	default:
		if j.title() {
			v.kind, v.why = domain.Rhetorical, v.why+"; a title"
		}
	}
}

// place is how a quotation stands in the text.
type place uint8

const (
	nowhere place = iota
	within        // its author's words stand beside it
	alone         // it is a paragraph of its own
)

// quotedIn tells how the quotation stands that holds the question mark of the sentence, or its first word if
// it has none. A text that is nothing but a quotation has no other author.
func (j *judgement) quotedIn(st sentence) place {
	first, at := -1, -1
	for _, t := range j.toks {
		switch {
		case t.id == questionMark:
			at = t.start
		case first < 0 && t.id.isWord():
			first = t.start
		}
	}
	s := j.g.s
	p := s.paras[st.para]
	q, ok := s.quotationAt(p, max(at, first))
	switch {
	case !ok:
		return nowhere
	case q.start > first:
		if ok, _ := j.leadsTo(j.tokenAt(q.start)); ok {
			return nowhere
		}
		return within
	case s.outer.start < q.start || s.outer.end > q.end:
		return within
	case s.sentences[0].para != st.para || s.sentences[len(s.sentences)-1].para != st.para:
		return alone
	}
	return nowhere
}

// tokenAt is the token that stands at a byte of the text, or the first one behind it.
func (j *judgement) tokenAt(at int) int {
	return sort.Search(len(j.toks), func(i int) bool { return j.toks[i].start >= at })
}
