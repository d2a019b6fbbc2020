// Package bluesky reads what people post under a hashtag on Bluesky and other networks that speak the AT Protocol
// (https://atproto.com). It searches with an account of its own, since nobody else is answered, and reads nothing of
// people who ask not to be read by programs or by visitors.
package bluesky

import (
	_ "embed"
	"errors"
	"fmt"
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
	Account  string            `yaml:"account"`   // handle, such as askahead.example.org, DID or mail address of the account that searches
	Password collectors.Secret `yaml:"password"`  // an app password of that account
	Service  string            `yaml:"service"`   // where that account logs in
	Hashtags []string          `yaml:"hashtags"`  // none: those of the session
	Limit    int               `yaml:"limit"`     // posts to ask for at once, at most 100
	LookBack time.Duration     `yaml:"look_back"` // how far back each run looks for posts that were found late
}

const (
	defaultService = "https://bsky.social"
	maxLimit       = 100 // what a search gives at once
	maxHashtags    = 100
	maxLookBack    = 7 * 24 * time.Hour
)

// Validate says what is wrong with the settings.
func (s *Settings) Validate() []error {
	var errs []error
	switch account := s.account(); {
	case account == "":
		errs = append(errs, errors.New("account: is empty; it is the handle of the account that searches, such as askahead.example.org"))
	case strings.ContainsFunc(account, unicode.IsSpace) || !strings.ContainsAny(account, ".:@"):
		errs = append(errs, errors.New("account: is not a whole handle, such as askahead.example.org or askahead.bsky.social"))
	}
	switch password := s.Password.Reveal(); {
	case password == "":
		errs = append(errs, errors.New("password: is empty; make an app password in the settings of the account, and write env:NAME or file:PATH here"))
	case strings.ContainsFunc(password, unicode.IsControl):
		errs = append(errs, errors.New("password: holds a line break or a control character; is it an app password?"))
	}
	if _, err := serviceURL(s.Service); err != nil {
		errs = append(errs, err)
	}
	if len(s.Hashtags) > maxHashtags {
		errs = append(errs, fmt.Errorf("hashtags: %d hashtags; at most %d are read", len(s.Hashtags), maxHashtags))
	} else if len(s.Hashtags) > 0 {
		if _, err := collectors.Hashtags(s.Hashtags, nil); err != nil {
			errs = append(errs, err)
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

// Servers is the one that is named; it may say that another keeps the account.
func (s *Settings) Servers() []string { return []string{strings.TrimSpace(s.Service)} }

// account is the name as the service wants it: people write handles with an "@".
func (s *Settings) account() string { return strings.TrimPrefix(strings.TrimSpace(s.Account), "@") }

// serviceURL reads the address of a server by which no password may be lost on the way.
func serviceURL(text string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, fmt.Errorf("service: is not an address such as %s", defaultService)
	}
	if u.User != nil {
		return nil, errors.New("service: holds a user or a password; they belong under `account` and `password`")
	}
	if name := u.Hostname(); u.Scheme == "http" && name != "localhost" && name != "127.0.0.1" && name != "::1" {
		return nil, errors.New("service: begins with http://, so that anyone on the way could read the password; write https://")
	}
	if strings.Trim(u.Path, "/")+u.RawQuery+u.Fragment != "" {
		return nil, errors.New("service: holds more than the name of the server; leave out what follows it")
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host}, nil
}

//go:embed README.md
var readme string

//go:embed sample.yaml
var sample string

// Kind is what builtin lists.
func Kind() collectors.Kind {
	return collectors.Kind{
		Name:       "bluesky",
		PublicOnly: true,
		Settings: func() any {
			return &Settings{Service: defaultService, Limit: maxLimit, LookBack: 24 * time.Hour}
		},
		Ask: []collectors.Question{
			{Key: "account", Text: "Which account searches (its handle; one made for askahead is best)?"},
			{Key: "password", Text: "An app password of that account?"},
		},
		Reads:  "posts under a hashtag: their text, the name and account of their author, and what the author's profile says of being read",
		Readme: readme,
		Sample: sample,
		New: func(settings any, deps collectors.Deps) (collectors.Collector, error) {
			s, ok := settings.(*Settings)
			if !ok {
				return nil, fmt.Errorf("bluesky: settings of type %T", settings)
			}
			return New(*s, deps)
		},
	}
}

// Collector reads the hashtags of one network, as the account of one service sees it.
type Collector struct {
	service  *url.URL
	account  string
	password collectors.Secret
	tags     []string
	limit    int
	lookBack time.Duration
	client   *http.Client
	now      func() time.Time
}

// New makes a collector; the service is asked by Collect.
func New(s Settings, deps collectors.Deps) (*Collector, error) {
	if err := errors.Join(s.Validate()...); err != nil {
		return nil, err
	}
	service, err := serviceURL(s.Service)
	if err != nil {
		return nil, err
	}
	tags, err := collectors.Hashtags(s.Hashtags, deps.Hashtags)
	if err != nil {
		return nil, err
	}
	c := &Collector{
		service: service, account: s.account(), password: s.Password, tags: tags,
		limit: s.Limit, lookBack: s.LookBack, now: deps.Now,
	}
	if c.client = deps.HTTP; c.client == nil {
		c.client = guesthttp.New(guesthttp.Options{Contact: deps.Contact})
	}
	if c.now == nil {
		c.now = time.Now
	}
	return c, nil
}
