package discord

import (
	"context"
	"time"

	"askahead/collectors"
)

const cursorKind = "discord/1"

// position is the cursor.
type position struct {
	Channels map[string]*place `json:"channels"` // by the ids of the settings
}

// place is how far a channel and its threads were read, as ids of messages.
type place struct {
	Own     uint64            `json:"own,omitempty"`     // the channel itself
	Settled uint64            `json:"settled,omitempty"` // up to here all of its threads
	Threads map[string]uint64 `json:"threads,omitempty"` // those that were read further, by id
}

// margin is how far Settled stays behind the newest message. Messages are given in the order of their ids,
// over all threads together; but one that was posted during a run, into a thread that the run had come to the
// end of, is older than others which the same run gave. So margin is more than the longest run (maxRun) takes.
// It also bounds the cursor: it names the threads with messages of one day, and no others.
const (
	margin = 24 * time.Hour
	maxRun = 12 * time.Hour
)

// Rewind gives the place in every channel before the messages of a time: their ids tell when they were written.
func (c *Collector) Rewind(_ context.Context, to time.Time) (collectors.Cursor, error) {
	p := position{Channels: map[string]*place{}}
	first := idAt(to)
	for _, id := range c.channels {
		if first > 0 {
			p.Channels[id] = &place{Own: first - 1, Settled: first - 1}
		}
	}
	return collectors.NewCursor(cursorKind, p)
}

// track is the position while reading goes on.
type track struct {
	position
	threads bool            // they are read
	held    map[string]bool // by channel: some of it could not be read, so that Settled must stay
}

// newTrack reads since. Channels that are no longer in the settings are forgotten.
func (c *Collector) newTrack(since collectors.Cursor) (*track, error) {
	var p position
	if err := since.Read(cursorKind, &p); err != nil {
		return nil, err
	}
	t := &track{position: position{Channels: map[string]*place{}}, threads: c.threads, held: map[string]bool{}}
	for _, id := range c.channels {
		at := p.Channels[id]
		if at == nil {
			at = &place{}
		}
		if at.Threads == nil {
			at.Threads = map[string]uint64{}
		}
		t.Channels[id] = at
	}
	return t, nil
}

// start is the id behind which a channel or thread is to be read.
func (t *track) start(channel, id string) uint64 {
	at := t.Channels[channel]
	if id == channel {
		return at.Own
	}
	return max(at.Settled, at.Threads[id])
}

// pass notes that everything up to the message was given in this channel or thread.
func (t *track) pass(channel, id string, message uint64) {
	at := t.Channels[channel]
	if id == channel {
		at.Own = message
	} else {
		at.Threads[id] = message
	}
}

// settle is told that everything up to the message was given, wherever it was posted.
func (t *track) settle(message uint64, forums map[string]bool) {
	until := earlier(message, margin)
	for id, at := range t.Channels {
		if (!t.threads && !forums[id]) || t.held[id] || until <= at.Settled {
			continue
		}
		at.Settled = until
		for thread, read := range at.Threads {
			if read <= until {
				delete(at.Threads, thread)
			}
		}
	}
}

func (t *track) cursor() (collectors.Cursor, error) {
	return collectors.NewCursor(cursorKind, t.position)
}
