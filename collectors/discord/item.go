package discord

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"askahead/collectors"
	"askahead/domain"
)

// where is the channel or thread that a message stands in.
type where struct {
	id     string
	guild  text
	name   string // of the channel; of a thread, that of the channel it belongs to
	title  string // of a thread
	opener string // canonical id of the message that a thread began with
	forum  bool   // the thread is a post of a forum: its title is the words of who opened it

	private bool       // a private thread: nothing in it was announced
	tlp     domain.TLP // what its unlabelled messages count as; 0 leaves that to the source
}

func (c *Collector) channelOf(ch *wireChannel) where {
	return where{id: string(ch.ID), guild: ch.GuildID, name: string(ch.Name), tlp: c.tlpOf(ch)}
}

// tlpOf is the default of a channel, or that of the channel which a thread belongs to; 0 if it has none.
func (c *Collector) tlpOf(ch *wireChannel) domain.TLP {
	if own := c.tlp[string(ch.ID)]; own != 0 || !ch.isThread() {
		return own
	}
	return c.tlp[string(ch.ParentID)]
}

// threadOf is a thread of parent. A thread has the id of the message that it began with: in a forum that
// stands in the thread itself, elsewhere in the channel.
func (c *Collector) threadOf(thread, parent *wireChannel) where {
	at := where{id: string(thread.ID), guild: parent.GuildID, name: string(parent.Name), title: string(thread.Name), forum: parent.isForum(),
		private: thread.isPrivate(), tlp: c.tlpOf(thread)}
	at.opener = canonical(string(parent.ID), at.id)
	if at.forum {
		at.opener = canonical(at.id, at.id)
	}
	return at
}

// where finds out what there is to know about a channel or thread.
func (v *visit) where(ctx context.Context, ch *wireChannel) (where, error) {
	if !ch.isThread() {
		return v.c.channelOf(ch), nil
	}
	parent, err := v.channel(ctx, string(ch.ParentID))
	if isChannelError(err) || isRefusal(err) {
		parent, err = &wireChannel{ID: ch.ParentID, GuildID: ch.GuildID}, nil
	}
	if err != nil {
		return where{}, err
	}
	return v.c.threadOf(ch, parent), nil
}

// take puts m into the page if it is a person's and meant for the panel.
func (r *run) take(ctx context.Context, s *stream, m *message) error {
	if s.private && r.v.me == "" {
		if _, err := r.v.login(ctx); err != nil {
			return err
		}
	}
	switch {
	case m.broken != "":
		if r.v.keeps(&s.where, m) {
			r.page.Break(broken(s.id, m))
		}
	case m.written() && r.v.wants(&s.where, &m.wireMessage):
		item, err := r.v.item(ctx, s.where, m)
		if err != nil {
			return err
		}
		r.page.Add(item)
	}
	return nil
}

// keeps says whether a message that can't be read may be kept for another try. Whoever did not mention the bot is not
// to be kept for being unreadable either.
func (v *visit) keeps(at *where, m *message) bool {
	return v.c.all && !at.private || bytes.Contains(m.raw, []byte(v.me))
}

func broken(channel string, m *message) collectors.Broken {
	id := channel + "/" + string(m.ID)
	if _, ok := parseID(m.ID); !ok {
		sum := sha256.Sum256(m.raw)
		id = channel + "/broken-" + hex.EncodeToString(sum[:8])
	}
	return collectors.Broken{ID: id, Type: "application/json", Reason: m.broken, Raw: bytes.Clone(m.raw)}
}

// The types of messages that people write (developer documentation, "Message Types"): everything else is
// Discord's own, or a bot's.
const (
	typeDefault = "0"
	typeReply   = "19"
)

const referenceForward = "1"

// written says whether a person wrote a message. Webhooks write for programs, and for other servers' announcements.
// What is forwarded was written by somebody else, elsewhere.
func (m *wireMessage) written() bool {
	if (m.Type != typeDefault && m.Type != typeReply) || bool(m.Author.Bot) || m.WebhookID != "" {
		return false
	}
	return !m.forward() || m.Content != ""
}

// wants says whether a message is meant for the panel. Who writes in a private thread was told of no question box, so
// that there it takes a mention.
func (v *visit) wants(at *where, m *wireMessage) bool {
	if v.c.all && !at.private {
		return true
	}
	for i := range m.Mentions {
		if m.Mentions[i].ID == v.me {
			return true
		}
	}
	return false
}

func (m *wireMessage) forward() bool {
	return bool(m.Snapshots) || (m.Reference != nil && m.Reference.Type == referenceForward)
}

