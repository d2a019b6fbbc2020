package terms

import (
	"embed"
	"path"
	"strings"
	"sync"
)

// The lists hold a language's commonest function words, written for this project. What is often a content word
// in English stays off the other lists (German "war", Romanian "care"), because where the language is not
// known the words of all of them are dropped.
//
//go:embed stopwords/*.txt
var stopFiles embed.FS

// stopLists is the embedded files, read once: for each language its words, folded, each under itself so that
// a look-up also gives a string to keep.
var stopLists = sync.OnceValue(func() map[string]map[string]string {
	lists := map[string]map[string]string{"": {}}
	entries, err := stopFiles.ReadDir("stopwords")
	if err != nil {
		panic(err) // the files are part of the binary
	}
	for _, e := range entries {
		data, err := stopFiles.ReadFile(path.Join("stopwords", e.Name()))
		if err != nil {
			panic(err)
		}
		list := map[string]string{}
		for line := range strings.Lines(string(data)) {
			line, _, _ = strings.Cut(line, "#")
			for _, w := range strings.Fields(line) {
				w = strings.Clone(foldWord(strings.ToLower(w)))
				list[w] = w
				lists[""][w] = w
			}
		}
		lists[strings.TrimSuffix(e.Name(), ".txt")] = list
	}
	return lists
})

// stopsOf gives the stop words of a language, of all languages if it is not known, none if it has no list.
func stopsOf(lang string) map[string]string { return stopLists()[lang] }
