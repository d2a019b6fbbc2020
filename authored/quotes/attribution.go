package quotes

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// attributionEnd is the cheap first question about a line: can an attribution end so?
func (s *stripper) attributionEnd(t string) bool {
	if t[0] == '2' && zoneStamp(t) {
		return true
	}
	switch c := t[len(t)-1]; c {
	case ':', '>', '-', '*', ']', ')':
		return true
	case 's', '.':
		return strings.HasSuffix(t, " writes") || strings.HasPrefix(t, "news:")
	case 'e', 'b', 't', 'u', 'o', 'w': // wrote, schrieb, écrit, escreveu, escribió: some leave out the colon
		return strings.HasSuffix(t, "wrote") || strings.HasSuffix(t, "schrieb") || strings.HasSuffix(t, "crit") || strings.HasSuffix(t, "skrev") || strings.HasSuffix(t, "escreveu") || strings.HasSuffix(t, "ha scritto")
	default:
		return c >= utf8.RuneSelf
	}
}

// zoneStamp tells a date in figures, a time, its zone and a name, and no more: what a program of the years about
// 2014 wrote above quotes, "2014-03-03 17:21 GMT+01:00 Ada Example".
func zoneStamp(t string) bool {
	if len(t) < 24 || len(t) > 120 || t[4] != '-' || t[7] != '-' || !hasClock(t[:18]) {
		return false
	}
	_, name, ok := strings.Cut(t, " GMT")
	_, name, named := strings.Cut(name, " ")
	return ok && named && nameLike(name)
}

// Limits of an attribution: mail programs break it over several lines.
const (
	attributionLines = 6
	attributionBytes = 400
)

// attribution removes the attribution that ends at line i, with the quote below it where that is not marked.
// It returns the last line dealt with, or i-1 where the line is none.
func (s *stripper) attribution(i int) int {
	below := s.next(i + 1)
	if (below == len(s.lines) || s.lines[below].depth == 0 && s.lines[below].indent == 0) && !s.evidenceNear(i) {
		return i - 1
	}
	first, strong := s.attributionStart(i)
	if first < 0 && s.names(i) {
		first = i
	}
	if first < 0 {
		return i - 1
	}
	if below < len(s.lines) && s.lines[below].depth == 0 && s.lines[below].indent >= 2 && s.lines[first].indent == 0 && s.attributionBelow(below) {
		return s.removeIndented(first, i, below) // another attribution, set in with its quote
	}
	quoted := below < len(s.lines) && s.lines[below].depth > 0 && s.lines[below].why == "" || s.attributionBelow(below) || s.cutMark(below)
	switch {
	case quoted && (below-i <= 3 || strong):
	case quoted:
		return i - 1
	case strong:
		if s.indented(below) && (s.comesBack(below) || !strings.Contains(s.src[s.lines[first].start:s.lines[i].end], "@")) {
			return s.removeIndented(first, i, below)
		}
		if below < len(s.lines) && isCutMark(s.text(below)) { // nothing of the quote was kept
			s.endSignature(first)
			s.remove(first, i+1, reasonAttribution)
			s.remove(below, below+1, reasonQuote)
			return below
		}
		if !s.ownAbove(first) && s.quoteBelow(below) {
			s.remove(first, i+1, reasonAttribution) // its quote was cut away; other quotes are marked
			return i
		}
		if below == len(s.lines) && first == 0 {
			return i - 1
		}
		s.endSignature(first)
		s.remove(first, i+1, reasonAttribution)
		if last := s.bracketed(below); last > i {
			return last
		}
		return s.cutBelow(i+1, reasonQuote)
	case s.indented(below) && s.weakVerb(i) && s.lines[first].indent == 0:
		return s.removeIndented(first, i, below)
	default:
		return i - 1
	}
	s.endSignature(first)
	s.remove(first, i+1, reasonAttribution)
	if s.cutMark(below) && isCutMark(s.text(below)) {
		s.remove(below, below+1, reasonQuote)
	}
	return i
}

// names tells a line of its own right above a marked quote that names somebody and says no more: "Ada Example:",
// "[Ada]", "From: Ada Example <ada@ngo.example>".
func (s *stripper) names(i int) bool {
	t := s.text(i)
	if i+1 >= len(s.lines) || s.lines[i+1].depth == 0 || !s.fullLine(i) || len(t) < 3 {
		return false
	}
	if k, value := s.headerLine(t); k&headerFrom != 0 {
		return strings.Contains(value, "@")
	}
	if t[0] == '[' && t[len(t)-1] == ']' || t[len(t)-1] == ':' {
		t = strings.Trim(t, "[]:* ")
		if !nameLike(t) {
			return false
		}
		for w := range strings.FieldsSeq(t) {
			if r := firstRune(w); !unicode.IsUpper(r) {
				return false
			}
		}
		return true
	}
	return false
}

