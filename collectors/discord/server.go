package discord

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/bwmarrin/discordgo"

	"askahead/collectors"
)

// channelError is a problem of one channel: the others are read nevertheless.
type channelError struct {
	kind error // of package collectors
	says string
}

func (e *channelError) Error() string { return e.kind.Error() + ": " + e.says }
func (e *channelError) Unwrap() error { return e.kind }

func isChannelError(err error) bool {
	_, ok := errors.AsType[*channelError](err)
	return ok
}

// The permissions that reading needs, as Discord names them to people and to programs.
const (
	viewChannel = "View Channel (VIEW_CHANNEL)"
	readHistory = "Read Message History (READ_MESSAGE_HISTORY)"
)

// explain says which permission is missing, if err is a refusal. needs is the one that was put to the test.
func explain(err error, channel, needs string) error {
	r, ok := errors.AsType[*refusal](err)
	switch {
	case !ok:
		return err
	case r.code == codeUnknownChannel:
		return &channelError{collectors.ErrSettings, fmt.Sprintf("channels: %s does not exist; was it deleted, or is its id that of a message or a server?", channel)}
	case r.code == codeMissingAccess:
		return lacking(channel, viewChannel)
	case r.code == codeMissingPermissions:
		return lacking(channel, needs)
	case r.status == 403:
		return &channelError{collectors.ErrUnauthorized, fmt.Sprintf("%s: %v", channel, r)}
	case r.status == 404: // not Discord's own words: something stands between
		return fmt.Errorf("%w: %s: %w", collectors.ErrUnavailable, channel, r)
	}
	return fmt.Errorf("%s: %w", channel, r)
}

func lacking(channel, permission string) error {
	return &channelError{collectors.ErrUnauthorized, fmt.Sprintf("the bot lacks the permission %s in %s: give it to the bot's role there, in the channel's settings under Permissions", permission, channel)}
}

// label names a channel for a person. The names of threads are people's words and are left out.
func (ch *wireChannel) label() string {
	if ch.Name == "" || ch.isThread() {
		return "channel " + string(ch.ID)
	}
	return fmt.Sprintf("channel #%s (%s)", ch.Name, ch.ID)
}

// login asks who the bot is.
func (v *visit) login(ctx context.Context) (wireUser, error) {
	var me wireUser
	if err := v.get(ctx, "users/@me", discordgo.EndpointUser("@me"), &me); err != nil {
		if isRefusal(err) {
			err = fmt.Errorf("%w: %w", collectors.ErrUnauthorized, err)
		}
		return me, fmt.Errorf("log in to Discord: %w", err)
	}
	if _, ok := parseID(me.ID); !ok {
		return me, errors.New("log in to Discord: it does not tell the bot's id")
	}
	v.me = me.ID
	return me, nil
}

// channel asks for a channel or thread, once.
func (v *visit) channel(ctx context.Context, id string) (*wireChannel, error) {
	if ch := v.channels[id]; ch != nil {
		return ch, nil
	}
	var ch wireChannel
	if err := v.get(ctx, "channels/"+id, discordgo.EndpointChannel(id), &ch); err != nil {
		return nil, explain(err, "channel "+id, viewChannel)
	}
	if string(ch.ID) != id {
		return nil, fmt.Errorf("ask for channel %s: Discord answers with another one", id)
	}
	v.channels[id] = &ch
	return &ch, nil
}

// guild is what is known of a server ("guild" in Discord's API).
type guild struct {
	roles   []wireRole
	members map[text]*wireMember // by user; nil for those who left, or may not be seen
	closed  bool                 // the bot may not see members
}

func (v *visit) guild(ctx context.Context, id text) (*guild, error) {
	if g := v.guilds[id]; g != nil {
		return g, nil
	}
	g := &guild{members: map[text]*wireMember{}}
	err := v.get(ctx, "roles/"+string(id), discordgo.EndpointGuildRoles(string(id)), &g.roles)
	if err != nil && !isRefusal(err) {
		return nil, fmt.Errorf("ask for the roles of the server: %w", err)
	}
	v.guilds[id] = g // without roles, if they may not be seen
	return g, nil
}

