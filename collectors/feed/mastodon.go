package feed

import (
	"regexp"
	"strings"
)

func (d *document) isMastodon() bool { return strings.HasPrefix(d.generator, "Mastodon ") }

// status is the page of a post on a server of the Fediverse: https://social.example/@ada/123.
var status = regexp.MustCompile(`^https?://([^/@]+)/@([A-Za-z0-9_.-]+)/(?:statuses/)?([0-9A-Za-z]{6,32})$`)

// activityID is the ActivityPub id of a post on its page's server; empty if the address tells none.
func activityID(page string) string {
	m := status.FindStringSubmatch(page)
	if m == nil {
		return ""
	}
	return "https://" + strings.ToLower(m[1]) + "/users/" + m[2] + "/statuses/" + m[3]
}

// account finds the account of a post at Mastodon, whose feeds name no author: https://social.example/@ada/123 is by
// ada@social.example. It is empty where the address does not tell.
func account(p *post) string {
	if m := status.FindStringSubmatch(p.link); m != nil {
		return m[2] + "@" + strings.ToLower(m[1])
	}
	return ""
}