// attributionBelow tells whether line j is one more attribution, right above a marked quote.
func (s *stripper) attributionBelow(j int) bool {
	if j >= len(s.lines) || s.lines[j].depth > 0 || s.lines[j].stop-s.lines[j].body > 120 || !strings.HasSuffix(s.text(j), ":") {
		return false
	}
	k := s.next(j + 1)
	return k < len(s.lines) && s.lines[k].depth > 0 && k-j <= 3
}

// bracketed removes a quote between "<<" and ">>", each at the edge of a line, and returns its last line, or
// -1 where there is none.
func (s *stripper) bracketed(from int) int {
	if from >= len(s.lines) || !strings.HasPrefix(s.text(from), "<<") {
		return -1
	}
	for j := from; j < len(s.lines); j++ {
		if t := s.src[s.lines[j].start:s.lines[j].end]; strings.HasSuffix(strings.TrimRight(t, " \t"), ">>") {
			s.remove(from, j+1, reasonQuote)
			return j
		}
	}
	return -1
}

// quoteBelow tells whether a text from i on has quotes that are marked as such.
func (s *stripper) quoteBelow(i int) bool {
	if s.lastRun == 0 {
		s.lastRun = -1
		for j := len(s.lines) - 2; j >= 0 && s.lastRun < 0; j-- {
			if s.lines[j].depth > 0 && s.lines[j+1].depth > 0 {
				s.lastRun = j
			}
		}
	}
	return i <= s.lastRun
}

// splitAttribution finds an attribution that stands in the line of the answer above it ("Yes. On 5 Nov 2018
// Ben wrote:") and makes two lines of it. It does so once in a mail.
func (s *stripper) splitAttribution(i int) bool {
	l := &s.lines[i]
	if s.split || i+1 == len(s.lines) || s.lines[i+1].depth == 0 || l.end-l.start > attributionBytes {
		return false
	}
	t := s.src[l.start:l.end]
	k := strings.LastIndex(t, " On ")
	if k <= 0 || !hasEvidence(t[k:]) || !s.words.attribution.begins(fold(t[k:])) {
		return false
	}
	s.split = true
	if d := len(strings.TrimRight(t[:k], "-")); d > 0 && k-d >= 2 {
		k = d // "Yes.--- On 5 Nov …": a drawn line got into it too
	}
	head, rest := line{start: l.start, end: l.start + k}, line{start: l.start + k, end: l.end}
	head.measure(s.src)
	rest.measure(s.src)
	s.lines = slices.Replace(s.lines, i, i+1, head, rest)
	return true
}

// evidenceNear tells whether a figure or an address stands near above line i: without one, and without a
// quote below, no attribution ends there.
func (s *stripper) evidenceNear(i int) bool {
	from := s.lines[max(0, i-attributionLines-1)].start
	from = max(from, s.lines[i].end-2*attributionBytes)
	for k := from; k < s.lines[i].end; k++ {
		if c := s.src[k]; isDigit(c) || c == '@' || c == 0xd9 || c == 0xdb || c == 0xe5 || c == 0xeb {
			return true // a digit, Arabic digits, 年, 년
		}
	}
	return strings.HasSuffix(s.text(i), "---")
}

// attributionStart returns the line that the attribution ending at i begins at, -1 if there is none, and
// whether it is one wherever it stands: it has the words of one, and a date or an address.
func (s *stripper) attributionStart(i int) (first int, strong bool) {
	var joined string
	blanks := 0
	for j := i; j >= 0 && i-j < attributionLines+blanks && s.lines[i].end-s.lines[j].start < attributionBytes; j-- {
		l := &s.lines[j]
		if l.why != "" || l.kind != "" || l.depth > 0 && j < i {
			break
		}
		if l.blank() {
			if blanks++; blanks > 2 {
				break
			}
			continue
		}
		low := fold(s.text(j))
		if joined == "" {
			joined = low
		} else if joined = low + " " + joined; blanks > 0 && !hasEvidence(joined) {
			break
		}
		if len(joined) < 6 {
			continue
		}
		if s.words.attribution.begins(joined) {
			if ok := hasEvidence(joined); ok || i-j < 2 {
				return j, ok
			}
		}
	}
	if first, strong = s.gapAttribution(i); first >= 0 {
		return first, strong
	}
	return s.dashedAttribution(i), true
}

// dashedAttribution is "---- Ada Example wrote ----": the dashes take the place of the colon.
func (s *stripper) dashedAttribution(i int) int {
	t := s.text(i)
	if !strings.HasPrefix(t, "---") || !strings.HasSuffix(t, "---") || len(t) > 200 {
		return -1
	}
	low := fold(t)
	if s.words.attribution.within(low+":") || s.words.attribution.begins(low+":") {
		return i
	}
	return -1
}

