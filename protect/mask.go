package protect

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// What Mask writes in the place of personal data.
const (
	maskMail    = "[e-mail]"
	maskAccount = "[account]"
	maskPhone   = "[phone]"
	maskBank    = "[bank account]"
)

// Mask takes personal data out of a text: e-mail addresses (also "name (at) example.org", "name at example dot org" and
// inside links), user information in URLs, accounts as @user@host, @user.example.org, @user:host, <@123>, <@U1AB> or t.me/user,
// phone numbers and bank account numbers (IBAN). Ordinary numbers, dates, versions, IP addresses, and CVE, RFC and AS numbers stay,
// since questions are about them. It is linear in the text, and masking twice changes nothing more.
func Mask(text string) string {
	if !strings.ContainsAny(text, "@0123456789＠") && !mayHide(text) {
		return text
	}
	m := masker{s: text}
	for m.i < len(text) {
		m.step()
	}
	if m.done == 0 {
		return text
	}
	m.out.WriteString(text[m.done:])
	return m.out.String()
}

// mayHide says that a text without "@" and ASCII digits may still hold something: "(at)", or digits of
// another script.
func mayHide(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf || s[i] == ' ' && spokenAt(s, i) > 0 || telegram(s, i) > 0 || (s[i] == '(' || s[i] == '[' || s[i] == '{') && atSign(s, i) > 0 || s[i] == '%' {
			return true
		}
	}
	return false
}

// masker goes over a text once. s[:done] has been written to out; i is where it looks.
type masker struct {
	s    string
	out  strings.Builder
	done int
	i    int
}

// replace puts what in the place of s[start:end] and goes on behind it.
func (m *masker) replace(start, end int, what string) {
	m.out.WriteString(m.s[m.done:start])
	m.out.WriteString(what)
	m.done, m.i = end, end
}

// fresh says that no word goes on across i: what was in front of it may be masked.
func (m *masker) fresh(i int) bool { return i == m.done || boundary(m.s, i) }

func (m *masker) step() {
	s, i := m.s, m.i
	switch c := s[i]; {
	case c == '@' || c == '(' || c == '[' || c == '{' || c == '%' || c == 0xEF:
		if n := atSign(s, i); n > 0 {
			m.address(i, n)
			return
		}
	case c == '+' || '0' <= c && c <= '9' || c >= utf8.RuneSelf:
		m.number()
		return
	case c == ' ':
		if n := spokenAt(s, i); n > 0 && m.spoken(i, n) {
			return
		}
	case 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z':
		if n := telegram(s, i); n > 0 && m.fresh(i) {
			m.link(i + n)
			return
		}
		m.word()
		return
	}
	m.number()
}

// atSign tells how long the "@" at i is, in one of its spellings; 0 if there is none.
func atSign(s string, i int) int {
	rest := s[i:]
	for _, at := range []string{"@", "＠", "﹫", "%40", "&#64;", "&commat;"} {
		if strings.HasPrefix(rest, at) {
			return len(at)
		}
	}
	if len(rest) < 4 || strings.IndexByte("([{", rest[0]) < 0 {
		return 0
	}
	n := 1
	for n < len(rest) && n < 4 && rest[n] == ' ' {
		n++
	}
	switch {
	case n+2 < len(rest) && strings.EqualFold(rest[n:n+2], "at"):
		n += 2
	case n+1 < len(rest) && rest[n] == '@':
		n++
	default:
		return 0
	}
	for n < len(rest) && rest[n] == ' ' && n < 10 {
		n++
	}
	if n < len(rest) && strings.IndexByte(")]}", rest[n]) >= 0 {
		return n + 1
	}
	return 0
}

// address masks what belongs to the "@" of length n at i.
func (m *masker) address(i, n int) {
	s := m.s
	spelled := n > 3 && strings.IndexByte("([{", s[i]) >= 0
	start := m.local(i, spelled)
	end := m.domain(i+n, spelled)
	switch {
	case start == i && strings.HasPrefix(s[i:], "@"):
		m.account(i, end)
	case start == i || end == i+n:
		m.i = i + n
		if start < i && end == i+n && strings.HasPrefix(s[i+n:], "[") {
			m.literal(start, i+n)
		}
	default:
		m.mail(start, i, end)
	}
}

// literal masks "name@[192.0.2.1]".
func (m *masker) literal(start, open int) {
	end := strings.IndexByte(m.s[open:min(len(m.s), open+50)], ']')
	if end > 0 && strings.Trim(m.s[open+1:open+end], "0123456789abcdefABCDEFIPv.:") == "" {
		m.replace(start, open+end+1, maskMail)
	}
}

