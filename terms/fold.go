package terms

import (
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// appendFolded appends a lower-case letter as searchers write it: without the accents that many keyboards
// lack. Marks that carry meaning stay: vowel signs of Indic scripts, the breve of Cyrillic й.
func appendFolded(b []byte, r rune) []byte {
	switch {
	case r < 0xC0:
		return append(b, string(r)...)
	case r < 0x250, 0x1E00 <= r && r < 0x2000: // Latin with accents; Greek with several
		return appendLatin(b, r)
	case 0x300 <= r && r < 0x370: // marks that NFKC could not compose, such as stress marks in Russian
		return b
	case r < 0x400:
		return appendLatin(b, r) // Greek
	case r == 'ё':
		return append(b, "е"...)
	case 0x591 <= r && r <= 0x5C7: // Hebrew points
		return b
	case 0x600 <= r && r < 0x700:
		return appendArabic(b, r)
	}
	return utf8.AppendRune(b, r)
}

// appendLatin spells out ligatures and takes the first letter of what else decomposes.
func appendLatin(b []byte, r rune) []byte {
	switch r {
	case 'ß':
		return append(b, "ss"...)
	case 'æ':
		return append(b, "ae"...)
	case 'œ':
		return append(b, "oe"...)
	case 'ø':
		return append(b, 'o')
	case 'đ', 'ð':
		return append(b, 'd')
	case 'ł':
		return append(b, 'l')
	case 'ı':
		return append(b, 'i')
	case 'þ':
		return append(b, "th"...)
	case 'ς':
		return append(b, "σ"...)
	}
	var buf [utf8.UTFMax]byte
	n := utf8.EncodeRune(buf[:], r)
	if d := norm.NFD.Properties(buf[:n]).Decomposition(); len(d) > 0 {
		base, _ := utf8.DecodeRune(d)
		return utf8.AppendRune(b, base)
	}
	return append(b, buf[:n]...)
}

// appendArabic drops vowel marks and the tatweel and joins the spellings of alef, ya, kaf and ta marbuta that
// Arabic and Persian keyboards use for one another.
func appendArabic(b []byte, r rune) []byte {
	switch {
	case 0x64B <= r && r <= 0x65F, r == 0x670, r == 0x640:
		return b
	}
	switch r {
	case 'أ', 'إ', 'آ', 'ٱ':
		r = 'ا'
	case 'ى', 'ی', 'ئ':
		r = 'ي'
	case 'ک':
		r = 'ك'
	case 'ة':
		r = 'ه'
	case 'ؤ':
		r = 'و'
	}
	return utf8.AppendRune(b, r)
}
