package mastodon

import (
	"cmp"
	"html"
	"strings"

	"askahead/collectors"
	"askahead/domain"
)

// optOut gives the rule by which an account declines to be read by programs; empty if it does not. Mastodon's
// own switch is "noindex"; beyond it people write a hashtag into their bio or their name.
func (a *wireAccount) optOut() string {
	if a.NoIndex {
		return "profile: noindex"
	}
	if tag := domain.Declines(plain(string(a.Note))); tag != "" {
		return "bio: #" + tag
	}
	if tag := domain.Declines(plain(string(a.DisplayName))); tag != "" {
		return "name: #" + tag
	}
	for _, f := range a.Fields {
		if tag := domain.Declines(plain(string(f.Name) + " " + string(f.Value))); tag != "" {
			return "bio: #" + tag
		}
	}
	return ""
}

// declined remembers, for the course of one run, by which rule the author of a post declines that another server may show
// without a word of it. Nil where there is no other.
type declined map[collectors.Mark]string

func (c *Collector) newDeclined() declined {
	if len(c.servers) == 1 {
		return nil
	}
	return declined{}
}

// rule gives the rule that was found at a post, or that another server has told of it.
func (d declined) rule(canonical, found string) string {
	m := collectors.MarkOf(canonical)
	if found != "" && d != nil {
		d[m] = found
	}
	return cmp.Or(found, d[m])
}

// maxBio is far more than any server allows.
const maxBio = 64 << 10

// plain takes the tags out of the small HTML of a bio or a name: blocks and line breaks become line ends, other
// tags vanish, so that "#<span>nobot</span>" is one word.
func plain(s string) string {
	s = s[:min(len(s), maxBio)]
	var b strings.Builder
	for {
		text, rest, ok := strings.Cut(s, "<")
		b.WriteString(text)
		if !ok {
			break
		}
		tag, after, ok := strings.Cut(rest, ">")
		if !ok {
			break
		}
		name := strings.ToLower(strings.Trim(tag, "/ "))
		if name == "br" || name == "p" || name == "li" || name == "div" || strings.HasPrefix(name, "br ") || strings.HasPrefix(name, "p ") {
			b.WriteByte('\n')
		}
		s = after
	}
	return strings.TrimSpace(strings.ToValidUTF8(html.UnescapeString(b.String()), ""))
}
