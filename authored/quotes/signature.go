package quotes

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// signatureMark tells whether a signature begins at line i: "-- " always (RFC 3676 section 4.3), the same
// without its blank, or another short line of dashes, where little stands below it.
func (s *stripper) signatureMark(i int, t string) bool {
	full := s.src[s.lines[i].start:s.lines[i].end]
	exact := full == "-- " || strings.HasPrefix(full, "-- \u00a0") || full == "--\u00a0"
	switch t {
	case "--", "—", "---", "----", "__", "___", "–", "-- --", "- --", "*--*", "*--* ", "-- -":
	default:
		return false
	}
	if k := s.next(i + 1); !exact && k < len(s.lines) && isReference(s.text(k)) {
		return false
	}
	limit := 12
	if exact && s.ownAbove(i) {
		limit = 80
	}
	return s.runBelow(i, limit)
}

// runBelow tells whether at most limit lines that are not blank stand below i, before a quote, the footer of
// a list, a forwarded mail, or the end. The counts are made once for all lines, from the last one up.
func (s *stripper) runBelow(i, limit int) bool {
	if s.below == nil {
		s.below = make([]int32, len(s.lines)+1)
		for j := len(s.lines) - 1; j >= 0; j-- {
			l := &s.lines[j]
			switch {
			case s.stopsSignature(j):
			case l.blank():
				s.below[j] = s.below[j+1]
			case s.drawnOrMarker(j):
			default:
				s.below[j] = s.below[j+1] + 1
			}
		}
	}
	k := s.next(i + 1)
	if k == len(s.lines) || s.stopsSignature(k) {
		return true
	}
	return int(s.below[k+1])+1 <= limit
}

// stopsSignature tells a line that cannot stand in a signature: of a quote of two lines or more, of armour.
func (s *stripper) stopsSignature(j int) bool {
	l := &s.lines[j]
	return l.depth > 0 && j+1 < len(s.lines) && s.lines[j+1].depth > 0 || l.why == reasonPGP
}

func (s *stripper) drawnOrMarker(j int) bool {
	t := s.text(j)
	switch t[0] {
	case '-', '_', '*', '=', '#', '~', '+':
		return isRule(t) && len(t) > 20 || s.marker(t) != 0
	}
	return false
}

// ownAbove tells whether a line above i stays. What was removed stays so, and the first line that stays only
// moves down.
func (s *stripper) ownAbove(i int) bool {
	for s.firstOwn < len(s.lines) && (s.lines[s.firstOwn].why != "" || s.lines[s.firstOwn].blank()) {
		s.firstOwn++
	}
	return s.firstOwn < i
}

// endSignature removes the signature that is being read, up to i.
func (s *stripper) endSignature(i int) {
	if s.sig < 0 {
		return
	}
	s.listBelow(s.sig, i)
	s.remove(s.sig, i, reasonSignature)
	s.sig = -1
}

// listBelow removes the footer of a list that stands in a signature, or takes its place.
func (s *stripper) listBelow(from, to int) {
	for j := from; j < to; j++ {
		t := s.text(j)
		if j > from && t != "--" && (len(t) < 20 || !isRule(t)) {
			continue
		}
		end := s.next(j + 1)
		if end < to && s.words.footers.weigh(strings.ToLower(s.src[s.lines[end].start:s.lines[min(end+2, to-1)].end]), 2) >= 2 {
			s.remove(j, to, reasonFooter)
			return
		}
	}
}

// device removes a line that a phone or a mail program wrote, with the rest of its paragraph.
func (s *stripper) device(i int, t string) bool {
	if len(t) > 120 || strings.HasSuffix(t, "?") {
		return false
	}
	bare := strings.TrimLeft(t, "*_[(<-– \u200b\u200e\u200f\u202a\u202b\u2066\u2067\u2068")
	if strings.IndexByte(bare, '[') > 0 {
		bare = strings.Replace(bare, "[", "", 1) // "Get [Outlook for …](address)"
	}
	if strings.HasSuffix(bare, ".") && strings.Contains(bare, ", ") && !strings.Contains(bare, "excuse") && !strings.HasPrefix(bare, "This m") {
		return false // "Sent from my desk, which is …" is a sentence
	}
	n := s.words.devices.find(bare)
	if n == 0 && !s.deviceEnd(bare) && !s.program(i, bare) {
		return false
	}
	if i > 0 && !s.lines[i-1].blank() && s.lines[i-1].why == "" && len(t) > 45 && n < 12 {
		return false
	}
	j := i + 1
	for j < len(s.lines) && j <= i+2 && !s.lines[j].blank() && s.lines[j].depth == 0 && len(t) > 40 && !s.attributionEnd(s.text(j)) && !hasDay(s.text(j)) {
		j++
	}
	if n > 0 && strings.Count(bare, " ") > 14 {
		return false
	}
	s.remove(i, j, reasonDevice)
	return true
}

// program tells "Sent from Example Mail", alone between blank lines: a name of one to three words that begins
// with a capital, and perhaps a link.
func (s *stripper) program(i int, t string) bool {
	if !strings.HasPrefix(t, "Sent from ") || len(t) < 12 || i > 0 && !s.lines[i-1].blank() || i+1 < len(s.lines) && !s.lines[i+1].blank() && !hasEvidence(s.text(i+1)) {
		return false
	}
	name, _, _ := strings.Cut(t[len("Sent from "):], "<")
	r, _ := utf8.DecodeRuneInString(name)
	return unicode.IsUpper(r) && strings.Count(strings.TrimSpace(name), " ") <= 2 && !strings.ContainsAny(name, ".,!?")
}

