package discord

import (
	"context"
	"time"
)

const (
	// lookTime is how long a caller waits for what is good to know and not needed.
	lookTime = 700 * time.Millisecond
	// rolesFor is how long the names of a server's roles hold, and retryRoles how long it is not asked again in vain.
	rolesFor   = 10 * time.Minute
	retryRoles = time.Minute
)

// knownRoles are the roles of a server, until they are asked for again.
type knownRoles struct {
	guild guild
	until time.Time
}

// roleNames are the names of the caller's roles. A call gives only their ids. Where Discord does not tell the names in a
// moment, or the bot is no member of the server, there are none.
func (c *counter) roleNames(ctx context.Context, call *wireCall) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	known, now := c.roles[call.GuildID], c.now()
	if len(call.Member.Roles) > 0 && !now.Before(known.until) {
		ctx, cancel := context.WithTimeout(ctx, lookTime)
		defer cancel()
		known.until = now.Add(retryRoles)
		if v, err := c.newVisit(); err == nil {
			if g, err := v.guild(ctx, call.GuildID); err == nil {
				known = knownRoles{guild{roles: g.roles}, now.Add(rolesFor)}
			}
		}
		c.roles[call.GuildID] = known
	}
	return known.guild.roleNames(call.Member.Roles)
}
