package protect

import (
	"regexp"
	"strings"
)

// WantsAnswer tells whether somebody asks, in their own words, to be answered in person: a line of its own that says
// "answer: yes", or a sentence such as "please reply to me". Nobody's address is kept who does not say so, so that
// what is meant for somebody else ("please reply to the list", "could you answer?") is not enough.
//
// own is the authored text: what a quote or a signature says counts for nothing.
func WantsAnswer(own string) bool {
	own = strings.NewReplacer("’", "'", "\u00a0", " ", "：", ":").Replace(own)
	return answerLine.MatchString(own) || answerSentence.MatchString(own)
}

// What people write. Each language has an order of its own, so these are expressions and no lists of words.
var (
	answerLine = regexp.MustCompile(`(?im)^[ \t]*(?:(?:answer|reply|response)(?: me)?[ \t]*[:=][ \t]*yes|réponse[ \t]*[:=][ \t]*oui|respuesta[ \t]*[:=][ \t]*s[ií]|` +
		`resposta[ \t]*[:=][ \t]*sim|antwort[ \t]*[:=][ \t]*ja|risposta[ \t]*[:=][ \t]*s[iì]|antwoord[ \t]*[:=][ \t]*ja|ответ[ \t]*[:=][ \t]*да|回答[ \t]*[:=][ \t]*是)[ \t]*[.!]?[ \t\r]*$`)
	answerSentence = regexp.MustCompile(`(?i)(?:^|[.!?,;:\n(]\s*|\b(?:and|so|but)\s+)(?:` + strings.Join([]string{
		`please\s+(?:also\s+|kindly\s+)?(?:reply|respond|answer|write\s+back|get\s+back|send\s+(?:the|your|an)\s+(?:answer|reply))\s+(?:directly\s+|privately\s+|personally\s+)?to\s+me\b`,
		`please\s+(?:also\s+|kindly\s+)?(?:answer|contact|email|e-mail|mail)\s+me\s+(?:directly|personally|privately|off[- ]list|by\s+e?-?mail|at|under|with\s+(?:the|your|an)\s+(?:answer|reply))\b`,
		`i\s*(?:'d|\s+would)\s+(?:like|appreciate|welcome)\s+(?:a|an|your)\s+(?:personal|direct|private)\s+(?:answer|reply|response)\b`,
		`(?:merci\s+de\s+|prière\s+de\s+|veuillez\s+)me\s+répondre\b`, `répondez-moi\b`,
		`(?:por\s+favor,?\s+)?resp[óo]nd(?:anme|ame)\b`, `por\s+favor,?\s+(?:responda-me|respondam-me|me\s+responda)\b`,
		`bitte\s+(?:antworten\s+sie\s+mir|antwortet\s+mir|antworte\s+mir|mir\s+(?:direkt\s+|persönlich\s+)?antworten)\b`,
		`(?:per\s+favore,?\s+|vi\s+prego\s+di\s+)rispond(?:etemi|imi|ermi)\b`,
	}, "|") + `)`)
)
