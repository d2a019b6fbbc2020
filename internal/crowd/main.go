// Command crowd writes made-up questions as JSON Lines, for measuring at sizes that no labelled set has:
//
//	go run ./internal/crowd 1000000 | askahead group --jsonl > groups.jsonl
//
// Words are as unevenly frequent as in real text, and made of syllables. Of ten questions one repeats an earlier one
// literally, with a greeting, and two say an earlier one in another frame.
package main

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
)

func main() {
	n := 1000
	if len(os.Args) > 1 {
		var err error
		if n, err = strconv.Atoi(os.Args[1]); err != nil || n < 1 {
			fmt.Fprintf(os.Stderr, "crowd: %q is no number of questions\n", os.Args[1])
			os.Exit(2)
		}
	}
	out := bufio.NewWriterSize(os.Stdout, 1<<16)
	c := newCrowd()
	for i := range n {
		fmt.Fprintf(out, "{\"id\":\"q%d\",\"text\":%q,\"lang\":\"en\"}\n", i+1, c.next())
	}
	if err := out.Flush(); err != nil {
		fmt.Fprintln(os.Stderr, "crowd:", err)
		os.Exit(1)
	}
}

// crowd remembers some of what it asked, to ask it again.
type crowd struct {
	r       *rand.Rand
	common  *rand.Zipf
	earlier [][4]string
}

func newCrowd() *crowd {
	r := rand.New(rand.NewPCG(20181113, 164))
	return &crowd{r: r, common: rand.NewZipf(r, 1.07, 20, 300_000)}
}

const remembered = 100_000

func (c *crowd) next() string {
	kind := c.r.IntN(10)
	if kind > 2 || len(c.earlier) == 0 {
		words := [4]string{c.word(), c.word(), c.word(), c.word()}
		if len(c.earlier) < remembered {
			c.earlier = append(c.earlier, words)
		} else {
			c.earlier[c.r.IntN(remembered)] = words
		}
		return frame(c.r.IntN(frames), words)
	}
	words := c.earlier[c.r.IntN(len(c.earlier))]
	if kind == 0 {
		return "Hello everybody, " + frame(0, words)
	}
	return frame(1+c.r.IntN(frames-1), words)
}

const frames = 6

func frame(n int, w [4]string) string {
	switch n {
	case 0:
		return fmt.Sprintf("How can the %s of %s be kept when %s asks for %s?", w[0], w[1], w[2], w[3])
	case 1:
		return fmt.Sprintf("When %s asks for %s, how is the %s of %s kept?", w[2], w[3], w[0], w[1])
	case 2:
		return fmt.Sprintf("Who decides about %s and %s in the %s of %s?", w[0], w[1], w[2], w[3])
	case 3:
		return fmt.Sprintf("Should %s %s depend on %s, or on %s?", w[0], w[1], w[2], w[3])
	case 4:
		return fmt.Sprintf("What does the panel think of %s %s for %s without %s?", w[0], w[1], w[2], w[3])
	}
	return fmt.Sprintf("Could somebody explain why %s needs the %s of %s and %s?", w[0], w[1], w[2], w[3])
}

// word makes the word of a rank: the frequent ones are short.
func (c *crowd) word() string {
	const consonants, vowels = "bdfgklmnprstvz", "aeiou"
	rank := c.common.Uint64()
	word := make([]byte, 0, 12)
	for rank += 100; rank > 0; rank /= uint64(len(consonants) * len(vowels)) {
		s := rank % uint64(len(consonants)*len(vowels))
		word = append(word, consonants[s%uint64(len(consonants))], vowels[s/uint64(len(consonants))])
	}
	return string(word)
}
