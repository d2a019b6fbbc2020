package chatexport

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"askahead/collectors"
)

// export is an archive whose messages were found and put in order. Nothing of them is kept but where they stand, so
// that memory grows by some forty bytes a message.
type export struct {
	c        *Collector
	archive  *archive
	slack    *workspace
	channels []channel
	byKey    map[string]int32
	rows     []row
	foreign  []string // documents in which nothing is a message
	open     []opened // the last ones that were read, the very last at the end
	held     int64    // bytes that they take
	damage   error    // what keeps it from being read to its end
}

// channel is a room.
type channel struct {
	key   string // names it in ids: "slack:C024BE7LR"
	name  string
	limit int64           // the time up to which it was read whole; 0 for all of it
	nicks map[string]bool // who speaks in a log
}

// row is where a message stands.
type row struct {
	at       int64 // microseconds since 1970; of the one before it where it says none
	off      int64
	len      int32
	document int32
	channel  int32
	repeat   int32 // which one of the same words of the same person at the same time; in logs alone
	log      bool
}

type opened struct {
	document int32
	content  content
}

// maxHeld is how much is held of the documents that were read last, in bytes: in an export of many channels, messages
// of one hour stand in as many documents, and each of them would be unpacked for each message.
const maxHeld = 64 << 20

// maxChannels keeps the cursor small.
const maxChannels = 5000

func (c *Collector) open(ctx context.Context) (*export, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	a, err := openArchive(ctx, c.path)
	if err != nil {
		return nil, err
	}
	x := &export{c: c, archive: a, byKey: map[string]int32{}}
	if err := x.index(ctx); err != nil {
		x.close()
		return nil, err
	}
	return x, nil
}

func (x *export) close() {
	for _, o := range x.open {
		o.content.close()
	}
	x.archive.close()
}

// index finds all messages.
func (x *export) index(ctx context.Context) error {
	var err error
	if x.slack, err = readWorkspace(x.archive, x.c.path); err != nil {
		return err
	}
	for i, name := range x.archive.names {
		if x.slack.skips(name, x.c.channels) {
			continue
		}
		if err := x.indexDocument(ctx, int32(i)); err != nil {
			return err
		}
	}
	if len(x.rows) == 0 && x.damage == nil && len(x.foreign) > 0 {
		return fmt.Errorf("%w: path: %s is no chat that is known here: Slack, Mattermost, Rocket.Chat, Telegram, Gitter, or the log of an IRC client",
			collectors.ErrSettings, x.archive.name)
	}
	x.rows = slices.DeleteFunc(x.rows, func(r row) bool {
		limit := x.channels[r.channel].limit
		return limit != 0 && r.at > limit
	})
	slices.SortStableFunc(x.rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.document, b.document), cmp.Compare(a.off, b.off))
	})
	return nil
}

func (x *export) indexDocument(ctx context.Context, document int32) error {
	name := x.archive.names[document]
	content, err := x.document(document)
	if err != nil {
		return err
	}
	before := len(x.rows)
	text := io.NewSectionReader(content, 0, content.size)
	head := make([]byte, 4096)
	n, _ := text.ReadAt(head, 0)
	ours := false
	switch shape(head[:n]) {
	case shapeJSON:
		ours, err = x.indexJSON(ctx, document, text)
	case shapeLog:
		if ours = true; !x.query(name) {
			err = x.indexLog(ctx, document, text)
		}
	case shapeNone:
		ours = true
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if errors.Is(err, collectors.ErrSettings) {
		return err
	}
	if err != nil {
		x.damage = errors.Join(x.damage, fmt.Errorf("%s: %w", name, err))
		x.stop(document, before)
	} else if !ours {
		x.foreign = append(x.foreign, name)
	}
	return nil
}

// query says whether a log is of what two people said to each other alone. Clients write those into the folder of the
// channels, by the name of the other person; where channels have their "#", what has none is one.
func (x *export) query(name string) bool {
	hash := func(name string) bool { return strings.Contains(name, "#") }
	return !hash(name) && slices.ContainsFunc(x.archive.names, hash)
}

// stop keeps the channels of a damaged document from being read past the damage: what is lost there would lie before
// the cursor, and not be read when the document is whole again.
func (x *export) stop(document int32, before int) {
	limits := map[int32]int64{}
	for _, r := range x.rows[before:] {
		limits[r.channel] = max(limits[r.channel], r.at, 1)
	}
	if len(limits) == 0 {
		limits[x.channel(x.hint(document))] = 1
	}
	for number, limit := range limits {
		if c := &x.channels[number]; c.limit == 0 || limit < c.limit {
			c.limit = limit
		}
	}
}

// channel finds a channel, or makes it; -1 if there are too many.
func (x *export) channel(key, name string) int32 {
	if i, ok := x.byKey[key]; ok {
		return i
	}
	i := int32(len(x.channels))
	x.byKey[key] = i
	x.channels = append(x.channels, channel{key: key, name: name})
	return i
}

// add notes a message, if its channel is one that is read.
func (x *export) add(r row, key, name string) error {
	key = strings.ReplaceAll(key, "/", "_")
	if only := x.c.channels; len(only) > 0 && !only[bareChannel(name)] && !only[bareChannel(key[strings.IndexByte(key, ':')+1:])] {
		return nil
	}
	r.channel = x.channel(key, name)
	if r.channel >= maxChannels {
		return fmt.Errorf("%w: path: %s has more than %d channels; name those that were announced under `channels`", collectors.ErrSettings, x.archive.name, maxChannels)
	}
	x.rows = append(x.rows, r)
	return nil
}

// hint is the channel of a document whose messages name none: that of its folder in an export of Slack, else one
// that is called as the document is.
func (x *export) hint(document int32) (key, name string) {
	file := x.archive.names[document]
	if key, name, ok := x.slack.channel(file); ok {
		return key, name
	}
	name = logName(strings.TrimSuffix(path.Base(file), path.Ext(file)))
	if name == "" {
		name = logName(path.Base(path.Dir(file)))
	}
	if name == "" || name == "." {
		name = "chat"
	}
	return "log:" + name, name
}

// document opens a document, or gives one of the last that were read.
func (x *export) document(n int32) (content, error) {
	for i, o := range slices.Backward(x.open) {
		if o.document == n {
			if i < len(x.open)-1 {
				x.open = append(slices.Delete(x.open, i, i+1), o)
			}
			return o.content, nil
		}
	}
	c, err := x.archive.read(x.archive.names[n])
	if err != nil {
		return content{}, err
	}
	for x.held += c.held; x.held > maxHeld && len(x.open) > 0; x.open = slices.Delete(x.open, 0, 1) {
		x.held -= x.open[0].content.held
		x.open[0].content.close()
	}
	x.open = append(x.open, opened{n, c})
	return c, nil
}

// read gives the message that stands at a row.
func (x *export) read(ctx context.Context, r *row) (message, error) {
	if err := ctx.Err(); err != nil {
		return message{}, err
	}
	content, err := x.document(r.document)
	if err != nil {
		return message{}, err
	}
	raw := make([]byte, r.len)
	if n, err := content.ReadAt(raw, r.off); n < len(raw) {
		return message{}, fmt.Errorf("%s: it changed while it was read (%w): read it again", x.archive.names[r.document], err)
	}
	if r.log {
		return x.readLog(r, raw), nil
	}
	return x.readJSON(raw), nil
}
