package questions

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"
	"unicode"
	"unicode/utf8"
)

//go:embed languages/*.txt
var languageFiles embed.FS

const maxVariants = 4000 // of one line, by its alternatives

// loader reads the language files into a Finder.
type loader struct {
	f       *Finder
	lex     lexer
	lang    *language
	lists   map[string][][]wordID // the word lists of the file: {name}
	section section
	list    string
	kind    stopKind
}

// New loads the rules of every language. The error names the file and line of a rule that cannot be read.
func New() (*Finder, error) { return newFinder(languageFiles) }

func newFinder(files fs.FS) (*Finder, error) {
	names, err := fs.Glob(files, "languages/*.txt")
	if err != nil {
		return nil, fmt.Errorf("list language files: %w", err)
	}
	f := &Finder{words: newVocabulary(), stops: map[string]stopKinds{}, months: map[string]bool{}, letters: map[rune]uint32{}}
	f.common, f.known = make([]uint32, firstWord), make([]uint32, firstWord)
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("read language file: %w", err)
		}
		if err := f.load(name, string(text)); err != nil {
			return nil, err
		}
	}
	for _, l := range f.languages {
		l.anchored.build(f.words.size())
		l.anywhere.build(f.words.size())
		l.apart.build(f.words.size())
	}
	return f, nil
}

func (f *Finder) load(name, text string) error {
	l := &loader{f: f, lists: map[string][][]wordID{}, lang: &language{bit: 1 << len(f.languages)}}
	for n, row := range strings.Split(text, "\n") {
		row = strings.TrimSpace(row)
		if row == "" || strings.HasPrefix(row, "# ") || row == "#" {
			continue
		}
		if err := l.row(row); err != nil {
			return fmt.Errorf("%s:%d: %w", name, n+1, err)
		}
	}
	if l.lang.code == "" || l.lang.scripts == nil {
		return fmt.Errorf("%s: no \"language:\" or \"script:\" line", name)
	}
	f.languages = append(f.languages, l.lang)
	return nil
}

func (l *loader) row(row string) error {
	if code, ok := strings.CutPrefix(row, "language:"); ok {
		l.lang.code, _, _ = strings.Cut(strings.TrimSpace(code), " ")
		return nil
	}
	if names, ok := strings.CutPrefix(row, "script:"); ok {
		for name := range strings.FieldsSeq(names) {
			table, ok := unicode.Scripts[name]
			if !ok {
				return fmt.Errorf("%q is not a script of Unicode", name)
			}
			l.lang.scripts = append(l.lang.scripts, table)
		}
		return nil
	}
	if small, ok := strings.CutPrefix(row, "titles:"); ok {
		for _, id := range l.ids(small) {
			l.lang.small = l.lang.small.with(id)
		}
		return nil
	}
	if letters, ok := strings.CutPrefix(row, "letters:"); ok {
		for _, r := range strings.ReplaceAll(letters, " ", "") {
			l.f.letters[r] |= l.lang.bit
		}
		return nil
	}
	if strings.HasPrefix(row, "[") && strings.HasSuffix(row, "]") {
		return l.heading(row[1 : len(row)-1])
	}
	return l.entry(row)
}

func (l *loader) heading(name string) error {
	l.section, l.list, l.kind = none, "", 0
	switch name {
	case "never ends":
		l.kind = neverEnds
	case "may end":
		l.kind = mayEnd
	case "before numbers":
		l.kind = numbered
	case "ends before a capital":
		l.kind = endsBefore
	case "months":
		l.kind = monthName
	case "common", "lead-ins", "pointers", "follow-ups", "ends before a space":
		l.list = name
	default:
		if list, ok := strings.CutPrefix(name, "words "); ok {
			l.list = list
			return nil
		}
		s, ok := sectionOf(name)
		if !ok {
			return fmt.Errorf("%q is not a heading", name)
		}
		l.section = s
	}
	return nil
}

func (l *loader) entry(row string) error {
	switch {
	case l.kind != 0:
		for w := range strings.FieldsSeq(row) {
			if l.kind == monthName {
				l.f.months[strings.ToLower(w)] = true
				continue
			}
			l.stop(strings.ToLower(strings.TrimSuffix(w, ".")))
		}
		return nil
	case l.list != "":
		return l.words(row)
	case l.section != none:
		return l.rule(row)
	}
	return fmt.Errorf("%q stands under no heading", row)
}

// stop notes an abbreviation; of several kinds in one file, the last holds.
func (l *loader) stop(word string) {
	kinds := l.f.stops[word]
	for k := range kinds {
		kinds[k] &^= l.lang.bit
	}
	kinds[l.kind] |= l.lang.bit
	l.f.stops[word] = kinds
}

// words adds a line to a word list. Words are parted by spaces; a phrase is written as word+word.
func (l *loader) words(row string) error {
	for w := range strings.FieldsSeq(row) {
		if name, ok := inBraces(w); ok {
			list, ok := l.lists[name]
			if !ok {
				return fmt.Errorf("no word list {%s} stands above", name)
			}
			l.lists[l.list] = append(l.lists[l.list], list...)
			continue
		}
		if l.list == "ends before a space" {
			l.f.ends = append(l.f.ends, w)
			continue
		}
		ids := l.ids(strings.ReplaceAll(w, "+", " "))
		if len(ids) == 0 {
			return fmt.Errorf("%q holds no word", w)
		}
		switch l.list {
		case "common":
			if len(ids) == 1 {
				l.f.common[ids[0]] |= l.lang.bit
			}
		case "lead-ins":
			if len(ids) == 1 {
				l.lang.leadIn = l.lang.leadIn.with(ids[0])
				continue
			}
			l.section = leadPhrases
			if err := l.rule(w); err != nil {
				return err
			}
		case "pointers":
			l.lang.anaphora = l.lang.anaphora.with(ids[0])
		case "follow-ups":
			l.lang.chain = l.lang.chain.with(ids[0])
		default:
			l.lists[l.list] = append(l.lists[l.list], ids)
		}
	}
	return nil
}

func inBraces(w string) (string, bool) {
	if strings.HasPrefix(w, "{") && strings.HasSuffix(w, "}") {
		return w[1 : len(w)-1], true
	}
	return "", false
}

// ids gives the tokens of text, adding its words to the vocabulary. An apostrophe at the end belongs to the word
// before it: qu'
func (l *loader) ids(text string) []wordID {
	l.lex.words = l.f.words
	text, elided := strings.CutSuffix(text, "'")
	toks := l.lex.tokens(nil, []byte(text), 0)
	ids := make([]wordID, 0, len(toks))
	for i, t := range toks {
		last := i == len(toks)-1
		if t.id != unknownWord && !(last && elided) {
			l.f.known[t.id] |= l.lang.bit
			ids = append(ids, t.id)
			continue
		}
		key := text[t.start:t.end]
		if r, _ := utf8.DecodeRuneInString(key); !isWideRune(r) {
			l.lex.word([]byte(text[t.start:])) // to its end, where an apostrophe tells what is one word
			key = string(l.lex.fold)
		}
		if last && elided {
			key += "'"
		}
		id := l.f.words.add(key)
		for len(l.f.common) <= int(id) {
			l.f.common, l.f.known = append(l.f.common, 0), append(l.f.known, 0)
		}
		l.f.known[id] |= l.lang.bit
		l.lang.words = l.lang.words.with(id)
		ids = append(ids, id)
	}
	return ids
}
