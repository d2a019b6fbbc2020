// Package terms makes the words that a question is searched by. A store keeps them in a plain table, so
// that search works alike on every database: no full-text extension, no second parser beside this one.
//
// A word is kept in at most two forms, both without accents and in lower case:
//
//   - its stem, by the Snowball stemmer of the question's language: "policies" and "policy" become "polici";
//   - its plain form, without a plural s: "policies" and "policy" become "policy".
//
// Query takes the stem where the searcher said the language, and the plain form where nobody did. So a search
// without a language finds the same word in questions of every language, and a search with one finds more
// inflections, of that language. The second form costs about half a row for each word of an English question
// and three quarters of one for each French word; nothing where both are equal, as in "privacy" or "whois".
//
// Scripts that are written without spaces have no words to stem: Han, Hiragana, Katakana, Thai, Lao, Khmer
// and Myanmar are cut into overlapping pairs of characters, and so is Hangul, whose particles are written
// onto the word. Pairs are the same in every language.
package terms

import (
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	maxText  = 64 << 10 // bytes of a text that are read: far above the longest question that is kept
	maxTerm  = 40       // bytes of one term: longer words are cut at a character
	maxTerms = 256      // distinct terms of one text: the first ones count
)

// Of gives the distinct terms, sorted, by which text is found. lang is an ISO 639-1 code or a BCP 47 tag; with
// "und" or an unknown one, words are stemmed as in the language that most writers of their script use, and the
// stop words of all languages are dropped.
func Of(text, lang string) []string {
	l := language(lang)
	c := collector{terms: make([]string, 0, 24)}
	scan(text, l, func(t Token) bool {
		switch {
		case t.Stop:
		case t.Kind == Run:
			c.addPairs(t.Word)
		default:
			c.add(t.Stem)
			c.add(Plain(t.Word))
		}
		return len(c.terms) < 2*maxTerms
	})
	return c.distinct()
}

// Query gives the terms, sorted, that a question has if it is found by the search text; all of them must be
// there. Give "und" unless the person who searches chose the language: a term is then the plain form, which
// questions of every language have.
//
// Stop words are left out as in Of; but a search for nothing but stop words is a search for those words, which
// finds them where they are none: "die" in an English question.
func Query(text, lang string) []string {
	l := language(lang)
	var c, stop collector
	scan(text, l, func(t Token) bool {
		switch {
		case t.Stop && t.Kind != Run:
			stop.add(Plain(t.Word))
		case t.Stop:
			stop.addPairs(t.Word)
		case t.Kind == Run:
			c.addPairs(t.Word)
		case l == "":
			c.add(Plain(t.Word))
		default:
			c.add(t.Stem)
		}
		return len(c.terms)+len(stop.terms) < 2*maxTerms
	})
	if len(c.terms) == 0 {
		return stop.distinct()
	}
	return c.distinct()
}

// Plain takes the plural s from a folded Latin word, as English, French, Spanish and Portuguese write it.
// Words of other scripts stay as they are.
func Plain(word string) string {
	n := len(word)
	if n < 4 || word[n-1] != 's' {
		return word
	}
	switch word[n-2] {
	case 's', 'u', 'i': // class, virus, analysis
		return word
	case 'e':
		stem := word[:n-2]
		switch {
		case n > 4 && strings.HasSuffix(stem, "i"): // policies
			return stem[:len(stem)-1] + "y"
		case strings.HasSuffix(stem, "ss"), strings.HasSuffix(stem, "x"), strings.HasSuffix(stem, "ch"), strings.HasSuffix(stem, "sh"):
			return stem
		}
	}
	return word[:n-1]
}

// collector gathers terms under the caps.
type collector struct{ terms []string }

func (c *collector) add(term string) {
	if len(term) > maxTerm {
		term = cut(term, maxTerm)
	}
	if term == "" || len(c.terms) > 0 && c.terms[len(c.terms)-1] == term {
		return
	}
	c.terms = append(c.terms, term)
}

// addPairs adds the overlapping pairs of a run of characters, or its only character.
func (c *collector) addPairs(run string) {
	for pair := range Pairs(run) {
		if len(c.terms) >= 2*maxTerms {
			return
		}
		c.add(pair)
	}
}

// distinct sorts, removes doubles and applies the cap, which keeps the first terms of the text.
func (c *collector) distinct() []string {
	if len(c.terms) > maxTerms {
		c.terms = c.firstDistinct()
	}
	slices.Sort(c.terms)
	return slices.Compact(c.terms)
}

func (c *collector) firstDistinct() []string {
	seen := make(map[string]bool, maxTerms)
	kept := c.terms[:0]
	for _, t := range c.terms {
		if !seen[t] && len(kept) < maxTerms {
			seen[t] = true
			kept = append(kept, t)
		}
	}
	return kept
}

// cut shortens s to at most n bytes without breaking a character.
func cut(s string, n int) string {
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
