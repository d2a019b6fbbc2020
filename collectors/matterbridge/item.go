package matterbridge

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"
	"time"

	"askahead/collectors"
	"askahead/domain"
)

// said gives who wrote a message, and what. ok is false for what another bridge's bot says of its own.
func (c *Collector) said(m *wireMessage) (who, text string, ok bool) {
	who = bareNick(m.Username)
	if !slices.ContainsFunc(c.settings.Relays, func(r string) bool { return strings.EqualFold(strings.TrimSpace(r), who) }) {
		return who, m.Text, true
	}
	inner, text, ok := relayed(m.Text)
	return who + "/" + inner, text, ok
}

// decoration is what stands around a nick where RemoteNickFormat is set for all bridges: "[irc] <ada> ".
var decoration = regexp.MustCompile(`^(?:[\[(][^\])]{1,40}[\])]\s+)*(?:<([^<>]{1,80})>|([^\s<>].{0,80}?)):?$`)

// bareNick is a nick without what a bridge puts around it.
func bareNick(s string) string {
	s = strings.ReplaceAll(s, "\u200b", "") // so that nobody is pinged who is named
	s = strings.TrimSpace(s)
	found := decoration.FindStringSubmatch(s)
	if found == nil {
		return s
	}
	return strings.TrimSpace(found[1] + found[2])
}

var (
	ircCodes = regexp.MustCompile("\x03[0-9]{0,2}(?:,[0-9]{1,2})?|[\x00-\x08\x0b-\x1f\u200b]")
	// relayLine is how the bots of bridges write what somebody said elsewhere: "<ada> …", "[xmpp] <ada> …", "ada: …".
	relayLine = regexp.MustCompile(`^\s*(?:[\[(][^\])]{1,40}[\])]\s*)?(?:<([^<>]{1,80})>|\[([^\[\]\s]{1,80})\]|([^\s<>\[\]:]{1,80}):)\s+`)
)

// relayed takes what the bot of another bridge wrote apart.
func relayed(text string) (who, said string, ok bool) {
	text = ircCodes.ReplaceAllString(text, "")
	found := relayLine.FindStringSubmatchIndex(text)
	if found == nil {
		return "", "", false
	}
	for i := 2; i < len(found); i += 2 {
		if found[i] >= 0 {
			who = text[found[i]:found[i+1]]
		}
	}
	return bareNick(who), text[found[1]:], true
}

// item is what a message says.
func (c *Collector) item(m *wireMessage, edited bool) domain.Item {
	who, text, _ := c.said(m)
	shown := who[strings.LastIndexByte(who, '/')+1:]
	item := domain.Item{
		ExternalID: m.external(),
		Type:       mediaType(m.Protocol),
		Raw:        []byte(quoteLast(m.Protocol, text)),
		Edited:     edited,
		Envelope: domain.Envelope{
			Canonical: "matterbridge:" + m.external(),
			Author:    domain.Author{ID: "matterbridge:" + m.Account + "/" + m.user(who), Name: shown},
			Published: m.Timestamp.UTC().Truncate(time.Microsecond),
		},
	}
	for _, f := range []domain.Fact{{Name: domain.FactProtocol, Value: m.Protocol}, {Name: domain.FactChannel, Value: m.Channel},
		{Name: domain.FactInstance, Value: m.Account}, {Name: domain.FactName, Value: shown}} {
		if f.Value != "" {
			item.Facts = append(item.Facts, f)
		}
	}
	return item
}

// user is what stays the same of somebody in their network: the id, or the nick where there is none.
func (m *wireMessage) user(who string) string {
	if m.UserID == "" || strings.ContainsRune(who, '/') {
		return who
	}
	return m.UserID
}

// external is the id of a message. Where its network has none, or matterbridge does not tell, it is made of all
// that tells it from others.
func (m *wireMessage) external() string {
	parts := []string{"id", m.Account, m.Channel, m.ID}
	if m.ID == "" {
		parts = []string{"text", m.Account, m.Channel, m.Username, m.UserID, m.Timestamp.UTC().Format(time.RFC3339Nano), m.Text}
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// mediaType is how messages of a network are to be read. matterbridge makes their mentions and links readable, and
// leaves the rest of their mark-up as it is.
func mediaType(protocol string) string {
	switch protocol {
	case "discord":
		return domain.TypeDiscord
	case "slack":
		return domain.TypeSlack
	case "mattermost", "rocketchat", "zulip", "gitter", "msteams", "mumble", "nctalk":
		return domain.TypeMarkdown
	}
	return domain.TypeChat
}

// reTail is what matterbridge puts behind a reply of Telegram: what it answers, and who said that.
var reTail = regexp.MustCompile(`(?s) \(re @[^:\n]{0,100}: (.*)\)$`)

// quoteLast marks what somebody else said as a quote, as other networks do it.
func quoteLast(protocol, text string) string {
	if protocol != "telegram" {
		return text
	}
	found := reTail.FindStringSubmatchIndex(text)
	if found == nil {
		return text
	}
	return text[:found[0]] + "\n> " + strings.ReplaceAll(text[found[2]:found[3]], "\n", "\n> ")
}

// broken is what can't be read of the spool, or was no message when it came.
func (e *entry) damaged() (collectors.Broken, bool) {
	b := collectors.Broken{Type: "application/json"}
	switch {
	case e.broken != nil:
		b.Reason, b.Raw = "its line in the spool is damaged", e.broken
	case e.Raw != nil:
		b.Reason, b.Raw = "it is JSON, and no message of matterbridge", e.Raw
	case e.Cut != "":
		b.Reason, b.Raw, b.Cut = "matterbridge's answer broke off in it, or is too long", []byte(e.Cut), true
	default:
		return b, false
	}
	sum := sha256.Sum256(b.Raw)
	b.ID = "broken-" + hex.EncodeToString(sum[:16])
	return b, true
}
