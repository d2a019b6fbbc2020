// Package matrix reads rooms of Matrix through the account of a bot: the messages that mention the bot, or
// every message of a room that was announced as a question box. It speaks the client-server API
// (https://spec.matrix.org; of version 1.3, where `from` of /messages became optional) on a schedule, stays
// connected to nothing, reads no encrypted message, and writes nothing.
package matrix

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/time/rate"

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
		Name:     "matrix",
		Settings: func() any { return &Settings{Messages: onlyMentions, Limit: maxLimit} },
		Ask: []collectors.Question{
			{Key: "homeserver", Text: "Which homeserver has the bot's account?"},
			{Key: "rooms", Text: "Which rooms (their aliases or ids)?"},
			{Key: "token", Text: "The access token of the bot?"},
		},
		Reads:  "messages in rooms that the organiser named: their text, and the name and account of their author",
		Readme: readme,
		Sample: sample,
		New: func(settings any, deps collectors.Deps) (collectors.Collector, error) {
			s, ok := settings.(*Settings)
			if !ok {
				return nil, fmt.Errorf("matrix: settings of type %T", settings)
			}
			return New(*s, deps)
		},
	}
}

// Collector reads some rooms with one account.
type Collector struct {
	server   *url.URL
	token    collectors.Secret
	user     string
	password collectors.Secret
	rooms    []string
	all      bool
	join     bool
	limit    int
	client   *http.Client
	pace     *rate.Limiter
	now      func() time.Time
	sleep    func(ctx context.Context, until time.Time) error
	waiting  func(until time.Time)
}

// Dendrite refuses the sixth request within half a second, and other servers are no busier for it.
const (
	perSecond = 8
	burst     = 1
)

// New makes a collector; the server is asked by Collect.
func New(s Settings, deps collectors.Deps) (*Collector, error) {
	if err := errors.Join(s.Validate()...); err != nil {
		return nil, err
	}
	server, err := serverURL(s.Homeserver)
	if err != nil {
		return nil, err
	}
	c := &Collector{
		server: server, token: collectors.Secret(strings.TrimSpace(s.Token.Reveal())), user: strings.TrimSpace(s.User), password: s.Password,
		all: s.Messages == allMessages, join: s.Join, limit: s.Limit,
		client: deps.HTTP, pace: rate.NewLimiter(perSecond, burst), now: deps.Now, waiting: deps.Waiting,
	}
	c.sleep = c.sleepUntil
	for _, room := range s.Rooms {
		c.rooms = append(c.rooms, strings.TrimSpace(room))
	}
	if c.client == nil {
		c.client = guesthttp.New(guesthttp.Options{Contact: deps.Contact})
	}
	if c.now == nil {
		c.now = time.Now
	}
	if c.waiting == nil {
		c.waiting = func(time.Time) {}
	}
	return c, nil
}
