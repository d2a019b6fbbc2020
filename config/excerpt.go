package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// The second net below text.hide, for lines that could not be read as YAML: what follows a word that sounds
// like a secret, and passwords in URLs, are not shown.
var (
	secretKey   = regexp.MustCompile(`(?i)(?:pass|pwd|secret|token|key|credential|cookie|auth|webhook|login)[^:=\s]{0,40}\s*[:=\s]\s*`)
	reference   = regexp.MustCompile(`^["']?(?:env|file):[\w./~-]+["']?\s*(?:[,}#]|$)`)
	urlPassword = regexp.MustCompile(`//[^/\s:@]*:([^\s]*)@`)
	anyKey      = regexp.MustCompile(`([\pL\pN_-]*)["']?\s*:(?:[\s,}\]]|$)`)
)

// maxExcerpt is how many characters of a long line are shown around the place.
const maxExcerpt = 100

// excerpt gives the line of a place with its number, and a line with carets below.
func (t *text) excerpt(at spot, width int) string {
	if at.line < 1 || at.line > len(t.lines) {
		return ""
	}
	line := []rune(t.lines[at.line-1])
	covered := t.covered(at.line, len(line))
	var shown, carets []rune
	for i := 0; i < len(line); i++ {
		caret := ' '
		if i+1 >= at.column && i+1 < at.column+width {
			caret = '^'
		}
		if covered[i] {
			for j := i; j < len(line) && covered[j]; j++ {
				i = j
				if j+1 >= at.column && j+1 < at.column+width {
					caret = '^'
				}
			}
			shown, carets = append(shown, '*', '*', '*'), append(carets, caret, caret, caret)
			continue
		}
		r := line[i]
		if r == '\t' {
			r = ' '
		} else if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar {
			r = '·' // what could move the cursor or turn the line around
		}
		shown, carets = append(shown, r), append(carets, caret)
	}
	if !slices.Contains(carets, '^') {
		carets = append(carets, '^') // the place is the end of the line
	}
	shown, carets = crop(shown, carets)
	number := fmt.Sprintf("%5d", at.line)
	return number + " | " + strings.TrimRight(string(shown), " ") + "\n" +
		strings.Repeat(" ", len(number)) + " | " + strings.TrimRight(string(carets), " ")
}

// crop leaves maxExcerpt characters around the first caret.
func crop(shown, carets []rune) ([]rune, []rune) {
	if len(shown) <= maxExcerpt {
		return shown, carets
	}
	from := max(0, slices.Index(carets, '^')-maxExcerpt/2)
	to := min(len(shown), from+maxExcerpt)
	cut := slices.Clone(shown[from:to])
	if from > 0 && len(cut) > 0 {
		cut[0] = '…'
	}
	if to < len(shown) && len(cut) > 0 {
		cut = append(cut, '…')
	}
	return cut, carets[from:min(len(carets), to+1)]
}

// covered says for each character of a line whether it may not be shown.
func (t *text) covered(number, length int) []bool {
	covered := make([]bool, length+1)
	cover := func(from, to int) {
		for i := max(from, 0); i < to && i < length; i++ {
			covered[i] = true
		}
	}
	for _, h := range t.hidden[number] {
		to := h.to - 1
		if h.to == 0 {
			to = length
		}
		cover(h.from-1, to)
	}
	if note, ok := t.notes[number]; ok && len(t.hidden[number]) > 0 {
		cover(note-1, length) // a blank and a # make the rest of a secret a comment
	}
	line := t.lines[number-1]
	runes := func(bytes int) int { return len([]rune(line[:bytes])) }
	for _, m := range secretKey.FindAllStringIndex(line, -1) {
		value := line[m[1]:]
		if reference.MatchString(value) {
			continue
		}
		end := len(line)
		if i := strings.IndexAny(value, ",}"); i >= 0 && strings.Contains(line[:m[0]], "{") {
			end = m[1] + i
		}
		cover(runes(m[1]), runes(end))
	}
	for _, m := range urlPassword.FindAllStringSubmatchIndex(line, -1) {
		cover(runes(m[2]), runes(m[3]))
	}
	if t.continuesSecret(number) {
		cover(0, length)
	}
	if t.broken {
		keys := anyKey.FindAllStringSubmatchIndex(line, -1)
		before := line
		if len(keys) > 0 {
			before = line[:keys[0][0]]
		}
		if strings.Trim(before, " -{[\"'") != "" && !t.belowSafeKey(number) {
			cover(0, runes(len(before)))
		}
		for _, m := range keys {
			if !t.safe[line[m[2]:m[3]]] {
				cover(runes(m[1]), length)
			}
		}
	}
	return covered
}

// belowSafeKey says, of a text that is no YAML, whether the nearest key above a line is one that never holds a
// secret: what stands there may still be its value.
func (t *text) belowSafeKey(number int) bool {
	for i := number - 2; i >= 0; i-- {
		if all := anyKey.FindAllStringSubmatch(t.lines[i], -1); len(all) > 0 {
			return t.safe[all[len(all)-1][1]]
		}
	}
	return true
}

// continuesSecret says whether a line is deeper than one above that ends in a key which sounds like a secret:
// a block of text, or a value that goes on.
func (t *text) continuesSecret(number int) bool {
	indent := func(line string) int { return len(line) - len(strings.TrimLeft(line, " \t")) }
	own := indent(t.lines[number-1])
	for i := number - 2; i >= 0 && i > number-200; i-- {
		line := t.lines[i]
		if strings.TrimSpace(line) == "" {
			continue
		}
		if in := indent(line); in < own {
			m := secretKey.FindStringIndex(line)
			return m != nil && !reference.MatchString(line[m[1]:])
		}
	}
	return false
}
