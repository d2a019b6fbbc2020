package mbox

import (
	"bytes"
	"strings"
)

// A separator is the line before a message: "From ", the envelope sender, and the date of arrival as the C
// function asctime writes it (RFC 4155, appendix A). Old archives hold lines that begin with "From " in the
// midst of a mail, so the date and the lines around decide.

// maxSeparator is the longest separator in bytes, and how much of the line behind it is looked at.
const (
	maxSeparator = 512
	maxBehind    = 128
)

// isSeparator says whether text begins with a separator. text must hold the whole line and the beginning of
// the next one, unless the file ends before. afterBlank says that the line before is blank or missing.
func isSeparator(text []byte, afterBlank bool) bool {
	end, plain, ok := fromLine(text)
	if !ok {
		return false
	}
	next := text[end:]
	name := fieldName(next)
	if !plain || !afterBlank {
		return knownField(name)
	}
	return name != "" || len(next) == 0 || next[0] == '\n' || next[0] == '\r' || bytes.HasPrefix(next, []byte("From "))
}

// fromLine reads the line that text begins with as a separator, whatever follows: at the start of a file there
// is nothing that it could be part of. end is where the next line begins.
func fromLine(text []byte) (end int, plain, ok bool) {
	if !bytes.HasPrefix(text, []byte("From ")) {
		return 0, false, false
	}
	end = bytes.IndexByte(text[:min(len(text), maxSeparator)], '\n')
	if end < 0 {
		return 0, false, false
	}
	plain, ok = senderAndDate(string(bytes.TrimRight(text[5:end], "\r ")))
	return end + 1, plain, ok
}

// senderAndDate reads what follows "From ". plain says that the sender looks like one: a word, an address, or
// an address as pipermail hides it ("alice at example.org").
func senderAndDate(s string) (plain, ok bool) {
	words := strings.Fields(s)
	if len(words) > 24 {
		return false, false
	}
	for i, w := range words {
		if weekday(w) && isDate(words[i+1:]) {
			sender := words[:i]
			return len(sender) <= 1 || sender[1] == "at" || strings.HasPrefix(sender[0], `"`) ||
				strings.Contains(strings.Join(sender, ""), "@"), true
		}
	}
	return false, false
}

// isDate reads the words after the weekday: "Jan 2 15:04:05 2006", with a zone before or behind the year, or
// the date of a mail header, "2 Jan 2006 15:04:05 +0000".
func isDate(w []string) bool {
	if len(w) < 4 {
		return false
	}
	switch {
	case month(w[0]) && day(w[1]) && clock(w[2]):
		rest := w[3:]
		for len(rest) > 1 && zone(rest[0]) && !year(rest[0]) {
			rest = rest[1:]
		}
		return year(rest[0]) && nothingElse(rest[1:])
	case day(w[0]) && month(w[1]) && year(w[2]) && clock(w[3]):
		return nothingElse(w[4:])
	}
	return false
}

// nothingElse allows zones, and the host that UUCP adds: "remote from example".
func nothingElse(w []string) bool {
	for i, word := range w {
		if word == "remote" && len(w) == i+3 && w[i+1] == "from" {
			return true
		}
		if !zone(word) {
			return false
		}
	}
	return true
}

func weekday(w string) bool {
	w = strings.TrimSuffix(w, ",")
	return len(w) == 3 && strings.Contains("Mon Tue Wed Thu Fri Sat Sun", w)
}

func month(w string) bool {
	return len(w) == 3 && strings.Contains("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec", w)
}

func day(w string) bool { return len(w) <= 2 && digits(w) }

func year(w string) bool { return (len(w) == 4 || len(w) == 2) && digits(w) }

// clock is hh:mm or hh:mm:ss, with one digit for the hour allowed.
func clock(w string) bool {
	if len(w) < 4 || len(w) > 8 {
		return false
	}
	parts := strings.Split(w, ":")
	for i, p := range parts {
		if len(p) > 2 || (i > 0 && len(p) != 2) || !digits(p) {
			return false
		}
	}
	return len(parts) == 2 || len(parts) == 3
}

// zone is "+0100", "GMT", "(EST)" and the like.
func zone(w string) bool {
	if len(w) > 1 && (w[0] == '+' || w[0] == '-') {
		return len(w) <= 6 && digits(strings.ReplaceAll(w[1:], ":", ""))
	}
	w = strings.TrimSuffix(strings.TrimPrefix(w, "("), ")")
	if len(w) == 0 || len(w) > 5 {
		return false
	}
	for i := range len(w) {
		if w[i] < 'A' || w[i] > 'Z' {
			return false
		}
	}
	return true
}

func digits(w string) bool {
	for i := range len(w) {
		if w[i] < '0' || w[i] > '9' {
			return false
		}
	}
	return len(w) > 0
}

// fieldName is the name of the header field that line begins with (RFC 5322, section 2.2), in lower case, or
// empty. UUCP's ">From" line counts as a field.
func fieldName(line []byte) string {
	if bytes.HasPrefix(line, []byte(">From ")) {
		return ">from"
	}
	for i, c := range line[:min(len(line), maxBehind)] {
		switch {
		case c == ':' && i > 0:
			return strings.ToLower(string(line[:i]))
		case c <= ' ' || c >= 0x7f:
			return ""
		}
	}
	return ""
}

// knownField says that a name is among those that mails begin with: it decides where the rest is in doubt.
func knownField(name string) bool {
	switch name {
	case ">from", "return-path", "received", "date", "from", "to", "cc", "subject", "message-id", "delivered-to",
		"sender", "reply-to", "mime-version", "content-type", "status", "envelope-to", "in-reply-to", "references",
		"resent-from", "path", "newsgroups", "apparently-to", "errors-to", "organization", "precedence", "dkim-signature":
		return true
	}
	return strings.HasPrefix(name, "x-") || strings.HasPrefix(name, "list-") || strings.HasPrefix(name, "arc-")
}
