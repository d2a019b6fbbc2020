package protect

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"askahead/domain"
)

// place decides where a mark in the author's own words stands.
func (a *surroundings) place(def domain.TLP) position {
	unsure := a.m.loose && !a.opened && a.goesOn() && a.m.level < def
	switch {
	case unsure || strings.HasPrefix(strings.TrimSpace(a.before), ">"):
		return nowhere // a quote that was left in, or "TLP clear guidance": nothing that may open an item
	case a.above != "" && !a.opened && a.goesOn():
		return nowhere
	case a.namesItem():
		return ending
	case a.bare && a.slash || len(a.words) <= 3 && slices.ContainsFunc(a.words, closes) && all(a.words, announces):
		return closing
	case a.bare || a.fresh && a.goesOn() || all(a.words, announces) && !a.cut:
		if a.about() {
			return nowhere
		}
		return leading
	case a.fresh:
		return ending
	case a.declared():
		return ending
	case a.square && !a.about():
		if a.goesOn() {
			return leading
		}
		return ending
	case a.addressed() && !a.about(), a.heads():
		return leading
	case strings.HasSuffix(a.tail, ",") && len(a.words) <= 4 && !a.cut && !a.about():
		return leading // "Dear all, TLP:AMBER"
	case !a.goesOn() && !a.question && !a.about() && a.lastLine():
		return ending
	}
	return nowhere
}

// heads says that what stands in front of the mark is the short head of the words that it governs: "My question (TLP:RED): who
// pays?", "Q3 TLP:AMBER Who pays?", "b) (TLP:RED) Who pays?".
func (a *surroundings) heads() bool {
	if a.cut || a.question || !a.goesOn() || len(a.words) == 0 || len(a.words) > 3 {
		return false
	}
	if number := strings.Trim(a.before, " \t[({<*_`|#-"); len(a.words) == 1 && len(number) < 5 &&
		(strings.HasSuffix(number, ")") || strings.ContainsAny(number, "0123456789")) {
		return true
	}
	after := strings.TrimLeft(a.after, " \t])}>*_`")
	return (strings.HasPrefix(after, ":") || strings.HasPrefix(after, "：")) && !contains(leadsTo, a.words[len(a.words)-1]) &&
		(!contains(asks, a.words[0]) || a.words[0] == "question")
}

// namesItem says that the sentence goes on behind the mark to say that it is the item's label: "TLP:RED applies to this
// mail". A sentence that asks says nothing.
func (a *surroundings) namesItem() bool {
	after := a.after
	if stop := strings.IndexAny(after, sentenceEnds); stop >= 0 {
		if r, _ := utf8.DecodeRuneInString(after[stop:]); strings.ContainsRune("?？؟", r) {
			return false
		}
		after = after[:stop]
	}
	words := firstWords(after, 12)
	for i, w := range words[:len(words)-1] {
		if contains(" this diese dieser dieses ce cette este esta questo questa ", w) && contains(items, words[i+1]) {
			return !a.hypothetical()
		}
	}
	return false
}

// hypothetical says that the sentence asks, or only supposes.
func (a *surroundings) hypothetical() bool {
	return a.question || len(a.words) > 0 && (contains(asks, a.words[0]) || contains(" if whether suppose wenn ob falls si se ", a.words[0]))
}

// addressed says that nothing stands in front of the mark on its line but whom the words are for, as people do in
// chats and posts: "@askahead", "@askahead @panel:", "askahead:".
func (a *surroundings) addressed() bool {
	names := strings.Fields(strings.TrimRight(a.before, " \t[({<*_`|#"))
	if a.cut || len(names) == 0 {
		return false
	}
	if len(names) == 1 && (strings.HasSuffix(names[0], ":") || strings.HasSuffix(names[0], "：")) {
		return true
	}
	return !slices.ContainsFunc(names, func(n string) bool { return len(n) < 2 || !strings.HasPrefix(n, "@") && !strings.HasPrefix(n, "＠") })
}

// lastLine says that nothing follows the line of the mark, or an empty line.
func (a *surroundings) lastLine() bool {
	rest := a.s[a.m.end:]
	rest = rest[:min(len(rest), window)]
	nl := strings.IndexByte(rest, '\n')
	if nl < 0 {
		return len(rest) < window
	}
	next, _, _ := strings.Cut(rest[nl+1:], "\n")
	return strings.TrimSpace(next) == ""
}

