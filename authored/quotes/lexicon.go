package quotes

import (
	"embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

//go:embed words/*.txt
var wordFiles embed.FS

// lexicon is the word lists in the form in which they are looked up.
type lexicon struct {
	headers     map[string]headerKind
	markers     map[string]markerKind
	greetings   openings
	closings    openings
	devices     openings
	deviceEnds  []string // endings of lines, for languages that put the device first
	attribution patterns
	footers     *phrases
	disclaimers *phrases
}

// words reads the lists once, when they are first needed.
var words = sync.OnceValue(readLexicon)

type headerKind uint8

const (
	headerOther headerKind = 1 << iota
	headerFrom
	headerDate
	headerTo
	headerCc
	headerSubject
)

type markerKind uint8

const (
	markerOriginal markerKind = iota + 1
	markerForward
	markerEnd
)

func readLexicon() *lexicon {
	lx := &lexicon{
		headers:     map[string]headerKind{},
		markers:     map[string]markerKind{},
		greetings:   openings{},
		closings:    openings{},
		devices:     openings{},
		footers:     newPhrases(),
		disclaimers: newPhrases(),
	}
	headerKinds := map[string]headerKind{"from": headerFrom, "date": headerDate, "to": headerTo, "cc": headerCc, "subject": headerSubject, "other": headerOther}
	markerKinds := map[string]markerKind{"original": markerOriginal, "forward": markerForward, "end": markerEnd}
	for f := range entries("headers", 3) {
		lx.headers[f[2]] |= headerKinds[f[1]]
	}
	for f := range entries("markers", 3) {
		lx.markers[f[2]] = markerKinds[f[1]]
	}
	for f := range entries("greetings", 2) {
		lx.greetings.add(f[1])
	}
	for f := range entries("closings", 2) {
		lx.closings.add(f[1])
	}
	for f := range entries("devices", 2) {
		if end, ok := strings.CutPrefix(f[1], "…"); ok {
			lx.deviceEnds = append(lx.deviceEnds, end)
			continue
		}
		lx.devices.add(f[1])
	}
	for f := range entries("footers", 2) {
		lx.footers.add(f[1], int(f[0][0]-'0'))
	}
	for f := range entries("disclaimers", 2) {
		lx.disclaimers.add(f[1], int(f[0][0]-'0'))
	}
	for f := range entries("attributions", 2) {
		lx.attribution.add(f[1])
	}
	return lx
}

// entries yields the lines of a list, in lower case, cut into n fields at the first blanks.
func entries(list string, n int) func(yield func([]string) bool) {
	return func(yield func([]string) bool) {
		raw, err := wordFiles.ReadFile("words/" + list + ".txt")
		if err != nil {
			panic(err) // the file is part of the program
		}
		for line := range strings.SplitSeq(string(raw), "\n") {
			line = strings.ToLower(strings.TrimSpace(line))
			if line == "" || line[0] == '#' {
				continue
			}
			if f := strings.SplitN(line, " ", n); len(f) == n && !yield(f) {
				return
			}
		}
	}
}

// openings finds beginnings of lines by their first word, or by their first letter in scripts that write
// words without blanks between them.
type openings map[string][]string

func (o openings) add(phrase string) {
	key := string(firstKey(phrase, nil))
	o[key] = append(o[key], phrase)
}

// find returns the longest listed beginning of s, as its length in s; 0 if there is none. A beginning ends
// where a word ends.
func (o openings) find(s string) int {
	var buf [48]byte
	list := o[string(firstKey(s, buf[:0]))]
	best := 0
	for _, p := range list {
		if n := foldPrefix(s, p); n > best {
			if r, _ := utf8.DecodeRuneInString(s[n:]); !isLetter(r) || isDense(r) {
				best = n
			}
		}
	}
	return best
}

// foldPrefix returns the length of the beginning of s that equals prefix, which is in lower case, without
// regard to case; 0 if s begins otherwise. A typographic apostrophe equals the plain one.
func foldPrefix(s, prefix string) int {
	i := 0
	for j := 0; j < len(prefix); {
		if i >= len(s) {
			return 0
		}
		a, b := s[i], prefix[j]
		if a < utf8.RuneSelf && b < utf8.RuneSelf {
			if a >= 'A' && a <= 'Z' {
				a |= 0x20
			}
			if a != b {
				return 0
			}
			i, j = i+1, j+1
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		q, m := utf8.DecodeRuneInString(prefix[j:])
		if r == '’' {
			r = '\''
		} else if r == '\u00a0' {
			r = ' '
		}
		if unicode.ToLower(r) != q {
			return 0
		}
		i, j = i+n, j+m
	}
	return i
}

// firstKey appends the first word of s in lower case to buf.
func firstKey(s string, buf []byte) []byte {
	for i := 0; i < len(s) && len(buf) < 40; {
		c := s[i]
		if c < utf8.RuneSelf {
			switch {
			case c >= 'A' && c <= 'Z':
				c |= 0x20
			case c >= 'a' && c <= 'z' || c == '\'':
			default:
				return buf
			}
			if c == '\'' {
				return buf
			}
			buf = append(buf, c)
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if isDense(r) {
			if len(buf) == 0 {
				return utf8.AppendRune(buf, r)
			}
			return buf
		}
		if !isLetter(r) {
			return buf
		}
		buf = utf8.AppendRune(buf, unicode.ToLower(r))
		i += n
	}
	return buf
}

// isDense tells scripts whose words stand without blanks between them, or carry endings as Korean does.
func isDense(r rune) bool {
	return r >= 0x0e00 && r <= 0x0eff || r >= 0x2e80 && r <= 0x9fff || r >= 0xac00 && r <= 0xd7af || r >= 0xf900 && r <= 0xfaff || r >= 0x20000 && r <= 0x3ffff
}

func isLetter(r rune) bool {
	if r < utf8.RuneSelf {
		return r|0x20 >= 'a' && r|0x20 <= 'z'
	}
	return unicode.IsLetter(r) || unicode.IsMark(r)
}
