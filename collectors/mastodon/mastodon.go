// Package mastodon reads what people post under a hashtag, from any server that speaks Mastodon's client API:
// Mastodon itself, GoToSocial, Pleroma, Akkoma and others. It reads public posts alone, and of nobody who asks
// not to be read by programs.
package mastodon

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
		Name:       "mastodon",
		PublicOnly: true,
		Settings:   func() any { return &Settings{Limit: maxLimit, LookBack: 24 * time.Hour} },
		Ask:        []collectors.Question{{Key: "server", Text: "Which server (a large one sees more posts)?"}},
		Reads:      "posts under a hashtag and answers to them: their text, the name and account of their author, and what the author's profile says of being read",
		Readme:     readme,
		Sample:     sample,
		New: func(settings any, deps collectors.Deps) (collectors.Collector, error) {
			s, ok := settings.(*Settings)
			if !ok {
				return nil, fmt.Errorf("mastodon: settings of type %T", settings)
			}
			return New(*s, deps)
		},
	}
}

// Collector reads the hashtags of one server or of several.
type Collector struct {
	servers  []*server
	tags     []string
	with     url.Values // any[], all[], none[]
	limit    int
	lookBack time.Duration
	replies  bool
	client   *http.Client
	now      func() time.Time
	waiting  func(until time.Time)
	sleep    func(ctx context.Context, until time.Time) error
}

// server is one that is asked.
type server struct {
	name  string // host, with the port if it has one; it stands in external ids and in cursors
	url   *url.URL
	token collectors.Secret
	pace  *rate.Limiter // of requests for single posts, where the server tells no limit of its own
}

// New makes a collector; the servers are asked by Collect.
func New(s Settings, deps collectors.Deps) (*Collector, error) {
	if err := errors.Join(s.Validate()...); err != nil {
		return nil, err
	}
	servers, _ := s.servers() // Validate has told what is wrong with them
	tags, err := collectors.Hashtags(s.Hashtags, deps.Hashtags)
	if err != nil {
		return nil, err
	}
	c := &Collector{
		servers: servers, limit: s.Limit, lookBack: s.LookBack, replies: s.Replies, with: url.Values{},
		client: deps.HTTP, now: deps.Now, waiting: deps.Waiting,
	}
	for _, tag := range tags {
		c.tags = append(c.tags, strings.ToLower(tag))
	}
	for key, list := range map[string][]string{"any[]": s.Any, "all[]": s.All, "none[]": s.None} {
		for _, written := range list {
			tag, _ := collectors.Hashtag(written) // Validate has told what is wrong with it
			c.with.Add(key, tag)
		}
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
	c.sleep = c.sleepUntil
	return c, nil
}
