package quotes

import (
	"strings"

	"askahead/domain"
)

// tailLines is how far from its end a text is searched for footers, notices and signatures.
const tailLines = 70

// block is a run of lines that stay, between blank and drawn lines.
type block struct {
	first, last int
	rule        int // the drawn line right above, -1 if there is none
}

// groupsMark is what Groups.io draws above its footer in HTML.
const groupsMark = "_._,_._,_"

// tail removes what stands below the author's last words: notices, footers, signatures without "-- ".
func (s *stripper) tail() {
	s.banner()
	s.disclaimersAndFooters()
	s.attachments()
	s.personal()
}

// tailBlocks returns the last blocks of what stays, the last first.
func (s *stripper) tailBlocks() []block {
	var list []block
	seen := 0
	for i := len(s.lines) - 1; i >= 0 && seen < tailLines && len(list) < 20; i-- {
		if !s.own(i) || isRule(s.text(i)) {
			continue
		}
		b := block{first: i, last: i, rule: -1}
		for b.first > 0 && s.own(b.first-1) && !isRule(s.text(b.first-1)) && s.text(b.first-1) != "-" && seen < tailLines {
			b.first--
			seen++
			if drawnWords(s.text(b.first)) {
				b.rule = b.first
				break
			}
		}
		seen++
		for p := b.first - 1; b.rule < 0 && p >= 0 && p >= b.first-2 && s.lines[p].why == ""; p-- {
			if s.lines[p].blank() {
				continue
			}
			if isRule(s.text(p)) || s.text(p) == "-" {
				b.rule = p
			}
			break
		}
		list = append(list, b)
		i = b.first
	}
	return list
}

// drawnWords tells a line that is drawn around a few words: "------ (end of list) ------".
func drawnWords(t string) bool {
	if len(t) < 40 || len(t) > 120 || t[0] != t[len(t)-1] && t[len(t)-1] != '>' {
		return false
	}
	words := strings.Trim(t, "-_=*~#+<> ")
	return words != "" && len(words)*2 < len(t) && strings.HasPrefix(t, "-----") && !strings.Contains(words, "---")
}

// own tells whether a line holds words that stay.
func (s *stripper) own(i int) bool {
	l := &s.lines[i]
	return l.why == "" && l.kind == "" && !l.blank()
}

func (s *stripper) blockText(b block) string {
	return s.src[s.lines[b.first].start:s.lines[b.last].end]
}

func (s *stripper) disclaimersAndFooters() {
	for i := len(s.lines) - 1; i >= 0 && i >= len(s.lines)-tailLines; i-- {
		if s.own(i) && s.text(i) == groupsMark && s.shortBelow(i) {
			s.remove(i, len(s.lines), reasonFooter)
			break
		}
	}
	blocks := s.tailBlocks()
	top := -1     // index of the highest footer
	said := false // below is a text that stays
	for n, b := range blocks {
		t := s.blockText(b)
		if len(t) > 4000 {
			continue
		}
		low := strings.ToLower(t)
		lines := b.last - b.first + 1
		if !said && len(t) > 60 && s.words.disclaimers.weigh(low, 2) >= 2 && !strings.HasSuffix(low, "?") && (len(t) > 150 || b.rule >= 0 || strings.Contains(low, "disclaimer") || strings.Contains(low, "notice")) {
			s.remove(b.first, b.last+1, reasonDisclaimer)
			continue
		}
		w := s.words.footers.weigh(low, 4)
		if w == 0 || n > 8 || isReference(s.text(b.first)) {
			said = said || lines > 1 && sentence(s.text(b.first)) || strings.HasSuffix(low, "?")
			continue
		}
		address := strings.Contains(low, "@") || strings.Contains(low, "http") || strings.Contains(low, "www.")
		switch {
		case b.rule >= 0 && lines <= 12 && (w >= 2 || address):
		case w >= 2 && address && lines <= 8 && n < 4 && !sentence(s.text(b.last)) && !s.only(b, blocks):
		case w >= 4 && address && lines <= 10 && n < 5:
		default:
			continue
		}
		for b.rule < 0 && b.first < b.last && s.words.footers.weigh(strings.ToLower(s.text(b.first)), 1) == 0 {
			b.first++ // the author's words, with nothing between them and the footer
		}
		if isReference(s.text(b.first)) {
			said = true
			continue
		}
		if b.rule >= 0 && s.shortBelow(b.rule) {
			s.remove(b.rule, len(s.lines), reasonFooter)
		} else {
			s.remove(b.first, b.last+1, reasonFooter)
		}
		if top >= 0 && n-top <= 2 { // what stands between two footers belongs to them
			s.remove(b.first, blocks[top].last+1, reasonFooter)
		}
		top = n
	}
}

