package terms

import "strings"

// Fold gives a single word as Scan reports it in Token.Word: lower case, without accents.
func Fold(word string) string { return foldWord(strings.ToLower(Normal(word))) }

// Stem gives a single word as Scan reports it in Token.Stem, stop word or not.
func Stem(word, lang string) string {
	lower := strings.ToLower(Normal(word))
	folded := foldWord(lower)
	if len(lower) <= 2 {
		return folded
	}
	var s stemmer
	return s.stem(language(lang), []byte(lower), folded)
}
