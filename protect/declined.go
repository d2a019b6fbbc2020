package protect

import "bytes"

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
		switch name = bytes.TrimSpace(name); {
		case bytes.EqualFold(name, []byte("X-No-Archive")):
			return true
		case bytes.EqualFold(name, []byte("X-Archive")) && bytes.EqualFold(bytes.TrimSpace(value), []byte("no")):
			return true
		}
	}
	return false
}
