package markup

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"askahead/domain"
)

// MarkEdges marks the mentions and hashtags that a post begins or ends with: they address it, and are no
// words of a question. Existing marks stay; where one lies at an edge, nothing is added.
func MarkEdges(a *domain.Authored) {
	own := a.Own
	head := 0
	for {
		start, end := nextToken(own, head)
		if start == end || !isAddress(own[start:end]) {
			break
		}
		head = end
	}
	tail := len(own)
	for {
		start, end := lastToken(own, tail)
		if start == end || start < head || !isAddress(own[start:end]) {
			break
		}
		tail = start
	}
	var list []domain.Span
	if head > 0 {
		start, _ := nextToken(own, 0)
		list = append(list, domain.Span{Start: start, End: head, What: domain.MarkAddress})
	}
	if _, end := lastToken(own, len(own)); tail < end {
		list = append(list, domain.Span{Start: tail, End: end, What: domain.MarkAddress})
	}
	for _, s := range list {
		addMark(a, s)
	}
}

// addMark puts a mark in its place, unless it would overlap another.
func addMark(a *domain.Authored, s domain.Span) {
	i := 0
	for i < len(a.Marks) && a.Marks[i].End <= s.Start {
		i++
	}
	if i < len(a.Marks) && a.Marks[i].Start < s.End {
		return
	}
	a.Marks = append(a.Marks, domain.Span{})
	copy(a.Marks[i+1:], a.Marks[i:])
	a.Marks[i] = s
}

func nextToken(s string, from int) (start, end int) {
	rest := strings.TrimLeftFunc(s[from:], unicode.IsSpace)
	start = len(s) - len(rest)
	if i := strings.IndexFunc(rest, unicode.IsSpace); i >= 0 {
		return start, start + i
	}
	return start, len(s)
}

func lastToken(s string, to int) (start, end int) {
	s = strings.TrimRightFunc(s[:to], unicode.IsSpace)
	i := strings.LastIndexFunc(s, unicode.IsSpace)
	if i < 0 {
		return 0, len(s)
	}
	_, n := utf8.DecodeRuneInString(s[i:])
	return i + n, len(s)
}

// isAddress tells "@ada@social.example" and "#Hashtag". "#1" is a number.
func isAddress(t string) bool {
	t = strings.TrimRight(t, ",:;.")
	if len(t) < 2 || t[0] != '@' && t[0] != '#' && !strings.HasPrefix(t, "＃") {
		return false
	}
	for _, r := range t[1:] {
		if unicode.IsLetter(r) {
			return !strings.ContainsAny(t, "?!")
		}
	}
	return false
}

// Hashtags returns the hashtags in a text without "#", as written, each once. One begins at the start of a
// word, goes on over letters, digits, marks and "_", and is not a number alone. Behind "<" chats name their channels.
func Hashtags(text string) []string {
	var tags []string
	for i := 0; i < len(text); {
		j := strings.IndexByte(text[i:], '#')
		if j < 0 {
			break
		}
		i += j + 1
		before, _ := utf8.DecodeLastRuneInString(text[:i-1])
		end, letters := i, false
		for k, r := range text[i:] {
			if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && r != '_' {
				break
			}
			letters = letters || unicode.IsLetter(r)
			end = i + k + utf8.RuneLen(r)
		}
		if letters && (i == 1 || !unicode.IsLetter(before) && !unicode.IsDigit(before) && before != '/' && before != '&' && before != '#' && before != '<') && len(tags) < 100 {
			tags = appendOnce(tags, text[i:end])
		}
		i = end
	}
	return tags
}

func appendOnce(list []string, s string) []string {
	for _, have := range list {
		if strings.EqualFold(have, s) {
			return list
		}
	}
	return append(list, s)
}
