package feed

import (
	"bytes"
	"mime"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// declared finds the encoding that an XML declaration names.
var declared = regexp.MustCompile(`^\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']`)

// decode gives body as UTF-8. What its bytes say of themselves goes first, since servers often name an encoding that
// is not the document's: a byte order mark, zeros beside the first "<", or letters that are valid UTF-8. Then comes
// the Content-Type, then the XML declaration (RFC 7303, section 3); Windows-1252 is what is left.
func decode(body []byte, contentType string) string {
	if enc := byItself(body); enc != nil {
		return convert(enc, body)
	}
	names := []string{}
	if _, params, err := mime.ParseMediaType(contentType); err == nil {
		names = append(names, params["charset"])
	}
	if m := declared.FindSubmatch(body[:min(len(body), 512)]); m != nil {
		names = append(names, string(m[1]))
	}
	valid := utf8.Valid(body)
	for _, name := range names {
		enc, canonical := charset.Lookup(name)
		switch {
		case enc == nil, enc == encoding.Replacement:
		case canonical == "iso-2022-jp": // all of it is ASCII to look at
			return convert(enc, body)
		case strings.HasPrefix(canonical, "utf-16"): // it is not, or a zero would stand beside "<"
		case canonical != "utf-8" && !valid:
			return convert(enc, body)
		}
	}
	if valid {
		return string(body)
	}
	// Where nothing but a few bytes are no UTF-8, all letters of Windows-1252 would be wrong.
	if text := strings.ToValidUTF8(string(body), "\ufffd"); mostlyUTF8(text) {
		return text
	}
	return convert(charmap.Windows1252, body)
}

// byItself tells an encoding by the first bytes.
func byItself(body []byte) encoding.Encoding {
	for _, known := range []struct {
		head string
		enc  encoding.Encoding
	}{
		{"\xff\xfe\x00\x00", utf32.UTF32(utf32.LittleEndian, utf32.ExpectBOM)},
		{"\x00\x00\xfe\xff", utf32.UTF32(utf32.BigEndian, utf32.ExpectBOM)},
		{"<\x00\x00\x00", utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM)},
		{"\x00\x00\x00<", utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM)},
		{"\xff\xfe", unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM)},
		{"\xfe\xff", unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM)},
		{"<\x00", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)},
		{"\x00<", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)},
		{"\xef\xbb\xbf", unicode.UTF8BOM},
	} {
		if bytes.HasPrefix(body, []byte(known.head)) {
			return known.enc
		}
	}
	return nil
}

func convert(enc encoding.Encoding, body []byte) string {
	out, err := enc.NewDecoder().Bytes(body)
	if err != nil && len(out) == 0 {
		out = body
	}
	return strings.ToValidUTF8(strings.TrimPrefix(string(out), "\ufeff"), "\ufffd")
}

// mostlyUTF8 says whether there are at least three letters beyond ASCII for each place that was no UTF-8.
func mostlyUTF8(text string) bool {
	wrong, right := 0, 0
	for _, r := range text {
		switch {
		case r == utf8.RuneError:
			wrong++
		case r >= utf8.RuneSelf:
			right++
		}
	}
	return right >= 3*wrong
}
