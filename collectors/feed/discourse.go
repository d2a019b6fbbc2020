package feed

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// discourseGUID is what Discourse gives its topics and posts: forum.example-topic-12, forum.example-post-12-3.
var discourseGUID = regexp.MustCompile(`^([a-zA-Z0-9.-]{1,253})-(?:topic-(\d{1,12})|post-(\d{1,12})-(\d{1,9}))$`)

// discoursePost reads such a guid. The first post of a topic is the topic.
func discoursePost(guid string) (host, topic string, number int, ok bool) {
	m := discourseGUID.FindStringSubmatch(strings.TrimSpace(guid))
	if m == nil {
		return "", "", 0, false
	}
	if m[2] != "" {
		return strings.ToLower(m[1]), m[2], 1, true
	}
	number, err := strconv.Atoi(m[4])
	return strings.ToLower(m[1]), m[3], number, err == nil
}

// discourseID is the canonical id of a post at Discourse.
func discourseID(host, topic string, number int) string {
	return "discourse:" + host + "/" + topic + "/" + strconv.Itoa(number)
}

// isDiscourseTopics tells a list of topics at Discourse. Its lists of posts have no pages.
func (d *document) isDiscourseTopics() bool {
	return len(d.posts) > 0 && !slices.ContainsFunc(d.posts, func(p *post) bool {
		m := discourseGUID.FindStringSubmatch(p.guid)
		return m == nil || m[2] == ""
	})
}

// wrapped is how Discourse puts a post into its feeds: "@ada wrote:", the post as if it were a quote, and links around it.
var wrapped = regexp.MustCompile(`(?s)^\s*<p>[^<]*<a href=[^>]*>@?([^<]*)</a>[^<]*</p>\s*<blockquote>(.*)</blockquote>((?:\s*<p>[^<]*\d[^<]*</p>)*)\s*<p><a href=[^>]*>[^<]*</a></p>\s*$`)

// unwrapped takes the text of a post at Discourse out of that, so that its author's own words are no quote. The name in
// front has to be the author's: otherwise it is a quote.
func unwrapped(p *post) string {
	if _, _, _, ok := discoursePost(p.guid); !ok {
		return p.body
	}
	m := wrapped.FindStringSubmatch(p.body)
	if m == nil || m[1] == "" {
		return p.body
	}
	handle, name, _ := strings.Cut(strings.TrimPrefix(p.author.name, "@"), " ")
	if !strings.EqualFold(m[1], handle) && m[1] != name {
		return p.body
	}
	return strings.TrimSpace(m[2])
}
