// Command topics scores the grouping of questions on public sets of labelled question pairs and intents, one
// line per set:
//
//	go run ./internal/score/topics -corpora DIR
//
// DIR holds the unpacked folder of the questions pack (semeval16_qq.jsonl, lcqmc_dev.tsv …). The sets are
// read where they lie; nothing of them is kept. B-cubed precision, recall and F stand beside those of a
// single-link clustering of TF-IDF vectors at the threshold that is best for it on the very set.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

func main() {
	corpora := flag.String("corpora", "", "folder with the question sets, or the one above it")
	half := flag.String("half", "", "score one half of each set only: even or odd")
	explain := flag.Int("explain", 0, "print that many wrong decisions of each set")
	only := flag.String("only", "", "score this set only")
	flag.Parse()
	if err := run(*corpora, *half, *only, *explain); err != nil {
		fmt.Fprintln(os.Stderr, "score topics:", err)
		os.Exit(1)
	}
}

func run(dir, half, only string, explain int) error {
	if _, err := os.Stat(filepath.Join(dir, "questions")); err == nil {
		dir = filepath.Join(dir, "questions")
	}
	for _, s := range sets() {
		if only != "" && s.name != only {
			continue
		}
		data, err := s.read(dir)
		if err != nil {
			return fmt.Errorf("read %s: %w", s.name, err)
		}
		data = data.half(half)
		start := time.Now()
		if len(data.pools) > 0 {
			printGroups(s.name, data, explain)
		}
		if len(data.pairs) > 0 {
			printPairs(s.name, data.pairs, explain)
		}
		if s.reposts {
			printReposts(s.name, data)
		}
		fmt.Printf("%-22s %.1fs\n", "", time.Since(start).Seconds())
	}
	return nil
}
