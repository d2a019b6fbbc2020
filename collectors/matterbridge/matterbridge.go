// Package matterbridge reads chat rooms of many networks (IRC, XMPP, Slack, Mattermost, Zulip, Rocket.Chat,
// Telegram and more) through the REST API of a matterbridge that is in them
// (https://github.com/42wim/matterbridge, version 1.26). What the API gives, it forgets; so it is written to a
// spool, a file of the collector's own, before anything else is done with it.
package matterbridge

import (
	_ "embed"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"askahead/collectors"
	"askahead/internal/guesthttp"
)

//go:embed README.md
var readme string

//go:embed sample.yaml
var sample string

// Kind is what builtin lists.
func Kind() collectors.Kind {
	return collectors.Kind{
		Name:     "matterbridge",
		Settings: func() any { return &Settings{Messages: onlyMentions, Read: readMessages, Keep: 24 * time.Hour} },
		Ask: []collectors.Question{
			{Key: "server", Text: "Where is the API of your matterbridge?"},
			{Key: "token", Text: "Its Token?"},
			{Key: "name", Text: "By which name do people address the bot?"},
			{Key: "spool", Text: "In which file may messages wait until they are stored?", Default: "matterbridge.spool"},
			{Key: "listen", Text: "How long may a run listen (between two runs, matterbridge holds ten messages)?", Default: "55s"},
		},
		Reads:  "messages in rooms that a bridge is in: their text, and the name and account of their author",
		Readme: readme,
		Sample: sample,
		New: func(settings any, deps collectors.Deps) (collectors.Collector, error) {
			s, ok := settings.(*Settings)
			if !ok {
				return nil, fmt.Errorf("matterbridge: settings of type %T", settings)
			}
			return New(*s, deps)
		},
	}
}

// Collector reads the API of one matterbridge.
type Collector struct {
	settings Settings
	server   *url.URL
	token    collectors.Secret
	spool    *spool
	client   *http.Client
	now      func() time.Time
	log      *slog.Logger
	poll     time.Duration // between two looks while a run listens
	quiet    time.Duration // how long a stream pauses when it has nothing more
}

// How a run listens. After it was read once, matterbridge 1.26 holds ten messages, whatever Buffer says; so it is
// looked at often. For a stream it looks for a message itself every 200 milliseconds.
const (
	pollPause   = time.Second
	holds       = 10
	streamQuiet = 2 * time.Second
)

// New makes a collector; neither the server nor the spool is looked at before Collect.
func New(s Settings, deps collectors.Deps) (*Collector, error) {
	if err := errors.Join(s.Validate()...); err != nil {
		return nil, err
	}
	server, err := serverURL(s.Server)
	if err != nil {
		return nil, err
	}
	c := &Collector{settings: s, server: server, token: collectors.Secret(strings.TrimSpace(s.Token.Reveal())),
		client: deps.HTTP, now: deps.Now, log: deps.Log, poll: pollPause, quiet: streamQuiet}
	if c.client == nil {
		c.client = guesthttp.New(guesthttp.Options{Contact: deps.Contact})
	}
	if c.now == nil {
		c.now = time.Now
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	c.spool = &spool{path: deps.Path(strings.TrimSpace(s.Spool)), server: server.Host, now: c.now, max: maxSpool, reserve: reserve}
	return c, nil
}