// member asks for somebody's nickname and roles, once. It is nil where the bot may not know, or where the
// user has left.
func (v *visit) member(ctx context.Context, server, user text) (*wireMember, error) {
	if _, ok := parseID(server); !ok {
		return nil, nil
	}
	if _, ok := parseID(user); !ok {
		return nil, nil
	}
	g, err := v.guild(ctx, server)
	if err != nil {
		return nil, err
	}
	if m, known := g.members[user]; known || g.closed {
		return m, nil
	}
	var m wireMember
	err = v.get(ctx, "members/"+string(server), discordgo.EndpointGuildMember(string(server), string(user)), &m)
	switch r, ok := errors.AsType[*refusal](err); {
	case err == nil:
		g.members[user] = &m
	case ok && r.status == 404:
		g.members[user] = nil
	case ok:
		g.closed = true
	default:
		return nil, fmt.Errorf("ask for the roles of a member: %w", err)
	}
	return g.members[user], nil
}

// roleNames are the names of roles, in the server's order.
func (g *guild) roleNames(ids []text) []string {
	var names []string
	for _, role := range g.roles {
		if role.Name != "" && slices.Contains(ids, role.ID) {
			names = append(names, string(role.Name))
		}
	}
	return names
}

// missing is the permission that the bot lacks in a channel, "" if it has all. Discord gives a channel's
// history without messages to those who may not read it, instead of refusing.
func (v *visit) missing(ctx context.Context, ch *wireChannel) (string, error) {
	if v.me == "" {
		if _, err := v.login(ctx); err != nil {
			return "", err
		}
	}
	m, err := v.member(ctx, ch.GuildID, v.me)
	if err != nil || m == nil {
		return "", err // it can't be known; whoever asks has tried to read
	}
	may := v.guilds[ch.GuildID].permissions(ch, m, v.me)
	switch {
	case may&discordgo.PermissionAdministrator != 0:
		return "", nil
	case may&discordgo.PermissionViewChannel == 0:
		return viewChannel, nil
	case may&discordgo.PermissionReadMessageHistory == 0:
		return readHistory, nil
	}
	return "", nil
}

// permissions adds up what a member may do in a channel (developer documentation, "Permissions"): the role of
// everyone, whose id is that of the server, then the member's roles, then what the channel changes for
// everyone, for the roles, and for the member.
func (g *guild) permissions(ch *wireChannel, m *wireMember, user text) int64 {
	var may int64
	for _, role := range g.roles {
		if role.ID == ch.GuildID || slices.Contains(m.Roles, role.ID) {
			may |= bits(role.Permissions)
		}
	}
	var everyone, roles, own wireBits
	for _, o := range ch.Overwrites {
		switch {
		case o.ID == ch.GuildID:
			everyone.add(o)
		case o.ID == user:
			own.add(o)
		case slices.Contains(m.Roles, o.ID):
			roles.add(o)
		}
	}
	for _, change := range []wireBits{everyone, roles, own} {
		may = may&^change.deny | change.allow
	}
	return may
}

type wireBits struct{ allow, deny int64 }

func (b *wireBits) add(o wireOverwrite) {
	b.allow |= bits(o.Allow)
	b.deny |= bits(o.Deny)
}

func bits(t text) int64 {
	n, _ := strconv.ParseInt(string(t), 10, 64) // what can't be read allows nothing
	return n
}

// The flags of an application that say that its bot is given the text of all messages: reviewed, or for bots
// on few servers.
const (
	flagContent        = 1 << 18
	flagContentLimited = 1 << 19
)

// checkIntent makes sure that the bot is given the text of messages that do not mention it. Without the
// intent Discord sends them empty.
func (v *visit) checkIntent(ctx context.Context) error {
	if v.intent {
		return nil
	}
	var app wireApplication
	err := v.get(ctx, "applications/@me", discordgo.EndpointApplication("@me"), &app)
	if err != nil && !isRefusal(err) {
		return fmt.Errorf("ask for the bot's intents: %w", err)
	}
	if err == nil && bits(app.Flags)&(flagContent|flagContentLimited) == 0 {
		return fmt.Errorf("%w: messages: with `all`, Discord must give the bot the text of messages that do not mention it: switch on Message Content Intent in the developer portal under Bot", collectors.ErrUnauthorized)
	}
	v.intent = true
	return nil
}
