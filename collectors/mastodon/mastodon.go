// Package mastodon reads what people post under a hashtag, from any server that speaks Mastodon's client API:
// Mastodon itself, GoToSocial, Pleroma, Akkoma and others. It reads public posts alone, and of nobody who asks
// not to be read by programs.
package mastodon

import (
	_ "embed"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"

	"askahead/collectors"
	"askahead/internal/guesthttp"
)

// Settings of a source of this kind.
type Settings struct {
	Server   string            `yaml:"server"`    // https://social.example.org
	Hashtags []string          `yaml:"hashtags"`  // none: those of the session
	Any      []string          `yaml:"any"`       // or these beside each hashtag
	All      []string          `yaml:"all"`       // and these with each hashtag
	None     []string          `yaml:"none"`      // but none of these
	Token    collectors.Secret `yaml:"token"`     // for servers that show hashtags to members only
	Limit    int               `yaml:"limit"`     // posts to ask for at once, at most 40
	LookBack time.Duration     `yaml:"look_back"` // how far back each run looks for posts that reached the server late
}

// Limits of the API: Mastodon gives at most 40 posts at once and reads at most four hashtags of a kind.
const (
	maxLimit    = 40
	maxWith     = 4
	maxLookBack = 7 * 24 * time.Hour
)

// Validate says what is wrong with the settings.
func (s *Settings) Validate() []error {
	var errs []error
	if _, err := guesthttp.ServerURL(s.Server); err != nil {
		errs = append(errs, err)
	}
	for _, list := range []struct {
		key  string
		tags []string
		max  int
	}{{"hashtags", s.Hashtags, 100}, {"any", s.Any, maxWith - 1}, {"all", s.All, maxWith}, {"none", s.None, maxWith}} {
		if len(list.tags) > list.max {
			errs = append(errs, fmt.Errorf("%s: %d hashtags; at most %d are read", list.key, len(list.tags), list.max))
		}
		for _, tag := range list.tags {
			if !isHashtag(bare(tag)) {
				errs = append(errs, fmt.Errorf("%s: %q is not a hashtag: letters, digits and _ make one", list.key, tag))
			}
		}
	}
	if s.Limit < 1 || s.Limit > maxLimit {
		errs = append(errs, fmt.Errorf("limit: %d is not between 1 and %d", s.Limit, maxLimit))
	}
	if s.LookBack < 0 || s.LookBack > maxLookBack {
		errs = append(errs, fmt.Errorf("look_back: %s is not between 0 and 168h", s.LookBack))
	}
	return errs
}

// Servers is the one that is read.
func (s *Settings) Servers() []string { return []string{strings.TrimSpace(s.Server)} }

func bare(tag string) string { return strings.TrimPrefix(strings.TrimSpace(tag), "#") }

func isHashtag(tag string) bool {
	for _, r := range tag {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && r != '_' && r != '\u00b7' && r != '\u200c' {
			return false
		}
	}
	return tag != "" && len(tag) <= 200
}

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

// Collector reads the hashtags of one server.
type Collector struct {
	server   *url.URL
	tags     []string
	with     url.Values // any[], all[], none[]
	token    collectors.Secret
	limit    int
	lookBack time.Duration
	client   *http.Client
	now      func() time.Time
	log      *slog.Logger
}

// New makes a collector; the server is asked by Collect.
func New(s Settings, deps collectors.Deps) (*Collector, error) {
	if err := errors.Join(s.Validate()...); err != nil {
		return nil, err
	}
	server, err := guesthttp.ServerURL(s.Server)
	if err != nil {
		return nil, err
	}
	tags := s.Hashtags
	if len(tags) == 0 {
		tags = deps.Hashtags
	}
	if len(tags) == 0 {
		return nil, errors.New("hashtags: none are given, and the session has none either")
	}
	c := &Collector{
		server: server, token: s.Token, limit: s.Limit, lookBack: s.LookBack, with: url.Values{},
		client: deps.HTTP, now: deps.Now, log: deps.Log,
	}
	seen := map[string]bool{}
	for _, tag := range tags {
		name := strings.ToLower(bare(tag))
		if !isHashtag(name) {
			return nil, fmt.Errorf("hashtags: %q is not a hashtag: letters, digits and _ make one", tag)
		}
		if !seen[name] {
			seen[name] = true
			c.tags = append(c.tags, name)
		}
	}
	for key, list := range map[string][]string{"any[]": s.Any, "all[]": s.All, "none[]": s.None} {
		for _, tag := range list {
			c.with.Add(key, bare(tag))
		}
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