// deviceEnd knows the languages that put the words behind the name of the device.
func (s *stripper) deviceEnd(t string) bool {
	if len(t) == 0 || len(t) > 70 {
		return false
	}
	if c := t[len(t)-1]; c < utf8.RuneSelf && c != 'i' && c != 'y' && c != 'e' && c != '.' {
		return false
	}
	t = strings.ToLower(strings.TrimRight(t, ".。"))
	for _, p := range s.words.deviceEnds {
		if strings.HasSuffix(t, p) {
			return true
		}
	}
	return false
}

// contact tells a line with an address, a number or a link of the kind that signatures are made of.
func contact(t string) bool {
	if strings.Contains(t, "@") && !strings.Contains(t, "@ ") && len(t) < 90 || strings.Contains(t, "http://") || strings.Contains(t, "https://") || strings.Contains(t, "www.") {
		return strings.Count(t, " ") <= 6
	}
	digits, run := 0, 0
	for i := 0; i < len(t); i++ {
		switch c := t[i]; {
		case isDigit(c):
			digits++
			run++
		case c == ' ' || c == '-' || c == '.' || c == '(' || c == ')' || c == '/' || c == '+':
		default:
			if digits >= 7 && run >= 7 {
				return true
			}
			run = 0
		}
	}
	if run >= 7 {
		return true
	}
	low := strings.ToLower(t)
	for _, w := range [...]string{"phone", "fax", "tel:", "tel.", "mobile:", "cell:", "pgp ", "pgp:", "fingerprint", "key id", "gpg", "ext.", "voice:", "icq", "jabber", "skype", "p.o. box", "suite ", "e-mail:", "email:", "web:", "tél", "telefon", "teléfono", "ph:", "office:", "direct:", "homepage"} {
		if i := strings.Index(low, w); i >= 0 && (i == 0 || !isLetter(rune(low[i-1]))) {
			return len(t) < 80
		}
	}
	return false
}

// sentence tells a line that somebody would say: it asks, or it is long and ends as sentences do.
func sentence(t string) bool {
	if strings.HasSuffix(t, "?") || strings.HasSuffix(t, "？") || strings.HasSuffix(t, "؟") {
		return true
	}
	n := strings.Count(t, " ") + 1
	if n >= 9 && len(t) > 50 && !contact(t) {
		return true
	}
	return n >= 3 && (strings.HasSuffix(t, ".") && !abbreviated(t) || strings.HasSuffix(t, "!")) && !contact(t)
}

// abbreviated tells a line that ends like the name of a firm or a person: "Example Trading Inc."
func abbreviated(t string) bool {
	last := t[strings.LastIndexByte(t, ' ')+1 : len(t)-1]
	if len(last) <= 5 && last != "" && last[0] >= 'A' && last[0] <= 'Z' {
		return true
	}
	return strings.Contains(last, ".")
}

// nameLike tells a line that may be a name: a few words that begin with capitals or are initials.
func nameLike(t string) bool {
	t = strings.Trim(t, "-–—*_~/<>.,!() \u00a0")
	if t == "" || len(t) > 48 || strings.ContainsAny(t, "@:?0123456789/=;") {
		return false
	}
	n := 0
	for w := range strings.FieldsSeq(t) {
		if n++; n > 4 {
			return false
		}
		r, _ := utf8.DecodeRuneInString(strings.TrimLeft(w, "(\"'"))
		if n == 1 && !unicode.IsUpper(r) && unicode.IsLower(r) && strings.Contains(t, " ") {
			return false
		}
	}
	return n > 0
}

// isSender tells whether t is the name of the mail's author, or a part of it: what a sign-off is made of.
func (s *stripper) isSender(t string) bool {
	t = strings.ToLower(strings.Trim(t, "-–—*_~/<>.,!() \u00a0"))
	if t == "" || len(t) > 60 || s.o.Name == "" && s.o.Addr == "" {
		return false
	}
	name := strings.ToLower(s.o.Name)
	local, _, _ := strings.Cut(s.o.Addr, "@")
	n, hits := 0, 0
	for w := range strings.FieldsSeq(t) {
		w = strings.Trim(w, ".,()\"'")
		if w == "" {
			continue
		}
		if n++; n > 5 {
			return false
		}
		if hasWord(name, w) || len(w) > 2 && strings.Contains(local, w) {
			hits++
		} else if len(w) > 2 {
			return false
		}
	}
	return hits > 0
}

// hasWord tells whether w is a word of s.
func hasWord(s, w string) bool {
	for i := 0; ; {
		j := strings.Index(s[i:], w)
		if j < 0 {
			return false
		}
		j += i
		before, _ := utf8.DecodeLastRuneInString(s[:j])
		after, _ := utf8.DecodeRuneInString(s[j+len(w):])
		if (j == 0 || !isLetter(before)) && (j+len(w) == len(s) || !isLetter(after)) {
			return true
		}
		i = j + 1
	}
}
