package mime

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// DecodeText turns bytes in the named charset into valid UTF-8. A declaration that the bytes contradict is
// not believed: mail says "us-ascii" and sends UTF-8, or says UTF-8 and sends windows-1252.
func DecodeText(s, charset string) string {
	name := cleanToken(charset)
	if wide := wideCharset(name); wide != nil {
		if out, err := wide.NewDecoder().String(s); err == nil {
			return strings.ToValidUTF8(out, "\ufffd")
		}
	}
	switch name {
	case "utf-7", "unicode-1-1-utf-7", "x-unicode-2-0-utf-7":
		return decodeUTF7(s)
	case "iso-2022-jp", "csiso2022jp", "iso-2022-jp-1", "iso-2022-jp-2", "iso-2022-jp-3", "iso-2022-jp-ms":
		return decodeWith(japanese.ISO2022JP, s)
	case "hz-gb-2312", "hz":
		return decodeWith(simplifiedchinese.HZGB2312, s)
	}
	if isASCII(s) {
		if strings.Contains(s, "\x1b$") {
			return decodeWith(japanese.ISO2022JP, s)
		}
		return s
	}
	if utf8.ValidString(s) && !isMultibyte(name) {
		return s
	}
	if e := lookup(name); e != nil {
		return decodeWith(e, s)
	}
	return decodeWith(guess(s), s)
}

func decodeWith(e encoding.Encoding, s string) string {
	out, err := e.NewDecoder().String(s)
	if err != nil {
		return strings.ToValidUTF8(s, "\ufffd")
	}
	return strings.ToValidUTF8(out, "\ufffd")
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// wideCharset names the charsets whose bytes look like ASCII with NULs between.
func wideCharset(name string) encoding.Encoding {
	switch name {
	case "utf-16", "utf16", "unicode", "ucs-2", "iso-10646-ucs-2":
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	case "utf-16be":
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	case "utf-16le":
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case "utf-32", "utf32":
		return utf32.UTF32(utf32.BigEndian, utf32.UseBOM)
	case "utf-32be":
		return utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM)
	case "utf-32le":
		return utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM)
	}
	return nil
}

// isMultibyte tells whether text of that charset may by chance be valid UTF-8 of another meaning. It is so
// unlikely that only the charsets of two bytes a letter are asked at all.
func isMultibyte(name string) bool {
	switch name {
	case "gb2312", "gbk", "gb18030", "big5", "big5-hkscs", "euc-kr", "ks_c_5601-1987", "shift_jis", "cp932", "euc-jp":
		return true
	}
	return false
}

// lookup finds an 8-bit or multi-byte charset by any of its names, nil where it says nothing.
func lookup(name string) encoding.Encoding {
	switch name {
	case "", "utf-8", "utf8", "us-ascii", "ascii", "unknown-8bit", "x-unknown", "unknown", "default", "x-user-defined", "8bit", "7bit", "binary", "none", "iso-8859-1", "latin1":
		return nil
	case "cp932", "ms932", "windows-932":
		return japanese.ShiftJIS
	case "x-mac-roman", "macroman":
		return charmap.Macintosh
	case "cp437", "ibm437":
		return charmap.CodePage437
	case "cp850", "ibm850":
		return charmap.CodePage850
	case "cp936", "windows-936", "x-gbk":
		return simplifiedchinese.GBK
	}
	if e, err := htmlindex.Get(name); err == nil {
		return e
	}
	for _, prefix := range [...]string{"cp", "cp-", "win-", "win", "windows", "x-cp"} {
		if digits, ok := strings.CutPrefix(name, prefix); ok && len(digits) >= 3 {
			if e, err := htmlindex.Get("windows-" + digits); err == nil {
				return e
			}
		}
	}
	if digits, ok := strings.CutPrefix(name, "iso8859-"); ok {
		if e, err := htmlindex.Get("iso-8859-" + digits); err == nil {
			return e
		}
	}
	if e, err := ianaindex.MIME.Encoding(name); err == nil && e != nil {
		return e
	}
	return nil
}

// guess names the charset of bytes that are not UTF-8 and whose declaration says nothing. Western text has
// few high bytes among its letters; Cyrillic text is made of them, and its small letters, which are the
// most, lie in C0–DF in KOI8-R and in E0–FF in windows-1251. Text whose high bytes come in pairs of GBK
// and begin with the rows of common characters is Chinese.
func guess(s string) encoding.Encoding {
	letters, high, low, c0, e0, paired := 0, 0, 0, 0, 0, 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= 0x80:
			high++
			if c >= 0xe0 {
				e0++
			} else if c >= 0xc0 {
				c0++
			} else {
				low++
			}
			if c >= 0xb0 && c <= 0xd7 && i+1 < len(s) && s[i+1] >= 0xa1 {
				paired += 2
				high++
				i++
			}
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			letters++
		}
	}
	if high < 20 || high*2 < letters {
		return charmap.Windows1252
	}
	switch {
	case paired*10 > high*9 && low == 0 && c0 > e0*8:
		return simplifiedchinese.GBK
	case letters*3 > high || low*4 > high:
		return charmap.Windows1252
	}
	return cyrillic(s)
}

func cyrillic(s string) encoding.Encoding {
	koi, win := 0, 0
	for i := 0; i < len(s); i++ {
		if s[i] >= 0xe0 {
			win++
		} else if s[i] >= 0xc0 {
			koi++
		}
	}
	if koi > win {
		return charmap.KOI8R
	}
	return charmap.Windows1251
}

// decodeUTF7 decodes RFC 2152.
func decodeUTF7(s string) string {
	var out strings.Builder
	for s != "" {
		i := strings.IndexByte(s, '+')
		if i < 0 {
			break
		}
		out.WriteString(s[:i])
		s = s[i+1:]
		n := 0
		for n < len(s) && base64Digit(s[n]) >= 0 {
			n++
		}
		if n == 0 {
			out.WriteByte('+')
		} else if raw, err := base64.RawStdEncoding.DecodeString(s[:n-trailing(n)]); err == nil {
			out.WriteString(decodeWith(unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), string(raw[:len(raw)&^1])))
		}
		s = strings.TrimPrefix(s[n:], "-")
	}
	out.WriteString(s)
	return strings.ToValidUTF8(out.String(), "\ufffd")
}

// trailing counts digits that are too few for a byte.
func trailing(n int) int {
	if n%4 == 1 {
		return 1
	}
	return 0
}
