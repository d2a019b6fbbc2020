package discord

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/bwmarrin/discordgo"

	"askahead/collectors"
)

// What Discord sends (API version 9, https://discord.com/developers/docs/resources/message), as far as it is
// read here. Fields that are left out, of which components are the most changeable, may be of any shape.

type wireMessage struct {
	ID          text           `json:"id"`
	Type        text           `json:"type"` // a number
	Content     text           `json:"content"`
	Timestamp   text           `json:"timestamp"`
	EditedAt    text           `json:"edited_timestamp"`
	Author      wireUser       `json:"author"`
	WebhookID   text           `json:"webhook_id"`
	Mentions    []wireUser     `json:"mentions"`
	Reference   *wireReference `json:"message_reference"`
	Snapshots   some           `json:"message_snapshots"` // of a forwarded message: somebody else's words
	Poll        *wirePoll      `json:"poll"`
	Attachments some           `json:"attachments"`
	Embeds      some           `json:"embeds"`
	Components  some           `json:"components"`
	Stickers    some           `json:"sticker_items"`
	Reactions   support        `json:"reactions"`
}

type wireUser struct {
	ID         text `json:"id"`
	Username   text `json:"username"`
	GlobalName text `json:"global_name"`
	Bot        flag `json:"bot"`
}

type wireReference struct {
	Type      text `json:"type"` // 0 or left out: a reply; 1: a forward
	MessageID text `json:"message_id"`
	ChannelID text `json:"channel_id"`
}

type wirePoll struct {
	Question wirePollMedia `json:"question"`
	Answers  []struct {
		Media wirePollMedia `json:"poll_media"`
	} `json:"answers"`
}

type wirePollMedia struct {
	Text text `json:"text"`
}

type wireChannel struct {
	ID            text            `json:"id"`
	Type          text            `json:"type"`
	GuildID       text            `json:"guild_id"`
	ParentID      text            `json:"parent_id"`
	Name          text            `json:"name"`
	LastMessageID text            `json:"last_message_id"` // of a forum: its newest thread
	Overwrites    []wireOverwrite `json:"permission_overwrites"`
	Thread        struct {
		ArchiveTimestamp text `json:"archive_timestamp"`
	} `json:"thread_metadata"`
}

type wireOverwrite struct {
	ID    text `json:"id"` // of a role or a member
	Allow text `json:"allow"`
	Deny  text `json:"deny"`
}

type wireThreads struct {
	Threads []wireChannel `json:"threads"`
	HasMore flag          `json:"has_more"`
	Members []struct {
		ID text `json:"id"` // of a thread that the bot was added to
	} `json:"members"`
}

type wireRole struct {
	ID          text `json:"id"`
	Name        text `json:"name"`
	Permissions text `json:"permissions"`
}

type wireMember struct {
	Nick  text   `json:"nick"`
	Roles []text `json:"roles"`
}

type wireApplication struct {
	ID        text `json:"id"`
	Flags     text `json:"flags"`
	VerifyKey text `json:"verify_key"`
	CallsAt   text `json:"interactions_endpoint_url"`
}

func (u *wireUser) shown() string {
	if u.GlobalName != "" {
		return string(u.GlobalName)
	}
	return string(u.Username)
}

// kind is the type of a channel, -1 for one that is no number.
func (c *wireChannel) kind() discordgo.ChannelType {
	n, err := strconv.Atoi(string(c.Type))
	if err != nil {
		return -1
	}
	return discordgo.ChannelType(n)
}

func (c *wireChannel) isForum() bool {
	return c.kind() == discordgo.ChannelTypeGuildForum || c.kind() == discordgo.ChannelTypeGuildMedia
}

func (c *wireChannel) isThread() bool {
	return c.kind() == discordgo.ChannelTypeGuildPublicThread || c.kind() == discordgo.ChannelTypeGuildNewsThread || c.isPrivate()
}

func (c *wireChannel) isPrivate() bool { return c.kind() == discordgo.ChannelTypeGuildPrivateThread }

// text is a string, a number as its digits, or empty for null: servers that speak Discord's API differ in
// what they write as a number.
type text string

