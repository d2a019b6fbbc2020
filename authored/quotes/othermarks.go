package quotes

import (
	"slices"
	"strings"
)

// maxMarks is how many marks of its own a mail can have for its quotes.
const maxMarks = 4

// otherMarks finds quotes that are marked otherwise than with ">": "| ", "} ", ": ", "# ", "--]", and the
// initials of whom is quoted ("JD> "). All of them occur in text too: they need a neighbour with the same mark
// whose words are prose, or an attribution above. What stood below an attribution marks quotes in all the mail.
func (s *stripper) otherMarks() {
	var known []string
	looked := 0
	for i := 0; i < len(s.lines); i++ {
		if !s.unmarked(i) {
			continue
		}
		mark := s.markAt(i)
		if mark == "" {
			continue
		}
		if len(known) < maxMarks && !slices.Contains(known, mark) && s.introduced(i, mark) {
			mark = s.stem(i, mark)
			known = append(known, mark)
			s.markAll(i, mark)
			continue
		}
		again := false
		if isInitials(mark) && looked < 4*maxMarks {
			looked++
			again = strings.Contains(s.src[s.lines[i].end:], "\n"+mark+" ")
		}
		if n := s.markRun(i, mark, again); n > 0 {
			i += n - 1
		}
	}
}

// unmarked tells a line with words that nothing is known of yet.
func (s *stripper) unmarked(i int) bool {
	l := &s.lines[i]
	return l.depth == 0 && !l.blank() && l.why == "" && l.kind == ""
}

// markAt returns what line i begins with, if quotes are ever marked so.
func (s *stripper) markAt(i int) string {
	t, indent := s.text(i), s.lines[i].indent
	if c := t[0] | 0x20; c >= 'a' && c <= 'z' {
		if n := initials(t); n > 0 && indent <= 16 {
			return t[:n]
		}
		return ""
	}
	n := 0
	for n < len(t) && n < 4 && strings.IndexByte("#%|{}]):;!*+-=~$&^</.", t[n]) >= 0 {
		n++
	}
	if n > 1 && t[0] == '|' || indent > 4 {
		n = min(n, 1) // bars within bars
	}
	if n < len(t) && n > 0 && t[n] == '>' && t[n-1] != '-' && t[n-1] != '=' && t[n-1] != '/' && t[n-1] != '<' {
		n++
	}
	if n == 0 || n > 3 || t[0] == '.' || indent > 8 || isRule(t) && len(t) > 3 {
		return ""
	}
	return t[:n]
}

// initials returns the length of "JD>" at the start of t, 0 if there is none.
func initials(t string) int {
	n := 0
	for n < len(t) && n < 12 && (t[n]|0x20 >= 'a' && t[n]|0x20 <= 'z') {
		n++
	}
	if n == 0 || n > 9 || n >= len(t) || t[n] != '>' {
		return 0
	}
	switch strings.ToLower(t[:n]) {
	case "sql", "mysql", "ftp", "irb", "psql", "sftp", "gdb", "telnet", "db", "ok", "br": // prompts and tags
		return 0
	}
	n++
	if n < len(t) && t[n] != ' ' && t[n] != '>' && t[n] != '\t' {
		return 0
	}
	return n
}

// introduced tells whether the mark at line i is the quote's: an attribution stands above it, or is what is
// marked first.
func (s *stripper) introduced(i int, mark string) bool {
	p := s.previous(i - 1)
	if p > 0 && i-p <= 3 && isCutMark(s.text(p)) {
		p = max(p-2, s.previous(p-1))
	}
	above := p >= 0 && i-p <= 5 && !s.lines[p].blank() && s.lines[p].depth == 0 && s.lines[p].why == "" && (s.attributionEnd(s.text(p)) || s.header(s.text(p)) != 0)
	if !above && !strings.HasSuffix(s.text(i), ":") {
		return false
	}
	lines, long := s.sameMark(i, mark)
	switch mark[0] {
	case '-', '*', '+', '=', '~', '$', '/', '&', '^', '<', '#': // these begin items, comments and tags too
		if lines < 2 && len(mark) < 2 && mark != "#" || !long {
			return false
		}
	}
	if low := fold(s.text(i)[len(mark):]); lines >= 2 && len(low) > 10 && low[len(low)-1] == ':' && hasEvidence(low) && s.words.attribution.begins(low) {
		return true
	}
	if !above {
		return false
	}
	if s.header(s.text(p)) != 0 {
		return lines >= 2 && long || mark[0] == '|'
	}
	first, strong := s.attributionStart(p)
	return first >= 0 && (strong || lines >= 2 || mark != "#")
}

// stem is the mark without the marks of quotes within the quote, where lines below go on without those: the first
// line of "+> a", "+ b" quotes what is quoted already.
func (s *stripper) stem(i int, mark string) string {
	stem := strings.TrimRight(mark, "<>")
	if stem == "" || stem == mark || isInitials(mark) {
		return mark
	}
	for j := i + 1; j < len(s.lines) && j < i+20; j++ {
		if t := s.text(j); strings.HasPrefix(t, stem) && !strings.HasPrefix(t, mark) {
			return stem
		}
	}
	return mark
}

