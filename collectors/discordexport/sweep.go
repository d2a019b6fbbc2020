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
	return func(yield func(collectors.Batch, error) bool) {
		if len(ids) == 0 {
			return
		}
		b, err := c.sweep(ctx, ids)
		if err != nil {
			yield(collectors.Batch{}, err)
			return
		}
		yield(b, nil)
	}
}

func (c *Collector) sweep(ctx context.Context, ids []string) (collectors.Batch, error) {
	file, err := open(ctx, c.path)
	if err != nil {
		return collectors.Batch{}, err
	}
	defer file.close()
	asked := make(map[string]bool, len(ids))
	for _, id := range ids {
		asked[id] = true
	}
	var b collectors.Batch
	var first, last uint64
	for {
		m, err := file.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return collectors.Batch{}, err
		}
		if m.number == 0 {
			continue
		}
		if first == 0 {
			first = m.number
		}
		first, last = min(first, m.number), max(last, m.number)
		id := file.id(m)
		if asked[id] && m.broken == "" && m.TimestampEdited != "" {
			b.Items = append(b.Items, file.item(&m.wireMessage))
		}
		delete(asked, id)
	}
	for _, id := range ids {
		channel, message, _ := strings.Cut(id, "/")
		n, err := strconv.ParseUint(message, 10, 64)
		if asked[id] && channel == file.channel.ID && err == nil && n > first && n < last {
			b.Gone = append(b.Gone, id)
		}
	}
	b.Done = collectors.Progress{Now: int64(len(ids)), Total: int64(len(ids)), Unit: "messages"}
	return b, nil
}
