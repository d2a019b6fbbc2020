package chatexport

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"askahead/collectors"
)

// Sweep yields the messages that the export shows as edited, and as Gone those that it shows as deleted or no longer
// has. Only what lies between the first and the last message of its channel can be missed: an export may be of a part
// of the time.
func (c *Collector) Sweep(ctx context.Context, ids []string) iter.Seq2[collectors.Batch, error] {
	return c.lookAgain(ctx, ids, func(page *collectors.Page, x *export, row *row, m *message) {
		if m.broken == "" && (m.edited && c.wants(m) || m.gone) {
			c.take(page, x, row, m)
		}
	})
}

// Fetch gives the messages that are asked for, and as Gone those that the export no longer has, as Sweep does, or
// shows as none for the panel.
func (c *Collector) Fetch(ctx context.Context, ids []string) iter.Seq2[collectors.Batch, error] {
	return c.lookAgain(ctx, ids, func(page *collectors.Page, x *export, row *row, m *message) {
		if m.broken == "" && !m.gone && !c.wants(m) {
			page.Gone = append(page.Gone, x.id(row, m))
			return
		}
		c.take(page, x, row, m)
	})
}

// lookAgain calls found for each of ids that is in the export.
func (c *Collector) lookAgain(ctx context.Context, ids []string, found func(*collectors.Page, *export, *row, *message)) iter.Seq2[collectors.Batch, error] {
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

func (c *Collector) look(ctx context.Context, ids []string, found func(*collectors.Page, *export, *row, *message)) (collectors.Batch, error) {
	x, err := c.open(ctx)
	if err != nil {
		return collectors.Batch{}, err
	}
	defer x.close()
	if x.damage != nil {
		return collectors.Batch{}, x.damage // what seems to be missing may stand behind the damage
	}
	asked := make(map[string]bool, len(ids))
	type place struct {
		channel int32
		at      int64
	}
	places := map[place]bool{} // of those that are asked for: only what stands there is read
	for _, id := range ids {
		asked[id] = true
		if key, at, ok := splitID(id); ok {
			if n, known := x.byKey[key]; known {
				places[place{n, at}] = true
			}
		}
	}
	var page collectors.Page
	first, last := make([]int64, len(x.channels)), make([]int64, len(x.channels))
	for i := range x.rows {
		r := &x.rows[i]
		if last[r.channel] == 0 {
			first[r.channel] = r.at
		}
		last[r.channel] = r.at
		if !places[place{r.channel, r.at}] {
			continue
		}
		m, err := x.read(ctx, r)
		if err != nil {
			return collectors.Batch{}, err
		}
		if id := x.id(r, &m); asked[id] {
			found(&page, x, r, &m)
			delete(asked, id)
		}
	}
	for _, id := range ids {
		key, at, ok := splitID(id)
		n, known := x.byKey[key]
		if ok && known && asked[id] && at > first[n] && at < last[n] {
			page.Gone = append(page.Gone, id)
			delete(asked, id)
		}
	}
	slices.Sort(page.Gone)
	page.Done = collectors.Progress{Now: int64(len(ids)), Total: int64(len(ids)), Unit: "messages"}
	return page.Batch, nil
}

// splitID takes the channel and the time from an external id.
func splitID(id string) (channel string, at int64, ok bool) {
	rest, _, ok := cutLast(id)
	channel, micros, ok2 := cutLast(rest)
	at, err := strconv.ParseInt(micros, 10, 64)
	return channel, at, ok && ok2 && err == nil
}

func cutLast(s string) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, '/')
	if i < 0 {
		return "", "", false
	}
	return s[:i], s[i+1:], true
}

// Check reads the export to its end.
func (c *Collector) Check(ctx context.Context) []collectors.Finding {
	x, err := c.open(ctx)
	if err != nil {
		return []collectors.Finding{collectors.Failed("open the export", err)}
	}
	defer x.close()
	count, wanted := make([]int, len(x.channels)), make([]int, len(x.channels))
	for i := range x.rows {
		m, err := x.read(ctx, &x.rows[i])
		if err != nil {
			return []collectors.Finding{collectors.Failed("read "+x.archive.name, err)}
		}
		n := x.rows[i].channel
		count[n]++
		if m.broken == "" && !m.gone && c.wants(&m) {
			wanted[n]++
		}
	}
	var findings []collectors.Finding
	if x.damage != nil {
		findings = append(findings, collectors.Failed("read "+x.archive.name, x.damage))
	}
	total := 0
	for n := range x.channels {
		total += wanted[n]
		if len(findings) <= maxFindings {
			findings = append(findings, collectors.Finding{OK: true, What: fmt.Sprintf("read #%s: %d messages, %d of them by people and for the panel", x.channels[n].name, count[n], wanted[n])})
		}
	}
	for name := range c.channels {
		if !slices.ContainsFunc(x.channels, func(ch channel) bool {
			return bareChannel(ch.name) == name || strings.HasSuffix(strings.ToLower(ch.key), ":"+name)
		}) {
			findings = append(findings, collectors.Finding{What: "find #" + name, Hint: "the export has no channel of that name"})
		}
	}
	if len(x.rows) > 0 && total == 0 && !c.all {
		findings = append(findings, collectors.Finding{What: "find messages for the panel", Hint: fmt.Sprintf("no message mentions %q; is that the name or the id of the bot?", c.bot)})
	}
	if len(findings) == 0 {
		findings = append(findings, collectors.Finding{OK: true, What: "read " + x.archive.name + ": no message yet"})
	}
	return findings
}

// maxFindings is how many channels are named one by one.
const maxFindings = 50
