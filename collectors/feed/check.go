package feed

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"askahead/collectors"
	"askahead/internal/guesthttp"
)

// Check reads the first page of each feed.
func (c *Collector) Check(ctx context.Context) []collectors.Finding {
	var findings []collectors.Finding
	for _, u := range c.feeds {
		if ctx.Err() != nil {
			break
		}
		findings = append(findings, c.check(ctx, u)...)
	}
	return findings
}

func (c *Collector) check(ctx context.Context, u *url.URL) []collectors.Finding {
	what := "read " + show(u)
	page, d, err := c.get(ctx, u, guesthttp.Validators{})
	if err != nil {
		return []collectors.Finding{collectors.Failed(what, err)}
	}
	findings := []collectors.Finding{{OK: true, What: what + ": " + c.describe(d)}}
	add := func(format string, args ...any) {
		findings = append(findings, collectors.Finding{What: what, Hint: fmt.Sprintf(format, args...)})
	}
	if page.Moved && keyName(page.URL) == "" {
		add("it has moved for good; write its new address: %s", page.URL)
	}
	if u.Scheme == "http" && page.URL.Scheme == "http" && !loopback(u.Hostname()) {
		safe := *u
		safe.Scheme = "https"
		if _, _, err := c.get(ctx, &safe, guesthttp.Validators{}); err == nil {
			add("its address begins with http://, so that anyone on the way could read and change what comes; it is there with https:// too: write that")
		} else {
			findings[0].What += "; it comes without encryption, and the server offers none"
		}
	}
	if d.declines != "" {
		add("its publisher asks not to be read by programs (%s): nothing of it is kept", d.declines)
	}
	if n := broken(d); n > 0 {
		add("%d of its %d posts cannot be read: %s", n, len(d.posts), firstFault(d))
	}
	if d.isMastodon() && len(d.posts) > 0 {
		rule, err := newProfiles(c).declines(ctx, d.at, account(d.posts[0]))
		switch {
		case err != nil:
			findings = append(findings, collectors.Failed("look up who declines at "+d.at.Host, err))
		case rule == unseen:
			add("it cannot be seen whether the author of the newest post declines, so nothing of them is kept; a source of the kind mastodon sees it")
		}
	}
	return findings
}

func loopback(host string) bool { return host == "localhost" || host == "127.0.0.1" || host == "::1" }

// describe says what a feed is, how much it holds, and how far that reaches back: how often it must be read.
func (c *Collector) describe(d *document) string {
	text := strings.ToValidUTF8(d.format, "")
	if len(d.posts) == 0 {
		return text + ", no post yet"
	}
	text += fmt.Sprintf(", %d posts", len(d.posts))
	var newest, oldest time.Time
	for _, p := range d.posts {
		switch t := p.published; {
		case t.IsZero():
			return text + ", not all with a date: taken in the order in which they stand there"
		case newest.IsZero():
			newest, oldest = t, t
		case t.After(newest):
			newest = t
		case t.Before(oldest):
			oldest = t
		}
	}
	text += ", the newest of " + newest.Format(time.DateOnly)
	if span := newest.Sub(oldest); span > 0 && len(d.posts) > 1 {
		text += "; they span " + rough(span) + ", so read it more often than that"
	}
	return text
}

func rough(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d days", int(d.Hours()/24))
	case d >= 2*time.Hour:
		return fmt.Sprintf("%d hours", int(d.Hours()))
	}
	return fmt.Sprintf("%d minutes", max(1, int(d.Minutes())))
}

func broken(d *document) (n int) {
	for _, p := range d.posts {
		if p.fault != "" {
			n++
		}
	}
	return n
}

func firstFault(d *document) string {
	for _, p := range d.posts {
		if p.fault != "" {
			return p.fault
		}
	}
	return ""
}
