package quotes

import (
	"strings"
	"unicode/utf8"
)

// marker tells whether a line stands above or below a mail that is quoted as a whole.
func (s *stripper) marker(t string) markerKind {
	inner := strings.Trim(t, "-_*=#~+<>. \t:：—–─|/\u00a0")
	if len(inner) < 4 || len(inner) > 90 && t[0] != '-' || len(inner) > 400 {
		return 0
	}
	dashes := len(t) - len(inner)
	low := strings.ToLower(inner)
	if strings.Contains(low, "’") {
		low = strings.ReplaceAll(low, "’", "'")
	}
	if k := s.words.markers[low]; k != 0 && (dashes >= 2 || t[len(t)-1] == ':' || k == markerForward && strings.HasPrefix(low, "begin")) {
		return k
	}
	if t[0] != '-' && t[0] != '*' && t[0] != '=' && t[0] != '_' {
		return 0
	}
	if !strings.HasPrefix(t, "---") && !strings.HasPrefix(t, "***") && !strings.HasPrefix(t, "===") && !strings.HasPrefix(t, "___") {
		return 0
	}
	// "----- Original Message -----From: …": a line end got lost.
	if i := strings.Index(low, "---"); i > 0 {
		if k := s.words.markers[strings.TrimRight(low[:i], " ")]; k != 0 {
			return k
		}
	}
	// "----- Forwarded by NAME on DATE -----", "----- Original Message from NAME -----"
	for end := len(low); end > 0; end = strings.LastIndexByte(low[:end], ' ') {
		if k := s.words.markers[low[:end]]; k != 0 && strings.IndexByte(low[:end], ' ') > 0 {
			return k
		}
	}
	return 0
}

// cutAt removes the mail that is quoted or forwarded below the marker at i: its header, and then all, or,
// where the text below is marked as a quote, no more than that. It returns the last line dealt with.
func (s *stripper) cutAt(i int, k markerKind) int {
	s.endSignature(i)
	if k == markerEnd {
		s.remove(i, i+1, reasonForwarded)
		return i
	}
	why, head := reasonQuote, reasonHeader
	if k == markerForward {
		why, head = reasonForwarded, reasonForwarded
	}
	j := s.next(i + 1)
	if b := s.block(j); b.last >= j && j < len(s.lines) {
		s.remove(i, b.last+1, head)
		return s.cutBelow(b.last+1, why)
	}
	s.remove(i, i+1, head)
	// The marker may be broken over two lines, and names and dates may stand before the header.
	for n := 0; n < 5 && j < len(s.lines); n++ {
		if s.quotedAt(j) {
			break
		}
		if b := s.block(j); b.last >= j && b.good() {
			s.remove(i, b.last+1, head)
			return s.cutBelow(b.last+1, why)
		}
		j = s.next(j + 1)
	}
	return s.cutBelow(i+1, why)
}

// cutBelow removes what is quoted below a header or a marker. Where the next text is marked with ">", the
// marks say what is quoted; elsewhere it is everything, down to a line that says where it ends.
func (s *stripper) cutBelow(from int, why string) int {
	j := s.next(from)
	if j < len(s.lines) && s.lines[j].depth > 0 && s.lines[j].why == "" {
		return from - 1
	}
	if why == reasonQuote && s.attributionBelow(j) && !s.ownAbove(from) {
		return from - 1 // the header that a program put there, and then answers between marked quotes
	}
	for j := from; j < len(s.lines); j++ {
		if t := s.text(j); len(t) > 8 && t[0] == '-' && s.marker(t) == markerEnd {
			s.remove(from, j+1, why)
			return j
		}
	}
	s.remove(from, len(s.lines), why)
	return len(s.lines)
}

// header returns what a line of a header block says, 0 if it is none.
func (s *stripper) header(t string) headerKind {
	k, _ := s.headerLine(t)
	return k
}

func (s *stripper) headerLine(t string) (k headerKind, value string) {
	name, n := headerName(t)
	if n == 0 {
		return 0, ""
	}
	var buf [64]byte
	k = s.words.headers[string(lower(name, buf[:0]))]
	return k, t[n:]
}

