package mime

import (
	"strings"
)

// decodeTransfer undoes a Content-Transfer-Encoding (RFC 2045 section 6). An encoding nobody knows is read as
// it stands.
func decodeTransfer(s, encoding string) string {
	switch cleanToken(encoding) {
	case "quoted-printable":
		return decodeQuotedPrintable(s)
	case "base64":
		return decodeBase64(s)
	case "x-uuencode", "uuencode", "x-uue", "uue":
		if out, ok := decodeUU(s); ok {
			return out
		}
	case "":
		if looksQuotedPrintable(s) {
			return decodeQuotedPrintable(s)
		}
	}
	return s
}

func cleanToken(s string) string {
	s = strings.ToLower(strings.Trim(s, " \t\"'"))
	if i := strings.IndexAny(s, " \t;("); i >= 0 {
		s = s[:i]
	}
	return s
}

// decodeQuotedPrintable leaves alone an "=" that begins no code, and drops the blanks that transport added
// to the end of a line.
func decodeQuotedPrintable(s string) string {
	if strings.IndexByte(s, '=') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	coded := 0 // what lies before it was written on purpose
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c != '=' {
			if c == '\n' {
				b = trimBlanks(b, coded)
			}
			b = append(b, c)
			continue
		}
		if i+2 < len(s) {
			if hi, lo := hexDigit(s[i+1]), hexDigit(s[i+2]); hi >= 0 && lo >= 0 {
				b = append(b, byte(hi<<4|lo))
				coded = len(b)
				i += 2
				continue
			}
		}
		j := i + 1
		for j < len(s) && (isSpace(s[j]) || s[j] == '\r') {
			j++
		}
		if j == len(s) || s[j] == '\n' {
			i, coded = j, len(b)
			continue
		}
		b = append(b, c)
	}
	return string(b)
}

// trimBlanks drops the blanks at the end of b, down to keep. A signature's "-- " keeps its blank.
func trimBlanks(b []byte, keep int) []byte {
	n := len(b)
	cr := n > 0 && b[n-1] == '\r'
	if cr {
		n--
	}
	end := n
	for end > keep && isSpace(b[end-1]) {
		end--
	}
	if end < n && end >= 2 && b[end-1] == '-' && b[end-2] == '-' && (end == 2 || b[end-3] == '\n') {
		end++
	}
	b = b[:end]
	if cr {
		b = append(b, '\r')
	}
	return b
}

// looksQuotedPrintable tells whether a body whose header forgot to say so is quoted-printable: it has soft
// line ends and codes that programs always write.
func looksQuotedPrintable(s string) bool {
	i := strings.Index(s, "=\n")
	if i < 0 {
		if i = strings.Index(s, "=\r\n"); i < 0 {
			return false
		}
	}
	soft := strings.Count(s, "=\n") + strings.Count(s, "=\r\n")
	codes := strings.Count(s, "=3D") + strings.Count(s, "=20\n") + strings.Count(s, "=20\r\n") + strings.Count(s, "=C3=") + strings.Count(s, "=E2=80=")
	return soft >= 2 && codes >= 1 || soft >= 1 && codes >= 2
}

// decodeBase64 decodes line by line. Mailing lists append their footer as plain text: a line that is no
// base64 ends the code, and is kept with all that follows, unless code follows again.
func decodeBase64(s string) string {
	out := make([]byte, 0, len(s)*3/4)
	for pos := 0; pos < len(s); {
		line, _ := cutLine(s, pos)
		if !isBase64(strings.TrimSpace(line)) {
			if tail := strings.TrimSpace(s[pos:]); tail != "" {
				out = append(append(out, '\n'), s[pos:]...)
			}
			return string(out)
		}
		end := pos
		for end < len(s) { // one run of good lines is decoded together, for a quantum may cross lines
			l, n := cutLine(s, end)
			if !isBase64(strings.TrimSpace(l)) {
				break
			}
			end = n
		}
		out = decodeBase64Run(out, s[pos:end])
		pos = end
	}
	return string(out)
}

func isBase64(line string) bool {
	for i := 0; i < len(line); i++ {
		if base64Digit(line[i]) < 0 && line[i] != '=' {
			return false
		}
	}
	// A footer of one word is made of base64 digits too; code comes in fours.
	return len(line) < 4 || len(line)%4 == 0 || len(line) > 40
}

// decodeBase64Run appends what s encodes, passing over every byte that is no digit. Padding ends a quantum.
func decodeBase64Run(out []byte, s string) []byte {
	var acc uint32
	bits := 0
	for i := 0; i < len(s); i++ {
		d := base64Digit(s[i])
		if d < 0 {
			if s[i] == '=' {
				acc, bits = 0, 0
			}
			continue
		}
		acc = acc<<6 | uint32(d)
		if bits += 6; bits >= 8 {
			bits -= 8
			out = append(out, byte(acc>>bits))
		}
	}
	return out
}

func base64Digit(c byte) int {
	switch {
	case c >= 'A' && c <= 'Z':
		return int(c - 'A')
	case c >= 'a' && c <= 'z':
		return int(c-'a') + 26
	case c >= '0' && c <= '9':
		return int(c-'0') + 52
	case c == '+':
		return 62
	case c == '/':
		return 63
	}
	return -1
}

// decodeUU decodes a body that is one uuencoded file; ok is false where it is none.
func decodeUU(s string) (string, bool) {
	start := 0
	if !strings.HasPrefix(s, "begin ") {
		if start = strings.Index(s, "\nbegin "); start < 0 {
			return "", false
		}
		start++
	}
	_, pos := cutLine(s, start)
	var out []byte
	for pos < len(s) {
		line, next := cutLine(s, pos)
		pos = next
		if line == "end" || line == "" {
			break
		}
		n := int(line[0]-' ') & 63
		for i := 1; n > 0 && i < len(line); i += 4 {
			var q [4]byte
			for k := range q {
				if i+k < len(line) {
					q[k] = (line[i+k] - ' ') & 63
				}
			}
			three := []byte{q[0]<<2 | q[1]>>4, q[1]<<4 | q[2]>>2, q[2]<<6 | q[3]}
			out = append(out, three[:min(n, 3)]...)
			n -= 3
		}
	}
	return string(out), true
}
