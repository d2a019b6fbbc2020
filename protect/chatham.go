package protect

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"askahead/domain"
)

// noName says that an item is under the Chatham House Rule: it declares so in its subject, headers, content
// warning, hashtags or own words.
func noName(r *domain.Reading) bool {
	if declaresRule(r.Subject) || declaresRule(r.Context) || declaresRule(r.Own) {
		return true
	}
	for _, line := range r.Labels {
		if declaresRule(line) {
			return true
		}
	}
	for _, tag := range r.Hashtags {
		if t := strings.ToLower(tag); t == "chr" || strings.HasPrefix(t, "chathamhouserule") {
			return true
		}
	}
	return false
}

// declaresRule looks for a declaration, sentence by sentence. Asking about the rule is none.
func declaresRule(s string) bool {
	for i, n := 0, 0; i < len(s); n++ {
		at, end, ok := nextRule(s, i)
		if !ok {
			return false
		}
		if n == mostMarks || declares(s, at, end) {
			return true
		}
		i = end
	}
	return false
}

// nextRule finds the next mention of the rule: its name, "CHR" on its own or "tlp:ex:chr".
func nextRule(s string, from int) (start, end int, ok bool) {
	for i := from; i < len(s); i++ {
		switch s[i] {
		case 'c', 'C':
			if i+1 == len(s) || s[i+1]|0x20 != 'h' || !boundary(s, i) {
				continue
			}
			if n := matchFold(s[i:], "chatham house"); n > 0 {
				return i, i + n, true
			}
			if strings.HasPrefix(s[i:], "CHR") && !wordAt(s, i+3) {
				return i, i + 3, true
			}
		case 't', 'T':
			if i+1 == len(s) || s[i+1]|0x20 != 'l' {
				continue
			}
			if n := matchFold(s[i:], "tlp:ex:chr"); n > 0 && boundary(s, i) && !wordAt(s, i+n) {
				return i, i + n, true
			}
		}
	}
	return 0, 0, false
}

// matchFold tells how long the match of want at the start of s is; a space in want is any run of up to four
// blanks, line ends and hyphens.
func matchFold(s, want string) int {
	i := 0
	for j := range len(want) {
		if want[j] == ' ' {
			n := 0
			for i+n < len(s) && n < 4 && strings.IndexByte(" \t\r\n-_", s[i+n]) >= 0 {
				n++
			}
			if n == 0 {
				return 0
			}
			i += n
			continue
		}
		if i >= len(s) || s[i]|0x20 != want[j] && s[i] != want[j] {
			return 0
		}
		i++
	}
	return i
}

func wordAt(s string, i int) bool {
	for _, r := range s[min(i, len(s)):] {
		return unicode.IsLetter(r) || unicode.IsDigit(r)
	}
	return false
}

const ruleWords = " rule rules regel regeln règle règles regla reglas regra regras regola правило правилу правила قاعدة "

// declares says that the mention at s[at:end] puts its text under the rule. A sentence that asks about the rule,
// or a mention of the institute, does not; "Under the Chatham House Rule: how …?" does.
func declares(s string, at, end int) bool {
	before := s[max(0, at-window):at]
	if i := strings.LastIndexAny(before, ".?!。？！؟\n"); i >= 0 && !(before[i] == '\n' && runs(before[:i])) {
		before = before[i+1:]
	}
	words := lastWords(before, 12)
	byName := s[at]|0x20 == 'c' && end-at > len("CHR")
	after, ruled := s[end:min(len(s), end+window)], !byName
	if byName {
		after, ruled = skipRule(after)
	}
	if !ruled && !slices.ContainsFunc(words[max(0, len(words)-3):], func(w string) bool { return contains(ruleWords, w) }) {
		return false // the institute, not its rule
	}
	asking, setOff := ends(after)
	under := func(w string) bool { return contains(underWords, w) }
	switch {
	case s[at]|0x20 == 't': // a machine tag
		return !asking || setOff
	case len(words) == 0:
		return setOff || byName && !asking
	case !byName:
		return slices.ContainsFunc(words, under) && !asking
	case len(words) <= 5 && under(words[0]):
		return setOff || !asking
	}
	return !asking && !contains(asks, words[0]) && !contains(" about of on history explain explains ", dropArticle(words))
}

// skipRule skips the word "rule" behind a name, in several languages, and what stands in front of it.
func skipRule(after string) (rest string, ok bool) {
	i := 0
	for n := range 2 {
		start := strings.IndexFunc(after[i:], unicode.IsLetter)
		if start < 0 || start > 4 {
			return after, false
		}
		i += start
		stop := strings.IndexFunc(after[i:], func(r rune) bool { return !unicode.IsLetter(r) })
		if stop < 0 {
			stop = len(after) - i
		}
		w := strings.ToLower(after[i : i+stop])
		i += stop
		if contains(ruleWords, w) {
			return after[i:], true
		}
		if n == 0 && w != "s" {
			return after, false // "'s" may stand between
		}
	}
	return after, false
}

// ends says whether the sentence that goes on with after asks, and whether a sign or a line end sets it off from
// what stands in front of it.
func ends(after string) (asking, setOff bool) {
	if stop := strings.IndexAny(after, ".?!。？！؟\n"); stop >= 0 {
		r, _ := utf8.DecodeRuneInString(after[stop:])
		asking = r == '?' || r == '？' || r == '؟'
	}
	line, _, _ := strings.Cut(strings.TrimLeft(after, " \t*_`"), "\n")
	r, n := utf8.DecodeRuneInString(line)
	return asking, n == 0 || r != '?' && r != '？' && r != '؟' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
}

const underWords = " under per subject observing following sous bajo sob unter gemäß nach sotto по согласно "

// dropArticle gives the last word that is no article.
func dropArticle(words []string) string {
	for i := len(words) - 1; i >= 0; i-- {
		if !contains(" the a der die das la le el o a ", words[i]) {
			return words[i]
		}
	}
	return ""
}

// runs says that a line is broken in the middle of a sentence.
func runs(above string) bool {
	if i := strings.LastIndexByte(above, '\n'); i >= 0 {
		above = above[i+1:]
	}
	return len(above) >= 45 && !strings.ContainsAny(above[len(above)-1:], ".?!:")
}
