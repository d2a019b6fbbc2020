package discord

import (
	"cmp"
	"container/heap"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"askahead/collectors"
)

// maxPages ends a run against a server that never runs out of messages; the next run goes on from there.
const maxPages = 5000

// Collect yields the messages behind since, oldest first, those of all channels and threads together. A
// channel that can't be read does not keep the others from being read: its error comes last.
func (c *Collector) Collect(ctx context.Context, since collectors.Cursor) iter.Seq2[collectors.Batch, error] {
	return collectors.Batches(func(yield func(collectors.Batch, error) bool) error {
		return c.collect(ctx, since, yield)
	})
}

func (c *Collector) collect(ctx context.Context, since collectors.Cursor, yield func(collectors.Batch, error) bool) error {
	track, err := c.newTrack(since)
	if err != nil {
		return err
	}
	v, err := c.newVisit()
	if err != nil {
		return err
	}
	r := &run{c: c, v: v, track: track, yield: yield, last: since, began: c.now(),
		seen: map[string]bool{}, forums: map[string]bool{}}
	err = r.collect(ctx)
	if errors.Is(err, collectors.ErrStopped) || ctx.Err() != nil {
		return err
	}
	return errors.Join(r.flush(ctx), err) // what was read before an error is given
}

// run is one Collect.
type run struct {
	c      *Collector
	v      *visit
	track  *track
	queue  queue
	seen   map[string]bool // the streams, by id
	forums map[string]bool // the channels that are nothing but threads
	failed []error         // of single channels
	page   collectors.Page
	yield  func(collectors.Batch, error) bool
	last   collectors.Cursor // that was yielded or begun with
	began  time.Time
	pages  int
	newest uint64 // the message last gone by
	passed int    // messages since the last batch
	total  int64  // messages gone by
}

// stream is a channel or thread, read from its oldest message on.
type stream struct {
	where
	channel string       // the one of the settings that it belongs to
	label   string       // names that for a person
	rights  *wireChannel // the channel whose permissions hold here; nil if that is unknown
	after   uint64       // up to here it was asked for
	newest  uint64       // what the server names as its last message; it may be deleted
	waiting []message    // read, not yet gone by, oldest first
	ended   bool
	got     bool // some page had messages
}

// next is the id of the next message, or what it can't be below.
func (s *stream) next() uint64 {
	if len(s.waiting) > 0 {
		return s.waiting[0].number
	}
	first, _ := parseID(text(s.id)) // a thread has no message that is older than itself
	return max(s.after+1, first)
}

// queue gives the stream whose next message is the oldest. A stream is not read before its turn, so that
// memory holds pages of those alone that have messages of about the same time.
type queue []*stream

func (q queue) Len() int      { return len(q) }
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q queue) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(q[i].next(), q[j].next()), strings.Compare(q[i].id, q[j].id)) < 0
}
func (q *queue) Push(s any) { *q = append(*q, s.(*stream)) }
func (q *queue) Pop() any {
	last := len(*q) - 1
	s := (*q)[last]
	*q = (*q)[:last]
	return s
}

func (r *run) collect(ctx context.Context) error {
	if len(r.c.channels) == 0 {
		return nil // all that comes here comes by calls
	}
	if !r.c.all {
		if _, err := r.v.login(ctx); err != nil {
			return err
		}
	}
	if err := r.open(ctx); err != nil {
		return err
	}
	for len(r.queue) > 0 && r.pages < maxPages && r.c.now().Sub(r.began) < maxRun {
		s := r.queue[0]
		if err := r.step(ctx, s); err != nil {
			if !isChannelError(err) {
				return err
			}
			r.fail(s.channel, err)
			heap.Pop(&r.queue)
			continue
		}
		if s.ended && len(s.waiting) == 0 {
			heap.Pop(&r.queue)
		} else {
			heap.Fix(&r.queue, 0)
		}
		if r.passed >= r.c.limit || r.page.Full() {
			if err := r.flush(ctx); err != nil {
				return err
			}
		}
	}
	return joined(r.failed)
}

// joined puts errors into one line.
func joined(errs []error) error {
	var all error
	for _, err := range errs {
		if all == nil {
			all = err
			continue
		}
		all = fmt.Errorf("%w; %w", all, err)
	}
	return all
}

// fail notes a channel that can't be read, in whole or in part.
func (r *run) fail(channel string, err error) {
	r.track.held[channel] = true
	if !slices.ContainsFunc(r.failed, func(e error) bool { return e.Error() == err.Error() }) {
		r.failed = append(r.failed, err)
	}
}

// open asks for the channels and their threads.
func (r *run) open(ctx context.Context) error {
	var parents []*wireChannel
	for _, id := range r.c.channels {
		ch, err := r.v.channel(ctx, id)
		if err == nil {
			err = unreadable(ch)
		}
		var at where
		if err == nil {
			at, err = r.v.where(ctx, ch)
		}
		if err != nil {
			if !isChannelError(err) {
				return err
			}
			r.fail(id, err)
			continue
		}
		if !ch.isForum() {
			rights := ch
			if ch.isThread() {
				rights = r.v.channels[string(ch.ParentID)]
			}
			r.add(&stream{channel: id, label: ch.label(), rights: rights, where: at}, ch)
		}
		r.forums[id] = ch.isForum()
		if ch.isForum() || (r.c.threads && !ch.isThread()) {
			parents = append(parents, ch)
		}
	}
	return r.listThreads(ctx, parents)
}

