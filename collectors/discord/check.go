package discord

import (
	"context"
	"fmt"

	"askahead/collectors"
)

// Check logs in, looks at the intent that `messages: all` needs, and at each channel.
func (c *Collector) Check(ctx context.Context) []collectors.Finding {
	v, err := c.newVisit()
	if err != nil {
		return []collectors.Finding{collectors.Failed("log in to Discord", err)}
	}
	me, err := v.login(ctx)
	if err != nil {
		return []collectors.Finding{collectors.Failed("log in to Discord", err)}
	}
	findings := []collectors.Finding{{OK: true, What: fmt.Sprintf("log in to Discord as %q", me.Username)}}
	if c.all {
		what := "read messages that do not mention the bot"
		findings = append(findings, finding(what, what, v.checkIntent(ctx)))
	}
	for _, id := range c.channels {
		findings = append(findings, c.checkChannel(ctx, v, id))
	}
	return findings
}

func finding(good, bad string, err error) collectors.Finding {
	if err != nil {
		return collectors.Failed(bad, err)
	}
	return collectors.Finding{OK: true, What: good}
}

func (c *Collector) checkChannel(ctx context.Context, v *visit, id string) collectors.Finding {
	ch, err := v.channel(ctx, id)
	if err == nil {
		err = unreadable(ch)
	}
	if err != nil {
		return finding("", "see channel "+id, err)
	}
	rights := ch
	if ch.isThread() {
		if rights, err = v.channel(ctx, string(ch.ParentID)); err != nil {
			return finding("", "see the channel of thread "+id, err)
		}
	}
	what := "read " + ch.label()
	needs, err := v.missing(ctx, rights)
	if err == nil && needs != "" {
		err = lacking(ch.label(), needs)
	}
	if err != nil {
		return finding("", what, err)
	}
	if ch.isForum() {
		var found wireThreads
		err = v.archived(ctx, ch, "", &found)
		return finding(what+": a forum; its posts are read", what, err)
	}
	raw, err := v.messages(ctx, id, 0, 1)
	if err != nil {
		return finding("", what, explain(err, ch.label(), readHistory))
	}
	if len(raw) == 0 {
		return finding(what+": it has no message yet", what, nil)
	}
	return finding(what, what, nil)
}
