package matterbridge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"askahead/collectors"
)

// Check asks the API for its health, with the token, and looks at the spool. It takes no message.
func (c *Collector) Check(ctx context.Context) []collectors.Finding {
	return append(append([]collectors.Finding{c.checkServer(ctx)}, c.checkSpool(ctx)...), c.checkPace()...)
}

func (c *Collector) checkServer(ctx context.Context) collectors.Finding {
	what := "reach matterbridge at " + c.server.Host
	resp, err := c.get(ctx, "/api/health")
	if err != nil {
		return collectors.Failed(what, err)
	}
	defer resp.Body.Close()
	said, err := io.ReadAll(io.LimitReader(resp.Body, 64))
	if err != nil || string(said) != "OK" {
		return collectors.Failed(what, fmt.Errorf("%w: server: something answers there that is not matterbridge", collectors.ErrSettings))
	}
	return collectors.Finding{OK: true, What: what}
}

func (c *Collector) checkSpool(ctx context.Context) []collectors.Finding {
	what := "write the spool " + c.spool.path
	o, err := c.spool.open(ctx, false)
	if errors.Is(err, errNoSpool) {
		// It is not made here: whoever checks may be another user than the one that runs askahead.
		if err = c.spool.try(); err == nil {
			return []collectors.Finding{{OK: true, What: what + ": it is made in the first run"}}
		}
	}
	if err != nil {
		return []collectors.Finding{collectors.Failed(what, err)}
	}
	defer o.close()
	if err := c.spool.ready(o); err != nil {
		return []collectors.Finding{collectors.Failed(what, err)}
	}
	messages, newest := 0, time.Time{}
	err = o.entries(o.head.Base, func(e entry) error {
		messages++
		newest = e.At
		return ctx.Err()
	})
	if err != nil {
		return []collectors.Finding{collectors.Failed(what, err)}
	}
	if messages == 0 {
		return []collectors.Finding{{OK: true, What: what + ": nothing is in it"}}
	}
	return []collectors.Finding{{OK: true, What: fmt.Sprintf("%s: %d messages are in it, the last of %s", what, messages, newest.UTC().Format("2006-01-02 15:04 MST"))}}
}

// checkPace tells what gets lost between two runs.
func (c *Collector) checkPace() []collectors.Finding {
	if c.settings.Listen > 0 || c.settings.Read == readStream {
		return nil
	}
	return []collectors.Finding{{OK: true, What: "keep up with the rooms: without `listen`, ten messages at most between two runs; matterbridge holds no more once it was read"}}
}
