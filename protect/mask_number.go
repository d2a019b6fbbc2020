package protect

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// number masks a phone number at i if one starts there, else it goes on behind the run of digits.
func (m *masker) number() {
	s, i := m.s, m.i
	r, n := utf8.DecodeRuneInString(s[i:])
	if r != '+' && r != '＋' && r != '(' && !unicode.IsDigit(r) {
		m.i = i + n
		return
	}
	run := readRun(s, i)
	if run.digits == 0 {
		m.i = i + n
		return
	}
	if (m.fresh(i) || r == '+' || r == '＋') && !joined(s, m.done, i) {
		for some := run; some.parts > 0; some = some.shorter() {
			if !some.plus && wordAt(s, some.end) || !phone(s, m.done, i, some) {
				continue
			}
			end := some.end
			if !wordAt(s, run.end) {
				end = run.end // what goes on behind it is another number, or the rest of this one
			}
			m.replace(i, end, maskPhone)
			return
		}
	}
	if r == '(' || r == '+' || r == '＋' {
		m.i = i + n
		return
	}
	// A group at a time: "on 2018-11-13 +49 30 123456" has its number behind a date.
	m.i = i + digitsAt(s[i:])
}

// joined says that what stands in front of i makes the digits part of a longer name: CVE-2018-, RFC, v1., a URL path.
func joined(s string, done, i int) bool {
	if i == done {
		return false
	}
	prev, n := utf8.DecodeLastRuneInString(s[done:i])
	if unicode.IsLetter(prev) || unicode.IsDigit(prev) || prev == '_' {
		return true
	}
	if !strings.ContainsRune("-./:=#&,%$€£", prev) {
		return false
	}
	before, _ := utf8.DecodeLastRuneInString(s[done : i-n])
	return unicode.IsLetter(before) && prev != ':' && prev != '.' && prev != ',' || unicode.IsDigit(before) ||
		strings.ContainsRune("/=#&%$€£", prev)
}

func digitsAt(s string) int {
	n := 0
	for n < len(s) {
		r, w := utf8.DecodeRuneInString(s[n:])
		if !unicode.IsDigit(r) {
			break
		}
		n += w
	}
	return max(n, 1)
}

// run is digits and what may separate the groups of a phone number.
type run struct {
	end    int      // behind the last digit
	digits int      // how many
	groups [12]int8 // digits in each group, the first twelve
	ends   [12]int  // behind each group
	parts  int
	first  byte // the first digit
	seps   string
	plus   bool
	paren  bool // the first group stands in parentheses
}

// readRun reads at most 40 bytes: no phone number is longer.
func readRun(s string, i int) run {
	var out run
	var seps [12]byte
	in, gap := false, 0
	limit := min(len(s), i+40)
	for j := i; j < limit; {
		r, n := utf8.DecodeRuneInString(s[j:])
		switch {
		case unicode.IsDigit(r):
			if !in {
				if out.parts == len(out.groups) {
					return run{end: i} // no phone number has so many groups
				}
				if out.parts > 0 {
					seps[out.parts-1] = sepKind(s[j-1])
				}
				out.parts++
				in = true
			}
			if out.digits == 0 {
				out.first = '1'
				if !unicode.IsDigit(r - 1) { // the first of its script's ten digits
					out.first = '0'
				}
			}
			out.groups[out.parts-1]++
			out.digits++
			gap = 0
			out.end = j + n
			out.ends[out.parts-1] = out.end
		case (r == '+' || r == '＋') && j == i:
			out.plus = true
		case r == '(' && (j == i || gap <= 1):
			out.paren = out.paren || out.digits == 0
			in = false
			gap++
		case strings.ContainsRune(" -./)‑–\u00a0", r) && out.digits > 0 && gap < 3 || out.plus && out.digits == 0 && r == ' ':
			in = false
			gap++
		default:
			out.seps = string(seps[:max(0, out.parts-1)])
			return out
		}
		j += n
	}
	out.seps = string(seps[:max(0, out.parts-1)])
	return out
}

// shorter is the run without its last group.
func (r run) shorter() run {
	r.parts--
	if r.parts == 0 {
		return run{}
	}
	r.digits -= int(r.groups[r.parts])
	r.end, r.seps = r.ends[r.parts-1], r.seps[:r.parts-1]
	return r
}

func sepKind(c byte) byte {
	if c >= utf8.RuneSelf {
		return '-'
	}
	return c
}

// phone says that a run of digits is a phone number rather than an amount, a date or an identifier: it has an
// international prefix, words that announce it, a leading zero with groups, or the shape 555-555-0100.
func phone(s string, done, i int, r run) bool {
	g := r.groups[:r.parts]
	switch {
	case r.digits < 5 || r.digits > 16:
		return false
	case r.plus:
		return r.digits >= 8 && r.digits <= 15
	case announced(s, done, i):
		return r.digits >= 5 && !dateShaped(g, r.seps)
	case dateShaped(g, r.seps) || dotted(g, r.seps) || thousands(s[done:i], g):
		return false
	case r.first == '0' && r.parts == 1:
		return r.digits >= 10 && r.digits <= 15 && g[0] >= 10
	case r.first == '0' && r.digits >= 9:
		return g[0] >= 2 || r.paren
	case r.paren && r.parts >= 2 && r.digits >= 9:
		return true
	}
	return northAmerican(g, r.seps)
}

