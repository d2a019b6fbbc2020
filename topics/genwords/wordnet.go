package main

import (
	"bufio"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// readSynsets gives the words of each meaning, as far as it is one of the first meanings of the word, and pairs of
// words of which one is derived from the other in those meanings. See wndb(5WN) for the format.
func readSynsets(dir string) ([][]string, error) {
	senses, err := readSenses(filepath.Join(dir, "index.sense"))
	if err != nil {
		return nil, err
	}
	words := map[string][]string{} // kind and place of a meaning → its words
	type link struct{ from, to string }
	var derived []link
	for kind, name := range map[string]string{"n": "noun", "v": "verb", "a": "adj", "r": "adv"} {
		err := eachLine(filepath.Join(dir, "data."+name), func(line string) {
			f := strings.Fields(line)
			if strings.HasPrefix(line, " ") || len(f) < 5 {
				return
			}
			n, err := strconv.ParseInt(f[3], 16, 32)
			if err != nil || len(f) < 5+2*int(n) {
				return
			}
			at := kind + f[0]
			for i := range int(n) {
				w, _, _ := strings.Cut(f[4+2*i], "(") // adjectives may say where they stand
				if isWord(w) && senses[w+" "+at] {
					words[at] = append(words[at], w)
				}
			}
			for i := 5 + 2*int(n); i+3 < len(f) && f[i] != "|"; i += 4 {
				if f[i] == "+" || f[i] == "\\" {
					derived = append(derived, link{at, f[i+2] + f[i+1]})
				}
			}
		})
		if err != nil {
			return nil, err
		}
	}
	var groups [][]string
	for _, w := range words {
		groups = append(groups, w)
	}
	for _, l := range derived {
		for _, a := range words[l.from] {
			for _, b := range words[l.to] {
				groups = append(groups, []string{a, b})
			}
		}
	}
	return groups, nil
}

// readSenses tells which meanings are among the first ones of a word.
func readSenses(path string) (map[string]bool, error) {
	kinds := map[string]string{"1": "n", "2": "v", "3": "a", "4": "r", "5": "a"}
	senses := map[string]bool{}
	err := eachLine(path, func(line string) {
		f := strings.Fields(line)
		if len(f) < 3 {
			return
		}
		word, rest, _ := strings.Cut(f[0], "%")
		n, err := strconv.Atoi(f[2])
		if err == nil && n <= firstSenses && rest != "" {
			senses[word+" "+kinds[rest[:1]]+f[1]] = true
		}
	})
	return senses, err
}

func eachLine(path string, each func(line string)) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		each(in.Text())
	}
	return in.Err()
}

// isWord says that w is one word in lower case: names are not akin to anything.
func isWord(w string) bool {
	return len(w) > 2 && strings.Trim(w, "abcdefghijklmnopqrstuvwxyz") == ""
}