// sameMark counts the lines from i that have the mark, blank ones between them aside, and tells whether one of
// them is as long as lines of running text are.
func (s *stripper) sameMark(i int, mark string) (lines int, long bool) {
	for j := i; j < len(s.lines) && lines < 8; j++ {
		if l := &s.lines[j]; l.blank() {
			continue
		}
		if !s.hasMark(j, mark) {
			break
		}
		lines++
		long = long || prose(s.text(j)[len(mark):])
	}
	return lines, long
}

// prose tells a line of running text: five words or more and none of the ends that lines of programs have, or
// two words and the end of a sentence.
func prose(t string) bool {
	if t = strings.TrimSpace(t); t == "" {
		return false
	}
	c, words := t[len(t)-1], strings.Count(t, " ")+1
	if c == '.' || c == '?' {
		return words > 1
	}
	return words > 4 && c != ';' && c != '{' && c != '}' && c != '|' && c != '\\'
}

// markAll gives depth 1 to all lines from i on with the mark.
func (s *stripper) markAll(i int, mark string) {
	for ; i < len(s.lines); i++ {
		if s.unmarked(i) && (s.hasMark(i, mark) || s.hasKnownMark(i, mark)) {
			s.lines[i].unmark(s.src, len(mark))
		}
	}
}

// unmark makes the line one of a quote whose mark is n bytes long.
func (l *line) unmark(src string, n int) {
	l.depth = 1
	for l.body += n; l.body < l.stop && isBlank(src[l.body]); {
		l.body++
	}
	l.body = min(l.body, l.stop)
}

// markRun gives depth 1 to a run of lines with the same mark, and returns how many lines it passed.
// again says that more runs with this mark follow.
func (s *stripper) markRun(i int, mark string, again bool) int {
	letters := isInitials(mark)
	arrow := !letters && len(mark) > 1 && (mark[len(mark)-1] == '>' || mark[len(mark)-1] == ']')
	if !letters && !arrow && mark != "|" && mark != "}" && mark != ":" && mark != "!" {
		return 0
	}
	last, count, said := i, 0, false
	if i > 0 && !s.lines[i-1].blank() && (s.src[s.lines[i-1].body] == '+' || isRule(s.text(i-1))) {
		for last+1 < len(s.lines) && s.hasMark(last+1, mark) {
			last++
		}
		return last - i + 1 // a frame
	}
	for j := i; j < len(s.lines); j++ {
		if s.lines[j].blank() {
			if j+1 < len(s.lines) && s.hasMark(j+1, mark) {
				continue
			}
			break
		}
		if !s.hasMark(j, mark) {
			break
		}
		said = said || prose(s.text(j)[len(mark):])
		last = j
		count++
	}
	switch {
	case letters && mark[0] < 'a' && (len(mark) > 2 || said):
	case letters && again && said:
	case letters && !(count >= 2 && said):
		return last - i + 1
	case arrow && !(count >= 3 && said):
		return last - i + 1
	case !letters && !said && !s.belowColon(i):
		return last - i + 1
	case count < 2 && !s.belowColon(i):
		return last - i + 1
	}
	for j := i; j <= last; j++ {
		if l := &s.lines[j]; !l.blank() {
			l.unmark(s.src, len(mark))
		}
	}
	return last - i + 1
}

func isInitials(mark string) bool {
	return mark[len(mark)-1] == '>' && mark[0]|0x20 >= 'a' && mark[0]|0x20 <= 'z'
}

// belowColon tells whether the line above ends with a colon, as attributions do.
func (s *stripper) belowColon(i int) bool {
	p := s.previous(i - 1)
	return p >= 0 && i-p <= 2 && strings.HasSuffix(s.text(p), ":")
}

// hasKnownMark is hasMark for a mark that stood below an attribution: what follows it may be anything but the
// rest of a smiley.
func (s *stripper) hasKnownMark(i int, mark string) bool {
	t := s.text(i)
	return strings.HasPrefix(t, mark) && len(t) > len(mark) && (len(mark) > 1 || strings.IndexByte(":#%|{}]);", mark[0]) >= 0 && strings.IndexByte("-)(", t[1]) < 0) && strings.Count(t, " ") > 1
}

func (s *stripper) hasMark(i int, mark string) bool {
	l := &s.lines[i]
	t := s.text(i)
	if l.depth > 0 || l.kind != "" || !strings.HasPrefix(t, mark) {
		return false
	}
	rest := t[len(mark):]
	if mark == "|" && strings.Contains(rest, "|") && !strings.HasPrefix(strings.TrimLeft(rest, " "), "|") || isRule(t) && len(t) > 3 && (mark != "|" || t[len(t)-1] == '|') {
		return false // a table, a frame
	}
	switch {
	case rest == "" || rest[0] == ' ' || rest[0] == '\t' || rest[0] == '>' || mark == "|" && rest[0] == '|':
		return true
	case mark == ":":
		return isLetter(firstRune(rest)) && strings.Count(rest, " ") > 1
	case mark == "!" || mark == "-" || mark == "*" || mark == "/" || mark == "$" || mark == "<":
		return false // ":-)", "!=", "-x", "*so*"
	}
	r := firstRune(rest)
	return isLetter(r) || r == '"' || isDigit(byte(r)) && r < 0x80 || r == rune(mark[0])
}
