package topics

import (
	_ "embed"
	"math"
	"strings"
	"sync"
)

// What is known of English words, by their stems: see english/README.md.
var (
	//go:embed english/frequent.txt
	frequentFile string
	//go:embed english/akin.txt
	akinFile string
)

// english is what the files say.
type english struct {
	weight map[string]float32    // of the stems that are frequent enough to be known
	akin   map[[2]string]float32 // the share of their meaning that two stems have in common; the lesser one first
}

// readEnglish reads the files once, when the first English question comes: it takes some milliseconds.
var readEnglish = sync.OnceValue(newEnglish)

func newEnglish() *english {
	e := &english{
		weight: make(map[string]float32, strings.Count(frequentFile, "\n")),
		akin:   make(map[[2]string]float32, strings.Count(akinFile, "\n")),
	}
	for stem := range strings.Lines(frequentFile) {
		e.weight[strings.TrimSuffix(stem, "\n")] = weightOfRank(len(e.weight) + 1)
	}
	for line := range strings.Lines(akinFile) {
		a, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		b, tenths, _ := strings.Cut(rest, " ")
		if len(tenths) == 1 {
			e.akin[[2]string{a, b}] = 0.3 + 0.06*float32(tenths[0]-'0')
		}
	}
	return e
}

const (
	leastEnglish = 0.4 // what the most frequent words weigh
	mostEnglish  = 1.2 // what rare words weigh; those that the list does not know may be misspelt
)

// weightOfRank is how much a word says that has this place in the order of frequency: by Zipf's law, what a word
// tells grows with the logarithm of its place.
func weightOfRank(rank int) float32 {
	return float32(min(mostEnglish, max(leastEnglish, 1+0.15*math.Log(float64(rank)/8000))))
}

// weightOfEnglish is how much an English word says, given by its stem.
func weightOfEnglish(stem string) float32 {
	if w, ok := readEnglish().weight[stem]; ok {
		return w
	}
	return weightWord
}

// isMisspeltAsking says that an unknown word is an asking word with a slip: "wich", "wheer".
func isMisspeltAsking(stem string) bool {
	if stem == "" || stem[0] != 'w' {
		return false
	}
	if _, known := readEnglish().weight[stem]; known {
		return false
	}
	return misspelt(stem, "which") || misspelt(stem, "where") || misspelt(stem, "whose")
}

// matchAkin finds words that are used for one another ("doctor", "physician") among those that one question has and
// the other has not, and gives the weight that they share, in either question.
func matchAkin(a, b *leftover) (ofA, ofB float32) {
	akin := readEnglish().akin
	for i := range a.n {
		best, at := float32(0), -1
		for j := range b.n {
			if a.taken[i] || b.taken[j] {
				continue
			}
			x, y := a.terms[i].word, b.terms[j].word
			if s := akin[[2]string{min(x, y), max(x, y)}]; s > best {
				best, at = s, j
			}
		}
		if at >= 0 {
			b.taken[at] = true
			ofA += best * a.terms[i].weight
			ofB += best * b.terms[at].weight
		}
	}
	return ofA, ofB
}
