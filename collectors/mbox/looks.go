package mbox

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"askahead/collectors"
)

// beginsLikeMbox says whether a file that begins with head is an mbox.
func beginsLikeMbox(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), "\r\n")
	_, _, ok := fromLine(head)
	return ok
}

// notMbox says what a file is instead, by its first bytes, and what to do.
func (s *source) notMbox(head []byte) error {
	return fmt.Errorf("%w: path: %s is not an mbox: %s", collectors.ErrSettings, s.name, looksLike(head))
}

func looksLike(head []byte) string {
	head = head[:min(len(head), 2048)]
	for _, known := range []struct{ begin, says string }{
		{"From ", `its first line begins with "From ", but has no date as the line before a mail has`},
		{"\x01\x01\x01\x01", "it looks like MMDF; convert it first"},
		{"PK\x03\x04", "it is a ZIP archive; unpack it first"},
		{"\xfd7zXZ", "it is packed with xz; unpack it first"},
		{"\x28\xb5\x2f\xfd", "it is packed with zstd; unpack it first"},
		{"!BDN", "it is an Outlook data file (PST); export it as mbox"},
		{"%PDF", "it is a PDF"},
		{"SQLite format 3", "it is an SQLite database"},
		{"ustar", "it is a tar archive; unpack it first"},
	} {
		if bytes.HasPrefix(head, []byte(known.begin)) {
			return known.says
		}
	}
	text := bytes.TrimLeft(head, "\ufeff \t\r\n")
	switch {
	case len(head) > 262 && string(head[257:262]) == "ustar":
		return "it is a tar archive; unpack it first"
	case bytes.HasPrefix(text, []byte("<")):
		return "it looks like HTML or XML: was a web page saved instead of the archive?"
	case bytes.HasPrefix(text, []byte("{")), bytes.HasPrefix(text, []byte("[")):
		return "it looks like JSON"
	case bytes.IndexByte(head, 0) >= 0:
		return "it holds binary data"
	case fieldName(head) != "":
		return `it begins like a single mail, without the line "From …" before it; put mails into a Maildir and use the kind maildir`
	case utf8.Valid(head[:max(0, len(head)-utf8.UTFMax)]):
		return `its first line does not begin with "From "`
	}
	return "it holds data of an unknown kind"
}
