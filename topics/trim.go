package topics

import (
	"strings"

	"askahead/terms"
)

const (
	maxGreeting = 6 // tokens of a greeting, "Q1 for the panel:" included
	maxClosing  = 8 // tokens of a closing or a signature on the line of the question
)

// trim takes greeting, label, closing and signature off the ends of a question, so that a question that is
// posted again with others meets the first one.
func (r *reader) trim(tokens []terms.Token) []terms.Token {
	if r.onlyGreets(tokens) {
		r.greets = true
		return tokens[:1]
	}
	start := 0
	for start < len(tokens) {
		n := r.opening(tokens[start:])
		if n == 0 || start+n >= len(tokens) {
			break
		}
		start += n
	}
	end := r.closing(tokens[start:]) + start
	return tokens[start:end]
}

// opening is how many tokens at the start are a greeting or a label such as "Q1:".
func (r *reader) opening(tokens []terms.Token) int {
	if isNumbered(tokens[0].Word) {
		return r.label(tokens)
	}
	e := r.lex.find(tokens[0])
	if tokens[0].Kind == terms.Run {
		return r.greetingRun(tokens)
	}
	if e == nil {
		return 0
	}
	switch {
	case e.roles&roleLabel != 0:
		return r.label(tokens)
	case e.roles&roleGreeting == 0:
		return 0
	}
	// Up to the mark that ends it, if all that stands before it addresses someone.
	n := 1
	for n < len(tokens) && n < maxGreeting && !r.endBetween(tokens, n) && r.addresses(tokens[n]) {
		n++
	}
	if n < len(tokens) && r.endBetween(tokens, n) {
		return n
	}
	// Without a mark, as far as the words that address.
	n = 1
	for n < len(tokens) && n < maxGreeting && r.has(tokens[n], roleAddressee|roleGreeting) {
		n++
	}
	if n == 1 && e.roles&roleLight != 0 { // "Good practice …" greets nobody
		return 0
	}
	return n
}

// isNumbered says that a word is a label with its number: "q3".
func isNumbered(word string) bool {
	return len(word) >= 2 && len(word) <= 3 && word[0] == 'q' && strings.Trim(word[1:], "0123456789") == ""
}

// onlyGreets says that there is nothing but greeting and closing.
func (r *reader) onlyGreets(tokens []terms.Token) bool {
	for _, t := range tokens {
		if !r.has(t, roleGreeting|roleClosing) && (t.Kind != terms.Run || !r.lex.only(t.Word, roleGreeting|roleClosing)) {
			return false
		}
	}
	return len(tokens) > 0
}

// greetingRun takes a run that is nothing but a greeting: "大家好", "各位老师好".
func (r *reader) greetingRun(tokens []terms.Token) int {
	if len(tokens) == 1 {
		return 0
	}
	run := tokens[0].Word
	if r.has(tokens[0], roleGreeting) ||
		r.endBetween(tokens, 1) && r.lex.only(strings.TrimSuffix(run, "好"), roleGreeting|roleAddressee) {
		return 1
	}
	return 0
}

// only says that a run is made of words with one of the roles, and of nothing else.
func (l *lexicon) only(run string, roles role) bool {
	for rest := run; rest != ""; {
		n, e := l.longestMatch(rest)
		if e == nil || e.roles&roles == 0 {
			return false
		}
		rest = rest[n:]
	}
	return run != ""
}

// label takes "Q1:", "Question 3.", "Question for the panel:"; nothing if no mark ends it.
func (r *reader) label(tokens []terms.Token) int {
	for n := 1; n < len(tokens) && n <= maxGreeting; n++ {
		between := r.text[tokens[n-1].End:tokens[n].Start]
		if strings.ContainsAny(between, ":.)") || strings.Contains(between, " - ") || strings.Contains(between, "–") {
			return n
		}
		if t := tokens[n]; t.Kind != terms.Number && !t.Stop && !r.has(t, roleLight|roleAddressee) && !t.Title && !t.Upper {
			return 0
		}
	}
	return 0
}

// addresses says that a token can stand in a greeting: "to the panel", "Maria".
func (r *reader) addresses(t terms.Token) bool {
	return t.Stop && !r.has(t, rolesAsking|roleNegation) || t.Title || r.has(t, roleAddressee|roleGreeting)
}

func (r *reader) has(t terms.Token, roles role) bool {
	e := r.lex.find(t)
	return e != nil && e.roles&roles != 0
}

func (r *reader) endBetween(tokens []terms.Token, n int) bool {
	return hasEnd(r.text[tokens[n-1].End:tokens[n].Start])
}

// closing is where the question ends among the tokens: before "Thanks, Jane", "— Jane Doe", or a name.
func (r *reader) closing(tokens []terms.Token) int {
	for i := max(1, len(tokens)-maxClosing); i < len(tokens); i++ {
		if !r.endBetween(tokens, i) {
			continue
		}
		between := r.text[tokens[i-1].End:tokens[i].Start]
		if r.closes(tokens[i:]) && (strings.TrimSpace(between) != "" || r.closesLine(tokens[i:])) {
			return i
		}
		if strings.ContainsAny(between, "?？؟") && r.isSignature(tokens[i:], hasDash(between)) {
			return i
		}
	}
	return len(tokens)
}

// closes says that the tokens begin with a closing: "Thanks", "Many thanks", "With kind regards".
func (r *reader) closes(tokens []terms.Token) bool {
	is := func(i int) bool { return i < len(tokens) && r.has(tokens[i], roleClosing) }
	first := tokens[0]
	switch {
	case is(0):
		return true
	case r.has(first, rolesAsking|roleNegation):
		return false
	}
	return is(1) && (is(2) && first.Stop || r.has(first, roleLight) && !r.has(tokens[1], roleLight))
}

// closesLine says that a closing word which only a new line sets off is one: "Thanks", "Best,", "Best regards";
// and not the "best" of a sentence that is broken into lines.
func (r *reader) closesLine(tokens []terms.Token) bool {
	first := tokens[0]
	if len(tokens) == 1 || (first.Title || first.Upper || first.Kind == terms.Run) && !r.has(first, roleLight) {
		return true
	}
	between := r.text[first.End:tokens[1].Start]
	return strings.ContainsAny(between, ",!.，！。") || r.has(tokens[1], roleClosing)
}

// isSignature says that the tokens after a question can be a name and an affiliation: all of their words are
// capitalised, or after a dash most of them. In a text that shouts nothing can be told.
func (r *reader) isSignature(tokens []terms.Token, dash bool) bool {
	if !r.trustUpper() {
		return false
	}
	names, others := 0, 0
	for i, t := range tokens {
		name := t.Title || t.Upper
		switch {
		case r.has(t, rolesAsking|roleNegation), i == 0 && (!name || t.Stop):
			return false
		case name:
			names++
		case !t.Stop:
			others++
		}
	}
	return others == 0 || dash && others <= names
}

func hasDash(s string) bool {
	return strings.ContainsAny(s, "—–") || strings.Contains(s, " -") || strings.Contains(s, "\n-")
}
