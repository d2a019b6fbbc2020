package discordexport

import (
	"context"
	"errors"
	"io"
	"iter"
	"strconv"
	"strings"

	"askahead/collectors"
)

// Sweep yields the messages that the export shows as edited, and as Gone those that it no longer has. Only
// what lies between its first and its last message can be missed: an export may be of a part of the channel.
func (c *Collector) Sweep(ctx context.Context, ids []string) iter.Seq2[collectors.Batch, error] {
	return c.lookAgain(ctx, ids, func(page *collectors.Page, file *export, m message) {
		if m.broken == "" && m.TimestampEdited != "" {
			page.Add(file.item(&m.wireMessage))
		}
	})
}

// Fetch gives the messages that are asked for, and as Gone those that the export no longer has, as Sweep does, or
// shows as none for the panel.
func (c *Collector) Fetch(ctx context.Context, ids []string) iter.Seq2[collectors.Batch, error] {
	return c.lookAgain(ctx, ids, func(page *collectors.Page, file *export, m message) {
		if m.broken == "" && !c.wants(&m.wireMessage) {
			page.Gone = append(page.Gone, file.id(m))
			return
		}
		c.take(page, file, m)
	})
}

// lookAgain calls found for each of ids that is in the export.
func (c *Collector) lookAgain(ctx context.Context, ids []string, found func(*collectors.Page, *export, message)) iter.Seq2[collectors.Batch, error] {
	return func(yield func(collectors.Batch, error) bool) {
		if len(ids) == 0 {
			return
		}
		b, err := c.look(ctx, ids, found)
		if err != nil {
			yield(collectors.Batch{}, err)
			return
		}
		yield(b, nil)
	}
}

func (c *Collector) look(ctx context.Context, ids []string, found func(*collectors.Page, *export, message)) (collectors.Batch, error) {
	file, err := open(ctx, c.path)
	if err != nil {
		return collectors.Batch{}, err
	}
	defer file.close()
	asked := make(map[string]bool, len(ids))
	for _, id := range ids {
		asked[id] = true
	}
	var b collectors.Page
	var first, last uint64
	for {
		m, err := file.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return collectors.Batch{}, err
		}
		if m.number != 0 {
			if first == 0 {
				first = m.number
			}
			first, last = min(first, m.number), max(last, m.number)
		}
		if id := file.id(m); asked[id] {
			found(&b, file, m)
			delete(asked, id)
		}
	}
	for _, id := range ids {
		channel, message, _ := strings.Cut(id, "/")
		n, err := strconv.ParseUint(message, 10, 64)
		if asked[id] && channel == file.channel.ID && err == nil && n > first && n < last {
			b.Gone = append(b.Gone, id)
			delete(asked, id)
		}
	}
	b.Done = collectors.Progress{Now: int64(len(ids)), Total: int64(len(ids)), Unit: "messages"}
	return b.Batch, nil
}
