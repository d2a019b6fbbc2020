package discord

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/bwmarrin/discordgo"

	"askahead/collectors"
)

// Sweep asks for messages again, channel by channel. Those that were edited come as items; those that Discord
// no longer has, and those from which the author took the mention of the bot, as Gone. A channel that can't
// be read does not keep the others from being asked about: its error comes last.
func (c *Collector) Sweep(ctx context.Context, ids []string) iter.Seq2[collectors.Batch, error] {
	return c.askAgain(ctx, ids, false)
}

// Fetch asks for messages again as Sweep does, and gives all of them, edited or not.
func (c *Collector) Fetch(ctx context.Context, ids []string) iter.Seq2[collectors.Batch, error] {
	return c.askAgain(ctx, ids, true)
}

func (c *Collector) askAgain(ctx context.Context, ids []string, all bool) iter.Seq2[collectors.Batch, error] {
	return collectors.Batches(func(yield func(collectors.Batch, error) bool) error {
		if len(ids) == 0 {
			return nil
		}
		if err := c.ask(ctx, ids, all, yield); err != nil {
			return fmt.Errorf("ask for messages again: %w", err)
		}
		return nil
	})
}

func (c *Collector) ask(ctx context.Context, ids []string, all bool, yield func(collectors.Batch, error) bool) error {
	asked := map[string]names{}
	var channels []string
	for _, external := range ids {
		channel, message, sent, ok := splitID(external)
		if !ok {
			continue // from /ask: there is no message
		}
		if asked[channel] == nil {
			channels = append(channels, channel)
			asked[channel] = names{}
		}
		if is := (name{external, sent}); !slices.Contains(asked[channel][message], is) {
			asked[channel][message] = append(asked[channel][message], is)
		}
	}
	if len(channels) == 0 {
		return nil
	}
	v, err := c.newVisit()
	if err != nil {
		return err
	}
	if !c.all {
		if _, err := v.login(ctx); err != nil {
			return err
		}
	}
	var failed []error
	done := int64(0)
	for _, channel := range channels {
		rest := slices.Sorted(maps.Keys(asked[channel]))
		for len(rest) > 0 {
			page, n, err := v.again(ctx, channel, rest, asked[channel], all)
			if err = explain(err, "channel "+channel, readHistory); isChannelError(err) {
				failed = append(failed, err)
				break
			}
			if err != nil {
				return err
			}
			rest, done = rest[n:], done+int64(n)
			page.Done = collectors.Progress{Now: done, Total: int64(len(ids)), Unit: "messages"}
			if !page.Empty() && !yield(page.Batch, nil) {
				return collectors.ErrStopped
			}
		}
	}
	return joined(failed)
}

// name is what a message was stored under: it was read in its channel, or its author sent it.
type name struct {
	external string
	sent     bool
}

// names are those of messages of one channel.
type names map[uint64][]name

// again asks for a page that begins with the first of ids, which grow, and says what became of the first n of
// them: those that the page reaches to.
func (v *visit) again(ctx context.Context, channel string, ids []uint64, names names, all bool) (page collectors.Page, n int, err error) {
	raw, err := v.messages(ctx, channel, ids[0]-1, v.c.limit)
	if isRefusal(err, codeUnknownChannel) {
		for _, id := range ids {
			page.Gone = appendNames(page.Gone, names[id])
		}
		return page, len(ids), nil
	}
	if err != nil {
		return page, 0, err
	}
	found := map[uint64]*message{}
	newest := uint64(0)
	for _, r := range raw {
		m := readMessage(r)
		found[m.number] = &m
		newest = max(newest, m.number)
	}
	if len(raw) < v.c.limit {
		newest = ids[len(ids)-1] // there is nothing behind the page
	}
	for n < len(ids) && (ids[n] <= newest || n == 0) {
		m := found[ids[n]]
		if m == nil {
			// A page may be empty for want of a permission. That a message is gone, it must say itself.
			if m, err = v.single(ctx, channel, ids[n]); err != nil {
				return page, 0, err
			}
		}
		if err := v.compare(ctx, &page, channel, names[ids[n]], m, all); err != nil {
			return page, 0, err
		}
		n++
	}
	return page, n, nil
}

// single asks for one message; nil is one that Discord says it does not have.
func (v *visit) single(ctx context.Context, channel string, id uint64) (*message, error) {
	var raw rawMessage
	err := v.get(ctx, "message/"+channel, discordgo.EndpointChannelMessage(channel, fmt.Sprint(id)), &raw)
	if isRefusal(err, codeUnknownMessage, codeUnknownChannel) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	m := readMessage(raw.bytes)
	if m.number != id {
		return nil, fmt.Errorf("channel %s: Discord answers with another message than the one that was asked for", channel)
	}
	return &m, nil
}

// rawMessage keeps an answer as it came.
type rawMessage struct{ bytes []byte }

func (r *rawMessage) UnmarshalJSON(b []byte) error {
	r.bytes = slices.Clone(b)
	return nil
}

// compare puts into the page what became of a message: its support alone if it is not edited, unless all are wanted.
func (v *visit) compare(ctx context.Context, page *collectors.Page, channel string, names []name, m *message, all bool) error {
	switch {
	case m == nil:
		page.Gone = appendNames(page.Gone, names)
		return nil
	case m.broken == "" && m.EditedAt == "" && !all:
		for _, is := range names {
			page.Stays(is.external, int(m.Reactions))
		}
		return nil
	}
	ch, err := v.channel(ctx, channel)
	if err != nil {
		return err
	}
	at, err := v.where(ctx, ch)
	if err == nil && at.private && v.me == "" {
		_, err = v.login(ctx)
	}
	if err != nil {
		return err
	}
	for _, is := range names {
		switch {
		case m.broken != "" && (is.sent || v.keeps(&at, m)):
			b := broken(channel, m)
			b.ID = is.external
			page.Break(b)
		case m.broken != "", !m.written(), !is.sent && !v.wants(&at, &m.wireMessage):
			page.Gone = append(page.Gone, is.external)
		default:
			item, err := v.item(ctx, at, m)
			if err != nil {
				return err
			}
			item.ExternalID = is.external
			page.Add(item)
		}
	}
	return nil
}

func appendNames(ids []string, names []name) []string {
	for _, is := range names {
		ids = append(ids, is.external)
	}
	return ids
}
