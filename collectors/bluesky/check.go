package bluesky

import (
	"context"
	"time"

	"askahead/collectors"
)

// Check logs in and searches each hashtag.
func (c *Collector) Check(ctx context.Context) []collectors.Finding {
	v := newVisit(c)
	what := "log in to " + c.service.Host
	if err := v.login(ctx); err != nil {
		return []collectors.Finding{collectors.Failed(what, err)}
	}
	if v.session.handle != "" {
		what += " as @" + v.session.handle
	}
	findings := []collectors.Finding{{OK: true, What: what}}
	if v.session.mainPassword() {
		findings = append(findings, collectors.Finding{
			What: "log in with an app password",
			Hint: "`password` is the main password of the account, with which everything in it can be changed: make an app password in its settings (Privacy and security, App passwords), and set that",
		})
	}
	for _, tag := range c.tags {
		what := "search #" + tag
		newest, err := v.newest(ctx, tag)
		if err != nil {
			findings = append(findings, collectors.Failed(what, err))
			continue
		}
		findings = append(findings, collectors.Finding{OK: true, What: what + ": " + newest})
	}
	return findings
}

// newest says when the newest post under a hashtag was written.
func (v *visit) newest(ctx context.Context, tag string) (string, error) {
	page, err := v.search(ctx, tag, beginning, openEnd, "", 1)
	if err != nil {
		return "", err
	}
	for _, raw := range page.Posts {
		if p := readPost(raw); p.latest != 0 {
			return "the newest post is of " + p.moment.time().Format(time.DateOnly), nil
		}
	}
	return "no post yet", nil
}
