package questions

import (
	"strings"
	"unicode/utf8"
)

// asideOnly tells whether the mark ends a bracket of one or two words inside of the sentence.
func (j *judgement) asideOnly() bool {
	last := len(j.toks) - 1
	for last >= 0 && j.toks[last].id != questionMark {
		last--
	}
	if last < 2 || last+1 >= len(j.toks) || j.toks[last+1].id != closeMark {
		return false
	}
	for i := last - 1; i > 0 && i >= last-3; i-- {
		if j.toks[i].id == openMark {
			ok, _ := j.built(false)
			return !ok
		}
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
