package protect

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// lookalike gives the Latin letter that a Cyrillic, Greek or Cherokee letter or a small capital passes for in
// a TLP label, by Unicode's confusables (UTS #39). Whoever writes one disguises a label or had it mangled.
func lookalike(r rune) (rune, bool) {
	switch r {
	case 'А', 'а', 'Α', 'α', 'Ꭺ', 'ᴀ':
		return 'a', true
	case 'В', 'Ь', 'Β', 'Ᏼ', 'ʙ':
		return 'b', true
	case 'С', 'с', 'Ꮯ', 'ᴄ':
		return 'c', true
	case 'ԁ', 'Ԁ', 'Ꭰ', 'ᴅ':
		return 'd', true
	case 'Е', 'е', 'Ε', 'ε', 'Ꭼ', 'ᴇ':
		return 'e', true
	case 'ɡ', 'Ԍ', 'Ꮐ', 'ɢ':
		return 'g', true
	case 'Н', 'һ', 'Һ', 'Η', 'Ꮋ', 'ʜ':
		return 'h', true
	case 'І', 'і', 'Ι', 'ι', 'ɪ':
		return 'i', true
	case 'Ӏ', 'ӏ', 'Ꮮ', 'ʟ':
		return 'l', true
	case 'М', 'м', 'Μ', 'Ꮇ', 'ᴍ':
		return 'm', true
	case 'Ν', 'ɴ':
		return 'n', true
	case 'О', 'о':
		return 'o', true
	case 'Р', 'р', 'Ρ', 'ρ', 'Ꮲ', 'ᴘ':
		return 'p', true
	case 'г', 'Ꭱ', 'Ꮢ', 'ʀ':
		return 'r', true
	case 'Ѕ', 'ѕ', 'Ꮪ', 'ꜱ':
		return 's', true
	case 'Т', 'т', 'Τ', 'τ', 'Ꭲ', 'ᴛ':
		return 't', true
	case 'Ԝ', 'ԝ', 'Ꮃ', 'ᴡ':
		return 'w', true
	}
	return r, false
}

// fold gives the lower-case letter that r stands for in a label. Compatibility forms (full width, circled,
// mathematical) are the letter itself; a look-alike or an accent is it too, but twisted.
func fold(r rune) (out rune, twisted bool) {
	switch {
	case r < utf8.RuneSelf:
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r, false
	case r >= 0x0590 && r < 0x13A0, r >= 0x1400 && r < 0x1D00, r >= 0x2E80 && r < 0xA700, r >= 0xA800 && r < 0xFB00:
		return r, false // scripts without such letters
	}
	if l, ok := lookalike(r); ok {
		return l, true
	}
	var buf [utf8.UTFMax]byte
	n := utf8.EncodeRune(buf[:], r)
	dec := norm.NFKD.Properties(buf[:n]).Decomposition()
	if dec == nil {
		return unicode.ToLower(r), false
	}
	base, size := utf8.DecodeRune(dec)
	if base < utf8.RuneSelf && size == len(dec) {
		return unicode.ToLower(base), false
	}
	if base < utf8.RuneSelf && unicode.IsLetter(base) {
		return unicode.ToLower(base), true
	}
	return unicode.ToLower(r), false
}

// invisible says that r takes no room on a screen, so that it can't separate the letters of a label.
func invisible(r rune) bool {
	switch r {
	case 0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x3164, 0xFEFF, 0xFFA0:
		return true
	}
	return r >= 0x200B && r <= 0x200F || r >= 0x202A && r <= 0x202E || r >= 0x2060 && r <= 0x206F ||
		r >= 0xFE00 && r <= 0xFE0F || r >= 0xE0000 && r <= 0xE0FFF
}

// glyphs walks over the visible runes of a text, folded.
type glyphs struct {
	s       string
	pos     int  // start of the next rune
	twisted bool // a look-alike has been read
}

// peek gives the next visible rune as written and folded, and where it ends; width 0 at the end of the text.
func (g *glyphs) peek() (raw, folded rune, end int, twisted bool) {
	for pos := g.pos; pos < len(g.s); {
		r, n := utf8.DecodeRuneInString(g.s[pos:])
		pos += n
		if invisible(r) {
			continue
		}
		f, tw := fold(r)
		return r, f, pos, tw
	}
	return 0, 0, len(g.s), false
}

// eat reads one rune if it folds to want.
func (g *glyphs) eat(want rune) bool {
	raw, f, end, tw := g.peek()
	if raw == 0 || f != want {
		return false
	}
	g.pos, g.twisted = end, g.twisted || tw
	return true
}
