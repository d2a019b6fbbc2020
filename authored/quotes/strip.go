package quotes

import (
	"strings"

	"askahead/domain"
)

// Reasons for removing a part of a text, as domain.Authored.Removed says them.
const (
	reasonQuote       = "quote"
	reasonAttribution = "attribution"
	reasonForwarded   = "forwarded"
	reasonHeader      = "header-block"
	reasonSignature   = "signature"
	reasonDevice      = "device-line"
	reasonFooter      = "list-footer"
	reasonDisclaimer  = "disclaimer"
	reasonPGP         = "pgp"
	reasonEncrypted   = "pgp-message"
	reasonAttachment  = "attachment"
	reasonRule        = "separator"
	reasonEscape      = "escape" // the ">" before "From" that a mailbox added
)

// Encrypted is the reason of a removed part that is a message in PGP armour.
const Encrypted = reasonEncrypted

// Options is what is known of a mail besides its text.
type Options struct {
	Name, Addr string // of its author; either may be empty
	Flowed     bool   // format=flowed: a blank at the end of a line joins it with the next
	DelSp      bool   // that blank is no part of the text
}

// Strip tells which of a mail's text its author wrote. text is UTF-8 with "\n" as line end.
func Strip(text string, o Options) domain.Authored {
	s := &stripper{src: text, lines: splitLines(text), o: o, words: words()}
	s.blocks()
	s.otherMarks()
	s.prompts()
	s.wrapDamage()
	s.scan()
	s.tail()
	s.rules()
	return s.build()
}

type stripper struct {
	src   string
	lines []line
	o     Options
	words *lexicon
	sig   int // the line that the signature being read began at; -1 outside of one
	// unclosed is the armour that has no end, so that it is not looked for again.
	unclosed string
	below    []int32 // see runBelow
	split    bool    // see splitAttribution
	firstOwn int     // see ownAbove
	lastRun  int     // see quoteBelow; 0 before it was looked for
	noHeader int     // no header block begins above this line
	margin   int     // how far quotes of this mail are set in; 0 where they are not
}

// remove gives the lines from a up to b (exclusive) a reason, but for those that have one.
func (s *stripper) remove(a, b int, why string) {
	for i := max(a, 0); i < b && i < len(s.lines); i++ {
		if s.lines[i].why == "" {
			s.lines[i].why = why
		}
	}
}

// scan goes through the text once from its beginning and finds what is quoted, forwarded or signed.
func (s *stripper) scan() {
	s.sig = -1
	from := 0
	if first, indent := s.opensSetIn(); indent > 0 {
		from = s.setInBelow(first, indent) + 1
	}
	for i := from; i < len(s.lines); i++ {
		l := &s.lines[i]
		switch {
		case l.why != "" || l.kind != "":
			s.endSignature(i)
		case l.blank() && l.depth == 0:
		case l.depth == 3 && s.groupWise(i):
			s.endSignature(i)
			s.remove(i, i+1, reasonAttribution)
			i = s.cutBelow(i+1, reasonQuote)
		case l.depth > 0:
			if i > 0 && !s.quotedAt(i-1) && strings.HasSuffix(s.text(i), ":") {
				// "<", "mailto:…", "> wrote:": the mark is the end of an address
				if first, strong := s.attributionStart(i); strong && first >= 0 && first < i {
					if last := s.attribution(i); last >= i {
						i = last
						continue
					}
				}
			}
			i = s.quotedRun(i)
		default:
			i = s.plain(i)
		}
	}
	s.endSignature(len(s.lines))
}

// groupWise tells ">>> Ada Example 12/11/00 03:54PM >>>", the attribution of a quote without marks.
func (s *stripper) groupWise(i int) bool {
	l := &s.lines[i]
	t := s.src[l.start:l.stop]
	return len(t) < 200 && strings.HasPrefix(t, ">>> ") && strings.HasSuffix(t, ">>>") && hasEvidence(t) && !s.quotedAt(i+1)
}

