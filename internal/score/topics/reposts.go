package main

import (
	"fmt"
	"strings"

	"askahead/domain"
	"askahead/topics"
)

// printReposts posts each question again in other clothes and counts which find and join the first one.
func printReposts(name string, d dataset) {
	clothes := map[string][]func(string) string{
		"en": {
			strings.ToUpper, strings.ToLower,
			func(s string) string { return "Hello everyone, " + s },
			func(s string) string { return "Dear panel,\n\n" + s },
			func(s string) string { return "Good morning all! " + s + "\n\nBest regards,\nJane Doe" },
			func(s string) string { return s + "\n-- \nJane Doe\nExample Network, +1 555 0100" },
			func(s string) string { return s + " #IGF2018 #privacy" },
			func(s string) string { return "@panel@social.example #IGF2018 " + s },
			func(s string) string { return s + " https://example.org/a?b=c" },
			func(s string) string { return "RT @jane@social.example: " + s },
			func(s string) string { return "Q1: " + s },
			func(s string) string { return "Question for the panel: " + s },
			func(s string) string { return s + "\nThanks in advance, Jane" },
			func(s string) string { return strings.TrimRight(s, "?!. ") + " ?!" },
			func(s string) string { return "  " + strings.ReplaceAll(s, " ", "\n ") },
			func(s string) string { return "Re: Fwd: " + s },
			func(s string) string { return "3. " + s },
			func(s string) string { return s + " via @jane@social.example" },
			func(s string) string { return "🙋 " + strings.ReplaceAll(s, " ", " \u200b") + " 🙏" },
			fullWidth,
			func(s string) string { return "“" + s + "”\nMany thanks!" },
		},
		"zh": {
			func(s string) string { return "大家好，" + s },
			func(s string) string { return s + " #IGF2018" },
			func(s string) string { return s + "\n谢谢" },
			func(s string) string { return "各位老师好，" + s },
			func(s string) string { return "1、" + s },
			fullWidth,
			func(s string) string { return strings.TrimRight(s, "？?！!。 ") },
			func(s string) string { return strings.TrimRight(s, "？?！!。 ") + "?!" },
			func(s string) string { return "@panel@social.example " + s + " https://example.org/a" },
			func(s string) string { return s + "\n-- \nJane Doe" },
		},
		"ko": {
			func(s string) string { return "안녕하세요, " + s },
			func(s string) string { return s + " #IGF2018" },
			func(s string) string { return s + "\n감사합니다" },
			func(s string) string { return strings.ReplaceAll(s, " ", "") },
			func(s string) string { return "1. " + s },
			func(s string) string { return strings.TrimRight(s, "?!. ") + "?!" },
			func(s string) string { return s + "\n-- \nJane Doe" },
		},
	}
	g := topics.New()
	total, met, joined, shown := 0, 0, 0, 0
	for _, p := range d.pools {
		for _, q := range p.questions {
			for i, dress := range clothes[q.Language] {
				again := q
				again.ID, again.Text = q.ID+"r", dress(q.Text)
				m := shareKey(g.Keys(q), g.Keys(again))
				j := g.Place(again, []domain.Topic{{ID: q.ID, Leader: q}}) != ""
				total++
				if m {
					met++
				}
				if m && j {
					joined++
				} else if shown < 5 {
					shown++
					fmt.Printf("  apart (%d, share a key: %v): %q\n", i, m, short(q.Text))
				}
			}
		}
	}
	fmt.Printf("%-22s reposts n=%-6d joined %.4f, share a key %.4f\n",
		name, total, float64(joined)/float64(max(1, total)), float64(met)/float64(max(1, total)))
}

// fullWidth is a text as East Asian keyboards can write it.
func fullWidth(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '\u3000'
		case '!' <= r && r <= '~':
			return r - '!' + '！'
		}
		return r
	}, s)
}
