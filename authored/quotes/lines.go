package quotes

import (
	"strings"
	"unicode/utf8"
)

// line is one line of the text.
type line struct {
	start, end int    // byte range in the text, without the line end
	body, stop int    // what stands in it behind quote marks and between blanks
	depth      int    // how many ">" it has
	why        string // the reason for removing it; "" stays
	kind       string // a mark for what stays: code, patch, …
	indent     int    // blanks before the body; a tab counts as eight
	armour     int    // bytes before start that PGP put there
}

func (l *line) blank() bool { return l.body == l.stop }

// splitLines finds the lines and their quote marks.
func splitLines(text string) []line {
	lines := make([]line, 0, 8+strings.Count(text, "\n"))
	for pos := 0; pos < len(text); {
		end := strings.IndexByte(text[pos:], '\n')
		if end < 0 {
			end = len(text)
		} else {
			end += pos
		}
		l := line{start: pos, end: end}
		l.measure(text)
		lines = append(lines, l)
		pos = end + 1
	}
	return lines
}

func (l *line) measure(text string) {
	i, stop := l.start, l.end
	for stop > i && isBlank(text[stop-1]) {
		stop--
	}
	for stop > i+1 && text[stop-2] == 0xc2 && text[stop-1] == 0xa0 { // no-break spaces
		stop -= 2
		for stop > i && isBlank(text[stop-1]) {
			stop--
		}
	}
	for {
		j, n := i, 0
		for j < stop {
			if text[j] == ' ' {
				n++
			} else if text[j] == '\t' {
				n += 8
			} else if text[j] == 0xc2 && j+1 < stop && text[j+1] == 0xa0 {
				n++
				j++
			} else {
				break
			}
			j++
		}
		if j < stop && text[j] == '>' && (n <= 8 || l.depth > 0) && l.depth < 100 {
			l.depth++
			i = j + 1
			continue
		}
		if j < stop && text[j] == '&' && strings.HasPrefix(text[j:stop], "&gt;") && l.depth < 100 {
			l.depth++
			i = j + 4
			continue
		}
		l.body, l.indent = j, n
		break
	}
	l.stop = max(stop, l.body)
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// text returns what stands in the line, without marks and blanks around.
func (s *stripper) text(i int) string { return s.src[s.lines[i].body:s.lines[i].stop] }

// next returns the first line from i that is not blank, len(lines) if there is none.
func (s *stripper) next(i int) int {
	for i < len(s.lines) && s.lines[i].blank() {
		i++
	}
	return i
}

// previous returns the last line up to i that is not blank, -1 if there is none.
func (s *stripper) previous(i int) int {
	for i >= 0 && s.lines[i].blank() {
		i--
	}
	return i
}

// isRule tells a line that is drawn: three or more of the same few marks and nothing else.
func isRule(t string) bool {
	if len(t) < 3 {
		return false
	}
	n := 0
	var first rune
	for _, r := range t {
		switch r {
		case '-', '_', '=', '*', '~', '#', '+', '—', '–', '─', '━', '═', '‒', '―', '^', '.', '•', '·', '<', '>', '|', '/', '\\':
			if n == 0 {
				first = r
			}
			n++
		case ' ', '\u00a0':
		default:
			return false
		}
	}
	if first == '.' || first == '>' || first == '<' || first == '|' || first == '/' || first == '\\' || first == '^' {
		return n >= 6
	}
	return n >= 3
}

// unquoteMarks finds quotes that are marked otherwise than with ">": "| ", "} ", ": ", and the initials of
// whom is quoted ("JD> "). They need a neighbour with the same mark, for each of them also occurs in text.
func (s *stripper) otherMarks() {
	for i := 0; i < len(s.lines); i++ {
		l := &s.lines[i]
		if l.depth > 0 || l.blank() || l.why != "" || l.kind != "" || l.indent > 4 {
			continue
		}
		switch c := s.src[l.body]; {
		case c == '|' || c == '}' || c == ':' || c == '!':
			i = s.markRun(i, s.src[l.body:l.body+1])
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			if n := initials(s.text(i)); n > 0 {
				i = s.markRun(i, s.src[l.body:l.body+n])
			}
		}
	}
}

// initials returns the length of "JD>" at the start of t, 0 if there is none. Prompts of programs look alike.
func initials(t string) int {
	n := 0
	for n < len(t) && n < 12 && (t[n]|0x20 >= 'a' && t[n]|0x20 <= 'z') {
		n++
	}
	if n == 0 || n >= len(t) || t[n] != '>' || t[0] >= 'a' && n > 4 || n > 9 {
		return 0
	}
	switch strings.ToLower(t[:n]) {
	case "sql", "mysql", "ftp", "irb", "psql", "sftp", "gdb", "telnet", "db", "c", "ok", "p", "br", "a", "b", "i", "u":
		return 0
	}
	n++
	if n < len(t) && t[n] != ' ' && t[n] != '>' && t[n] != '\t' {
		return 0
	}
	return n
}

// markRun gives depth 1 to a run of lines with the same mark, and returns its last line.
func (s *stripper) markRun(i int, mark string) int {
	last, count := i, 0
	if i > 0 && !s.lines[i-1].blank() && (s.src[s.lines[i-1].body] == '+' || isRule(s.text(i-1))) {
		for last+1 < len(s.lines) && s.hasMark(last+1, mark) {
			last++
		}
		return last // a frame
	}
	for j := i; j < len(s.lines); j++ {
		l := &s.lines[j]
		if l.blank() {
			if j+1 < len(s.lines) && s.hasMark(j+1, mark) {
				continue
			}
			break
		}
		if !s.hasMark(j, mark) {
			break
		}
		last = j
		count++
	}
	if count < 2 && !(len(mark) > 1 && mark[0] < 'a') && !s.belowColon(i) {
		return i
	}
	for j := i; j <= last; j++ {
		if l := &s.lines[j]; !l.blank() {
			l.depth = 1
			l.body = min(l.stop, l.body+len(mark))
		}
	}
	return last
}

// belowColon tells whether the line above ends with a colon, as attributions do.
func (s *stripper) belowColon(i int) bool {
	p := s.previous(i - 1)
	return p >= 0 && i-p <= 2 && strings.HasSuffix(s.text(p), ":")
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
	return rest == "" || rest[0] == ' ' || rest[0] == '\t' || rest[0] == '>' || mark == "|" && rest[0] == '|'
}

// endsInLink tells a line whose last word is the address of a page, as far as it fits there.
func endsInLink(t string) bool {
	last := t[strings.LastIndexByte(t, ' ')+1:]
	return strings.Contains(last, "://") && !strings.HasSuffix(last, ".") && !strings.HasSuffix(last, ")") && !strings.HasSuffix(last, ">")
}

// wrapDamage finds the ends of quoted lines that a mail program wrapped without marking them again: a short
// line right between two lines of one quote, where the line above is long and its sentence goes on.
func (s *stripper) wrapDamage() {
	for i := 1; i+1 < len(s.lines); i++ {
		l, above, below := &s.lines[i], &s.lines[i-1], &s.lines[i+1]
		if l.depth > 0 || l.blank() || l.why != "" || l.kind != "" || above.depth == 0 || below.depth == 0 {
			continue
		}
		t := s.text(i)
		if strings.HasPrefix(t, "(http") && strings.HasSuffix(t, ">") || strings.IndexByte(t, ' ') < 0 && !above.blank() && (len(t) > 20 || endsInLink(s.text(i-1))) {
			l.why = reasonQuote // a long address, or the rest of one
			continue
		}
		if above.blank() {
			continue
		}
		if above.end-above.start < 60 || l.stop-l.start > 30 && above.end-above.start < 70 || l.stop-l.start > 45 {
			continue
		}
		if c := s.src[above.stop-1]; c == '.' || c == '?' || c == '!' || c == ':' {
			continue
		}
		r, _ := utf8.DecodeRuneInString(t)
		if !below.blank() || isLowerRune(r) || l.stop-l.start <= 25 {
			l.why = reasonQuote
		}
	}
}

func isLowerRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= utf8.RuneSelf && isLetter(r)
}
