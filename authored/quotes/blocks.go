package quotes

import (
	"strings"

	"askahead/domain"
)

// blocks finds what is not prose and must not be searched for quotes: patches, fenced code, PGP armour,
// uuencoded files.
func (s *stripper) blocks() {
	for i := 0; i < len(s.lines); i++ {
		l := &s.lines[i]
		if l.blank() || l.depth > 0 && s.src[l.start] != '>' {
			continue
		}
		t := s.src[l.start:l.end]
		if l.depth == 0 && (isTrailer(t) || isDiffstat(t)) {
			s.mark(i, i+1, domain.MarkPatch)
			if i > 0 && s.text(i-1) == "---" {
				s.mark(i-1, i, domain.MarkPatch)
			}
			continue
		}
		switch t[0] {
		case '-':
			switch {
			case strings.HasPrefix(t, "-----BEGIN PGP "):
				i = s.armour(i, t)
			case strings.HasPrefix(t, "--- ") && i+1 < len(s.lines) && strings.HasPrefix(s.src[s.lines[i+1].start:], "+++ "):
				i = s.patch(i)
			}
		case '*':
			if strings.HasPrefix(t, "*** ") && i+1 < len(s.lines) && strings.HasPrefix(s.src[s.lines[i+1].start:], "--- ") {
				i = s.patch(i)
			}
		case 'd':
			if strings.HasPrefix(t, "diff -") {
				i = s.patch(i)
			}
		case 'I':
			if strings.HasPrefix(t, "Index: ") && i+1 < len(s.lines) && strings.HasPrefix(s.src[s.lines[i+1].start:], "====") {
				i = s.patch(i)
			}
		case '`', '~':
			if strings.HasPrefix(t, "```") || strings.HasPrefix(t, "~~~") && !isRule(strings.TrimSpace(t)) {
				i = s.fence(i, t[:3])
			}
		case 'b':
			if strings.HasPrefix(t, "begin ") {
				i = s.uuencoded(i, t)
			}
		default:
			if t[0] >= '1' && t[0] <= '9' && isDiffCommand(t) {
				i = s.oldDiff(i)
			}
		}
	}
}

func (s *stripper) mark(a, b int, kind string) {
	for i := a; i < b; i++ {
		l := &s.lines[i]
		l.kind = kind
		l.body, l.depth = l.start, 0 // what looks like a quote mark is a part of it
		l.stop = max(l.stop, l.body)
	}
}

// patch marks a unified or context diff from i and returns its last line. It ends at the first line that
// none can have.
func (s *stripper) patch(i int) int {
	j, last := i, i
	inHunk := false
	for ; j < len(s.lines); j++ {
		t := s.src[s.lines[j].start:s.lines[j].end]
		switch {
		case t == "":
			continue
		case t == "-- " || t == "--":
			s.mark(i, last+1, domain.MarkPatch)
			return last
		case t[0] == '+' || t[0] == '-' || t[0] == '@' || t[0] == '\\' || t[0] == '!' || t[0] == '*' || t[0] == '=' || inHunk && (t[0] == ' ' || t[0] == '\t'):
			inHunk = inHunk || t[0] == '@' || strings.HasPrefix(t, "***")
			last = j
		case isDiffHeader(t):
			last, inHunk = j, false
		default:
			s.mark(i, last+1, domain.MarkPatch)
			return last
		}
	}
	s.mark(i, last+1, domain.MarkPatch)
	return last
}

func isDiffHeader(t string) bool {
	for _, p := range [...]string{"diff ", "index ", "Index: ", "new file mode ", "deleted file mode ", "old mode ", "new mode ", "similarity index ", "rename ", "copy ", "Binary files ", "GIT binary patch", "Only in ", "retrieving revision", "RCS file:"} {
		if strings.HasPrefix(t, p) {
			return true
		}
	}
	return false
}

// isTrailer tells the lines below the description of a patch that say who had a part in it: "Reviewed-by: …".
func isTrailer(t string) bool {
	i := strings.IndexByte(t, ':')
	return i > 4 && i < 30 && t[0] >= 'A' && t[0] <= 'Z' && strings.HasSuffix(strings.ToLower(t[:i]), "-by") && !strings.Contains(t[:i], " ") && strings.ContainsAny(t, "@<")
}

