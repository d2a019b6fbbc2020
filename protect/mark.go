package protect

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"askahead/domain"
)

// mark is one TLP label as it stands in a text: "TLP:AMBER", without what surrounds it.
type mark struct {
	start, end int
	level      domain.TLP
	unknown    bool // no colour that TLP 2.0 knows, or letters that only look like one: counts as RED
	loose      bool // written so loosely that it may be meant otherwise: it tightens, but never opens
	lower      bool // "tlp", as people type who use no capitals at all
	next       int  // where to look for the next mark
}

// nextMark finds the first mark at or behind from. It is linear in what it passes over.
func nextMark(s string, from int) (mark, bool) {
	for i := from; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if (c == 't' || c == 'T') && i+1 < len(s) && (s[i+1]|0x20 == 'l' || s[i+1]|0x20 == 'r' || s[i+1] >= utf8.RuneSelf) && boundary(s, i) {
				if m, ok := readMark(s, i); ok {
					return m, true
				}
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if f, _ := fold(r); f == 't' && boundary(s, i) {
			if m, ok := readMark(s, i); ok {
				return m, true
			}
		}
		i += n
	}
	return mark{}, false
}

// boundary says that no word goes on across i.
func boundary(s string, i int) bool {
	r, _ := utf8.DecodeLastRuneInString(s[:i])
	return i == 0 || !unicode.IsLetter(r) && !unicode.IsDigit(r)
}

// readMark reads a mark that starts at i: TLP, perhaps a version, a separator, a colour.
func readMark(s string, i int) (mark, bool) {
	g := &glyphs{s: s, pos: i}
	long := !g.eat('t') || !g.eat('l') || !g.eat('p')
	if long {
		if g = (&glyphs{s: s, pos: i}); !longName(g) {
			return mark{}, false
		}
	}
	m := mark{start: i, lower: s[i] == 't' && !long}
	letters := g.pos
	version(g)
	long = naming(g) || long // then only a colour that there is makes it a label
	sep := separator(g)
	if !sep.any && g.pos != letters {
		return mark{}, false // "TLP2"
	}
	m.loose = !sep.sign
	before := *g
	w := word(g)
	switch {
	case long && (colour(w) == 0 || !sep.sign):
		return mark{}, false
	case w == "" || w == "tlp" || w == "ex" && strings.HasPrefix(s[g.pos:], ":"):
		// tlp:ex:chr marks the Chatham House Rule, see noName.
		if w == "" && sep.colon && open(s, before.pos) {
			return emptyMark(m, before, letters)
		}
		return mark{}, false
	case colour(w) == 0 && !unknownColour(s, w, before.pos, g.pos, sep):
		return mark{}, false
	case colour(w) == 0:
		m.level, m.unknown = domain.Red, true
	default:
		m.level = colour(w)
		m.loose = m.loose && !upper(s[before.pos:g.pos])
		strict(g, &m, w)
		further(g, &m)
	}
	if g.twisted {
		m.level, m.unknown = domain.Red, true
	}
	m.end, m.next = g.pos, g.pos
	return m, true
}

// colour gives the level of a name that FIRST gave, folded, or 0 (https://www.first.org/tlp/, version 2.0;
// WHITE is version 1). Names are never translated: "TLP labels MUST NOT be translated".
func colour(name string) domain.TLP {
	switch name {
	case "red":
		return domain.Red
	case "amberstrict":
		return domain.AmberStrict
	case "amber":
		return domain.Amber
	case "green":
		return domain.Green
	case "clear", "white":
		return domain.Clear
	}
	return 0
}

// version skips "v2", "2.0" or " 2.0" behind TLP.
func version(g *glyphs) {
	try := *g
	for try.eat(' ') {
	}
	try.eat('v')
	if !try.eat('1') && !try.eat('2') {
		return
	}
	if try.eat('.') && !try.eat('0') && !try.eat('1') {
		return
	}
	if raw, _, _, _ := try.peek(); unicode.IsLetter(raw) || unicode.IsDigit(raw) {
		return
	}
	*g = try
}

// longName reads what TLP stands for.
func longName(g *glyphs) bool {
	for i, name := range []string{"traffic", "light", "protocol"} {
		if i > 0 && !g.eat(' ') && !g.eat('-') {
			return false
		}
		if word(g) != name {
			return false
		}
	}
	return true
}

// naming skips what people call a label between TLP and its colour, "TLP level: RED", if a sign and a colour follow.
func naming(g *glyphs) bool {
	try := *g
	if !try.eat(' ') && !try.eat('-') && !try.eat('_') {
		return false
	}
	switch word(&try) {
	case "level", "label", "marking", "classification", "rating", "color", "colour", "status", "designation":
	default:
		return false
	}
	behind := try
	if !separator(&behind).sign || colour(word(&behind)) == 0 {
		return false
	}
	*g = try
	return true
}