// nothing says that a message came without anything that a person can send.
func (m *wireMessage) nothing() bool {
	return m.Content == "" && m.Poll == nil && !bool(m.Attachments) && !bool(m.Embeds) && !bool(m.Components) && !bool(m.Stickers)
}

// item is what a message says.
func (v *visit) item(ctx context.Context, at where, m *message) (domain.Item, error) {
	if v.c.all && m.nothing() {
		if err := v.checkIntent(ctx); err != nil {
			return domain.Item{}, err
		}
	}
	member, err := v.member(ctx, at.guild, m.Author.ID)
	if err != nil {
		return domain.Item{}, err
	}
	var roles []string
	if member != nil {
		roles = v.guilds[at.guild].roleNames(member.Roles)
	}
	return at.item(m, member, roles), nil
}

// item is what a message says, by a member with these roles; nil if that is not known.
func (at *where) item(m *message, member *wireMember, roles []string) domain.Item {
	published, err := time.Parse(time.RFC3339Nano, string(m.Timestamp))
	if err != nil {
		published = idTime(m.number)
	}
	shown := m.Author.shown()
	if member != nil && member.Nick != "" {
		shown = string(member.Nick)
	}
	item := domain.Item{
		ExternalID: at.id + "/" + string(m.ID),
		Type:       domain.TypeDiscord,
		Raw:        []byte(at.words(m)),
		Edited:     m.EditedAt != "",
		Envelope: domain.Envelope{
			Canonical: canonical(at.id, string(m.ID)),
			Parents:   at.parents(m),
			Author:    domain.Author{ID: "discord:" + string(m.Author.ID), Name: shown},
			Subject:   at.title,
			Published: published.UTC(),
			Facts:     facts(at.name, shown, roles),
			Context:   m.options(),
			Support:   int(m.Reactions),

			Unlabelled: at.tlp,
		},
	}
	for i := range m.Mentions {
		item.Mentions = append(item.Mentions, string(m.Mentions[i].Username))
	}
	return item
}

func facts(channel, shown string, roles []string) []domain.Fact {
	var all []domain.Fact
	if channel != "" {
		all = append(all, domain.Fact{Name: domain.FactChannel, Value: channel})
	}
	if shown != "" {
		all = append(all, domain.Fact{Name: domain.FactName, Value: shown})
	}
	for _, name := range roles {
		all = append(all, domain.Fact{Name: domain.FactRole, Value: name})
	}
	return all
}

// words are the author's own: the title of a post in a forum, the message, the question of a poll.
func (at *where) words(m *message) string {
	var parts []string
	if at.forum && string(m.ID) == at.id {
		parts = append(parts, at.title)
	}
	parts = append(parts, string(m.Content))
	if m.Poll != nil {
		parts = append(parts, string(m.Poll.Question.Text))
	}
	return joinText(parts, "\n\n")
}

// joinText joins what is not empty.
func joinText(parts []string, sep string) string {
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), sep)
}

// options are those of a poll.
func (m *wireMessage) options() string {
	if m.Poll == nil {
		return ""
	}
	var options []string
	for i := range m.Poll.Answers {
		options = append(options, string(m.Poll.Answers[i].Media.Text))
	}
	return joinText(options, " / ")
}

// parents are what a thread began with, and what a reply answers, also where that was deleted since.
func (at *where) parents(m *message) []string {
	var parents []string
	if self := canonical(at.id, string(m.ID)); at.opener != "" && at.opener != self {
		parents = append(parents, at.opener)
	}
	ref := m.Reference
	if m.Type != typeReply || ref == nil || m.forward() {
		return parents
	}
	channel := string(ref.ChannelID)
	if channel == "" {
		channel = at.id
	}
	if answered := canonical(channel, string(ref.MessageID)); ref.MessageID != "" && answered != at.opener {
		parents = append(parents, answered)
	}
	return parents
}

func canonical(channel, message string) string { return "discord:" + channel + "/" + message }

// What external ids begin with that are not CHANNEL/MESSAGE. The pseudonym of who called follows, so that what is theirs
// can be told from what is not.
const (
	prefixAsked = "ask/"  // ask/PSEUDONYM/INTERACTION: there is no message
	prefixSent  = "sent/" // sent/PSEUDONYM/CHANNEL/MESSAGE: its author sent it to the panel
)

// splitID takes an external id of a message apart; ok is false for every other one.
func splitID(external string) (channel string, message uint64, sent, ok bool) {
	if external, sent = strings.CutPrefix(external, prefixSent); sent {
		_, external, _ = strings.Cut(external, "/")
	}
	channel, id, _ := strings.Cut(external, "/")
	_, okChannel := parseID(text(channel))
	message, okMessage := parseID(text(id))
	return channel, message, sent, okChannel && okMessage
}
