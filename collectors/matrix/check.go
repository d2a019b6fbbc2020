package matrix

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"askahead/collectors"
	"askahead/internal/guesthttp"
)

// Check logs in, and looks at each room: whether the bot is in it, what of its history it may read, and
// whether that is encrypted.
func (c *Collector) Check(ctx context.Context) []collectors.Finding {
	v := c.newVisit()
	defer v.leave(ctx)
	what := "log in to " + c.server.Host
	if err := v.login(ctx); err != nil {
		if errors.Is(err, collectors.ErrSettings) {
			if told := v.wellKnown(ctx); told != "" {
				err = fmt.Errorf("%w: homeserver: %s names %s as its server for clients; write that", collectors.ErrSettings, c.server.Host, told)
			}
		}
		return []collectors.Finding{collectors.Failed(what, err)}
	}
	findings := []collectors.Finding{{OK: true, What: what + " as " + v.me}}
	for _, named := range c.rooms {
		findings = append(findings, v.checkRoom(ctx, named)...)
	}
	return findings
}

func (v *visit) checkRoom(ctx context.Context, named string) []collectors.Finding {
	r, err := v.open(ctx, named)
	if err != nil {
		return []collectors.Finding{collectors.Failed("find "+named, err)}
	}
	what := "read " + r.label()
	events, _, err := v.pageOf(ctx, r, "", 1)
	if err != nil {
		return []collectors.Finding{collectors.Failed(what, err)}
	}
	coded, err := v.encrypted(ctx, r)
	if err != nil {
		return []collectors.Finding{collectors.Failed(what, err)}
	}
	if coded {
		return []collectors.Finding{collectors.Failed(what, encryptedRoom(r))}
	}
	newest := "no message yet"
	if len(events) > 0 {
		newest = "the newest message is of " + events[0].published().Format(time.DateOnly)
	}
	var history struct {
		Visibility loose[string] `json:"history_visibility"`
	}
	if _, err := v.state(ctx, r, "m.room.history_visibility", "", &history); err != nil {
		return []collectors.Finding{collectors.Failed(what, err)}
	}
	findings := []collectors.Finding{{OK: true, What: what + ": " + newest + visible(history.Visibility.V)}}
	var end struct {
		Room loose[string] `json:"replacement_room"`
	}
	ended, err := v.state(ctx, r, "m.room.tombstone", "", &end)
	if err != nil {
		return append(findings, collectors.Failed(what, err))
	}
	if ended {
		findings = append(findings, collectors.Finding{What: "see whether " + r.label() + " goes on", Hint: replaced(end.Room.V)})
	}
	return findings
}

// visible says which part of its history a room shows to the bot (client-server API, "Room History Visibility").
func visible(history string) string {
	switch history {
	case "joined":
		return "; the bot sees what was said since it joined"
	case "invited":
		return "; the bot sees what was said since it was invited"
	}
	return ""
}

func replaced(by string) string {
	if isRoom(by) && by[0] == '!' {
		return fmt.Sprintf("the room was replaced by %s: put that under `rooms` too, or an alias that leads there", by)
	}
	return "the room was closed, and no other was named in its place"
}

// wellKnown asks who serves the clients of a domain, if the homeserver of the settings is none itself
// (client-server API, "Well-known URI").
func (v *visit) wellKnown(ctx context.Context) string {
	var told struct {
		Server loose[struct {
			BaseURL string `json:"base_url"`
		}] `json:"m.homeserver"`
	}
	u := v.c.server.String() + "/.well-known/matrix/client"
	if _, err := guesthttp.GetJSON(ctx, v.c.client, u, http.Header{}, v.c.now(), &told); err != nil {
		return ""
	}
	base, err := url.Parse(told.Server.V.BaseURL)
	if err != nil || base.Scheme != "https" || base.Host == "" || base.Host == v.c.server.Host {
		return ""
	}
	return "https://" + base.Host
}
