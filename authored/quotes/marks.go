package quotes

import (
	"strings"

	"askahead/domain"
)

// marks says of the lines that stay which are a greeting, code, a log, a table, a heading or a TLP label.
func (s *stripper) marks() {
	first := true
	for i := range s.lines {
		l := &s.lines[i]
		if l.why != "" || l.blank() {
			continue
		}
		if first && l.kind == "" {
			s.greeting(i)
			first = l.kind == domain.MarkTLP
		}
		if l.kind != "" {
			continue
		}
		t := s.text(i)
		switch {
		case isTLP(t):
			l.kind = domain.MarkTLP
		case isTable(t) && (s.kindAt(i-1) == domain.MarkTable || i+1 < len(s.lines) && s.lines[i+1].why == "" && isTable(s.text(i+1))):
			l.kind = domain.MarkTable
		case isLog(t) && !strings.HasSuffix(t, "?"):
			l.kind = domain.MarkLog
		case isCode(t) && (l.indent > 1 || s.kindAt(i-1) == domain.MarkCode || i+1 < len(s.lines) && !s.lines[i+1].blank() && isCode(s.text(i+1))):
			l.kind = domain.MarkCode
		case isHeading(t) || len(t) < 80 && i+1 < len(s.lines) && s.lines[i+1].why == reasonRule && s.lines[i+1].stop-s.lines[i+1].body >= len(t)/2 && !sentence(t) && (i == 0 || s.lines[i-1].blank()):
			l.kind = domain.MarkHeading
		}
	}
}

func (s *stripper) kindAt(i int) string {
	if i < 0 {
		return ""
	}
	return s.lines[i].kind
}

func (s *stripper) greeting(i int) {
	t := s.text(i)
	if isTLP(t) {
		s.lines[i].kind = domain.MarkTLP
		return
	}
	n := s.words.greetings.find(t)
	if n == 0 {
		return
	}
	end := strings.IndexAny(t[n:], ",!:.?\n")
	words := strings.Count(t[n:], " ")
	if end >= 0 {
		words = strings.Count(t[n:n+end], " ")
	}
	switch {
	case end >= 0 && t[n+end] == '?':
	case end >= 0 && words <= 5, end < 0 && words <= 4 && len(t) < 60, end < 0 && isDense(firstRune(t)):
		s.lines[i].kind = domain.MarkGreeting
	}
}

func firstRune(t string) rune {
	for _, r := range t {
		return r
	}
	return 0
}

// isTLP tells a line that is a label of the Traffic Light Protocol and nothing else.
func isTLP(t string) bool {
	if len(t) < 6 || len(t) > 60 {
		return false
	}
	t = strings.Trim(t, "*_[]()#<>=- \t.")
	if len(t) < 6 || !strings.EqualFold(t[:3], "tlp") {
		return false
	}
	rest := strings.TrimLeft(strings.TrimPrefix(t[3:], "："), ": \t-")
	return rest != "" && rest != t[3:] && strings.Count(rest, " ") <= 1
}

func isTable(t string) bool {
	if strings.Count(t, "|") >= 2 || strings.HasPrefix(t, "+-") && strings.HasSuffix(t, "-+") {
		return true
	}
	if strings.Count(t, "\t") >= 2 {
		return true
	}
	gaps := 0
	for i := 0; i+2 < len(t); i++ {
		if t[i] != ' ' && t[i+1] == ' ' && t[i+2] == ' ' {
			if c := t[i]; c != '.' && c != '?' && c != '!' && c != ':' {
				gaps++
			}
		}
	}
	return gaps >= 2
}

// isLog tells a line that a program wrote: it begins with a time, or a kernel's seconds in brackets.
func isLog(t string) bool {
	if len(t) < 16 {
		return false
	}
	if t[0] == '[' {
		end := strings.IndexByte(t, ']')
		return end > 3 && end < 40 && strings.Trim(t[1:end], "0123456789.: -/TZ+,") == "" && (hasClock(t[:end]) || strings.Contains(t[:end], "."))
	}
	head := t[:min(len(t), 24)]
	if isDigit(t[0]) {
		return hasClock(head) && hasDay(head) && !strings.HasSuffix(t, ":")
	}
	if len(t) > 20 && t[3] == ' ' && hasClock(t[6:min(len(t), 16)]) && (isDigit(t[5]) || isDigit(t[4])) && strings.Count(t[:16], ":") == 2 {
		return strings.Contains("JanFebMarAprMayJunJulAugSepOctNovDec", t[:3])
	}
	return false
}

// isCode tells a line of a program or of a shell.
func isCode(t string) bool {
	switch t[len(t)-1] {
	case '{', '}', ';':
		return !strings.Contains(t, ". ") && (strings.ContainsAny(t, "(){}=<>[]#$") || len(t) <= 3)
	}
	for _, p := range [...]string{"#include", "#define", "#!/", "$ ", "import ", "def ", "return ", "// ", "/* ", "public ", "private ", "static ", "</", "<?", "func ", "sudo "} {
		if strings.HasPrefix(t, p) {
			return !strings.HasSuffix(t, "?") && !strings.HasSuffix(t, ".") && strings.ContainsAny(t, "(){}=<>[]#$/-_\"")
		}
	}
	return strings.Contains(t, "() ") || strings.Contains(t, " == ") || strings.Contains(t, " != ") || strings.Contains(t, " := ") || strings.Contains(t, "->") && strings.Contains(t, "(")
}

// isHeading tells a line of Markdown's headings.
func isHeading(t string) bool {
	n := 0
	for n < len(t) && t[n] == '#' {
		n++
	}
	return n > 0 && n <= 6 && n < len(t) && t[n] == ' ' && !strings.HasSuffix(t, "?")
}
