package config

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// nearest gives the known name that a person most likely meant, or "". Case and the difference between "-" and
// "_" do not count; otherwise one letter in three may be wrong.
func nearest(name string, known []string) string {
	folded := foldName(name)
	best, limit := "", max(1, utf8.RuneCountInString(folded)/3)+1
	for _, k := range known {
		if d := distance(folded, foldName(k), limit); d < limit {
			best, limit = k, d
		}
	}
	return best
}

func foldName(s string) string {
	return strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(s))
}

// distance counts letters put in, left out, changed, or swapped with their neighbour (Damerau and Levenshtein,
// optimal string alignment). It stops at limit, and does not compare what is longer than any name.
func distance(a, b string, limit int) int {
	x, y := []rune(a), []rune(b)
	if len(x) > 64 || len(y) > 64 || len(x)-len(y) >= limit || len(y)-len(x) >= limit {
		return limit
	}
	older, old, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range old {
		old[j] = j
	}
	for i := range x {
		row[0] = i + 1
		for j := range y {
			change := old[j]
			if x[i] != y[j] {
				change++
			}
			row[j+1] = min(change, old[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				row[j+1] = min(row[j+1], older[j-1]+1)
			}
		}
		older, old, row = old, row, older
	}
	return old[len(y)]
}

// Suggest is what messages about a word say that stands elsewhere than in the file, as on the command line.
func Suggest(word string, known []string, allowed string) string {
	return suggest(word, known, allowed)
}

// suggest gives `; did you mean "x"? Allowed here: a, b, x`, without what it does not know. A long list of what
// is allowed is left out if there is a nearest one.
func suggest(name string, known []string, allowed string) string {
	var b strings.Builder
	near := nearest(name, known)
	if near != "" {
		fmt.Fprintf(&b, "; did you mean %q?", near)
	}
	switch {
	case len(known) == 0 || near != "" && len(known) > 20:
	case near != "":
		fmt.Fprintf(&b, " %s: %s", allowed, strings.Join(known, ", "))
	default:
		fmt.Fprintf(&b, "; %s: %s", strings.ToLower(allowed[:1])+allowed[1:], strings.Join(known[:min(len(known), 40)], ", "))
	}
	return b.String()
}
