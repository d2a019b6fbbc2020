package main

import (
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"askahead/authored"
	"askahead/domain"
)

// minLetters is how many letters and digits a line needs to be somebody's: "Thanks for that!" is everybody's.
const minLetters = 24

// threads checks lists against themselves, for no labelled list mail is at hand. Where the mail that another
// answers is in the archive too, a line that both have is quoted, whatever marks stand before it. A line
// without a mark that stands in no other mail of the archive is its author's.
type threads struct {
	mails  []threadMail
	byID   map[string]int
	copies map[uint64]int32 // how many mails have the line without a mark
	seed   maphash.Seed
}

type threadMail struct {
	id      string
	parents []string
	a       domain.Authored
}

func newThreads() *threads {
	return &threads{byID: map[string]int{}, copies: map[uint64]int32{}, seed: maphash.MakeSeed()}
}

func (t *threads) add(raw []byte) {
	got, err := authored.Read(domain.Item{Type: domain.TypeMail, Raw: raw})
	if _, seen := t.byID[got.Canonical]; err != nil || seen {
		return
	}
	t.byID[got.Canonical] = len(t.mails)
	t.mails = append(t.mails, threadMail{got.Canonical, got.Parents, got.Authored})
	seen := map[uint64]bool{}
	for line := range strings.Lines(got.Text) {
		if h := maphash.String(t.seed, letters(line)); !seen[h] && !quoteMarked(line) {
			seen[h] = true
			t.copies[h]++
		}
	}
}

// parent returns the text of the nearest mail that m answers, in letters only; "" where it is not there.
func (t *threads) parent(m threadMail) string {
	for _, id := range slices.Backward(m.parents) {
		if i, ok := t.byID[id]; ok && id != m.id {
			return letters(t.mails[i].a.Text)
		}
	}
	return ""
}

func (t *threads) print(s *scorer, name string) {
	c := tally{wrong: map[string]int{}}
	replies := 0
	for _, m := range t.mails {
		if parent := t.parent(m); parent != "" {
			replies++
			t.reply(&c, m, parent, s)
		}
	}
	if c.own > 0 {
		c.print(s, name)
		fmt.Fprintf(s.out, "%-20s %d replies whose parent is there\n", "", replies)
	}
}

// reply counts the lines of one reply.
func (t *threads) reply(c *tally, m threadMail, parent string, s *scorer) {
	own := ownBytes(m.a)
	pos := 0
	for line := range strings.Lines(m.a.Text) {
		from := pos
		pos += len(line)
		bare := letters(line)
		if len(bare) < minLetters {
			continue
		}
		stays := own[from+strings.IndexFunc(line, isWord)]
		asks := strings.Count(line, "?")
		switch marked := quoteMarked(line); {
		case strings.Contains(parent, bare) || marked && strings.Contains(parent, letters(behindMark(line))):
			c.count("quotation", stays)
			if stays {
				c.extra += asks
				s.sample("leak", m, line)
			}
		case !marked && t.copies[maphash.String(t.seed, bare)] == 1:
			c.count("paragraph", stays)
			if stays {
				c.hit += asks
				break
			}
			why := reasonAt(m.a, from)
			switch why {
			case "pgp", "attribution", "attachment", "list-footer", "header-block":
				c.own-- // every mail has its own
				continue
			}
			c.missed += asks
			c.wrong["lost as "+why]++
			s.sample("lost "+why, m, line)
		}
	}
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// reasonAt is why the text at a place was removed.
func reasonAt(a domain.Authored, at int) string {
	for _, r := range a.Removed {
		if at < r.End {
			return r.What
		}
	}
	return ""
}

// sample prints a line that was read otherwise than its thread tells.
func (s *scorer) sample(what string, m threadMail, line string) {
	if s.show == "threads" {
		fmt.Fprintf(s.out, "   %s [%s]: %s\n", what, m.id, hideAddresses(line))
	}
}

// letters is what of a text mail programs do not change: its letters and digits, in lower case.
func letters(s string) string {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		if r < utf8.RuneSelf {
			switch {
			case r >= 'A' && r <= 'Z':
				b = append(b, byte(r)|0x20)
			case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
				b = append(b, byte(r))
			}
		} else if unicode.IsLetter(r) {
			b = utf8.AppendRune(b, unicode.ToLower(r))
		}
	}
	return string(b)
}

// quoteMarked tells a line that begins like one of a quote: with ">", "|", ":", "}" or initials before them.
func quoteMarked(line string) bool { return behindMark(line) != line }

func behindMark(line string) string {
	t := strings.TrimLeft(line, " \t")
	if i := strings.IndexAny(t, ">|:}"); i >= 0 && i < 12 && !strings.ContainsAny(t[:i], " \t") {
		return t[i+1:]
	}
	return line
}
