package mastodon

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// untagged says that a post was edited, and that none of the hashtags is left under which it was read: so its author takes it
// back. What is read as a reply may never have had one, and of a server that lists no hashtags nothing is known.
func (c *Collector) untagged(s *wireStatus) bool {
	post := s.shown()
	if c.replies || post.EditedAt == "" || post.Tags == nil || s.declines() != "" {
		return false
	}
	text := folded(plain(string(post.Content) + " " + string(post.SpoilerText)))
	return !slices.ContainsFunc(slices.Concat(c.tags, c.with["any[]"]), func(tag string) bool {
		tag = folded(tag)
		return strings.Contains(text, "#"+tag) || slices.ContainsFunc(post.Tags, func(t wireTag) bool { return folded(string(t.Name)) == tag })
	})
}

// folded makes hashtags alike that servers take for the same one, and a few more: Mastodon drops accents, others do not.
func folded(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(s))
}
