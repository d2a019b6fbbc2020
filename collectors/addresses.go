package collectors

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Addresses says whether a chat message is meant for somebody called name, as people do where no program does it
// for them: it begins with the name and a colon or comma, or has "@name" as a word. Case is ignored.
func Addresses(text, name string) bool {
	text, name = strings.ToLower(strings.TrimSpace(text)), strings.ToLower(strings.TrimPrefix(strings.TrimSpace(name), "@"))
	if name == "" {
		return false
	}
	if rest, ok := strings.CutPrefix(text, name); ok {
		if after, _ := utf8.DecodeRuneInString(strings.TrimLeft(rest, " ")); strings.ContainsRune(":,：，", after) {
			return true
		}
	}
	for from := 0; ; {
		i := strings.Index(text[from:], "@"+name)
		if i < 0 {
			return false
		}
		start, end := from+i, from+i+1+len(name)
		before, _ := utf8.DecodeLastRuneInString(text[:start])
		after, _ := utf8.DecodeRuneInString(text[end:])
		if !nameRune(before) && !nameRune(after) {
			return true
		}
		from = start + 1
	}
}

// nameRune says that a rune goes on with a name, or with an address of mail.
func nameRune(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '_' || r == '-')
}
