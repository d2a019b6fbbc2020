package mime

import "strings"

// Address is a mailbox: a display name, which may be empty, and an address in lower case.
type Address struct{ Name, Addr string }

const maxAddresses = 1000

// ParseAddresses reads a list of mailboxes (RFC 5322 section 3.4) as far as it can be understood: names in
// quotes or in comments, groups, obsolete routes, and "name at example.org" as archives write it.
func ParseAddresses(s, fallback string) []Address {
	var list []Address
	for s != "" && len(list) < maxAddresses {
		var one string
		one, s = cutAddress(s)
		if a, ok := parseAddress(one, fallback); ok {
			list = append(list, a)
		}
	}
	return list
}

// cutAddress returns s up to the next "," or ";" outside of quotes, comments and angle brackets.
func cutAddress(s string) (one, rest string) {
	quoted, angle, comment := false, false, 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			i++
		case c == '"' && comment == 0:
			quoted = !quoted
		case quoted:
		case c == '(':
			comment++
		case c == ')' && comment > 0:
			comment--
		case comment > 0:
		case c == '<':
			angle = true
		case c == '>':
			angle = false
		case c == ':' && !angle && !strings.ContainsAny(s[:i], "@<"):
			return "", s[i+1:] // the name of a group
		case (c == ',' || c == ';') && !angle:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

func parseAddress(s, fallback string) (Address, bool) {
	s = strings.TrimSpace(s)
	if s == "" {
		return Address{}, false
	}
	name, addr := "", s
	if i := strings.LastIndexByte(s, '<'); i >= 0 {
		name = s[:i]
		addr = s[i+1:]
		if j := strings.IndexByte(addr, '>'); j >= 0 {
			addr = addr[:j]
		}
	} else if i := strings.IndexByte(s, '('); i >= 0 {
		addr = s[:i]
		name = strings.TrimSuffix(strings.TrimSpace(s[i+1:]), ")")
	}
	addr = strings.TrimSpace(addr)
	if i := strings.LastIndexByte(addr, ':'); i >= 0 && strings.HasPrefix(addr, "@") {
		addr = addr[i+1:] // an obsolete route
	}
	if rest, ok := cutPrefixFold(addr, "mailto:"); ok {
		addr = rest
	}
	if !strings.Contains(addr, "@") {
		if user, host, ok := strings.Cut(addr, " at "); ok {
			addr = strings.TrimSpace(user) + "@" + strings.TrimSpace(host)
		}
	}
	addr = strings.ToLower(strings.Trim(CleanLine(addr), `"' `))
	name = CleanLine(DecodeWords(unquote(strings.TrimSpace(name)), fallback))
	name = strings.Trim(name, `"' `)
	if strings.ContainsAny(addr, " <>") || len(addr) > 320 {
		if name == "" && len(s) <= 320 {
			name = CleanLine(DecodeWords(s, fallback))
		}
		return Address{Name: name}, name != ""
	}
	return Address{Name: name, Addr: addr}, addr != "" || name != ""
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		return s[len(prefix):], true
	}
	return s, false
}

// unquote drops the quotes of a quoted string and the backslashes in it.
func unquote(s string) string {
	if len(s) < 2 || s[0] != '"' {
		return s
	}
	s = strings.TrimSuffix(s[1:], `"`)
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
