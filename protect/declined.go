package protect

import (
	"bytes"

	"askahead/domain"
)

// LooksDeclined looks for the opt-outs of mail in the header of a mail that nobody could read: X-No-Archive with
// any value, and X-Archive: no. It is for quarantine, where only a count may be left of such a mail.
func LooksDeclined(raw []byte) bool {
	for len(raw) > 0 {
		line, rest, _ := bytes.Cut(raw, []byte("\n"))
		raw = rest
		line = bytes.TrimRight(line, "\r")
		if len(line) == 0 {
			return false // the body begins
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		if domain.DeclinesBy(string(name), string(value)) != "" {
			return true
		}
	}
	return false
}
