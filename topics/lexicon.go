package topics

import (
	"embed"
	"path"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"askahead/terms"
)

// The files say what words do in a question: which ask, which deny, which say little, which mean the same or
// the opposite. They were written for this project, from general knowledge of the languages.
//
//go:embed words/*.txt
var wordFiles embed.FS

// role is what a word can be, as bits.
type role uint32

const (
	roleWho role = 1 << iota
	roleWhat
	roleWhen
	roleWhere
	roleWhy
	roleHow
	roleCount
	roleNegation
	roleGreeting
	roleAddressee
	roleClosing
	roleLabel
	roleLight
	roleName
	roleTail
	roleCommon
	roleFrom
	roleTo

	rolesAsking = roleWho | roleWhat | roleWhen | roleWhere | roleWhy | roleHow | roleCount
)

// entry is what the files say of one word.
type entry struct {
	roles    role
	same     uint64   // words of one meaning share it; 0 if there are none
	opposite []uint64 // the number of a pair, doubled, plus one for its right side
}

// lexicon is the words of one language, under their folded forms and, where they are inflected, their stems.
type lexicon struct {
	words   map[string]*entry
	longest int // characters of its longest word: how far a match in a run can reach
}

// lexicons is the embedded files, read once. The key "" holds them all, English first: what serves a text
// whose language is not known.
var lexicons = sync.OnceValue(func() map[string]*lexicon {
	files, err := wordFiles.ReadDir("words")
	if err != nil {
		panic(err) // the files are part of the binary
	}
	names := make([]string, 0, len(files))
	for _, f := range files {
		names = append(names, strings.TrimSuffix(f.Name(), ".txt"))
	}
	slices.SortStableFunc(names, func(a, b string) int {
		if a == "en" || b == "en" {
			return map[bool]int{true: -1, false: 1}[a == "en"]
		}
		return 0
	})
	all := map[string]*lexicon{"": {words: map[string]*entry{}}}
	for _, lang := range names {
		data, err := wordFiles.ReadFile(path.Join("words", lang+".txt"))
		if err != nil {
			panic(err)
		}
		l := readLexicon(lang, string(data))
		all[lang] = l
		for w, e := range l.words {
			if all[""].words[w] == nil {
				all[""].words[w] = e
			}
		}
	}
	return all
})

// readLexicon reads lines "class: words"; an unknown class is a defect of the file, which a test finds.
func readLexicon(lang, data string) *lexicon {
	l := &lexicon{words: map[string]*entry{}}
	for line := range strings.Lines(data) {
		class, rest, ok := strings.Cut(line, ":")
		if strings.HasPrefix(line, "#") || !ok {
			continue
		}
		switch class {
		case "same":
			words := strings.Fields(rest)
			for _, w := range words {
				l.put(lang, w, true, func(e *entry) { e.same = hashOf(lang + "=" + words[0]) })
			}
		case "opposite":
			pair := hashOf(rest) << 1
			left, right, _ := strings.Cut(rest, "/")
			for side, words := range []string{left, right} {
				for _, w := range strings.Fields(words) {
					l.put(lang, w, true, func(e *entry) { e.opposite = append(e.opposite, pair+uint64(side)) })
				}
			}
		default:
			r := classRole(class)
			for _, w := range strings.Fields(rest) {
				l.put(lang, w, r&(roleLight|roleCommon|roleName) != 0, func(e *entry) { e.roles |= r })
			}
		}
	}
	return l
}

// put sets something of a word under its folded form and, for words that are inflected, its stem.
func (l *lexicon) put(lang, word string, inflected bool, set func(*entry)) {
	l.longest = max(l.longest, utf8.RuneCountInString(word))
	folded := terms.Fold(word)
	l.at(folded, set)
	if stem := terms.Stem(word, lang); inflected && stem != folded {
		l.at(stem, set)
	}
}

func (l *lexicon) at(word string, set func(*entry)) {
	if l.words[word] == nil {
		l.words[word] = &entry{}
	}
	set(l.words[word])
}

// classRole maps the classes of the files.
func classRole(class string) role {
	switch class {
	case "who":
		return roleWho
	case "what":
		return roleWhat
	case "when":
		return roleWhen
	case "where":
		return roleWhere
	case "why":
		return roleWhy
	case "how":
		return roleHow
	case "count":
		return roleCount
	case "negation":
		return roleNegation
	case "greeting":
		return roleGreeting
	case "addressee":
		return roleAddressee
	case "closing":
		return roleClosing
	case "label":
		return roleLabel
	case "light":
		return roleLight
	case "name":
		return roleName
	case "common":
		return roleCommon
	case "from":
		return roleFrom
	case "to":
		return roleTo
	case "tail":
		return roleTail
	}
	return 0
}

// lexiconOf gives the words of a language, of all languages where it has no file.
func lexiconOf(lang string) *lexicon {
	all := lexicons()
	if l := all[lang]; l != nil {
		return l
	}
	return all[""]
}

// find gives what is said of a token; nil if nothing is.
func (l *lexicon) find(t terms.Token) *entry {
	if e := l.words[t.Word]; e != nil || t.Stop {
		return e
	}
	return l.words[t.Stem]
}