// sep is what stood between TLP and its colour.
type sep struct {
	any   bool // anything at all
	sign  bool // a sign that says that the colour belongs to it
	colon bool
	tight bool // the colour follows the sign without a space
}

// separator skips signs, spaces and markup, at most 12 of them and no line end.
func separator(g *glyphs) sep {
	var out sep
	for range 12 {
		raw, f, end, _ := g.peek()
		switch {
		case raw == 0:
			return out
		case raw == '=' && end+1 < len(g.s) && digit(g.s[end]) && hex(g.s[end+1]) >= 0:
			return out // quoted-printable
		case f == ':' || f == '=' || raw == '꞉' || raw == '∶' || raw == 'ː' || raw == '׃' || raw == '։' || raw == '﹕':
			out.sign, out.colon, out.tight = true, true, true
		case f == '-' || f == '_' || f == '/' || f == '|' || raw == '\\' || raw == '–' || raw == '—' || raw == '‑' || raw == '−':
			out.sign, out.tight = true, true
		case f == '.' && end < len(g.s) && g.s[end] != ' ':
			out.sign = true
		case raw == ' ' || raw == '\t' || raw == 0xA0 || raw == 0x3000 || unicode.Is(unicode.Zs, raw):
			out.tight = false
		case strings.ContainsRune("*`~[({<\"'“‘„«+", raw):
		default:
			return out
		}
		out.any = true
		g.pos = end
	}
	return out
}

// word reads letters, digits and marks, at most 24, folded.
func word(g *glyphs) string {
	var b [24 * utf8.UTFMax]byte
	w := b[:0]
	for range 24 {
		raw, f, end, tw := g.peek()
		if unicode.Is(unicode.Mn, raw) && len(w) > 0 {
			g.pos, g.twisted = end, true // an accent on a letter of a label
			continue
		}
		if raw == 0 || !unicode.IsLetter(f) && !unicode.IsDigit(f) {
			break
		}
		w = utf8.AppendRune(w, f)
		g.pos, g.twisted = end, g.twisted || tw
	}
	return string(w)
}

// strict reads what makes AMBER stricter: "+STRICT", " STRICT", "-strict". A plus sign in front of anything
// else is a label that nobody has defined.
func strict(g *glyphs, m *mark, name string) {
	try := *g
	plus := false
	for range 4 {
		if try.eat('+') {
			plus = true
		} else if !try.eat(' ') && !try.eat('-') && !try.eat('_') && !try.eat('/') && !try.eat('(') && !try.eat(':') {
			break
		}
	}
	if try.pos == g.pos {
		return
	}
	w := word(&try)
	switch {
	case w == "strict" && name == "amber":
		m.level = domain.AmberStrict
	case plus && colour(w) == 0:
		m.level, m.unknown = domain.Red, true
	default:
		return
	}
	*g = try
}

// further reads more colours behind the first, as in "TLP:GREEN/AMBER" and "TLP:GREEN or TLP:AMBER": the
// strictest counts.
func further(g *glyphs, m *mark) {
	for {
		try := *g
		sign := false
		for range 3 {
			if try.eat('/') || try.eat('|') || try.eat('+') || try.eat('&') || try.eat(',') {
				sign = true
			} else if !try.eat(' ') {
				break
			}
		}
		w := word(&try)
		if !sign {
			if w != "or" && w != "and" || !try.eat(' ') {
				return
			}
			w = word(&try)
		}
		if w == "tlp" {
			separator(&try)
			w = word(&try)
		}
		if colour(w) == 0 {
			return
		}
		m.level = max(m.level, colour(w))
		strict(&try, m, w)
		*g = try
	}
}

// open says that no words follow at i on the line: a label whose colour is missing or is a picture.
func open(s string, i int) bool {
	r, _ := utf8.DecodeRuneInString(s[i:])
	return i >= len(s) || r == '\n' || r == '\r' || unicode.Is(unicode.So, r) || strings.ContainsRune("])}>", r)
}

// emptyMark is "TLP:" with nothing behind it, unless the colour was wrapped to the next line.
func emptyMark(m mark, g glyphs, letters int) (mark, bool) {
	wrapped := g
	for wrapped.eat('\n') || wrapped.eat('\r') || wrapped.eat(' ') {
	}
	if w := word(&wrapped); wrapped.pos > g.pos && colour(w) != 0 {
		m.level = colour(w)
		strict(&wrapped, &m, w)
		m.end, m.next, m.loose = wrapped.pos, wrapped.pos, false
		if g.twisted || wrapped.twisted {
			m.level, m.unknown = domain.Red, true
		}
		return m, true
	}
	m.level, m.unknown, m.end, m.next = domain.Red, true, g.pos, max(g.pos, letters)
	return m, true
}

// upper says that s has at least three letters and no small one.
func upper(s string) bool {
	n := 0
	for _, r := range s {
		if unicode.IsLower(r) {
			return false
		}
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n >= 3
}
