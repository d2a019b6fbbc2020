package discord

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/bwmarrin/discordgo"
)

// listThreads finds the threads of the channels: those that are active, and those that were archived since all were
// read; private ones where somebody added the bot. An active thread may be archived, or the other way round, while the lists are asked
// for; so the list of active ones is asked for again at the end.
func (r *run) listThreads(ctx context.Context, parents []*wireChannel) error {
	if len(parents) == 0 {
		return nil
	}
	if err := r.listActive(ctx, parents); err != nil {
		return err
	}
	for _, parent := range parents {
		err := r.listArchived(ctx, parent)
		if err == nil && parent.kind() == discordgo.ChannelTypeGuildText {
			err = r.listPrivate(ctx, parent)
		}
		if err != nil {
			if !isChannelError(err) {
				return err
			}
			r.fail(string(parent.ID), err)
		}
	}
	return r.listActive(ctx, parents)
}

func (r *run) listActive(ctx context.Context, parents []*wireChannel) error {
	asked := map[text]bool{}
	for _, parent := range parents {
		if asked[parent.GuildID] {
			continue
		}
		asked[parent.GuildID] = true
		var found wireThreads
		err := r.v.get(ctx, "active/"+string(parent.GuildID), discordgo.EndpointGuildActiveThreads(string(parent.GuildID)), &found)
		if err = explain(err, "the server of "+parent.label(), viewChannel); err != nil {
			if !isChannelError(err) {
				return fmt.Errorf("list active threads: %w", err)
			}
			for _, p := range parents {
				if p.GuildID == parent.GuildID {
					r.fail(string(p.ID), err)
				}
			}
			continue
		}
		for _, p := range parents {
			r.addThreads(p, found)
		}
	}
	return nil
}

func (r *run) listArchived(ctx context.Context, parent *wireChannel) error {
	id := string(parent.ID)
	// What was archived a good while before all threads were read has had nothing to say since.
	known := idTime(earlier(r.track.Channels[id].Settled, margin))
	before := ""
	for range maxPages {
		var found wireThreads
		if err := r.v.archived(ctx, parent, before, &found); err != nil {
			return err
		}
		r.addThreads(parent, found)
		if len(found.Threads) == 0 || !bool(found.HasMore) {
			return nil
		}
		last := found.Threads[len(found.Threads)-1].Thread.ArchiveTimestamp // newest first
		at, err := time.Parse(time.RFC3339Nano, string(last))
		if err != nil || string(last) == before {
			return fmt.Errorf("list archived threads of %s: Discord does not say when they were archived", parent.label())
		}
		if at.Before(known) {
			return nil
		}
		before = string(last)
	}
	return fmt.Errorf("list archived threads of %s: there is no end of them", parent.label())
}

// listPrivate finds the archived private threads that the bot was added to: all of them, for they come by when they were
// opened. To see others takes a permission that the bot is better without.
func (r *run) listPrivate(ctx context.Context, parent *wireChannel) error {
	id := string(parent.ID)
	query := url.Values{"limit": {"100"}}
	for range maxPages {
		var found wireThreads
		err := r.v.get(ctx, "joined/"+id, discordgo.EndpointChannelJoinedPrivateArchivedThreads(id)+"?"+query.Encode(), &found)
		if isRefusal(err) {
			return nil // a server that only speaks Discord's language need not have this list
		}
		if err != nil {
			return fmt.Errorf("list private threads of %s: %w", parent.label(), err)
		}
		r.addThreads(parent, found)
		if len(found.Threads) == 0 || !bool(found.HasMore) {
			return nil
		}
		last := string(found.Threads[len(found.Threads)-1].ID)
		if last == query.Get("before") {
			return fmt.Errorf("list private threads of %s: the same ones come again instead of older ones", parent.label())
		}
		query.Set("before", last)
	}
	return fmt.Errorf("list private threads of %s: there is no end of them", parent.label())
}

// archived asks for the threads of parent that were archived before a time, the newest first.
func (v *visit) archived(ctx context.Context, parent *wireChannel, before string, into *wireThreads) error {
	id := string(parent.ID)
	query := url.Values{"limit": {"100"}}
	if before != "" {
		query.Set("before", before)
	}
	err := v.get(ctx, "archived/"+id, discordgo.EndpointChannelPublicArchivedThreads(id)+"?"+query.Encode(), into)
	return explain(err, parent.label(), readHistory)
}

// addThreads makes streams of those that belong to parent, and of private ones if somebody added the bot: one that may
// see everything is shown those of others too.
func (r *run) addThreads(parent *wireChannel, found wireThreads) {
	joined := map[text]bool{}
	for _, m := range found.Members {
		joined[m.ID] = true
	}
	for i := range found.Threads {
		t := &found.Threads[i]
		if _, ok := parseID(t.ID); ok && t.ParentID == parent.ID && t.isThread() && (!t.isPrivate() || joined[t.ID]) {
			r.add(&stream{channel: string(parent.ID), label: parent.label(), rights: parent, where: r.c.threadOf(t, parent)}, t)
		}
	}
}
