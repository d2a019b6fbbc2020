package quotes

import (
	"strings"
	"unicode/utf8"
)

// patterns is the list of attribution lines. One that begins with words is found by the first of them; one
// that begins with a gap by its longest word; one without blanks between words is tried on lines in such
// scripts only.
type patterns struct {
	byFirst  map[string][]pattern
	byAnchor map[string][]pattern
	dense    []pattern
}

// pattern is the pieces between the gaps of an attribution.
type pattern []string

func (p *patterns) add(entry string) {
	if p.byFirst == nil {
		p.byFirst, p.byAnchor = map[string][]pattern{}, map[string][]pattern{}
	}
	var pat pattern
	for piece := range strings.SplitSeq(entry, "…") {
		pat = append(pat, strings.TrimSpace(tightColons(piece)))
	}
	if pat[0] != "" {
		k := string(firstKey(pat[0], nil))
		p.byFirst[k] = append(p.byFirst[k], pat)
		return
	}
	anchor := ""
	for _, piece := range pat {
		if r, _ := utf8.DecodeRuneInString(piece); isDense(r) {
			p.dense = append(p.dense, pat)
			return
		}
		eachWord(piece, func(w string) {
			if len(w) > len(anchor) {
				anchor = w
			}
		})
	}
	p.byAnchor[anchor] = append(p.byAnchor[anchor], pat)
}

// begins finds a pattern that begins with words. low is folded (see fold).
func (p *patterns) begins(low string) bool {
	var buf [48]byte
	for _, pat := range p.byFirst[string(firstKey(low, buf[:0]))] {
		if pat.match(low) {
			return true
		}
	}
	return false
}

// within finds a pattern that begins with a gap.
func (p *patterns) within(low string) bool {
	found := false
	eachWord(low, func(w string) {
		if found {
			return
		}
		for _, pat := range p.byAnchor[w] {
			if pat.match(low) {
				found = true
				return
			}
		}
	})
	if found || !hasDense(low) {
		return found
	}
	for _, pat := range p.dense {
		if pat.match(low) {
			return true
		}
	}
	return false
}

func hasDense(s string) bool {
	for _, r := range s {
		if isDense(r) {
			return true
		}
	}
	return false
}

func (p pattern) match(low string) bool {
	first, last := p[0], p[len(p)-1]
	if !strings.HasPrefix(low, first) || len(low) < len(first)+len(last) || !strings.HasSuffix(low, last) {
		return false
	}
	if r, _ := utf8.DecodeRuneInString(low[len(first):]); first != "" && isLetter(r) && !isDense(r) {
		return false
	}
	rest := low[len(first) : len(low)-len(last)]
	if strings.TrimSpace(rest) == "" {
		return false // a gap is never empty
	}
	for _, piece := range p[1 : len(p)-1] {
		i := strings.Index(rest, piece)
		if i < 0 {
			return false
		}
		rest = rest[i+len(piece):]
	}
	return len(p) > 1
}

// eachWord calls f with every run of letters.
func eachWord(s string, f func(string)) {
	start := -1
	for i, r := range s {
		switch {
		case isLetter(r):
			if start < 0 {
				start = i
			}
		case start >= 0:
			f(s[start:i])
			start = -1
		}
	}
	if start >= 0 {
		f(s[start:])
	}
}

// fold puts lines in the form that patterns are compared with: one line, in lower case, single blanks, none
// before a colon, no marks of emphasis or of bidirectional text at the edges.
func fold(s string) string {
	s = strings.Trim(s, " \t\n\u00a0*_-–—|>+=#\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069")
	s = strings.ToLower(s)
	if strings.ContainsAny(s, "\t\n\u00a0") || strings.Contains(s, "  ") {
		s = strings.Join(strings.Fields(s), " ")
	}
	return tightColons(s)
}

func tightColons(s string) string {
	if strings.Contains(s, "：") {
		s = strings.ReplaceAll(s, "：", ":")
	}
	if strings.Contains(s, " :") {
		s = strings.ReplaceAll(s, " :", ":")
	}
	if strings.Contains(s, "’") {
		s = strings.ReplaceAll(s, "’", "'")
	}
	return s
}
