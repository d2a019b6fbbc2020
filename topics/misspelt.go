package topics

// leftover is the first few terms that one question has and the other has not.
type leftover struct {
	terms [6]*term
	taken [6]bool // a word of the other question stands for it
	n     int
}

func (l *leftover) add(t *term) {
	if t.word != "" && l.n < len(l.terms) {
		l.terms[l.n] = t
		l.n++
	}
}

// matchMisspelt finds words that differ by a slip or by a custom of spelling ("organisation", "organization")
// and gives the weight that they have in either question.
func matchMisspelt(a, b *leftover) (ofA, ofB float32) {
	for i := range a.n {
		for j := range b.n {
			if !b.taken[j] && misspelt(a.terms[i].word, b.terms[j].word) {
				a.taken[i], b.taken[j] = true, true
				ofA += a.terms[i].weight
				ofB += b.terms[j].weight
				break
			}
		}
	}
	return ofA, ofB
}

// misspelt says that one word comes from the other by one change, or two in long words: a byte put in, left
// out or replaced, or two neighbours swapped. The first letter is the same: "secure" is not "insecure". Words
// under five letters are too close to one another to tell.
func misspelt(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) < 4 || len(b) < 5 || a[0] != b[0] || len(b)-len(a) > 1 {
		return false
	}
	slips := 1
	if len(a) >= 10 {
		slips = 2
	}
	for len(a) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if len(a) == 2 && len(b) == 2 && a[0] == b[1] && a[1] == b[0] {
		return true
	}
	return len(b) <= slips
}
