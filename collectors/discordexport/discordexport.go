// Package discordexport reads the JSON file that DiscordChatExporter writes of one Discord channel: a way to
// bring in what was asked in a channel where no bot is wanted.
package discordexport

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"askahead/collectors"
)

// Settings of a source of this kind.
type Settings struct {
	Path    string `yaml:"path"`     // of the JSON file; relative to the configuration's folder
	TakeAll bool   `yaml:"take_all"` // every message: for a channel that was announced as a question box
	Bot     string `yaml:"bot"`      // otherwise, messages that mention this account: its name or its id
}

// Validate says what is wrong with the settings. A channel's members did not ask to be read: so either the
// organiser says that they were told, or each of them did by mentioning the bot.
func (s *Settings) Validate() []error {
	var errs []error
	if strings.TrimSpace(s.Path) == "" {
		errs = append(errs, errors.New("path: is empty; it names the JSON file that DiscordChatExporter wrote"))
	}
	if !s.TakeAll && strings.TrimPrefix(s.Bot, "@") == "" {
		errs = append(errs, errors.New("take_all: write true if the channel was announced as a question box; otherwise name under `bot` the account whose mention makes a message one for the panel"))
	}
	return errs
}

//go:embed README.md
var readme string

//go:embed sample.yaml
var sample string

// Kind is what builtin lists.
func Kind() collectors.Kind {
	return collectors.Kind{
		Name:     "discordexport",
		Settings: func() any { return &Settings{} },
		Ask: []collectors.Question{
			{Key: "path", Text: "Which file?"},
			{Key: "take_all", Text: "Was the channel announced as a question box, so that every message counts?", Default: "no"},
			{Key: "bot", Text: "Which account do people mention to ask the panel?", Unless: "take_all"},
		},
		Reads:  "messages of an exported channel: their text, and the name, account and roles of their author",
		Readme: readme,
		Sample: sample,
		New: func(settings any, deps collectors.Deps) (collectors.Collector, error) {
			s, ok := settings.(*Settings)
			if !ok {
				return nil, fmt.Errorf("discordexport: settings of type %T", settings)
			}
			return New(*s, deps)
		},
		Archive: func(path string, head []byte) (any, bool) {
			// Whoever imports an export by hand has chosen the channel.
			return &Settings{Path: path, TakeAll: true}, beginsLikeExport(head)
		},
	}
}

// beginsLikeExport looks for what every export begins with: the guild, with its id, before the channel.
func beginsLikeExport(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n")
	if len(head) == 0 || head[0] != '{' {
		return false
	}
	rest, ok := bytes.CutPrefix(bytes.TrimLeft(head[1:], " \t\r\n"), []byte(`"guild"`))
	return ok && bytes.Contains(rest[:min(len(rest), 2048)], []byte(`"channel"`))
}

// Collector reads one export.
type Collector struct {
	path string
	all  bool
	bot  string
}

// New makes a collector; the file is opened by Collect.
func New(s Settings, deps collectors.Deps) (*Collector, error) {
	if err := errors.Join(s.Validate()...); err != nil {
		return nil, err
	}
	return &Collector{path: deps.Path(s.Path), all: s.TakeAll, bot: strings.TrimPrefix(s.Bot, "@")}, nil
}

const cursorKind = "discordexport/1"

// position is the cursor: up to which message a channel was read. Discord's ids grow with time, so that a new
// export in the place of the old one is read from there on.
type position struct {
	Channel string `json:"channel"`
	After   uint64 `json:"after"`
	Extra   int    `json:"extra,omitempty"` // messages behind After whose id is no number
}

// Collect yields the messages behind since. A file of another channel is read from its start.
func (c *Collector) Collect(ctx context.Context, since collectors.Cursor) iter.Seq2[collectors.Batch, error] {
	return collectors.Batches(func(yield func(collectors.Batch, error) bool) error {
		return c.collect(ctx, since, yield)
	})
}

func (c *Collector) collect(ctx context.Context, since collectors.Cursor, yield func(collectors.Batch, error) bool) error {
	var at position
	if err := since.Read(cursorKind, &at); err != nil {
		return err
	}
	file, err := open(ctx, c.path)
	if err != nil {
		return err
	}
	defer file.close()
	if at.Channel != file.channel.ID {
		at = position{Channel: file.channel.ID}
	}
	var page collectors.Page
	flush := func() error {
		next, err := collectors.NewCursor(cursorKind, at)
		if err != nil {
			return err
		}
		page.Next, page.Done = next, file.progress()
		if !yield(page.Batch, nil) {
			return collectors.ErrStopped
		}
		page = collectors.Page{}
		return nil
	}
	place := walk{from: at}
	for {
		m, err := file.next()
		if err != nil {
			if !page.Empty() {
				if err := flush(); err != nil {
					return err
				}
			}
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		known, err := place.pass(file, m)
		if err != nil {
			return err
		}
		if known {
			continue
		}
		at = place.at
		c.take(&page, file, m)
		if page.Full() {
			if err := flush(); err != nil {
				return err
			}
		}
	}
}

// walk follows the messages of a file, and knows which were read before.
type walk struct {
	from, at position
}

// pass moves behind m and says whether it lies before the cursor that the walk began with.
func (w *walk) pass(file *export, m message) (known bool, err error) {
	w.at.Channel = file.channel.ID
	switch {
	case m.number == 0:
		w.at.Extra++
	case m.number < w.at.After:
		return false, fmt.Errorf("%w: %s has its newest messages first; export it again without --reverse", collectors.ErrSettings, file.name)
	case m.number == w.at.After:
		return true, nil
	default:
		w.at.After, w.at.Extra = m.number, 0
	}
	return w.at.After < w.from.After || (w.at.After == w.from.After && w.at.Extra <= w.from.Extra), nil
}

// take puts m into the page if it is a person's and meant for the panel.
func (c *Collector) take(page *collectors.Page, file *export, m message) {
	switch {
	case m.broken != "":
		page.Break(collectors.Broken{ID: file.id(m), Type: "application/json", Reason: m.broken, Raw: m.raw})
	case c.wants(&m.wireMessage):
		page.Add(file.item(&m.wireMessage))
	}
}

// wants says whether a message is one that people wrote, and one for the panel.
func (c *Collector) wants(m *wireMessage) bool {
	if (m.Type != "Default" && m.Type != "Reply") || m.Author.IsBot {
		return false
	}
	if c.all {
		return true
	}
	for _, u := range m.Mentions {
		if u.ID == c.bot || strings.EqualFold(u.Name, c.bot) {
			return true
		}
	}
	return false
}