// gapAttribution looks for the forms that begin with a date or a name, on up to three lines.
func (s *stripper) gapAttribution(i int) (first int, strong bool) {
	first = -1
	joined := ""
	for j := i; j >= 0 && j > i-3; j-- {
		l := &s.lines[j]
		if l.why != "" || l.kind != "" || l.depth > 0 || l.blank() {
			break
		}
		if joined == "" {
			joined = fold(s.text(j))
		} else {
			joined = fold(s.text(j)) + " " + joined
		}
		if len(joined) > attributionBytes || joined == "" {
			break
		}
		if first >= 0 {
			// A form was found below; the line above belongs to it if the date or the address stands there.
			if !strong && hasEvidence(joined) && (j == 0 || s.lines[j-1].blank() || s.lines[j-1].depth > 0) {
				return j, true
			}
			continue
		}
		if s.words.attribution.within(joined) || s.dated(joined, i) {
			first, strong = j, hasEvidence(joined)
			if strong && (s.fullLine(j) || !s.begunAbove(j)) {
				return first, strong
			}
			if strong {
				return j - 1, true
			}
		}
		if s.fullLine(j) && (stamped(joined) || j == i && zoneStamp(s.text(j))) {
			return j, true
		}
	}
	return first, strong
}

// begunAbove tells whether the line above j is the beginning of the attribution that goes on in j: it has
// the date, or ends where a name or an address does not.
func (s *stripper) begunAbove(j int) bool {
	t := s.text(j - 1)
	if len(t) > 120 || s.lines[j-1].why != "" || s.lines[j-1].depth > 0 {
		return false
	}
	dated := hasClock(t) && hasDay(t)
	return strings.HasSuffix(t, "<") || dated && dateFirst(strings.ToLower(t)) || s.fullLine(j-1) && (dated || strings.Contains(t, "@"))
}

// stamped tells a date, a time, and an address behind them, with a colon: an attribution in any language,
// wherever it stands ("11:00 AM, November 17, 2021, "A. Writer" <a@mail.example>:").
func stamped(low string) bool {
	at := strings.LastIndexByte(low, '@')
	return at > 0 && len(low) < 200 && low[len(low)-1] == ':' && strings.HasSuffix(strings.TrimRight(low, ">):"), low[at+1:][:len(strings.TrimRight(low[at+1:], ">):"))]) &&
		!strings.ContainsAny(low[at+1:], " ") && hasClock(low[:at]) && hasDay(low[:at]) && dateFirst(low)
}

// dateFirst tells a text that begins with a number, or with the name of a day and a number.
func dateFirst(low string) bool {
	for i := 0; i < len(low) && i < 24; i++ {
		if isDigit(low[i]) {
			return strings.Count(low[:i], " ") <= 2
		}
	}
	return false
}

// fullLine tells whether a line begins a paragraph.
func (s *stripper) fullLine(j int) bool {
	return j == 0 || s.lines[j-1].blank() || s.lines[j-1].depth > 0 || s.lines[j-1].why != ""
}

// dated tells the forms without a word for writing: a date and an address, or a name, an address and a date,
// right above a quote ("2011/3/1 A. Writer <a@mail.example>", "* A. Writer [2011-03-01 10:00]:").
func (s *stripper) dated(low string, i int) bool {
	below := i + 1
	for below < len(s.lines) && below <= i+2 && s.lines[below].blank() && s.lines[below].depth == 0 {
		below++
	}
	if low == "" || below >= len(s.lines) || s.lines[below].depth == 0 {
		return false
	}
	switch low[len(low)-1] {
	case ':':
		return hasDay(low) && (hasClock(low) || strings.Contains(low, "@") || len(low) < 90) || strings.Contains(low, "@") && len(low) < 120
	default:
		return hasDay(low) && strings.Contains(low, "@") && len(low) < 160
	}
}

// hasEvidence tells whether a date, a time or an address stands in an attribution.
func hasEvidence(low string) bool {
	if strings.Contains(low, "@") || hasClock(low) || hasDay(low) || strings.Contains(low, "mailto:") || strings.Contains(low, "年") || strings.Contains(low, "년") || strings.Contains(low, "[via") {
		return true
	}
	digits := 0
	for i := 0; i < len(low); i++ {
		if isDigit(low[i]) {
			digits++
		}
	}
	return digits >= 5
}

// indented tells whether the paragraph at i is set in from the margin.
func (s *stripper) indented(i int) bool {
	return i < len(s.lines) && s.lines[i].indent >= 1 && s.lines[i].why == ""
}

// weakVerb tells whether the line says that somebody wrote, and no more: "Ada Example writes:".
func (s *stripper) weakVerb(i int) bool { return len(s.text(i)) <= 60 }

// removeIndented removes an attribution and the text below it that is set in: a quote marked by its margin.
func (s *stripper) removeIndented(first, i, below int) int {
	s.endSignature(first)
	s.remove(first, i+1, reasonAttribution)
	margin := s.margin
	last := s.setInBelow(below, 1)
	if s.margin = margin; s.lines[below].indent >= 2 {
		s.margin = s.lines[below].indent
	}
	return last
}