// isDiffstat tells a line that counts the changes to a file, " path/to/file.c | 12 ++--", or to all of them.
func isDiffstat(t string) bool {
	t = strings.TrimSpace(t)
	if i := strings.Index(t, " | "); i > 0 && t[0] != '|' {
		rest := strings.TrimLeft(t[i+3:], " ")
		n := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		return n > 0 && n < 7 && rest[n:] != "" && strings.Trim(rest[n:], " +-") == "" && !strings.Contains(t[:i], "| ")
	}
	n := len(t) - len(strings.TrimLeft(t, "0123456789"))
	return n > 0 && (strings.HasPrefix(t[n:], " files changed, ") || strings.HasPrefix(t[n:], " file changed, "))
}

// isDiffCommand tells the command lines of the oldest form of diff: "12c12", "3,5d2", "7a8,9".
func isDiffCommand(t string) bool {
	i, letters := 0, 0
	for ; i < len(t) && i < 30; i++ {
		switch c := t[i]; {
		case c >= '0' && c <= '9' || c == ',':
		case (c == 'a' || c == 'c' || c == 'd') && letters == 0:
			letters++
		default:
			return false
		}
	}
	return letters == 1 && i > 2 && i == len(t)
}

func (s *stripper) oldDiff(i int) int {
	j := i + 1
	for j < len(s.lines) {
		t := s.src[s.lines[j].start:s.lines[j].end]
		if !strings.HasPrefix(t, "< ") && !strings.HasPrefix(t, "> ") && t != "<" && t != ">" && t != "---" && !isDiffCommand(t) {
			break
		}
		j++
	}
	if j < i+2 {
		return i
	}
	s.mark(i, j, domain.MarkPatch)
	return j - 1
}

// fence marks code between two fences. One that is never closed is none.
func (s *stripper) fence(i int, mark string) int {
	for j := i + 1; j < len(s.lines) && j < i+2000; j++ {
		if t := strings.TrimSpace(s.src[s.lines[j].start:s.lines[j].end]); strings.HasPrefix(t, mark) {
			s.mark(i, j+1, domain.MarkCode)
			return j
		}
	}
	return i
}

// uuencoded removes a file that stands in the text: "begin 644 name", lines of at most 61 letters, "end".
func (s *stripper) uuencoded(i int, t string) int {
	f := strings.Fields(t)
	if len(f) < 3 || len(f[1]) < 3 || len(f[1]) > 4 || strings.Trim(f[1], "01234567") != "" {
		return i
	}
	j := i + 1
	for ; j < len(s.lines); j++ {
		t := s.src[s.lines[j].start:s.lines[j].end]
		if t == "end" {
			break
		}
		if t != "" && (t[0] < ' ' || t[0] > '`' || len(t) > 64) {
			j--
			break
		}
	}
	if j < i+2 {
		return i
	}
	s.remove(i, j+1, reasonAttachment)
	return min(j, len(s.lines)-1)
}

// armour removes PGP armour (RFC 9580 section 6.2). Of a signed text the text stays.
func (s *stripper) armour(i int, t string) int {
	what, _, ok := strings.Cut(t[len("-----BEGIN PGP "):], "-----")
	if !ok {
		return i
	}
	if what == "SIGNED MESSAGE" {
		j := i + 1
		for j < len(s.lines) && j < i+8 && !s.lines[j].blank() && strings.Contains(s.text(j), ":") {
			j++
		}
		s.remove(i, j, reasonPGP)
		s.unescapeDashes(j)
		return j - 1
	}
	end := "-----END PGP " + what
	if s.unclosed == what {
		return i
	}
	j := i + 1
	for ; j < len(s.lines); j++ {
		if strings.HasPrefix(s.src[s.lines[j].start:], end) {
			why := reasonPGP
			if what == "MESSAGE" {
				why = reasonEncrypted
			}
			s.remove(i, j+1, why)
			return j
		}
	}
	s.unclosed = what
	return i
}

// unescapeDashes reads "- -- " as "-- " in signed text (RFC 9580 section 7.2): the first dash and the blank
// behind it are armour.
func (s *stripper) unescapeDashes(i int) {
	for ; i < len(s.lines); i++ {
		l := &s.lines[i]
		t := s.src[l.start:l.end]
		if strings.HasPrefix(t, "-----BEGIN PGP SIGNATURE") {
			return
		}
		if strings.HasPrefix(t, "- -") {
			end := l.end
			*l = line{start: l.start + 2, end: end, armour: 2}
			l.measure(s.src)
		}
	}
}
