package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"askahead/pipeline"
)

// printSummary says what came of everything that was read. The parts add up to what was read, so that nobody has
// to wonder whether something was lost.
func printSummary(w io.Writer, source string, s pipeline.Summary) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s read", source, count(s.Read, "item"))
	if s.Copies > 0 {
		fmt.Fprintf(&b, " (and %s for further sessions)", thousands(s.Copies))
	}
	b.WriteString(accounts(s))
	if s.Lost() != 0 {
		fmt.Fprintf(&b, " + %s UNACCOUNTED FOR: please report this", thousands(s.Lost()))
	}
	b.WriteString("\n")
	if s.Removed > 0 {
		fmt.Fprintf(&b, "%s: %s gone at the source, and gone here\n", source, count(s.Removed, "item"))
	}
	if s.Questions > 0 {
		fmt.Fprintf(&b, "%s: %s for the panel, %s\n", source, count(s.Questions, "new question"), count(s.Topics, "new topic"))
	} else {
		fmt.Fprintf(&b, "%s: no new question\n", source)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// accounts says what came of what was read: " = 2 with questions + 1 known already".
func accounts(s pipeline.Summary) string {
	parts := []struct {
		n    int
		what string
	}{
		{s.Kept, "with questions"},
		{s.Empty, "without a question"},
		{s.Changed, "edited or taken back at the source"},
		{s.Anew, "understood anew"},
		{s.Again, "known already"},
		{s.Older, "published earlier"},
		{s.NotTaken, "not for any session"},
		{s.OptedOut, "whose authors decline to be collected"},
		{s.Red, "marked TLP:RED, counted and not kept"},
		{s.Broken, "not readable, in quarantine"},
	}
	var b strings.Builder
	sep := " = "
	for _, p := range parts {
		if p.n != 0 {
			fmt.Fprintf(&b, "%s%s %s", sep, thousands(p.n), p.what)
			sep = " + "
		}
	}
	return b.String()
}

// count is "1 item" or "1,204 items".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return thousands(n) + " " + noun + "s"
}

// thousands sets commas: 98126 is "98,126".
func thousands(n int) string {
	s := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	var b strings.Builder
	b.WriteString(sign)
	for i, digit := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(digit)
	}
	return b.String()
}
