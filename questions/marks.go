package questions

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// asideOnly tells whether the mark ends a bracket inside of the sentence that asks nothing of its own: a word
// that its author is not sure of, or a guess.
func (j *judgement) asideOnly() bool {
	last := len(j.toks) - 1
	for last >= 0 && j.toks[last].id != questionMark {
		last--
	}
	if last < 2 || last+1 >= len(j.toks) || j.toks[last+1].id != closeMark {
		return false
	}
	for i := last - 1; i > 0; i-- {
		if j.toks[i].id != openMark {
			continue
		}
		if ok, _ := j.built(false); ok {
			return false
		}
		aside := judgement{own: j.own, toks: j.toks[i+1 : last], l: j.l}
		aside.starts = aside.findStarts(nil)
		ok, _ := aside.built(true)
		return !ok && countWords(j.toks[:i]) > 0
	}
	return false
}

// shouted tells "?!" and "!?" at the end of text.
func shouted(text string) bool {
	return strings.HasSuffix(text, "?!") || strings.HasSuffix(text, "!?")
}

// quoted gives the token of a quotation mark inside of the sentence, with words before it, after which the
// question mark stands before the closing one; 0 if there is none.
func (j *judgement) quoted() int {
	last := len(j.toks) - 1
	for last >= 0 && j.toks[last].id != questionMark {
		last--
	}
	if last+1 >= len(j.toks) || j.toks[last+1].id != quote {
		return 0
	}
	words := 0
	for i, t := range j.toks[:last] {
		switch {
		case t.id == quote && words >= 2:
			return i
		case t.id == quote && words == 0:
			return 0
		case t.id.isWord():
			words++
		}
	}
	return 0
}

// reported tells whether a question mark stands inside of a quotation, after which the sentence goes on:
// "Why?" he asked.
func (j *judgement) reported() bool {
	for i, t := range j.toks {
		if t.id == questionMark && i+2 < len(j.toks) && (j.toks[i+1].id == quote || j.toks[i+1].id == closeMark) {
			return true
		}
	}
	return false
}

// title tells whether the sentence is written like a title: WHAT IS IT? above other text or, in a language that
// writes titles with capitals, How Does It Work? Names alone make none.
func (j *judgement) title() bool {
	if j.g.shouted(j.i) {
		return true
	}
	if j.l.small == nil {
		return false
	}
	words, known := 0, false
	for _, t := range j.toks {
		if !t.id.isWord() || t.id == number || j.l.small.has(t.id) {
			continue
		}
		words++
		word := j.own[t.start:t.end]
		r, size := utf8.DecodeRuneInString(word)
		next, _ := utf8.DecodeRuneInString(word[size:])
		if words > 1 && !unicode.IsUpper(r) {
			return false
		}
		known = known || words > 1 && j.l.words.has(t.id) && unicode.IsLower(next)
	}
	return known && words > 2
}

// mark is how a sentence without a question mark ends.
type mark uint8

const (
	nothing   mark = iota
	stopped        // full stop, semicolon
	exclaimed      // exclamation mark
	announced      // colon
)

func lastMark(b string) mark {
	for len(b) > 0 {
		r, size := utf8.DecodeLastRuneInString(b)
		switch {
		case isCloser(r) || r == ' ':
			b = b[:len(b)-size]
			continue
		case r == '!' || r == '！':
			return exclaimed
		case r == ':' || r == '：':
			return announced
		case r == ';' || r == ',' || r == '.' && !(len(b) > 2 && b[len(b)-2] == '.') || markOf(r) == stop && r != '…':
			return stopped
		}
		break
	}
	return nothing
}
