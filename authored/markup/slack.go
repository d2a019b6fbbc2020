package markup

import (
	"strings"

	"askahead/domain"
)

// unescapeSlack turns back all that Slack escapes.
var unescapeSlack = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")

// Slack reads a message as Slack stores it, in its own mark-up ("mrkdwn"). Its Text is the message as people see
// it, with the ids made readable: "<@U123>" becomes "@someone", "<#C123|name>" "#name", "<!here>" "@here",
// "<https://x|label>" "label", and "&lt;" "<". mentions are the ids of users.
func Slack(src string) (a domain.Authored, mentions []string) {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(src, "<")
		b.WriteString(unescapeSlack.Replace(before))
		if !ok {
			break
		}
		token, after, ok := strings.Cut(rest, ">")
		if !ok || token == "" || len(token) > maxSlackToken || strings.ContainsAny(token, "<\n") {
			b.WriteByte('<') // Slack writes "&lt;" for a "<" of a person: this is none of its own
			src = rest
			continue
		}
		shown, user := readSlackToken(token)
		if user != "" {
			mentions = append(mentions, user)
		}
		b.WriteString(shown)
		src = after
	}
	return inline(b.String(), slack), mentions
}

const maxSlackToken = 4096

func readSlackToken(t string) (shown, user string) {
	target, label, labelled := strings.Cut(t, "|")
	label = unescapeSlack.Replace(label)
	switch target[:min(len(target), 1)] {
	case "@":
		return "@someone", target[1:]
	case "#":
		if label != "" {
			return "#" + label, ""
		}
		return "#channel", ""
	case "!":
		switch name, _, _ := strings.Cut(target[1:], "^"); name {
		case "subteam":
			return "@group", ""
		case "date":
			if label != "" {
				return label, ""
			}
			return "[time]", ""
		default:
			return "@" + name, "" // here, channel, everyone
		}
	}
	if labelled && label != "" {
		return label, ""
	}
	return unescapeSlack.Replace(strings.TrimPrefix(target, "mailto:")), ""
}
