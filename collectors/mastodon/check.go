package mastodon

import (
	"context"
	"fmt"
	"time"

	"askahead/collectors"
)

// Check visits each server, and each hashtag there.
func (c *Collector) Check(ctx context.Context) []collectors.Finding {
	var findings []collectors.Finding
	for _, s := range c.servers {
		findings = append(findings, c.checkServer(ctx, s)...)
	}
	return findings
}

func (c *Collector) checkServer(ctx context.Context, s *server) []collectors.Finding {
	v := &visit{c: c, server: s}
	at := "" // which server is meant, where there are several
	if len(c.servers) > 1 {
		at = " at " + s.name
	}
	about, err := v.about(ctx)
	if err != nil {
		return []collectors.Finding{collectors.Failed("visit "+s.name, err)}
	}
	what := "visit " + s.name
	if about.Version != "" {
		what += fmt.Sprintf(" (version %q)", about.Version)
	}
	findings := []collectors.Finding{{OK: true, What: what}}
	silent, err := v.closed(ctx)
	if err != nil {
		findings = append(findings, collectors.Failed("read hashtags"+at+v.as(), err))
	}
	for _, tag := range c.tags {
		what := "read #" + tag + at
		page, err := v.timeline(ctx, tag, "", "", 1)
		if err != nil {
			findings = append(findings, collectors.Failed(what, err))
			continue
		}
		posts := sortPosts(page.statuses, beginning)
		if silent && len(posts) == 0 {
			continue // it says nothing of the hashtag
		}
		newest := "no post yet"
		for _, p := range posts {
			newest = "the newest post is of " + p.at.Format(time.DateOnly)
		}
		findings = append(findings, collectors.Finding{OK: true, What: what + ": " + newest})
	}
	return findings
}

// as says who visits.
func (v *visit) as() string {
	if v.server.token == "" {
		return " as a visitor"
	}
	return " as a member"
}
