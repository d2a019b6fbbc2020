package schedule

import (
	"fmt"
	"strings"
)

// Pattern is a regular expression, in what the dialects of Go and ECMA 262 share, that every specification
// matches which Parse takes: for editors. It knows fields and their ranges, and not which dates never come.
func Pattern() string {
	var fields []string
	for _, f := range cronFields() {
		element := fmt.Sprintf(`(?:[*?]|%s(?:-%s)?)(?:/[0-9]+)?`, f.value, f.value)
		fields = append(fields, element+"(?:,"+element+")*")
	}
	return `^\s*(?:` + strings.Join(fields, `\s+`) + `|@(?:yearly|annually|monthly|weekly|daily|midnight|hourly)|@every\s*\+?[0-9.hmsnuµμ]+)\s*$`
}

// anyCase matches one of some words, however it is written.
func anyCase(words ...string) string {
	var b strings.Builder
	for i, word := range words {
		if i > 0 {
			b.WriteByte('|')
		}
		for _, r := range word {
			b.WriteString("[" + strings.ToUpper(string(r)) + strings.ToLower(string(r)) + "]")
		}
	}
	return b.String()
}
