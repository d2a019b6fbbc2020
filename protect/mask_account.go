package protect

import "strings"

// mention finds the end of a mention as chats write it, whose id starts at i, behind "<@": Discord's <@123>, <@!123> and
// <@&123>, Slack's <@U1AB2C3> and <@U1AB2C3|name>. It is 0 if there is none.
func mention(s string, i int) int {
	limit := min(len(s), i+80)
	j := i
	if j < limit && (s[j] == '!' || s[j] == '&') {
		j++
	}
	id, digits := j, 0
	for j < limit && (digit(s[j]) || 'A' <= s[j] && s[j] <= 'Z') {
		if digit(s[j]) {
			digits++
		}
		j++
	}
	if j == id || digits == 0 {
		return 0
	}
	if j < limit && s[j] == '|' {
		for j < limit && s[j] != '>' && s[j] != '\n' {
			j++
		}
	}
	if j < limit && s[j] == '>' {
		return j + 1
	}
	return 0
}

// matrixUser finds the ":" behind the local part of a Matrix id that starts at i (Matrix specification, appendices, section
// "User Identifiers"; 255 bytes with the server); i if there is none.
func matrixUser(s string, i int) int {
	for j := i; j < len(s) && j-i < 255; j++ {
		switch c := s[j]; {
		case c == ':' && j > i:
			return j
		case digit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || strings.IndexByte("._=-+", c) >= 0:
		default:
			return i
		}
	}
	return i
}

// telegram tells how long a link to an account of Telegram is at i, without the account; 0 if there is none.
func telegram(s string, i int) int {
	if s[i]|0x20 != 't' {
		return 0
	}
	for _, host := range []string{"t.me/", "telegram.me/"} {
		if len(s)-i > len(host) && strings.EqualFold(s[i:i+len(host)], host) {
			return len(host)
		}
	}
	return 0
}

// link masks the account that a link of Telegram names at i. What has more behind it is a post in a public channel.
func (m *masker) link(i int) {
	s, j := m.s, i
	for j < len(s) && j-i < 40 && (digit(s[j]) || s[j] == '_' || 'a' <= s[j]|0x20 && s[j]|0x20 <= 'z') {
		j++
	}
	if j-i < 4 || j < len(s) && (s[j] == '/' || wordAt(s, j)) {
		m.i = i
		return
	}
	m.replace(i, j, maskAccount)
}

// spokenAt tells how long " at " is at i, 0 if it is not there.
func spokenAt(s string, i int) int {
	if len(s)-i > 4 && strings.EqualFold(s[i:i+4], " at ") {
		return 4
	}
	return 0
}

// spoken masks "name at example dot org", whose " at " of length n stands at i, and says whether it did. One dot has to be
// spoken too: "we meet at example.org" is no address.
func (m *masker) spoken(i, n int) bool {
	s := m.s
	start, end := m.local(i, false), m.domain(i+n, true)
	if start == i || !strings.Contains(strings.ToLower(s[i+n:end]), " dot ") || contains(places, strings.ToLower(s[start:i])) {
		return false
	}
	m.replace(start, end, maskMail)
	return true
}

// places are words in front of an "at" that names a place and no account.
const places = " look looked looking see seen meet meets met is are was were be available here there live hosted page site website online " +
	"found it them this that us me you stop arrive work works working "