func (t *text) UnmarshalJSON(b []byte) error {
	switch {
	case string(b) == "null":
		*t = ""
	case b[0] == '"' && bytes.IndexByte(b, '\\') < 0 && utf8.Valid(b):
		*t = text(b[1 : len(b)-1]) // what nearly all are: nothing to decode
	case b[0] == '"':
		var s string
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
		*t = text(strings.ToValidUTF8(s, "\ufffd"))
	case b[0] == '-' || b[0] >= '0' && b[0] <= '9':
		*t = text(b)
	default:
		return errors.New("a value that is neither text nor a number")
	}
	return nil
}

// flag is true only where the server says true.
type flag bool

func (f *flag) UnmarshalJSON(b []byte) error {
	*f = string(b) == "true"
	return nil
}

// some says that a list is there and not empty, whatever it holds.
type some bool

func (s *some) UnmarshalJSON(b []byte) error {
	*s = len(b) > 2 && string(b) != "null"
	return nil
}

// support is how many people at least reacted with approval. Of a list of another shape it is nothing: for that no message
// is put aside.
type support int

func (s *support) UnmarshalJSON(b []byte) error {
	var list []struct {
		Emoji struct {
			Name string `json:"name"`
		} `json:"emoji"`
		Count   int `json:"count"`
		Details struct {
			Burst int `json:"burst"` // within count; the same people may be in the rest of it
		} `json:"count_details"`
		Me bool `json:"me"` // the bot itself is among them
	}
	if json.Unmarshal(b, &list) != nil {
		return nil
	}
	for _, r := range list {
		people := max(r.Count-max(r.Details.Burst, 0), r.Details.Burst)
		if r.Me {
			people--
		}
		*s = max(*s, support(collectors.Approving(r.Emoji.Name, people)))
	}
	return nil
}

// parseID reads a snowflake, Discord's ids: 64 bits that grow with time.
func parseID(t text) (uint64, bool) {
	n, err := strconv.ParseUint(string(t), 10, 64)
	return n, err == nil && n > 0 && t[0] != '0' && len(t) <= 20
}

// Discord's epoch, 2015-01-01 UTC, in milliseconds; the time of a snowflake stands above its lower 22 bits
// (developer documentation, "Snowflakes").
const (
	epoch     = 1420070400000
	clockBits = 22
)

func idTime(id uint64) time.Time { return time.UnixMilli(int64(id>>clockBits) + epoch).UTC() }

// idAt is the lowest id of a time, and 0 before the epoch.
func idAt(t time.Time) uint64 { return uint64(max(0, t.UnixMilli()-epoch)) << clockBits }

// earlier is the id that stands d before id, and 0 before the epoch.
func earlier(id uint64, d time.Duration) uint64 {
	if back := uint64(d.Milliseconds()) << clockBits; id > back {
		return id - back
	}
	return 0
}

// message is one of a channel as it came.
type message struct {
	wireMessage
	number uint64 // its id; that of the newest of its page where it has none
	raw    json.RawMessage
	broken string // why it can't be read
}

// readMessage decodes raw. number is 0 where it has no id.
func readMessage(raw json.RawMessage) message {
	m := message{raw: raw}
	err := json.Unmarshal(raw, &m.wireMessage)
	number, ok := parseID(m.ID)
	m.number = number
	switch {
	case err != nil:
		m.broken = "it is JSON of an unexpected shape"
		if field, is := errors.AsType[*json.UnmarshalTypeError](err); is {
			m.broken = fmt.Sprintf("its field %q is of an unexpected type", field.Field)
		}
		// What was decoded up to there is not relied on, but for the id.
		var only struct{ ID text }
		if json.Unmarshal(raw, &only) == nil {
			m.ID = only.ID
			m.number, _ = parseID(only.ID)
		}
	case !ok:
		m.broken = "its id is not a number"
	case m.Author.ID == "":
		m.broken = "it has no author"
	}
	if _, ok := parseID(m.ID); !ok {
		m.number = 0
	}
	return m
}