// about says that the words around a mark speak about TLP, instead of the mark labelling them.
func (a *surroundings) about() bool {
	if a.opened {
		return false
	}
	if !a.sign && a.aboutNext() {
		return true
	}
	if len(a.words) == 0 {
		return false
	}
	last := a.words[len(a.words)-1]
	return contains(leadsTo, last) || a.question || a.goesOn() && !a.sign && contains(asks, a.words[0])
}

// Words in front of a label that make it a word of their sentence, and words that open a question.
const (
	leadsTo = " about on of use uses using used is are was what the a an mean means meaning define defines definition versus vs or and " +
		"between from to than why how when for with without called named like say says label labels colour color " +
		"sur de du des le la les que qué el los das der die über von vom mit für o os as "
	asks = " what when how why should can is are does do did which who where could would may must will question help explain " +
		"understanding explaining que quoi quand comment pourquoi qui quel quelle was wann wie warum wer soll darf qué cuándo cómo " +
		"quién por quando como "
	// Behind a label: its sentence says what the label is or does.
	defines = " means mean meant meaning stands refers refer implies applies vs versus explained signifie bedeutet significa "
	modals  = " is are was were should must may can cannot could would will shall might does do did has have isn't doesn't shouldn't allows restricts covers "
	inverts = " we i you they he she it there this that these those our your my any anyone someone "
	items   = " mail email message post question thread note report nachricht frage beitrag courriel question mensaje correo pregunta messaggio domanda mensagem pergunta "
	nouns   = " mail mails email emails message messages information info data report reports item items content material " +
		"label labels labelled labeled marking mark marked document documents post posts question questions "
)

// aboutNext looks at the first words behind the mark.
func (a *surroundings) aboutNext() bool {
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(a.after, " \t*`_"))
	if !unicode.IsLower(first) {
		return false
	}
	next := firstWords(a.after, 3)
	if len(next) > 1 && contains(nouns, next[0]) {
		next = next[1:]
		if !a.m.lower && contains(modals, next[0]) {
			return true
		}
	}
	switch {
	case contains(defines, next[0]):
		return true
	case !contains(modals, next[0]) || a.m.lower:
		return false // "tlp:red is this safe?": whoever writes no capitals begins a sentence like this
	}
	return len(next) < 2 || !contains(inverts, next[1])
}

// declared says that the words in front of the mark give the label to the item: "This mail is TLP:AMBER", "Note: this is
// TLP:AMBER", "I send this as TLP:AMBER".
func (a *surroundings) declared() bool {
	words := a.words
	for len(words) > 0 && announces(words[0]) {
		words = words[1:]
	}
	if a.hypothetical() || len(words) == 0 || len(words) > 10 || a.cut && len(words) < 2 {
		return false
	}
	first, last := words[0], words[len(words)-1]
	if last == "this" {
		return contains(" please keep treat handle consider ", first) // "Please keep this TLP:AMBER"
	}
	if !contains(" is are as under at with shared marked classified labelled labeled treat handle consider ist sind als est sont es son como è come ", last) {
		return false
	}
	if len(words) > 1 && contains(" this dies das ceci esto questo ", words[len(words)-2]) {
		return true
	}
	return contains(" this the following below please treat handle shared sent marked classified consider everything all my our "+
		"diese dieser dieses ce cette este esta questo questa ", first) &&
		(contains(" this following below please treat handle shared sent marked classified ", first) ||
			slices.ContainsFunc(words, func(w string) bool { return contains(nouns+items+"following thread below above attached ", w) }))
}

// announces says that a word in front of a label does nothing but announce it.
func announces(w string) bool {
	return closes(w) || contains(" begin start classification classified label marking sharing distribution handling sensitivity "+
		"status level dissemination note nb attention caution important warning traffic light protocol x ", w)
}

func closes(w string) bool { return contains(" end stop fin ende ", w) }

func all(words []string, ok func(string) bool) bool {
	for _, w := range words {
		if !ok(w) {
			return false
		}
	}
	return len(words) > 0
}

// contains looks a word up in a list that has a space around each word.
func contains(list, w string) bool {
	return w != "" && strings.Contains(list, " "+w+" ")
}

// firstWords gives the first n words of s, in lower case; at least one, which may be empty.
func firstWords(s string, n int) []string {
	var out []string
	for len(out) < n {
		i := strings.IndexFunc(s, unicode.IsLetter)
		if i < 0 {
			break
		}
		s = s[i:]
		j := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' })
		if j < 0 {
			j = len(s)
		}
		out = append(out, strings.ToLower(s[:j]))
		s = s[j:]
	}
	if len(out) == 0 {
		out = append(out, "")
	}
	return out
}