// headerName returns what stands before the colon of a line, without marks of emphasis, and where the value
// begins; n is 0 where it can't be a name.
func headerName(t string) (name string, n int) {
	limit := min(len(t), 48)
	for i := 0; i < limit; i++ {
		c := t[i]
		if c == ':' {
			name, n = t[:i], i+1
			break
		}
		if c == 0xef && strings.HasPrefix(t[i:], "：") {
			name, n = t[:i], i+len("：")
			break
		}
		if c == '@' || c == '?' || c == '(' || c == '.' {
			return "", 0
		}
	}
	if n == 0 {
		return "", 0
	}
	for name != "" && (name[0] == '*' || name[0] == '_' || name[0] == ' ' || name[0] == '|' || name[0] == '>' || name[0] == '-') {
		name = name[1:]
	}
	for name != "" && (name[len(name)-1] == '*' || name[len(name)-1] == ' ' || name[len(name)-1] == '_' || name[len(name)-1] == '\t') {
		name = name[:len(name)-1]
	}
	name = strings.Trim(name, "\u00a0\u200e\u200f\u202a\u202b\u202c")
	if name == "" {
		return "", 0
	}
	return name, n
}

// lower appends s in lower case to buf.
func lower(s string, buf []byte) []byte {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= utf8.RuneSelf {
			return append(buf[:0], strings.ReplaceAll(strings.ToLower(s), "’", "'")...)
		}
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		buf = append(buf, c)
	}
	return buf
}

// maxHeader is how many lines of a header are read.
const maxHeader = 25

// headerFound is a run of header lines.
type headerFound struct {
	kinds headerKind
	last  int
	count int
	addr  bool // an address stands in it
	clock bool // a day and a time stand in it
}

// good tells whether the lines are the header of a mail and not lines of a text that look alike.
func (b headerFound) good() bool {
	k := b.kinds
	switch {
	case b.count < 2:
		return false
	case k&headerFrom != 0 && k&headerDate != 0:
		return true
	case k&headerFrom != 0 && k&headerSubject != 0:
		return true
	case k&headerFrom != 0 && k&headerTo != 0:
		return b.addr || b.count > 2
	case k&headerTo != 0 && k&headerDate != 0 && b.addr && b.clock:
		return true
	case k&headerTo != 0 && k&headerSubject != 0:
		return b.count > 2 && k&(headerDate|headerCc) != 0
	}
	return false
}

// block reads the run of header lines that begins at i. Names and addresses may go on over several lines.
func (s *stripper) block(i int) headerFound {
	b := headerFound{last: i - 1}
	extra, blanks := 0, 0
	var lastKind headerKind
	depth := -1
	for j := i; j < len(s.lines) && j < i+60 && b.count < maxHeader; j++ {
		l := &s.lines[j]
		if l.blank() {
			if blanks++; blanks > 2 || b.count == 0 {
				break
			}
			continue
		}
		if depth < 0 {
			depth = l.depth
		}
		if l.depth != depth {
			break
		}
		t := s.text(j)
		if k, value := s.headerLine(t); k != 0 {
			b.kinds |= k
			b.count++
			b.last, extra, blanks, lastKind = j, 0, 0, k
			b.addr = b.addr || strings.Contains(value, "@")
			if k&headerFrom != 0 {
				b.inline(value)
			}
			b.clock = b.clock || k&headerDate != 0 && hasDateTime(value)
			continue
		}
		if b.count == 0 || extra >= 12 || !continues(t, lastKind, blanks, l.indent, extra) {
			break
		}
		b.addr = b.addr || strings.Contains(t, "@")
		b.last, blanks = j, 0
		extra++
	}
	return b
}

// inline reads the header lines that stand in one line with the first, where their line ends got lost: "From: a
// Date: b To: c".
func (b *headerFound) inline(value string) {
	if len(value) > 600 || strings.Count(value, ": ") == 0 {
		return
	}
	for _, in := range [...]struct {
		name string
		kind headerKind
	}{{" Date: ", headerDate}, {" Sent: ", headerDate}, {" To: ", headerTo}, {" Subject: ", headerSubject}} {
		if strings.Contains(value, in.name) {
			b.kinds |= in.kind
			b.count++
		}
	}
}

// continues tells whether a line goes on with the header line above it.
func continues(t string, above headerKind, blanks, indent, extra int) bool {
	if blanks > 0 {
		return false
	}
	switch {
	case above&(headerTo|headerCc|headerFrom) != 0:
		return strings.ContainsAny(t, "@;/<") || strings.HasSuffix(t, ",") || indent > 0 && extra < 3
	case above&headerSubject != 0:
		return extra < 2
	}
	return indent > 0 && extra < 2 || isHeaderish(t)
}

// isHeaderish tells a line of the form "Some-Name: value" whose name is in no list.
func isHeaderish(t string) bool {
	name, n := headerName(t)
	return n > 0 && strings.Contains(name, "-") && !strings.Contains(name, " ") && n < len(t)
}

