package questions

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// addressedTo tells whether sentence i says the name of a session, in any case and not as a part of a longer
// word. A name that holds a question mark is parted by it: what stands before sentence i counts then.
func (g *grouping) addressedTo(i int) bool {
	for _, name := range g.names {
		from := i
		if i > 0 && strings.ContainsAny(name, "?!.") && g.s.sentences[i-1].para == g.s.sentences[i].para {
			from--
		}
		if says(g.said(from, i), lower(name)) {
			return true
		}
	}
	return false
}

// titled tells whether the question mark of sentence i belongs to the title of a session, and whether the
// sentence is nothing but that title.
func (g *grouping) titled(i int) (titled, only bool) {
	for _, name := range g.names {
		if !strings.HasSuffix(name, "?") {
			continue
		}
		title, text := trimMarks(lower(name)), trimMarks(g.said(i, i))
		if title != "" && strings.HasSuffix(text, title) {
			return true, text == title
		}
	}
	return false, false
}

func trimMarks(text string) string {
	return strings.TrimFunc(text, func(r rune) bool { return !inWord(r) })
}

// said is what the sentences from to last say, in small letters and with single spaces.
func (g *grouping) said(from, last int) string {
	return lower(g.own[g.s.sentences[from].start:g.s.sentences[last].end])
}

func lower(text string) string { return strings.ToLower(fold(text)) }

// says tells whether the words of name stand in text.
func says(text, name string) bool {
	for at := 0; name != ""; at += len(name) {
		n := strings.Index(text[at:], name)
		if n < 0 {
			return false
		}
		at += n
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		after, _ := utf8.DecodeRuneInString(text[at+len(name):])
		if !inWord(before) && !inWord(after) {
			return true
		}
	}
	return false
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }
