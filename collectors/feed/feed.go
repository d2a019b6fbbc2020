// Package feed reads what people publish in feeds: RSS in all its versions, Atom and JSON Feed; of forums, blogs and
// their comments, and of hashtags. A feed is a window on the newest posts: what slides out of it is not gone.
package feed

import (
	_ "embed"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"askahead/collectors"
	"askahead/internal/guesthttp"
)

// Settings of a source of this kind.
type Settings struct {
	URLs  []string `yaml:"urls"`  // the addresses of feeds
	Pages int      `yaml:"pages"` // how many pages of a feed are read at most, where it has older ones
}

// Limits of the settings.
const (
	maxURLs  = 50
	maxPages = 1000
)

// Validate says what is wrong with the settings.
func (s *Settings) Validate() []error {
	var errs []error
	if len(s.URLs) == 0 {
		errs = append(errs, errors.New("urls: is empty; it names the feeds, such as https://forum.example.org/latest.rss"))
	}
	if len(s.URLs) > maxURLs {
		errs = append(errs, fmt.Errorf("urls: %d feeds; at most %d belong into one source", len(s.URLs), maxURLs))
	}
	seen := map[string]int{}
	for i, text := range s.URLs {
		u, err := feedURL(text)
		if err != nil {
			errs = append(errs, fmt.Errorf("urls: number %d %w", i+1, err))
			continue
		}
		if first, again := seen[u.String()]; again {
			errs = append(errs, fmt.Errorf("urls: number %d is the same as number %d", i+1, first))
		}
		seen[u.String()] = i + 1
	}
	if s.Pages < 1 || s.Pages > maxPages {
		errs = append(errs, fmt.Errorf("pages: %d is not between 1 and %d", s.Pages, maxPages))
	}
	return errs
}

// Servers are those of the feeds.
func (s *Settings) Servers() []string {
	var servers []string
	for _, text := range s.URLs {
		if u, err := feedURL(text); err == nil {
			servers = append(servers, u.Scheme+"://"+u.Host)
		}
	}
	return servers
}

//go:embed README.md
var readme string

//go:embed sample.yaml
var sample string

// Kind is what builtin lists. What needs a key or a password is refused by Validate, so that all of it is public.
func Kind() collectors.Kind {
	return collectors.Kind{
		Name:       "feed",
		PublicOnly: true,
		Settings:   func() any { return &Settings{Pages: 1} },
		Ask:        []collectors.Question{{Key: "urls", Text: "Which feed (its address, with https://)?"}},
		Reads:      "posts of a feed: their text, and the author that the feed names",
		Readme:     readme,
		Sample:     sample,
		New: func(settings any, deps collectors.Deps) (collectors.Collector, error) {
			s, ok := settings.(*Settings)
			if !ok {
				return nil, fmt.Errorf("feed: settings of type %T", settings)
			}
			return New(*s, deps)
		},
	}
}

// Collector reads some feeds.
type Collector struct {
	feeds  []*url.URL
	pages  int
	client *http.Client
	now    func() time.Time
	log    *slog.Logger
}

// New makes a collector; the servers are asked by Collect.
func New(s Settings, deps collectors.Deps) (*Collector, error) {
	if err := errors.Join(s.Validate()...); err != nil {
		return nil, err
	}
	c := &Collector{pages: s.Pages, client: deps.HTTP, now: deps.Now, log: deps.Log}
	for _, text := range s.URLs {
		u, err := feedURL(text)
		if err != nil {
			return nil, err
		}
		c.feeds = append(c.feeds, u)
	}
	if c.client == nil {
		c.client = guesthttp.New(guesthttp.Options{Contact: deps.Contact})
	}
	if c.now == nil {
		c.now = time.Now
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	return c, nil
}