// mail masks the address s[start:end], and the scheme "mailto:" in front of it. In "https://user:word@host"
// it is the user information of a link, which goes without a trace.
func (m *masker) mail(start, at, end int) {
	s := m.s
	if url := userInfo(s, m.done, start); url >= 0 {
		m.replace(url, at+1, "")
		return
	}
	if start > m.done && s[start-1] == '@' {
		start-- // @user@host
		m.replace(start, end, maskAccount)
		return
	}
	if b := start - len("mailto:"); b >= m.done && strings.EqualFold(s[b:start], "mailto:") {
		start = b
	}
	m.replace(start, end, maskMail)
}

// account masks an account that starts with the "@" at i: @user@host, @user.example.org, Matrix's @user:host; a bare @user
// stays, for it is as often an organisation that the question is about.
func (m *masker) account(i, end int) {
	s := m.s
	if i > m.done && s[i-1] == '<' {
		if close := mention(s, i+1); close > 0 {
			m.replace(i-1, close, maskAccount)
			return
		}
	}
	if end < len(s) && s[end] == '@' {
		if host := m.domain(end+1, false); host > end+1 {
			m.replace(i, host, maskAccount)
			return
		}
	}
	if user := matrixUser(s, i+1); user > i+1 {
		if host := m.domain(user+1, false); strings.IndexByte(s[user+1:host], '.') > 0 {
			m.replace(i, host, maskAccount)
			return
		}
	}
	if dot := strings.IndexByte(s[i:end], '.'); dot > 1 {
		m.replace(i, end, maskAccount)
		return
	}
	m.i = max(end, i+1)
}

// local finds where the local part in front of the "@" at i starts.
func (m *masker) local(i int, spelled bool) int {
	j := i
	if spelled {
		for j > m.done && m.s[j-1] == ' ' && i-j < 3 {
			j--
		}
	}
	if j > m.done && m.s[j-1] == '"' {
		from := max(m.done, j-64)
		if open := strings.LastIndexByte(m.s[from:j-1], '"'); open >= 0 && !strings.ContainsAny(m.s[from+open:j], "[\n") {
			return from + open
		}
	}
	edge := j
	for j > m.done && edge-j < 128 { // RFC 5321 section 4.5.3.1.1 allows 64 octets
		r, n := utf8.DecodeLastRuneInString(m.s[m.done:j])
		if !localRune(r) || j-n < m.done {
			break
		}
		j -= n
	}
	for j < edge && strings.IndexByte(".'`*{|", m.s[j]) >= 0 {
		j++
	}
	if j == edge {
		return i
	}
	return j
}

func localRune(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune(".!#$%'*+-^_`{|}~", r) // "/", "=", "?" and "&" are allowed too, but part links
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == 0x200C || r == 0x200D
}

// domain finds the end of the domain that starts at i; i if there is none.
func (m *masker) domain(i int, spelled bool) int {
	s := m.s
	j, end := i, i
	if spelled {
		for j < len(s) && s[j] == ' ' && j-i < 3 {
			j++
		}
	}
	for j < len(s) {
		r, n := utf8.DecodeRuneInString(s[j:])
		switch {
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == 0x200C || r == 0x200D:
			j += n
			end = j
		case (r == '.' || r == '。' || r == '．') && end == j && j > i:
			j += n
		case spelled && end == j && dotWord(s, j) > 0:
			j += dotWord(s, j)
		default:
			return end
		}
	}
	return end
}

// dotWord tells how long a spelled-out dot at i is: " (dot) ", " [.] ", " dot ".
func dotWord(s string, i int) int {
	rest := s[i:min(len(s), i+12)]
	for _, dot := range []string{" (dot) ", " [dot] ", "(dot)", "[dot]", " [.] ", "[.]", " dot "} {
		if len(rest) >= len(dot) && strings.EqualFold(rest[:len(dot)], dot) {
			return len(dot)
		}
	}
	return 0
}

// userInfo says that the text that ends with a local part starting at start is the user information of a
// link, and where that begins; -1 if it is not.
func userInfo(s string, done, start int) int {
	j := start
	for j > done && start-j < 128 && s[j-1] > ' ' && s[j-1] != '/' && s[j-1] != '@' {
		j--
	}
	if j-3 >= done && s[j-1] == '/' && s[j-2] == '/' && s[j-3] == ':' {
		return j
	}
	return -1
}