// unreadable says why a channel is none to read, if it is none.
func unreadable(ch *wireChannel) error {
	switch ch.kind() {
	case discordgo.ChannelTypeGuildText, discordgo.ChannelTypeGuildNews, discordgo.ChannelTypeGuildForum, discordgo.ChannelTypeGuildMedia,
		discordgo.ChannelTypeGuildPublicThread, discordgo.ChannelTypeGuildNewsThread, discordgo.ChannelTypeGuildPrivateThread:
		return nil
	}
	return &channelError{collectors.ErrSettings, fmt.Sprintf("channels: %s is neither a text, announcement or forum channel nor a thread", ch.label())}
}

// add begins a stream, unless the server names a last message that was read.
func (r *run) add(s *stream, ch *wireChannel) {
	if r.seen[s.id] {
		return
	}
	r.seen[s.id] = true
	s.after = r.track.start(s.channel, s.id)
	newest, ok := parseID(ch.LastMessageID)
	if ok && newest <= s.after {
		return
	}
	s.newest = newest
	heap.Push(&r.queue, s)
}

// step reads a page of s, or takes its next message.
func (r *run) step(ctx context.Context, s *stream) error {
	if len(s.waiting) == 0 {
		return r.load(ctx, s)
	}
	m := &s.waiting[0]
	if err := r.take(ctx, s, m); err != nil {
		return err
	}
	r.track.pass(s.channel, s.id, m.number)
	r.newest = m.number
	s.waiting = s.waiting[1:]
	r.passed++
	r.total++
	return nil
}

// load reads one page into s.
func (r *run) load(ctx context.Context, s *stream) error {
	r.pages++
	raw, err := r.v.messages(ctx, s.id, s.after, r.c.limit)
	if isRefusal(err, codeUnknownChannel) && s.id != s.channel {
		s.ended = true // the thread was deleted meanwhile
		return nil
	}
	if err != nil {
		return fmt.Errorf("read messages: %w", explain(err, s.label, readHistory))
	}
	if s.waiting, err = sortMessages(raw, s.after); err != nil {
		return fmt.Errorf("read messages of %s: %w", s.label, err)
	}
	if n := len(s.waiting); n > 0 {
		s.after, s.got = s.waiting[n-1].number, true
		s.ended = len(raw) < r.c.limit && s.after >= s.newest
		return nil
	}
	s.ended = true
	if s.got || s.after >= s.newest || s.rights == nil {
		return nil
	}
	// There should be something: either it was deleted, or the bot may not read the history.
	needs, err := r.v.missing(ctx, s.rights)
	if err == nil && needs != "" {
		err = lacking(s.label, needs)
	}
	return err
}

// messages asks for those that come right after an id.
func (v *visit) messages(ctx context.Context, channel string, after uint64, limit int) ([]json.RawMessage, error) {
	var raw []json.RawMessage
	err := v.get(ctx, "messages/"+channel, fmt.Sprintf("%s?limit=%d&after=%d", discordgo.EndpointChannelMessages(channel), limit, after), &raw)
	return raw, err
}

// sortMessages decodes a page and gives what is behind after, oldest first. Discord sends the newest first,
// other servers the oldest.
func sortMessages(page []json.RawMessage, after uint64) ([]message, error) {
	messages := make([]message, 0, len(page))
	newest := uint64(0)
	for _, raw := range page {
		m := readMessage(raw)
		newest = max(newest, m.number)
		messages = append(messages, m)
	}
	if len(page) > 0 && newest <= after {
		return nil, errors.New("the same messages come again instead of newer ones")
	}
	for i := range messages {
		if messages[i].number == 0 {
			messages[i].number = newest
		}
	}
	messages = slices.DeleteFunc(messages, func(m message) bool { return m.number <= after })
	slices.SortStableFunc(messages, func(a, b message) int { return cmp.Compare(a.number, b.number) })
	return slices.CompactFunc(messages, func(a, b message) bool { return a.number == b.number && a.ID == b.ID }), nil
}

// flush yields the page, if it brings anything or the cursor has moved.
func (r *run) flush(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	r.track.settle(r.newest, r.forums)
	next, err := r.track.cursor()
	if err != nil {
		return err
	}
	if r.page.Empty() && (next == r.last || r.total == 0) {
		return nil
	}
	r.page.Next, r.page.Done = next, collectors.Progress{Now: r.total, Unit: "messages"}
	batch := r.page.Batch
	r.page, r.last, r.passed = collectors.Page{}, next, 0
	if !r.yield(batch, nil) {
		return collectors.ErrStopped
	}
	return nil
}
