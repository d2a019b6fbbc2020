package markup

import (
	"strings"

	"askahead/domain"
)

// Discord reads a message as Discord stores it. Its Text is the message with the ids made readable, for
// nobody can read them and they name people: "<@123>" becomes "@someone", "<@&123>" "@role", "<#123>"
// "#channel", "<:name:123>" ":name:", "</name:123>" "/name", "<t:123>" "[time]". mentions are the ids of users.
func Discord(src string) (a domain.Authored, mentions []string) {
	text, mentions := readable(src)
	return inline(text, discord), mentions
}

func readable(src string) (text string, mentions []string) {
	if strings.IndexByte(src, '<') < 0 {
		return src, nil
	}
	var b strings.Builder
	for src != "" {
		i := strings.IndexByte(src, '<')
		if i < 0 {
			break
		}
		b.WriteString(src[:i])
		src = src[i:]
		end := 1
		for end < len(src) && end < 2100 && src[end] != '>' && src[end] != '<' && src[end] != ' ' && src[end] != '\n' {
			end++
		}
		if end < 2 || end == len(src) || src[end] != '>' {
			b.WriteByte('<')
			src = src[1:]
			continue
		}
		shown, user := readToken(src[1:end])
		if user != "" {
			mentions = append(mentions, user)
		}
		if shown == "" {
			b.WriteByte('<')
			src = src[1:]
			continue
		}
		b.WriteString(shown)
		src = src[end+1:]
	}
	b.WriteString(src)
	return b.String(), mentions
}

// readToken reads what stands between "<" and ">"; shown is empty where it is no token of Discord.
func readToken(t string) (shown, user string) {
	switch {
	case strings.HasPrefix(t, "@&") && isID(t[2:]):
		return "@role", ""
	case strings.HasPrefix(t, "@!") && isID(t[2:]):
		return "@someone", t[2:]
	case t[0] == '@' && isID(t[1:]):
		return "@someone", t[1:]
	case t[0] == '#' && isID(t[1:]):
		return "#channel", ""
	case t[0] == ':' || strings.HasPrefix(t, "a:"):
		name, id, ok := strings.Cut(t[strings.IndexByte(t, ':')+1:], ":")
		if ok && name != "" && isID(id) {
			return ":" + name + ":", ""
		}
	case t[0] == '/':
		if name, id, ok := strings.Cut(t, ":"); ok && isID(id) {
			return name, ""
		}
	case strings.HasPrefix(t, "t:"):
		if id, _, _ := strings.Cut(t[2:], ":"); isID(strings.TrimPrefix(id, "-")) {
			return "[time]", ""
		}
	case strings.HasPrefix(t, "https://"), strings.HasPrefix(t, "http://"):
		return t, "" // an address in angle brackets: shown without a preview
	}
	return "", ""
}

func isID(s string) bool {
	return s != "" && len(s) <= 20 && strings.Trim(s, "0123456789") == ""
}
