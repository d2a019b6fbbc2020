package feed

import (
	"html"
	"net/url"
	"regexp"
	"strings"
)

// reply is how titles of answers begin, also behind the name of a forum: "General • Re: Logs".
var reply = regexp.MustCompile(`(?i)(?:^|[•|»\]:] ?)\s*(?:re|aw|sv|antw|odp|ynt|vs|ref|回复|回覆|答复)(?:\[\d+\])?\s*[:：]|^(?:reply to|answer to|comment on|comments on|by:)\s`)

// titles counts how often each title stands in a document, and holds that of the feed itself.
type titles struct {
	feed  string
	count map[string]int
}

func newTitles(d *document) *titles {
	t := &titles{feed: folded(d.title), count: map[string]int{}}
	for _, p := range d.posts {
		t.count[folded(p.title)]++
	}
	return t
}

// own says whether a post's title are words of its author that its text lacks. In a forum a question often stands in the
// title of a topic alone. The same title above an answer is somebody else's: it would be asked once by everyone who
// answers. So a title that the feed or another of its posts has too, or that begins like that of an answer, is a name.
func (t *titles) own(p *post) bool {
	title := folded(p.title)
	switch {
	case title == "" || title == t.feed || t.count[title] > 1:
		return false
	case reply.MatchString(p.title) || isAnswer(p):
		return false
	}
	// A title that is the beginning of the text, or stands in it, would ask twice.
	title = folded(strings.TrimRight(strings.TrimSpace(p.title), ".…[]"))
	return !strings.Contains(folded(p.plainBody()), title)
}

func (p *post) plainBody() string {
	if !p.html {
		return cut(p.body, maxPlain)
	}
	return withoutTags(cut(p.body, maxPlain))
}

// isAnswer tells answers by their address: a comment of a page, or a later post of a topic at Discourse.
func isAnswer(p *post) bool {
	if p.answers != "" {
		return true
	}
	if u, err := url.Parse(p.link); err == nil && strings.HasPrefix(u.Fragment, "comment") {
		return true
	}
	_, _, number, ok := discoursePost(p.guid)
	return ok && number > 1
}

// withTitle puts a title before the text, as its first paragraph.
func withTitle(p *post) string {
	if p.html {
		return "<p>" + html.EscapeString(p.title) + "</p>\n" + p.body
	}
	if strings.TrimSpace(p.body) == "" {
		return p.title
	}
	return p.title + "\n\n" + p.body
}