// headerBlock removes the mail that follows the header block at i. It returns i where there is none.
func (s *stripper) headerBlock(i int, kind headerKind) int {
	if kind == headerOther || kind == headerSubject && s.lines[i].indent == 0 && i > 0 && !s.lines[i-1].blank() {
		return i
	}
	if i < s.noHeader {
		return i
	}
	b := s.block(i)
	if b.count >= maxHeader && !b.good() {
		s.noHeader = i + maxHeader/2 // lines with colons go on and on, and are no header
		return i
	}
	if kind&headerFrom != 0 && b.count == 1 && b.addr && b.last == i && !s.ownAbove(i) && (i+1 == len(s.lines) || s.lines[i+1].blank()) {
		s.remove(i, i+1, reasonHeader) // "From: …" alone at the top, as patches and pasted mails have it
		if s.lines[i].indent >= 2 {
			return s.setInBelow(i+1, s.lines[i].indent)
		}
		return i + 1
	}
	top := s.aboveHeader(i)
	lotus := top < i && b.kinds&headerTo != 0 && s.dateAbove(i) && (b.kinds&(headerSubject|headerCc) != 0 || b.count == 1 && b.addr)
	if !b.good() && !lotus {
		return i
	}
	if s.sig >= top {
		s.sig = -1
	}
	s.endSignature(top)
	s.remove(top, b.last+1, reasonHeader)
	switch {
	case !s.ownAbove(top) && (b.kinds&headerFrom == 0 || s.fromAuthor(i, b.last)):
		return b.last // the mail's own header, written once more at the top of its text
	case s.setIn(i, b.last):
		return s.cutIndented(b.last+1, s.lines[i].indent)
	}
	return s.cutBelow(b.last+1, reasonQuote)
}

// fromAuthor tells whether the From line of a header names the mail's author.
func (s *stripper) fromAuthor(first, last int) bool {
	for i := first; i <= last && i < len(s.lines); i++ {
		if s.lines[i].blank() {
			continue
		}
		if k, value := s.headerLine(s.text(i)); k&headerFrom != 0 {
			value = strings.ToLower(value)
			return len(s.o.Addr) > 3 && strings.Contains(value, s.o.Addr)
		}
	}
	return false
}

// setIn tells whether a header stands away from the margin, as some programs quote a mail.
func (s *stripper) setIn(first, last int) bool {
	for i := first; i <= last; i++ {
		if l := &s.lines[i]; !l.blank() && l.indent < 2 {
			return false
		}
	}
	return true
}

// dateAbove tells whether the line above the header ends with a date and a time, as Lotus Notes writes them.
func (s *stripper) dateAbove(i int) bool {
	p := s.previous(i - 1)
	if p < 0 || i-p > 3 || s.lines[p].depth > 0 {
		return false
	}
	if hasDateTime(s.text(p)) {
		return true
	}
	p = s.previous(p - 1)
	return p >= 0 && i-p <= 4 && hasDateTime(s.text(p)) && len(s.text(p)) < 90
}

// aboveHeader returns where the block that goes with the header at i begins: with the name and date above
// it, or a drawn line.
func (s *stripper) aboveHeader(i int) int {
	top := i
	p := s.previous(i - 1)
	for n := 0; n < 3 && p >= 0 && top-p <= 2 && s.lines[p].why == "" && s.lines[p].depth == 0; n++ {
		t := s.text(p)
		if s.header(t)&(headerDate|headerTo|headerSubject) != 0 || !isDateLine(t) && !strings.Contains(strings.ToLower(t), "sent by") && !(hasDateTime(t) && len(t) < 100 && !strings.HasSuffix(t, ".")) {
			break
		}
		top = p
		p = s.previous(p - 1)
	}
	if top < i && p >= 0 && top-p <= 2 && s.lines[p].why == "" && looksLikeName(s.text(p)) && (isDateLine(s.text(top)) || strings.HasPrefix(strings.ToLower(s.text(top)), "sent by")) {
		top = p
		p = s.previous(p - 1)
	}
	if p >= 0 && top-p <= 3 && s.lines[p].why == "" && s.lines[p].depth == 0 && isRule(s.text(p)) {
		top = p
	}
	return top
}

// looksLikeName tells a short line of a few words without an end of sentence.
func looksLikeName(t string) bool {
	if len(t) > 70 || strings.ContainsAny(t, "?!") || strings.HasSuffix(t, ".") || strings.HasSuffix(t, ",") {
		return false
	}
	return strings.Count(t, " ") <= 6
}
