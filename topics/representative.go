package topics

import (
	"slices"
	"strings"
	"unicode/utf8"

	"askahead/domain"
)

// maxCompared is how many questions of a very large topic stand for all: the earliest ones.
const maxCompared = 200

// Representative returns the place of the clearest question of a topic, -1 for none: the one that says what
// most of the others say, in a sentence that stands by itself, and not at length. Among equals the earliest
// published, then the least id, so that the order of the list does not matter.
func Representative(questions []domain.Question) int {
	if len(questions) > maxCompared {
		l := batch{len(questions), func(i int) domain.Question { return questions[i] }}
		return l.representative(earliest(questions, maxCompared))
	}
	all := make([]*features, len(questions))
	for i := range all {
		all[i] = analyse(questions[i])
	}
	best, at := 0.0, -1
	for i := range all {
		c := clarity(questions[i], all[i].length)
		for j := range all {
			if i != j {
				c += centre(len(all)) * max(0, score(all[i], all[j]))
			}
		}
		if at < 0 || c > best+1e-9 || c > best-1e-9 && earlier(questions[i], questions[at]) {
			best, at = c, i
		}
	}
	return at
}

// earliest gives the places of the n questions that were published first.
func earliest(questions []domain.Question, n int) []int {
	places := make([]int, len(questions))
	for i := range places {
		places[i] = i
	}
	slices.SortFunc(places, func(i, j int) int {
		if earlier(questions[i], questions[j]) {
			return -1
		}
		return 1
	})
	return places[:n]
}

// centre weighs being like the others as much as the form of the question.
func centre(n int) float64 {
	if n < 2 {
		return 0
	}
	return 2 / float64(n-1)
}

// clarity judges the form of one question, from 0 to 2.2. own is how many of its characters are left without greeting and
// signature.
func clarity(q domain.Question, own int) float64 {
	c := 0.0
	text := strings.TrimSpace(q.Text)
	if strings.HasSuffix(text, "?") || strings.HasSuffix(text, "？") || strings.HasSuffix(text, "؟") || strings.HasSuffix(text, ";") && q.Language == "el" {
		c += 0.5
	}
	if q.Context == "" {
		c += 0.3
	}
	if !strings.ContainsAny(text, "@#") && !strings.Contains(text, "://") {
		c += 0.2
	}
	if strings.ToUpper(text) != text || strings.ToLower(text) == text {
		c += 0.2
	}
	// Around 15 words is easy to read; three words say too little, sixty too much.
	n := float64(utf8.RuneCountInString(text))
	c += 0.2 * min(1, float64(own)/max(1, n))
	switch {
	case n < 30:
		c += 0.8 * n / 30
	case n <= 140:
		c += 0.8
	default:
		c += 0.8 * 140 / n
	}
	return c
}

func earlier(a, b domain.Question) bool {
	if c := a.Published.Compare(b.Published); c != 0 {
		return c < 0
	}
	return a.ID < b.ID
}