// northAmerican is the shape 555-555-0100, perhaps with a 1 in front.
func northAmerican(g []int8, seps string) bool {
	if len(g) == 4 && g[0] == 1 {
		g, seps = g[1:], seps[1:]
	}
	return len(g) == 3 && g[0] == 3 && g[1] == 3 && g[2] == 4 && (seps == "--" || seps == "..")
}

// dateShaped is 13.11.2018, 2018-11-13, 01/02/18, also with a time or a second date behind.
func dateShaped(g []int8, seps string) bool {
	if len(g) < 3 || seps[0] != seps[1] || seps[0] == ' ' {
		return false
	}
	short := func(n int8) bool { return n == 1 || n == 2 }
	return short(g[0]) && short(g[1]) && (g[2] == 2 || g[2] == 4) || g[0] == 4 && short(g[1]) && short(g[2])
}

// dotted is an IPv4 address or a version.
func dotted(g []int8, seps string) bool {
	if len(g) < 3 || strings.Trim(seps, ".") != "" {
		return false
	}
	for _, n := range g {
		if n > 3 {
			return false
		}
	}
	return true
}

// thousands says that the groups go on a number that is written in threes: 1 000 000 000.
func thousands(before string, g []int8) bool {
	for _, n := range g {
		if n != 3 {
			return false
		}
	}
	gap := strings.TrimRightFunc(before, unicode.IsSpace)
	r, _ := utf8.DecodeLastRuneInString(gap)
	return len(gap) < len(before) && unicode.IsDigit(r)
}

// announced says that a word right in front of i names what follows as a phone number.
func announced(s string, done, i int) bool {
	before := s[max(done, i-24):i]
	before = before[strings.LastIndexByte(before, ']')+1:] // what Mask wrote announces nothing
	words := lastWords(before, 4)
	for len(words) > 1 && contains(" at on me is number no nr us under ", words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	return len(words) > 0 && contains(" tel phone telephone mobile fax whatsapp telefon téléphone telefono teléfono telefone handy móvil celular portable тел телефон call 电话 電話 هاتف ", words[len(words)-1])
}

// word masks a bank account number that starts at i, else it goes on behind the letters there.
func (m *masker) word() {
	s, i := m.s, m.i
	if i+3 < len(s) && digit(s[i+2]) && m.fresh(i) {
		if end := iban(s, i); end > 0 {
			m.replace(i, end, maskBank)
			return
		}
	}
	m.i = i + 1
}

// iban finds the end of an IBAN (ISO 13616) at i: two capitals, two check digits, 11 to 30 letters and digits,
// perhaps in groups of four. It must be grouped so, be digits only, or have right check digits; in small letters it must
// have those.
func iban(s string, i int) int {
	if i+15 > len(s) || !letter(s[i]) || !letter(s[i+1]) || !digit(s[i+2]) || !digit(s[i+3]) {
		return 0
	}
	var chars [34]byte
	n, letters, end, group, grouped, small := 0, 0, i, 0, false, false
scan:
	for j := i; j < len(s) && n < len(chars); j++ {
		c := s[j]
		if 'a' <= c && c <= 'z' && n < 4 || small && letter(c) {
			small = true
			c &^= 0x20
		}
		if c == 0xC2 && j+1 < len(s) && s[j+1] == 0xA0 { // a space at which no line breaks
			c = ' '
			j++
		}
		switch {
		case digit(c) || 'A' <= c && c <= 'Z':
			if !digit(c) && n >= 4 {
				letters++
			}
			chars[n] = c
			n++
			group++
			end = j + 1
		case (c == ' ' || c == '-') && group == 4 && j+1 < len(s) && (digit(s[j+1]) || 'A' <= s[j+1] && s[j+1] <= 'Z'):
			grouped, group = true, 0
		default:
			break scan
		}
	}
	if n < 15 || wordAt(s, end) {
		return 0
	}
	if checks(chars[:n]) || !small && (letters == 0 || grouped && letters <= 6) {
		return end
	}
	return 0
}

func letter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func digit(c byte) bool { return '0' <= c && c <= '9' }

// checks computes the remainder by 97 (ISO 7064).
func checks(c []byte) bool {
	sum := 0
	for k := range c {
		b := c[(k+4)%len(c)]
		if digit(b) {
			sum = (sum*10 + int(b-'0')) % 97
		} else {
			sum = (sum*100 + int(b-'A') + 10) % 97
		}
	}
	return sum == 1
}
