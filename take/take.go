// Package take decides which of a source's items concern a session: all of them, or those in a thread, with
// a subject, to an address, under a hashtag, or that mention an account.
package take

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"askahead/domain"
)

// Rule is the `take` of a source. An item is taken if any of its conditions holds; a rule without any
// condition takes everything.
type Rule struct {
	Subject []string // words or phrases in the subject, whole words, case ignored
	Address []string // addresses in To or Cc, or domains as "@example.org"
	Hashtag []string // with or without "#", case ignored
	Mention []string // accounts, with or without "@", case ignored
	Thread  bool     // also what answers an item that was taken
}

// All says that the rule takes every item.
func (r Rule) All() bool {
	return len(r.Subject)+len(r.Address)+len(r.Hashtag)+len(r.Mention) == 0 && !r.Thread
}

// Match says whether the item is taken for what it says itself, and by which condition. Threads are not
// looked at: only the store knows what was taken before.
func (r Rule) Match(e *domain.Envelope, own string) (why string, ok bool) {
	if r.All() {
		return "everything is taken", true
	}
	for _, s := range r.Subject {
		if containsPhrase(e.Subject, s) {
			return "subject: " + s, true
		}
	}
	for _, a := range r.Address {
		for _, to := range e.Recipients {
			if addressed(to, a) {
				return "address: " + a, true
			}
		}
	}
	for _, h := range r.Hashtag {
		if hasHashtag(e, own, strings.TrimPrefix(h, "#")) {
			return "hashtag: #" + strings.TrimPrefix(h, "#"), true
		}
	}
	for _, m := range r.Mention {
		for _, named := range e.Mentions {
			if strings.EqualFold(strings.TrimPrefix(named, "@"), strings.TrimPrefix(m, "@")) {
				return "mention: " + m, true
			}
		}
	}
	return "no condition of take holds", false
}

func addressed(to, rule string) bool {
	if strings.HasPrefix(rule, "@") {
		at := strings.LastIndexByte(to, '@')
		return at >= 0 && strings.EqualFold(to[at:], rule)
	}
	return strings.EqualFold(to, rule)
}

func hasHashtag(e *domain.Envelope, own, tag string) bool {
	for _, h := range e.Hashtags {
		if strings.EqualFold(h, tag) {
			return true
		}
	}
	return containsPhrase(own, "#"+tag) || containsPhrase(e.Subject, "#"+tag)
}

// containsPhrase finds phrase in text as whole words, case ignored: "WS164" is in "Re: [ws164] panel" and not
// in "WS1640".
func containsPhrase(text, phrase string) bool {
	text, phrase = strings.ToLower(text), strings.ToLower(strings.TrimSpace(phrase))
	if phrase == "" {
		return false
	}
	for from := 0; ; {
		i := strings.Index(text[from:], phrase)
		if i < 0 {
			return false
		}
		start, end := from+i, from+i+len(phrase)
		before, _ := utf8.DecodeLastRuneInString(text[:start])
		after, _ := utf8.DecodeRuneInString(text[end:])
		first, _ := utf8.DecodeRuneInString(phrase)
		last, _ := utf8.DecodeLastRuneInString(phrase)
		if (start == 0 || !wordRune(before) || !wordRune(first)) && (end == len(text) || !wordRune(after) || !wordRune(last)) {
			return true
		}
		from = start + utf8.RuneLen(first)
	}
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }
