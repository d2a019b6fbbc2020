package communities

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/arabic"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/french"
	"github.com/blevesearch/snowballstem/german"
	"github.com/blevesearch/snowballstem/portuguese"
	"github.com/blevesearch/snowballstem/russian"
	"github.com/blevesearch/snowballstem/spanish"

	"askahead/domain"
)

// themes are the agenda points of a session, its other themes, and the words that questions about them say. It is read-only.
type themes struct {
	byFirst map[string][]wanted // by the first two bytes of the first word
	joined  []wanted            // of scripts that put no spaces between words
}

// wanted is one word or expression of an agenda point.
type wanted struct {
	point string
	rule  string
	text  string // as the organiser wrote it: the evidence
	words []pattern
	run   string // for joined
}

// pattern is one word that a text may hold in several forms.
type pattern struct {
	word  string
	exact bool     // an acronym: itself, or with "s"
	open  bool     // "crypto*": anything that begins so
	stems []string // what each of the stemmers makes of it
}

func newThemes(agenda, beside []domain.AgendaPoint) *themes {
	t := &themes{byFirst: map[string][]wanted{}}
	for i, p := range slices.Concat(agenda, beside) {
		if i >= len(agenda) && slices.ContainsFunc(agenda, func(a domain.AgendaPoint) bool { return a.ID == p.ID }) {
			continue // what the organiser says of it counts
		}
		rule := "agenda word"
		if i >= len(agenda) {
			rule = "theme word"
		}
		texts := p.Words
		if len(texts) == 0 {
			texts = []string{p.Title}
		}
		for _, text := range texts {
			t.addWanted(p.ID, text, rule)
		}
	}
	return t
}

func (t *themes) addWanted(point, text, rule string) {
	w := wanted{point: point, rule: rule, text: strings.TrimSpace(text)}
	if joinedScript(w.text) {
		w.run = strings.ToLower(w.text)
		t.joined = append(t.joined, w)
		return
	}
	for part := range strings.FieldsSeq(w.text) {
		bare := words(part)
		for _, b := range bare {
			short := strings.ToUpper(part) == part && utf8.RuneCountInString(b) <= 6 || utf8.RuneCountInString(b) <= 3
			w.words = append(w.words, pattern{word: b, exact: short, open: strings.HasSuffix(part, "*"), stems: stems(b)})
		}
	}
	if len(w.words) > 0 {
		key := firstBytes(w.words[0].word)
		t.byFirst[key] = append(t.byFirst[key], w)
	}
}

func firstBytes(w string) string { return w[:min(2, len(w))] }

// tags adds the agenda points that the question's text or context speaks about.
func (t *themes) tags(c *collector, found *domain.Found) {
	if len(t.byFirst) > 0 {
		t.read(c, found.Text)
		t.read(c, found.Context)
	}
	for i := range t.joined {
		w := &t.joined[i]
		if strings.Contains(strings.ToLower(found.Text), w.run) || strings.Contains(strings.ToLower(found.Context), w.run) {
			w.add(c)
		}
	}
}

func (t *themes) read(c *collector, text string) {
	s := scanner{text: text}
	var env *snowballstem.Env
	for s.next() {
		list := t.byFirst[string(s.word()[:min(2, s.n)])]
		for i := range list {
			if env == nil {
				env = snowballstem.NewEnv("")
			}
			if list[i].at(s, env) {
				list[i].add(c)
			}
		}
	}
}

func (w *wanted) add(c *collector) {
	c.add(domain.Tag{Kind: domain.TagTheme, Value: w.point, Rule: w.rule, Evidence: w.text, Strength: strengthTheme})
}

// at says whether the expression stands where the scanner has read its first word.
func (w *wanted) at(s scanner, env *snowballstem.Env) bool {
	for i := range w.words {
		if i > 0 && !s.next() || !w.words[i].fits(s.word(), env) {
			return false
		}
	}
	return true
}

func (p *pattern) fits(got []byte, env *snowballstem.Env) bool {
	if string(got) == p.word {
		return true
	}
	if p.open {
		return strings.HasPrefix(string(got), p.word)
	}
	if p.exact {
		return len(got) == len(p.word)+1 && got[len(got)-1] == 's' && string(got[:len(got)-1]) == p.word ||
			len(got) == len(p.word)+2 && strings.HasSuffix(string(got), "'s") && strings.HasPrefix(string(got), p.word)
	}
	if len(got) > 40 || !sameStart(got, p.word) {
		return false
	}
	for i, stem := range stemmers() {
		if i >= len(p.stems) {
			break
		}
		env.SetCurrent(string(got))
		stem(env)
		if cur := env.Current(); len(cur) >= 3 && p.stems[i] == cur {
			return true
		}
	}
	return false
}

// sameStart keeps words away from the stemmers that share less than three letters.
func sameStart(got []byte, want string) bool {
	n := min(3, len(want))
	return len(got) >= n && string(got[:n]) == want[:n]
}

// stemmers are tried all: a question's language is often not certain, and words of English are in use in most.
func stemmers() []func(*snowballstem.Env) bool {
	return []func(*snowballstem.Env) bool{english.Stem, french.Stem, spanish.Stem, portuguese.Stem, german.Stem, russian.Stem, arabic.Stem}
}

func stems(word string) []string {
	if len(word) > 40 {
		return nil
	}
	var out []string
	for _, stem := range stemmers() {
		env := snowballstem.NewEnv(word)
		stem(env)
		out = append(out, env.Current())
	}
	return out
}

// joinedScript says that a text is of a script without spaces: Han, Kana, Thai, Lao, Khmer, Burmese.
func joinedScript(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool {
		return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
	}) >= 0
}