// only tells whether b is all that stays.
func (s *stripper) only(b block, blocks []block) bool {
	return b == blocks[len(blocks)-1] && !s.ownAbove(b.first)
}

func (s *stripper) shortBelow(i int) bool {
	n := 0
	for j := i + 1; j < len(s.lines); j++ {
		if s.own(j) {
			n++
		}
	}
	return n <= 25
}

// banner removes the warning that an organisation's server writes above mail from outside.
func (s *stripper) banner() {
	i := 0
	for i < len(s.lines) && !s.own(i) {
		i++
	}
	if i == len(s.lines) {
		return
	}
	t := strings.ToLower(strings.TrimLeft(s.text(i), "*[_ "))
	if !strings.HasPrefix(t, "caution") && !strings.HasPrefix(t, "external") && !strings.HasPrefix(t, "warning") {
		return
	}
	for j := i; j < len(s.lines) && s.own(j) && j < i+6; j++ {
		low := strings.ToLower(s.src[s.lines[i].start:s.lines[j].end])
		outside := strings.Contains(low, "external") || strings.Contains(low, "outside")
		if !outside || len(low) > 600 {
			continue
		}
		if links := strings.Contains(low, "attachment") || strings.Contains(low, "links"); links || strings.Contains(low, "sender") && s.lines[min(j+1, len(s.lines)-1)].blank() {
			// a sentence goes on to its end
			for c := low[len(low)-1]; c != '.' && c != '!' && j+1 < len(s.lines) && s.own(j+1) && j < i+6; c = s.src[s.lines[j].stop-1] {
				j++
			}
			s.remove(i, j+1, reasonDisclaimer)
			return
		}
	}
}

// attachments removes the lines by which programs name the files of a mail below its text.
func (s *stripper) attachments() {
	for i := len(s.lines) - 1; i >= 0; i-- {
		l := &s.lines[i]
		if l.why != "" || l.blank() {
			continue
		}
		t := s.text(i)
		switch {
		case strings.HasPrefix(t, "<<") && strings.HasSuffix(t, ">>"), strings.HasPrefix(t, "<Embedded ") && strings.HasSuffix(t, ">"):
		case strings.HasPrefix(t, "- ") && len(t) < 80 && isFile(t[2:]):
		case strings.HasPrefix(t, "(See attached file:") && strings.HasSuffix(t, ")"):
		case strings.HasPrefix(t, "[image:") && strings.HasSuffix(t, "]"):
		case strings.HasPrefix(t, "----") && strings.Trim(t, "- ") == "next part":
		case strings.HasPrefix(t, "A") && strings.HasSuffix(t, " attachment was scrubbed..."), s.scrubbed(i):
		default:
			return
		}
		l.why = reasonAttachment
	}
}

// scrubbed tells a line of the kind "Name: notes.pdf" below the line that says that a list took a file away.
func (s *stripper) scrubbed(i int) bool {
	for k := i - 1; k >= 0 && k > i-7 && !s.lines[k].blank(); k-- {
		if strings.HasSuffix(s.text(k), " attachment was scrubbed...") {
			return true
		}
	}
	return false
}

// isFile tells a name with an ending: "Plan_1.doc".
func isFile(t string) bool {
	i := strings.LastIndexByte(t, '.')
	return i > 0 && len(t)-i >= 3 && len(t)-i <= 5 && !strings.ContainsAny(t[i:], " ?!,") && strings.Count(t, " ") <= 5
}

// personal finds the closing and the author's name below it, marks them, and removes what stands below.
func (s *stripper) personal() {
	tail := s.tailOwn()
	if len(tail) == 0 {
		return
	}
	if s.ruledBlock() {
		if tail = s.tailOwn(); len(tail) == 0 {
			return
		}
	}
	c, name := s.signOff(tail)
	if c < 0 {
		s.contactBlock()
		return
	}
	for _, i := range tail[c : name+1] {
		s.lines[i].kind = domain.MarkClosing
	}
	s.signatureBelow(tail[name+1:])
	if n := name + 1; n < len(tail) && name > c && strings.Contains(s.text(tail[name]), " ") && s.lines[tail[n]].why == reasonSignature && tail[n] == tail[name]+1 {
		s.lines[tail[name]].why, s.lines[tail[name]].kind = reasonSignature, "" // a full name is the block's first line; a first name ends the text
	}
}

