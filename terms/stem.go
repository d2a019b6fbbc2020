package terms

import (
	"strings"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/arabic"
	"github.com/blevesearch/snowballstem/danish"
	"github.com/blevesearch/snowballstem/dutch"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/finnish"
	"github.com/blevesearch/snowballstem/french"
	"github.com/blevesearch/snowballstem/german"
	"github.com/blevesearch/snowballstem/hungarian"
	"github.com/blevesearch/snowballstem/irish"
	"github.com/blevesearch/snowballstem/italian"
	"github.com/blevesearch/snowballstem/norwegian"
	"github.com/blevesearch/snowballstem/portuguese"
	"github.com/blevesearch/snowballstem/romanian"
	"github.com/blevesearch/snowballstem/russian"
	"github.com/blevesearch/snowballstem/spanish"
	"github.com/blevesearch/snowballstem/swedish"
	"github.com/blevesearch/snowballstem/tamil"
	"github.com/blevesearch/snowballstem/turkish"
)

// maxStem is the longest word, in bytes, that a stemmer is asked about: some of them are quadratic.
const maxStem = 60

// language reduces a BCP 47 tag to its ISO 639-1 code; "" stands for not known.
func language(tag string) string {
	if i := strings.IndexAny(tag, "-_"); i >= 0 {
		tag = tag[:i]
	}
	if len(tag) != 2 {
		return ""
	}
	tag = strings.ToLower(tag)
	if tag == "nb" || tag == "nn" {
		return "no"
	}
	return tag
}

// stemmer reuses one Snowball environment for the words of a text.
type stemmer struct{ env *snowballstem.Env }

// stem gives the folded stem of a word that is given in lower case and folded. Where lang is not known, the
// script's most common language serves: a guess that is the same for everyone is as good as a right one.
func (s *stemmer) stem(lang string, lower []byte, folded string) string {
	if script := scriptLanguage(lower); lang == "" || script == "en" && !inLatin(lang) {
		lang = script
	}
	f := stemOf(lang)
	if f == nil || len(lower) > maxStem || hasDigit(lower) {
		return folded
	}
	if s.env == nil {
		s.env = snowballstem.NewEnv("")
	}
	if string(lower) == folded {
		s.env.SetCurrent(folded)
	} else {
		s.env.SetCurrent(string(lower))
	}
	f(s.env)
	return foldWord(s.env.Current())
}

// foldWord folds a word in lower case.
func foldWord(word string) string {
	for i := range len(word) {
		if word[i] >= utf8.RuneSelf {
			b := make([]byte, 0, len(word))
			for _, r := range word {
				b = appendFolded(b, r)
			}
			return string(b)
		}
	}
	return word
}

func hasDigit(word []byte) bool {
	for _, c := range word {
		if '0' <= c && c <= '9' {
			return true
		}
	}
	return false
}

// inLatin says that a language is written in Latin letters. In others a Latin word is a foreign one, and
// English most probably.
func inLatin(lang string) bool {
	switch lang {
	case "am", "ar", "be", "bg", "bn", "el", "fa", "he", "hi", "hy", "ja", "ka", "kk", "km", "ko", "lo", "mk", "mn", "mr", "my",
		"ne", "ru", "sr", "ta", "te", "th", "uk", "ur", "zh":
		return false
	}
	return true
}

// scriptLanguage guesses by the first letter.
func scriptLanguage(word []byte) string {
	r, _ := utf8.DecodeRune(word)
	switch {
	case r < 0x250:
		return "en"
	case 0x400 <= r && r < 0x530:
		return "ru"
	case 0x600 <= r && r < 0x700:
		return "ar"
	case 0xB80 <= r && r < 0xC00:
		return "ta"
	}
	return ""
}

// stemOf gives the Snowball stemmer of a language, nil if there is none.
func stemOf(lang string) func(*snowballstem.Env) bool {
	switch lang {
	case "ar":
		return arabic.Stem
	case "da":
		return danish.Stem
	case "de":
		return german.Stem
	case "en":
		return english.Stem
	case "es":
		return spanish.Stem
	case "fi":
		return finnish.Stem
	case "fr":
		return french.Stem
	case "ga":
		return irish.Stem
	case "hu":
		return hungarian.Stem
	case "it":
		return italian.Stem
	case "nl":
		return dutch.Stem
	case "no":
		return norwegian.Stem
	case "pt":
		return portuguese.Stem
	case "ro":
		return romanian.Stem
	case "ru":
		return russian.Stem
	case "sv":
		return swedish.Stem
	case "ta":
		return tamil.Stem
	case "tr":
		return turkish.Stem
	}
	return nil
}
