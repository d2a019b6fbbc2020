// Package discord reads channels of a Discord server through a bot: the messages that mention the bot, or
// every message of a channel that was announced as a question box. It asks for history on a schedule, stays
// connected to nothing, and writes nothing.
package discord

import (
	_ "embed"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"askahead/collectors"
	"askahead/domain"
	"askahead/internal/guesthttp"
)

//go:embed README.md
var readme string

//go:embed sample.yaml
var sample string

// Kind is what builtin lists.
func Kind() collectors.Kind {
	return collectors.Kind{
		Name:     "discord",
		Settings: func() any { return &Settings{Messages: onlyMentions, Threads: true, Limit: maxLimit} },
		Ask: []collectors.Question{
			{Key: "channels", Text: "Which channels (their ids; Discord shows them in its developer mode)?"},
			{Key: "token", Text: "The token of your bot?"},
		},
		Reads:  "messages in channels that the organiser named: their text, and the name, account and roles of their author; and what people ask by /ask",
		Readme: readme,
		Sample: sample,
		New: func(settings any, deps collectors.Deps) (collectors.Collector, error) {
			s, ok := settings.(*Settings)
			if !ok {
				return nil, fmt.Errorf("discord: settings of type %T", settings)
			}
			if s.CalledBy() != "" {
				return NewReceiver(*s, deps)
			}
			return New(*s, deps)
		},
	}
}

// Collector reads some channels with one bot.
type Collector struct {
	token    collectors.Secret
	channels []string
	all      bool
	threads  bool
	limit    int
	tlp      map[string]domain.TLP // by channel
	client   *http.Client
	agent    string
	pace     *rate.Limiter
	now      func() time.Time
	waiting  func(until time.Time)
}

// Discord allows a bot 50 requests per second in all (developer documentation, "Rate Limits"). The bot may
// have other things to do, so less than half of that is taken.
const (
	perSecond = 20
	burst     = 10
)

// New makes a collector; Discord is asked by Collect.
func New(s Settings, deps collectors.Deps) (*Collector, error) {
	if err := errors.Join(s.Validate()...); err != nil {
		return nil, err
	}
	c := &Collector{
		token: s.token(), all: s.Messages == allMessages, threads: s.Threads, limit: s.Limit, tlp: map[string]domain.TLP{},
		client: deps.HTTP, agent: guesthttp.UserAgent("", deps.Contact),
		pace: rate.NewLimiter(perSecond, burst), now: deps.Now,
	}
	for _, id := range s.Channels {
		c.channels = append(c.channels, strings.TrimSpace(id))
	}
	for id, level := range s.TLP {
		c.tlp[strings.TrimSpace(id)] = level
	}
	if c.client == nil {
		c.client = guesthttp.New(guesthttp.Options{Contact: deps.Contact})
	}
	if c.now == nil {
		c.now = time.Now
	}
	if c.waiting = deps.Waiting; c.waiting == nil {
		c.waiting = func(time.Time) {}
	}
	return c, nil
}
