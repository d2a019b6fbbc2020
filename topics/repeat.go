package topics

import (
	"regexp"
	"strings"
)

// What people put before and behind a question that they pass on or number, after NFKC: "Re: Fwd: ", "RT @someone: ",
// "2) ", "Q. 3 - ", "问题一:"; "via @someone", "(h/t @someone)". A number counts as one if a mark and a space follow, so
// that "5.5 million" and "2018 was" stay.
var (
	repeatedBefore = regexp.MustCompile(`^(?i:\s*(?:` +
		`(?:re|fwd?|fw|aw|wg|tr|sv|antw|rv|res|enc|rif|rt|mt|答复|回复|转发|轉發)\s*:|` +
		`(?:rt|mt|qt|转发|轉發)\s*@[^\s:]+:?|` +
		`\(?\d{1,3}(?:[.):]\)?\s|\)|、)|` +
		`q(?:uestion|\.)?\s*(?:no\.?|nr\.?|#)?\s*\d{1,3}\s*[-:.)–]\s|` +
		`(?:问题|問題|第)?[一二三四五六七八九十]{1,2}[、:.]|(?:问题|問題|问|問)\d{0,3}[、:.]` +
		`)\s*)+`)
	repeatedBehind = regexp.MustCompile(`(?i:\s[\[(]?(?:via|h/t|ht|cc|by|from)\s+@[^\s)\]]+[)\]]?\s*)$`)
)

// repeatedMark is within how many bytes one of the marks stands that repeatedBefore needs.
const repeatedMark = 24

// cutRepeated takes away what says that a question is repeated or numbered. What is nothing else stays.
func cutRepeated(text string) string {
	short := text
	if strings.ContainsAny(text[:min(repeatedMark, len(text))], ":@.)-、–") { // as few questions do
		short = text[len(repeatedBefore.FindString(text)):]
	}
	if strings.Contains(short, "@") {
		if at := repeatedBehind.FindStringIndex(short); at != nil {
			short = short[:at[0]]
		}
	}
	if strings.TrimSpace(short) == "" {
		return text
	}
	return short
}
