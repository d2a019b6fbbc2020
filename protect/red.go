package protect

import (
	"bytes"
	"encoding/base64"
	"mime"
	"strings"

	"golang.org/x/text/encoding/htmlindex"

	"askahead/domain"
)

// LooksRed says whether bytes that no parser could read carry a label TLP:RED, or one that nobody knows,
// anywhere: then nothing of them may be kept. It reads them as they stand, and also RFC 2047 words,
// quoted-printable, base64 and UTF-16 among them. It takes a label in a quote for one too: in doubt, RED.
func LooksRed(raw []byte) bool {
	if red(string(raw)) {
		return true
	}
	if bytes.IndexByte(raw, 0) >= 0 && red(string(bytes.ReplaceAll(raw, []byte{0}, nil))) {
		return true // UTF-16, or NUL bytes strewn in
	}
	if bytes.IndexByte(raw, '=') >= 0 && red(unquote(string(raw))) {
		return true
	}
	if bytes.Contains(raw, []byte("=?")) && red(encodedWords(string(raw))) {
		return true
	}
	return redBase64(raw)
}

// red looks for a mark that must not be stored.
func red(s string) bool {
	for m, ok := nextMark(s, 0); ok; m, ok = nextMark(s, m.next) {
		if m.level >= domain.Red {
			return true
		}
	}
	return false
}

// unquote undoes quoted-printable as far as it can be told from plain text.
func unquote(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '=' {
			b.WriteByte(s[i])
			continue
		}
		rest := s[i+1:]
		switch {
		case strings.HasPrefix(rest, "\r\n"):
			i += 2
		case strings.HasPrefix(rest, "\n"):
			i++
		case len(rest) >= 2 && hex(rest[0]) >= 0 && hex(rest[1]) >= 0:
			b.WriteByte(byte(hex(rest[0])<<4 | hex(rest[1])))
			i += 2
		default:
			b.WriteByte('=')
		}
	}
	return b.String()
}

func hex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	}
	return -1
}

// encodedWords decodes the RFC 2047 words of s and gives them one after the other, as adjacent ones join.
func encodedWords(s string) string {
	dec := mime.WordDecoder{}
	var b strings.Builder
	for {
		i := strings.Index(s, "=?")
		if i < 0 {
			return b.String()
		}
		s = s[i:]
		end := wordEnd(s)
		if end < 0 {
			s = s[2:]
			continue
		}
		if w, err := dec.Decode(s[:end]); err == nil {
			b.WriteString(w)
		} else {
			b.WriteString(foreign(s[:end]))
		}
		if s = s[end:]; !strings.HasPrefix(strings.TrimLeft(s, " \t\r\n"), "=?") {
			b.WriteByte('\n')
		}
	}
}

// wordEnd finds the end of an encoded word at the start of s, or -1. RFC 2047 section 2 allows 75 characters;
// broken senders write longer ones.
func wordEnd(s string) int {
	s = s[:min(len(s), 1000)]
	mid := strings.Index(s[2:], "?")
	if mid < 0 || mid+5 > len(s) {
		return -1
	}
	if end := strings.Index(s[2+mid+3:], "?="); mid+5 <= len(s) && end >= 0 {
		return 2 + mid + 3 + end + 2
	}
	return -1
}

// foreign decodes a word in a charset that package mime does not know.
func foreign(w string) string {
	parts := strings.SplitN(w[2:len(w)-2], "?", 3)
	if len(parts) != 3 {
		return ""
	}
	var body string
	if strings.EqualFold(parts[1], "b") {
		raw, _ := base64.RawStdEncoding.DecodeString(strings.TrimRight(parts[2], "="))
		body = string(raw)
	} else {
		body = unquote(strings.ReplaceAll(parts[2], "_", " "))
	}
	if enc, err := htmlindex.Get(parts[0]); err == nil {
		if text, err := enc.NewDecoder().String(body); err == nil {
			return text
		}
	}
	return body
}

// redBase64 decodes runs of base64 lines, such as the body of a mail, and looks into each.
func redBase64(raw []byte) bool {
	const least = 16 // "TLP:RED" and a few words
	for i := 0; i < len(raw); {
		if !base64Byte(raw[i]) {
			i++
			continue
		}
		var run []byte
		for i < len(raw) && (base64Byte(raw[i]) || raw[i] == '\r' || raw[i] == '\n') {
			if base64Byte(raw[i]) {
				run = append(run, raw[i])
			}
			i++
		}
		if len(run) < least {
			continue
		}
		// Text in front of the run, on the line above, shifts it: each of four phases is tried.
		for phase := range 4 {
			out := make([]byte, base64.RawStdEncoding.DecodedLen(len(run)))
			n, _ := base64.RawStdEncoding.Decode(out, run[phase:len(run)-(len(run)-phase)%4])
			if red(string(out[:n])) || bytes.IndexByte(out[:n], 0) >= 0 && red(string(bytes.ReplaceAll(out[:n], []byte{0}, nil))) {
				return true
			}
		}
	}
	return false
}

func base64Byte(c byte) bool {
	return 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '+' || c == '/'
}