// quotedRun removes the quoted lines from i and returns the last of them. One quoted line in a signature
// belongs to it; ">From" at the start of an unquoted line is what mailboxes make of "From".
func (s *stripper) quotedRun(i int) int {
	j := i
	for j < len(s.lines) && s.lines[j].depth > 0 && s.lines[j].why == "" && s.lines[j].kind == "" {
		j++
	}
	if j == i+1 {
		l := &s.lines[i]
		if strings.HasPrefix(s.src[l.start:], ">From ") && (i == 0 || !s.quotedAt(i-1)) && (j == len(s.lines) || !s.quotedAt(j)) {
			return i
		}
		if s.sig >= 0 || strings.HasSuffix(s.text(i), "<<") {
			return i // ">>> like this <<<"
		}
	}
	s.endSignature(i)
	s.remove(i, j, reasonQuote)
	return j - 1
}

func (s *stripper) quotedAt(i int) bool { return i >= 0 && i < len(s.lines) && s.lines[i].depth > 0 }

// plain looks at one unquoted line and returns the last line that it has dealt with.
func (s *stripper) plain(i int) int {
	if s.margin > 0 && s.lines[i].indent >= s.margin && s.fullLine(i) {
		if last := s.setInParagraph(i); last > i-1 {
			return last
		}
	}
	t := s.text(i)
	switch t[0] {
	case '-', '_', '*', '=', '#', '~', '+', '<', '.', '/':
		if k := s.marker(t); k != 0 {
			return s.cutAt(i, k)
		}
		if s.sig < 0 && s.signatureMark(i, t) {
			s.sig = i
			return i
		}
	default:
		if c := t[len(t)-1]; (c == '-' || c == ':' || c == '=' || c == '*' || c >= 0x80) && len(t) < 100 {
			if k := s.marker(t); k != 0 {
				return s.cutAt(i, k)
			}
		}
	}
	if kind := s.header(t); kind != 0 {
		if last := s.headerBlock(i, kind); last > i {
			return last
		}
	}
	if s.attributionEnd(t) {
		if s.splitAttribution(i) {
			return i
		}
		if last := s.attribution(i); last >= i {
			return last
		}
	}
	if s.device(i, t) {
		return i
	}
	return i
}

// prompts gives back ">>> " lines where nothing else in the mail is quoted: they are a Python session.
func (s *stripper) prompts() {
	first := -1
	for i := range s.lines {
		l := &s.lines[i]
		if l.depth == 0 {
			continue
		}
		if l.depth != 3 || s.groupWise(i) || !strings.HasPrefix(s.src[l.start:l.end], ">>>") {
			return
		}
		if first < 0 {
			first = i
			if p := s.previous(i - 1); p >= 0 {
				if a, _ := s.attributionStart(p); a >= 0 {
					return
				}
			}
		}
	}
	if first < 0 {
		return
	}
	for i := first; i < len(s.lines); i++ {
		if l := &s.lines[i]; l.depth > 0 {
			l.depth, l.body, l.kind = 0, l.start, domain.MarkCode
		}
	}
}

// rules removes lines that are only drawn, where no table needs them.
func (s *stripper) rules() {
	for i := range s.lines {
		l := &s.lines[i]
		switch {
		case l.why != "":
		case l.blank():
			if strings.TrimSpace(s.src[l.start:l.end]) != "" {
				l.why = reasonRule // nothing to be seen, in code as well
			}
		case l.kind == "" && isRule(s.text(i)) && !s.besideTable(i):
			l.why = reasonRule
		}
	}
}

func (s *stripper) besideTable(i int) bool {
	for _, j := range [2]int{i - 1, i + 1} {
		if j >= 0 && j < len(s.lines) && s.lines[j].why == "" && strings.Count(s.text(j), "|") >= 2 {
			return true
		}
	}
	return false
}
