// Package chatexport reads what people saved of a chat: the export of a Slack workspace, Telegram's result.json,
// what the programming interfaces of Slack, Mattermost, Rocket.Chat, Gitter and Telegram answered, and the logs of
// IRC clients. It is for rooms in which no bot is wanted, or that are over.
package chatexport

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"askahead/collectors"
)

// Settings of a source of this kind.
type Settings struct {
	Path     string   `yaml:"path"`     // a file, a folder or a .zip; relative to the configuration's folder
	Channels []string `yaml:"channels"` // names of the channels that are read; none: all public ones of the export
	TakeAll  bool     `yaml:"take_all"` // every message: for rooms that were announced as a question box
	Bot      string   `yaml:"bot"`      // otherwise, messages that mention this account: its name or its id
	Timezone string   `yaml:"timezone"` // of times that say none: those of logs
}

// Validate says what is wrong with the settings. Those who are in a room did not ask to be read: so either the
// organiser says that they were told, or each of them did by mentioning the bot.
func (s *Settings) Validate() []error {
	var errs []error
	if strings.TrimSpace(s.Path) == "" {
		errs = append(errs, errors.New("path: is empty; it names the export: a file, a folder or a .zip"))
	}
	if !s.TakeAll && strings.TrimPrefix(s.Bot, "@") == "" {
		errs = append(errs, errors.New("take_all: write true if the channels were announced as a question box; otherwise name under `bot` the account whose mention makes a message one for the panel"))
	}
	for _, name := range s.Channels {
		if bareChannel(name) == "" {
			errs = append(errs, errors.New("channels: holds an empty name"))
		}
	}
	if _, err := time.LoadLocation(s.Timezone); err != nil {
		errs = append(errs, fmt.Errorf("timezone: %q is not a time zone such as Europe/Paris", s.Timezone))
	}
	return errs
}

func bareChannel(name string) string {
	return strings.ToLower(strings.TrimLeft(strings.TrimSpace(name), "#"))
}

//go:embed README.md
var readme string

//go:embed sample.yaml
var sample string

// Kind is what builtin lists.
func Kind() collectors.Kind {
	return collectors.Kind{
		Name:     "chatexport",
		Settings: func() any { return &Settings{Timezone: "UTC"} },
		Ask: []collectors.Question{
			{Key: "path", Text: "Which file, folder or .zip?"},
			{Key: "take_all", Text: "Were its channels announced as a question box, so that every message counts?", Default: "no"},
			{Key: "bot", Text: "Which account do people mention to ask the panel?", Unless: "take_all"},
		},
		Reads:  "messages of a saved chat: their text, and the name and account of their author",
		Readme: readme,
		Sample: sample,
		New: func(settings any, deps collectors.Deps) (collectors.Collector, error) {
			s, ok := settings.(*Settings)
			if !ok {
				return nil, fmt.Errorf("chatexport: settings of type %T", settings)
			}
			return New(*s, deps)
		},
		Archive: func(path string, head []byte) (any, bool) {
			// Whoever imports an export by hand has chosen it.
			return &Settings{Path: path, TakeAll: true, Timezone: "UTC"}, looksLikeExport(path, head)
		},
	}
}

// Collector reads one export.
type Collector struct {
	path     string
	channels map[string]bool // lower case; empty for all
	all      bool
	bot      string
	zone     *time.Location
}

// New makes a collector; the export is opened by Collect.
func New(s Settings, deps collectors.Deps) (*Collector, error) {
	if err := errors.Join(s.Validate()...); err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(s.Timezone)
	if err != nil {
		return nil, err
	}
	c := &Collector{path: deps.Path(s.Path), channels: map[string]bool{}, all: s.TakeAll, bot: strings.TrimPrefix(s.Bot, "@"), zone: zone}
	for _, name := range s.Channels {
		c.channels[bareChannel(name)] = true
	}
	return c, nil
}

// Collect yields the messages behind since, those of all channels together, oldest first.
func (c *Collector) Collect(ctx context.Context, since collectors.Cursor) iter.Seq2[collectors.Batch, error] {
	return collectors.Batches(func(yield func(collectors.Batch, error) bool) error {
		return c.collect(ctx, since, yield)
	})
}

func (c *Collector) collect(ctx context.Context, since collectors.Cursor, yield func(collectors.Batch, error) bool) error {
	at, err := readPosition(since)
	if err != nil {
		return err
	}
	x, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer x.close()
	begun := at.clone()
	place := walk{}
	var page collectors.Page
	flush := func(done int) error {
		if page.Next, err = at.cursor(); err != nil {
			return err
		}
		page.Done = collectors.Progress{Now: int64(done), Total: int64(len(x.rows)), Unit: "messages"}
		if !yield(page.Batch, nil) {
			return collectors.ErrStopped
		}
		page = collectors.Page{}
		return nil
	}
	for i := range x.rows {
		row := &x.rows[i]
		channel := x.channels[row.channel].key
		mark := place.pass(row)
		if !begun.before(channel, mark) {
			continue
		}
		m, err := x.read(ctx, row)
		if err != nil {
			return err
		}
		at[channel] = mark
		c.take(&page, x, row, &m)
		if page.Full() {
			if err := flush(i + 1); err != nil {
				return err
			}
		}
	}
	if !page.Empty() {
		if err := flush(len(x.rows)); err != nil {
			return err
		}
	}
	return x.damage
}

// take puts a message into the page if it is a person's and meant for the panel.
func (c *Collector) take(page *collectors.Page, x *export, row *row, m *message) {
	switch {
	case m.broken != "":
		if c.all || strings.Contains(string(m.raw), c.bot) { // who did not mention the bot is not kept for being unreadable either
			page.Break(collectors.Broken{ID: x.id(row, m), Type: m.rawType(), Reason: m.broken, Raw: m.raw})
		}
	case m.gone:
		page.Gone = append(page.Gone, x.id(row, m))
	case c.wants(m):
		page.Add(x.item(row, m))
	}
}

// wants says whether a message is one that a person wrote, and one for the panel.
func (c *Collector) wants(m *message) bool {
	if m.notWritten || m.author.bot || strings.TrimSpace(m.text) == "" {
		return false
	}
	if c.all {
		return true
	}
	for _, u := range m.mentions {
		if u.id == c.bot || strings.EqualFold(u.name, c.bot) {
			return true
		}
	}
	return false
}
