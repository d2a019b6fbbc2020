package mastodon

import (
	"context"
	"fmt"
	"time"

	"askahead/collectors"
)

// Check visits the server and each hashtag.
func (c *Collector) Check(ctx context.Context) []collectors.Finding {
	v := &visit{c: c}
	about, err := v.about(ctx)
	if err != nil {
		return []collectors.Finding{collectors.Failed("visit "+c.server.Host, err)}
	}
	what := "visit " + c.server.Host
	if about.Version != "" {
		what += fmt.Sprintf(" (version %q)", about.Version)
	}
	findings := []collectors.Finding{{OK: true, What: what}}
	if c.token == "" {
		if err := v.closed(ctx); err != nil {
			findings = append(findings, collectors.Failed("read hashtags as a visitor", err))
		}
	}
	for _, tag := range c.tags {
		what := "read #" + tag
		page, err := v.timeline(ctx, tag, "", "", 1)
		if err != nil {
			findings = append(findings, collectors.Failed(what, err))
			continue
		}
		newest := "no post yet"
		for _, p := range sortPosts(page.statuses, beginning) {
			newest = "the newest post is of " + p.at.Format(time.DateOnly)
		}
		findings = append(findings, collectors.Finding{OK: true, What: what + ": " + newest})
	}
	return findings
}
