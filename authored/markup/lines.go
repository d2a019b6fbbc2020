package markup

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

func itoa(n int) string { return strconv.Itoa(n) }

// newline makes n line ends due: 1 begins a new line, 2 leaves a line blank.
func (r *renderer) newline(n int) {
	if r.hidden > 0 {
		return
	}
	r.breaks = max(r.breaks, min(n, 3))
	r.space = false
	if r.inLine {
		r.inLine = false
		r.breaks = max(r.breaks, 1)
	}
}

// rule draws a line.
func (r *renderer) rule() {
	if r.hidden > 0 {
		return
	}
	r.newline(1)
	r.startText()
	r.out.WriteString("________________")
	r.inLine = true
	r.newline(1)
}

// startText writes the line ends and blanks that are due, and the marks of the quote.
func (r *renderer) startText() {
	if r.breaks > 0 || r.out.Len() == 0 {
		if r.out.Len() > 0 {
			// The signature mark "-- " keeps its blank; no other line has one at its end.
			for range r.breaks - 1 {
				r.out.WriteByte('\n')
				r.out.WriteString(strings.TrimRight(r.prefix(), " "))
			}
			r.out.WriteByte('\n')
		}
		r.out.WriteString(r.prefix())
		r.breaks = 0
	} else if r.space {
		r.out.WriteByte(' ')
	}
	r.space = false
}

// prefix is the quote marks of a line; a document nests no deeper in earnest.
func (r *renderer) prefix() string {
	const marks = "> > > > > > > > "
	return marks[:2*min(max(r.quoted, 0), len(marks)/2)]
}

// text writes text with its white space folded, or as it stands within <pre>.
func (r *renderer) text(t []byte) {
	if r.pre > 0 {
		r.preText(string(t))
		return
	}
	start := -1
	for i, n := 0, 0; i < len(t); i += n {
		n = 1
		switch c := t[i]; {
		case c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f':
			if start >= 0 {
				r.out.Write(t[start:i])
				start = -1
			}
			if r.dash && r.inLine {
				r.out.WriteByte(' ')
				r.dash = false
			} else {
				r.space = r.inLine
			}
		case invisibleAt(t[i:]) > 0:
			if start >= 0 {
				r.out.Write(t[start:i])
				start = -1
			}
			n = invisibleAt(t[i:])
		default:
			if c >= utf8.RuneSelf {
				_, n = utf8.DecodeRune(t[i:])
			}
			if start < 0 {
				begins := !r.inLine
				r.startText()
				r.inLine = true
				start = i
				r.dash = begins && strings.HasPrefix(string(t[i:min(len(t), i+3)]), "--") && (len(t) == i+2 || t[i+2] == ' ' || t[i+2] == '\n')
			}
		}
	}
	if start >= 0 {
		r.out.Write(t[start:])
	}
}

// invisibleAt returns the length of a character that has no width and no meaning in text: soft hyphens,
// zero width spaces, byte order marks. Joiners stay, for scripts and emoji need them.
func invisibleAt(t []byte) int {
	if t[0] < utf8.RuneSelf {
		if t[0] < 0x20 || t[0] == 0x7f {
			return 1
		}
		return 0
	}
	switch r, n := utf8.DecodeRune(t); r {
	case '\u00ad', '\u200b', '\ufeff', '\u2060':
		return n
	case utf8.RuneError:
		if n == 1 {
			return 1
		}
	}
	return 0
}

func (r *renderer) preText(t string) {
	for n, line := range strings.Split(t, "\n") {
		if n > 0 {
			r.inLine = false
			r.breaks++
			if r.breaks > 3 {
				r.breaks = 3
			}
		}
		line = strings.TrimRight(line, "\r")
		if line == "" {
			continue
		}
		r.startText()
		r.inLine = true
		for len(line) > 0 {
			i := 0
			for i < len(line) && (line[i] == '\t' || invisibleAt([]byte(line[i:min(len(line), i+4)])) == 0) {
				_, n := utf8.DecodeRuneInString(line[i:])
				i += n
			}
			r.out.WriteString(line[:i])
			if line = line[i:]; line != "" {
				line = line[invisibleAt([]byte(line[:min(len(line), 4)])):]
			}
		}
	}
}
