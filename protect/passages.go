package protect

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"askahead/domain"
)

// text reads the labels in the author's own words.
func (l *labeller) text(own string) {
	line, seen, free := 0, 0, 0 // start of the mark's line; how far lines were looked for; end of the last closed passage
	var cur passage
	opened, closed, marks := false, 0, 0
	for m, ok := nextMark(own, 0); ok; m, ok = nextMark(own, m.next) {
		if marks++; marks > mostMarks {
			l.whole("text", mark{level: domain.Red, unknown: true})
			break
		}
		if nl := strings.LastIndexByte(own[seen:m.start], '\n'); nl >= 0 {
			line = seen + nl + 1
		}
		seen = m.start
		at := around(own, line, m)
		where := at.place(l.def)
		if where == nowhere {
			continue
		}
		start, end := at.extent()
		l.d.Spans = append(l.d.Spans, domain.Span{Start: start, End: end, What: m.level.Label()})
		l.reason("text", m)
		switch where {
		case ending:
			l.d.outside = max(l.d.outside, m.level)
		case leading:
			if opened && blank(own[closed:start]) {
				// Two labels side by side govern the same words.
				cur.level = max(cur.level, m.level)
				closed = end
				continue
			}
			l.close(&cur, opened, start)
			if !opened {
				l.gaps = append(l.gaps, domain.Span{Start: free, End: start})
			}
			cur, opened, closed = passage{start: end, level: m.level}, true, end
		case closing:
			l.close(&cur, opened, start)
			if !opened {
				l.d.outside = max(l.d.outside, m.level) // it closes what was never opened
			}
			opened, free = false, end
		}
	}
	l.close(&cur, opened, len(own))
	if !opened {
		l.gaps = append(l.gaps, domain.Span{Start: free, End: len(own)})
	}
}

// mostMarks is how many labels of one text are looked at. Who writes more is up to something: that is RED.
const mostMarks = 1000

func (l *labeller) close(cur *passage, opened bool, end int) {
	if opened {
		cur.end = max(end, cur.start)
		l.d.passages = append(l.d.passages, *cur)
	}
}

// blank says that nothing is said between two labels.
func blank(s string) bool {
	return len(s) < 80 && strings.IndexFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) < 0
}

// Where a mark stands in a text.
type position int

const (
	nowhere position = iota // within a sentence: it is spoken about
	leading                 // right before the words that it governs
	ending                  // behind them, or in words that say what the whole item is
	closing                 // it ends the passage that an equal one opened
)

// surroundings is what stands on the line of a mark. The windows are bounded, so that a line of nothing but
// marks stays linear.
type surroundings struct {
	s              string
	m              mark
	before, after  string
	cut            bool   // before does not reach the start of the line
	above          string // the end of the line above, if it runs on into this one
	opened, slash  bool   // a bracket or other sign of markup in front of it; a "/" in front of it
	square         bool
	words          []string // folded words of the sentence in front of it, the last 12
	bare           bool     // no words in front of it on its line
	fresh          bool     // a sentence ended right in front of it
	tail           string   // what is left of before when signs and space are taken off
	sign, question bool     // a sign sets it off from what follows; a question mark follows it at once
}

const window = 240

// around looks at what surrounds a mark on its line, which starts at line.
func around(s string, line int, m mark) *surroundings {
	a := &surroundings{s: s, m: m}
	from := max(line, m.start-window)
	for from > line && !utf8.RuneStart(s[from]) {
		from++
	}
	a.cut = from > line
	a.before = s[from:m.start]
	end := min(len(s), m.end+window)
	for end < len(s) && !utf8.RuneStart(s[end]) {
		end--
	}
	a.after = s[m.end:end]
	if nl := strings.IndexAny(a.after, "\n\r"); nl >= 0 {
		a.after = a.after[:nl]
	}
	a.readBefore()
	a.readAfter()
	if a.bare && line > 0 {
		a.runsOn(strings.TrimRight(s[max(0, line-window):line], "\r\n"), s[max(0, line-window):line])
	}
	return a
}

func (a *surroundings) readBefore() {
	a.tail = strings.TrimRightFunc(a.before, func(r rune) bool {
		switch r {
		case '[', '【':
			a.opened, a.square = true, true
		case '(', '{', '<', '*', '_', '`', '|', '#', '（':
			a.opened = true
		case '/':
			a.slash = true
		}
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(sentenceEnds+":,;", r)
	})
	sentence := a.tail
	if i := strings.LastIndexAny(sentence, sentenceEnds); i >= 0 {
		_, n := utf8.DecodeRuneInString(sentence[i:])
		sentence = sentence[i+n:]
	}
	a.words = lastWords(sentence, 12)
	a.bare = a.tail == "" && !a.cut
	a.fresh = a.tail != "" && len(a.words) == 0
}

const sentenceEnds = ".?!。？！؟…।"

func (a *surroundings) readAfter() {
	for _, r := range a.after {
		switch {
		case r == ' ' || r == '\t' || r == '*' || r == '`' || r == '_' || invisible(r):
			continue
		case r == '?' || r == '？' || r == '؟':
			a.question = true
		case strings.ContainsRune(":-–—|])}>,;!/：】）", r):
			a.sign = true
		}
		return
	}
}

// runsOn notes the line above if its sentence goes on at the mark: mail is wrapped at about 70 columns, so a
// mark can come to stand at the start of a line by accident.
func (a *surroundings) runsOn(above, raw string) {
	if strings.Count(raw[len(above):], "\n") > 1 || len(above) < 45 {
		return // an empty line ends a sentence
	}
	if i := strings.LastIndexByte(above, '\n'); i >= 0 {
		above = above[i+1:]
	}
	last, _ := utf8.DecodeLastRuneInString(above)
	if len(above) >= 45 && (unicode.IsLower(last) || last == ',') && !(last == ',' && contains(greetings, firstWords(above, 1)[0])) {
		a.above = above
	}
}

// greetings open the line above a label, and end with a comma: no sentence goes on behind them.
const greetings = " dear hello hi hallo liebe lieber liebes guten sehr bonjour cher chers chère chères hola estimado estimada " +
	"estimados estimadas querido querida caro cara caros caras prezado prezada prezados ciao gentile gentili beste "

// goesOn says that words follow on the line.
func (a *surroundings) goesOn() bool {
	return strings.IndexFunc(a.after, unicode.IsLetter) >= 0
}

// extent is the mark with the brackets, stars and signs around it.
func (a *surroundings) extent() (start, end int) {
	start, end = a.m.start, a.m.end
	for start > 0 && strings.IndexByte("[({<*_`#/", a.s[start-1]) >= 0 && a.m.start-start < 8 {
		start--
	}
	for end < len(a.s) && strings.IndexByte("])}>*_`:", a.s[end]) >= 0 && end-a.m.end < 8 {
		end++
	}
	return start, end
}

// lastWords gives the last n words of s, in lower case.
func lastWords(s string, n int) []string {
	words := strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\'' })
	if len(words) > n {
		words = words[len(words)-n:]
	}
	for i, w := range words {
		words[i] = strings.ToLower(w)
	}
	return words
}
