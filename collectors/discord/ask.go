package discord

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"askahead/collectors"
	"askahead/domain"
)

const (
	// maxHeld is how many questions of one person are held from one source; who has more to ask has begun to campaign.
	maxHeld = 50
	// maxShown is how many Discord lets one choose from.
	maxShown = 25
	// fingerprint is how many letters of a keyed hash tell a person's own questions apart.
	fingerprint = 8
)

// The labels of a question that its asker does not want to be shared, as they would stand above a mail: the strictest
// that is kept, and the rule under which neither name nor affiliation is shown.
func notShared() []string { return []string{domain.AmberStrict.Label(), "Chatham House Rule"} }

// mine is what the external ids of whatever the caller has sent in one way begin with.
func (c *counter) mine(call *wireCall, prefix string) string {
	return prefix + c.desk.Asker(authorID(call.who().ID)) + "/"
}

func authorID(user text) string { return "discord:" + string(user) }

// ask records the question of /ask.
func (c *counter) ask(ctx context.Context, call *wireCall) (*response, error) {
	question := strings.TrimSpace(call.option(optionQuestion))
	if question == "" {
		return tell("There is no question in it. Nothing was recorded."), nil
	}
	share, community := call.option(optionShare), call.option(optionCommunity)
	if share != shareYes && share != shareNo {
		return tell("Please choose whether your question may be shared: `share:yes` or `share:no`. Nothing was recorded."), nil
	}
	chosen := slices.IndexFunc(c.communities, func(known collectors.Choice) bool { return known.ID == community })
	if community != "" && chosen < 0 {
		return tell("The organisers have changed the list of communities. Start Discord anew and choose again; nothing was recorded."), nil
	}
	number, _ := parseID(call.ID) // it was looked at before
	rest := string(call.ID) + "/" + c.desk.Asker("question " + strings.ToLower(strings.Join(strings.Fields(question), " ")))[:fingerprint]
	before, why, err := c.before(ctx, call, rest)
	if err != nil || why != nil {
		return why, err
	}
	if before != "" {
		words, err := c.desk.Words(ctx, canonicalOf(before))
		return tell("You have asked this before, and it is recorded once.\n"+quoted(words)+
			"To change how it is shared or for which community it counts, withdraw it first.", button(before)), err
	}
	shown := call.shown()
	item := domain.Item{
		ExternalID: c.mine(call, prefixAsked) + rest, Type: domain.TypeDiscord, Raw: []byte(question),
		Envelope: domain.Envelope{
			Canonical: canonicalOf(prefixAsked + rest),
			Author:    domain.Author{ID: authorID(call.who().ID), Name: shown},
			Published: idTime(number),
			Facts:     facts(channelName(&call.Channel), shown, c.roleNames(ctx, call)),
			Asked:     true,

			Unlabelled: c.tlpOf(&call.Channel),
		},
	}
	if community != "" {
		item.Facts = append(item.Facts, domain.Fact{Name: domain.FactDeclared, Value: community})
	}
	if share == shareNo {
		item.Labels = notShared()
	}
	receipts, err := c.desk.Record(ctx, item)
	if err != nil {
		return nil, fmt.Errorf("record a question: %w", err)
	}
	counts := ""
	if chosen >= 0 {
		counts = fmt.Sprintf("It counts for the community %s.\n", c.communities[chosen].Title)
	}
	return c.confirm(receipts, counts, prefixAsked+rest), nil
}

// before looks whether the caller has asked the same before, or has asked enough.
func (c *counter) before(ctx context.Context, call *wireCall, rest string) (before string, why *response, err error) {
	held, err := c.desk.Held(ctx, c.mine(call, prefixAsked))
	if err != nil {
		return "", nil, fmt.Errorf("look for a caller's questions: %w", err)
	}
	_, same, _ := strings.Cut(rest, "/")
	for _, external := range held {
		if strings.HasSuffix(external, "/"+same) {
			return prefixAsked + strings.TrimPrefix(external, c.mine(call, prefixAsked)), nil, nil
		}
	}
	if len(held) >= maxHeld {
		return "", tell(fmt.Sprintf("You have asked %d questions, and there is only so much that a panel can answer. "+
			"Take one back with `/withdraw` to ask another; nothing was recorded.", len(held))), nil
	}
	return "", nil, nil
}

// send records the message that somebody has chosen from the channel, if it is their own.
func (c *counter) send(ctx context.Context, call *wireCall) (*response, error) {
	raw, ok := call.Data.Resolved.Messages[call.Data.TargetID]
	m := readMessage(raw)
	switch {
	case !ok || m.broken != "" || m.ID != call.Data.TargetID:
		return tell("askahead cannot read this message. Please use `/ask`; nothing was recorded."), nil
	case m.Author.ID != call.who().ID:
		return tell("Only who wrote a message can send it to the panel, and this one is somebody else's. " +
			"Tell them about it, or ask in your own words with `/ask`. Nothing was recorded."), nil
	case !m.written():
		return tell("This is no message that you wrote: what is forwarded is somebody else's. Please use `/ask`; nothing was recorded."), nil
	case !c.sends(&call.Channel):
		return tell("askahead does not read this channel, so it could not tell when you edit or delete your message. " +
			"Please use `/ask`; nothing was recorded."), nil
	}
	at, roles := c.place(ctx, call, &m)
	rest := string(call.Channel.ID) + "/" + string(m.ID)
	item := at.item(&m, &call.Member.wireMember, roles)
	item.ExternalID = c.mine(call, prefixSent) + rest
	receipts, err := c.desk.Record(ctx, item)
	if err != nil {
		return nil, fmt.Errorf("record a message: %w", err)
	}
	return c.confirm(receipts, "If you edit your message, so is your question; if you delete it, it is gone.\n", prefixSent+rest), nil
}

// place is where a message stands that was sent, and the roles of its author. The call does not say all of it; what
// Discord does not tell in a moment is left out.
func (c *counter) place(ctx context.Context, call *wireCall, m *message) (where, []string) {
	ch := call.Channel
	ch.GuildID = call.GuildID
	roles := c.roleNames(ctx, call)
	asking, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	if v, err := c.newVisit(); err == nil {
		if at, err := v.where(asking, &ch); err == nil {
			return at, roles
		}
	}
	parent := wireChannel{ID: ch.ParentID, GuildID: ch.GuildID}
	at := c.threadOf(&ch, &parent)
	return at, roles
}

// canonicalOf names the item behind what a button carries.
func canonicalOf(rest string) string {
	if asked, ok := strings.CutPrefix(rest, prefixAsked); ok {
		id, _, _ := strings.Cut(asked, "/")
		return "discord-ask:" + id
	}
	channel, id, _ := strings.Cut(strings.TrimPrefix(rest, prefixSent), "/")
	return canonical(channel, id)
}

// channelName is that of a channel; what a thread is called its author wrote.
func channelName(ch *wireChannel) string {
	if ch.isThread() {
		return ""
	}
	return string(ch.Name)
}