// tailOwn returns the last lines that stay, at most 16, in order.
func (s *stripper) tailOwn() []int {
	list := make([]int, 0, 16)
	for i := len(s.lines) - 1; i >= 0 && len(list) < 16; i-- {
		if s.own(i) && !isRule(s.text(i)) {
			list = append(list, i)
		}
	}
	for a, b := 0, len(list)-1; a < b; a, b = a+1, b-1 {
		list[a], list[b] = list[b], list[a]
	}
	return list
}

// signOff returns where in tail the closing begins and where the name below it ends; -1 if there is none.
func (s *stripper) signOff(tail []int) (first, last int) {
	for n := len(tail) - 1; n >= 0; n-- {
		t := s.text(tail[n])
		if !s.isClosing(t) || n+1 < len(tail) && !s.ownAbove(tail[n]) {
			continue // "Thanks, Ada" at the very top is an answer
		}
		last = n
		named := strings.ContainsAny(strings.TrimRight(t, ",.!- "), "-,") // "Regards, Ada"
		for k := n + 1; k < len(tail) && k <= n+2 && tail[k]-tail[k-1] <= 4; k++ {
			t := s.text(tail[k])
			if !s.isSender(t) && (k > n+1 || named || !nameLike(t)) {
				break
			}
			last = k
		}
		first = n
		for first > 0 && tail[first]-tail[first-1] <= 3 && s.isClosing(s.text(tail[first-1])) {
			first--
		}
		return first, last
	}
	for n := len(tail) - 1; n >= 0; n-- {
		t := s.text(tail[n])
		i := tail[n]
		begins := i == 0 || s.lines[i-1].blank() || s.lines[i-1].why != "" || n > 0 && strings.HasPrefix(t, "-")
		if begins && s.ownAbove(i) && s.isSender(t) {
			return n, n
		}
	}
	n := len(tail) - 1
	if t := s.text(tail[n]); n > 0 && (t[0] == '-' || t[0] == '/' || t[0] == '~') && len(t) > 2 && nameLike(t) && len(t) < 40 {
		name := strings.TrimLeft(t, "-/~")
		item := name[:1] == " " && (s.text(tail[n-1])[0] == '-' || s.adjacent(tail[n-1], tail[n]))
		if r := firstRune(strings.TrimLeft(name, " ")); isLetter(r) && !item {
			return n, n
		}
	}
	return -1, -1
}

// isClosing tells a short line that begins with words of goodbye.
func (s *stripper) isClosing(t string) bool {
	if len(t) > 90 || strings.HasSuffix(t, "?") {
		return false
	}
	t = strings.TrimLeft(t, "*_-– ~")
	n := s.words.closings.find(t)
	if n == 0 {
		return false
	}
	rest := strings.Trim(t[n:], " ,.!;:-–—*_~)(\u00a0")
	if strings.Count(rest, " ") >= 2 && strings.HasSuffix(t, ".") {
		return false // "Thanks for your attention." is a sentence
	}
	return len(rest) <= 40 && strings.Count(rest, " ") <= 3 && !strings.ContainsAny(rest, "?:")
}

// signatureBelow removes the lines below a sign-off, as long as nobody would say them. A postscript stays.
func (s *stripper) signatureBelow(rest []int) {
	end := 0
	for n, i := range rest {
		t := s.text(i)
		low := strings.ToLower(t[:min(len(t), 5)])
		if strings.HasPrefix(low, "p.s") || strings.HasPrefix(low, "ps:") || strings.HasPrefix(low, "ps ") || strings.HasPrefix(low, "ps.") {
			break
		}
		if isReference(t) {
			break
		}
		if sentence(t) && !strings.HasPrefix(t, "\"") && !strings.HasPrefix(t, "“") {
			if strings.HasSuffix(t, "?") || n == 0 || !s.quotedSaying(rest[n:]) {
				break
			}
		}
		end = n + 1
	}
	for _, i := range rest[:end] {
		s.lines[i].why = reasonSignature
	}
}

// quotedSaying tells whether what is left is one last short paragraph of a signature.
func (s *stripper) quotedSaying(rest []int) bool {
	return len(rest) <= 3 && rest[len(rest)-1]-rest[0] == len(rest)-1
}
