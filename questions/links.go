package questions

import (
	"bytes"
	"unicode/utf8"
)

// mostLink is how many bytes of a word are looked at to tell whether it is an address.
const mostLink = 2000

// coverLinks covers the addresses and file names in buf, keeping the white space and marks around them. Each holds one
// of three characters, which are rare enough to go by.
func coverLinks(buf []byte) {
	for _, c := range [...]byte{'.', '@', '/'} {
		for i := 0; i < len(buf); {
			at := bytes.IndexByte(buf[i:], c)
			if at < 0 {
				break
			}
			from, to := i+at, i+at+1
			for from > i && !isGap(buf[from-1]) {
				from--
			}
			for to < len(buf) && !isGap(buf[to]) {
				to++
			}
			if a, b := trimChunk(buf, from, to); a < b {
				a, b = linkIn(buf, a, b)
				coverAll(buf[a:b])
			}
			i = to
		}
	}
}

// linkIn gives the part of buf[a:b] that is an address: all of it, or, where a script without spaces stands
// around it, what begins with "http". It is empty if there is none.
func linkIn(buf []byte, a, b int) (int, int) {
	chunk := buf[a:min(b, a+mostLink)]
	if i := bytes.Index(chunk, []byte("://")); i > 0 {
		first := i
		for first > 0 && isASCIILetter(chunk[first-1]) {
			first--
		}
		if first < i {
			return a + first, wideAfter(buf, a+i, b)
		}
	}
	if isLink(chunk) {
		return a, b
	}
	return a, a
}

// wideAfter is where the first character of East Asia stands in buf[i:end]; end if there is none.
func wideAfter(buf []byte, i, end int) int {
	for i < end {
		r, size := utf8.DecodeRune(buf[i:end])
		if isWideRune(r) || r >= 0x3000 && r < 0x3040 || r >= 0xFF00 && r < 0xFFF0 {
			return i
		}
		i += size
	}
	return end
}

// trimChunk leaves out quotes and brackets before, and sentence marks, quotes and brackets after.
func trimChunk(buf []byte, a, b int) (int, int) {
	for a < b && (buf[a] == '(' || buf[a] == '<' || buf[a] == '"' || buf[a] == '\'' || buf[a] == '[' || buf[a] == '{') {
		a++
	}
	for b > a {
		switch c := buf[b-1]; c {
		case '.', ',', ';', ':', '!', '?', ')', ']', '}', '>', '"', '\'':
			b--
			continue
		}
		break
	}
	return a, b
}

// isLink tells addresses without a scheme, of mail and of hosts, and names of files and paths that hold a mark.
func isLink(c []byte) bool {
	if hasPrefixFold(c, "www.") || hasPrefixFold(c, "mailto:") {
		return true
	}
	if i := bytes.IndexByte(c, '@'); i > 0 && i+1 < len(c) && c[0] < utf8.RuneSelf {
		return true
	}
	dot := bytes.IndexByte(c, '.')
	if dot <= 0 || dot+1 >= len(c) {
		return false
	}
	slash := bytes.IndexByte(c, '/')
	if slash > dot && isHost(c[:slash]) {
		return true
	}
	if q := bytes.IndexByte(c, '?'); q > dot && isHost(c[:q]) && bytes.IndexByte(c[q:], '=') > 0 {
		return true
	}
	return isHost(c)
}

// isHost tells "example.org", "file.txt", "v1.2.3", ".net": ASCII words joined by full stops, the last not
// beginning with a capital (which is rather the next sentence); no number.
func isHost(c []byte) bool {
	dots, label, longest := 0, 0, 0
	letters := false
	for i, b := range c {
		switch {
		case isASCIILetter(b) || isDigit(b) || b == '-' || b == '_':
			letters = letters || !isDigit(b)
			label++
			longest = max(longest, label)
		case b == '.' && i+1 < len(c) && (label > 0 || i == 0):
			dots, label = dots+1, 0
			if n := c[i+1]; n >= 'A' && n <= 'Z' && i > 0 && c[i-1] >= 'a' && c[i-1] <= 'z' {
				return false
			}
		default:
			return false
		}
	}
	return dots > 0 && label > 0 && longest > 1 && letters
}

func hasPrefixFold(c []byte, prefix string) bool {
	return len(c) > len(prefix) && bytes.EqualFold(c[:len(prefix)], []byte(prefix))
}

// coverAll covers an address, keeping white space out of it.
func coverAll(b []byte) {
	for i := range b {
		b[i] = cover
	}
}
