package mastodon

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"askahead/collectors"
	"askahead/internal/guesthttp"
)

// Settings of a source of this kind.
type Settings struct {
	Server   string            `yaml:"server"`    // https://social.example.org
	More     []Server          `yaml:"servers"`   // others that are asked for the same hashtags
	Hashtags []string          `yaml:"hashtags"`  // none: those of the session
	Any      []string          `yaml:"any"`       // or these beside each hashtag
	All      []string          `yaml:"all"`       // and these with each hashtag
	None     []string          `yaml:"none"`      // but none of these
	Token    collectors.Secret `yaml:"token"`     // for a server that shows hashtags to members only
	Limit    int               `yaml:"limit"`     // posts to ask for at once, at most 40
	LookBack time.Duration     `yaml:"look_back"` // how far back each run looks for posts that reached the server late
	Replies  bool              `yaml:"replies"`   // also what answers these posts, within LookBack
}

// Server is one more server that is asked.
type Server struct {
	Server string            `yaml:"server"`
	Token  collectors.Secret `yaml:"token"`
}

// Limits of the API: Mastodon gives at most 40 posts at once and reads at most four hashtags of a kind.
const (
	maxLimit    = 40
	maxWith     = 4
	maxServers  = 10 // each has its own place in the cursor
	maxLookBack = 7 * 24 * time.Hour
)

// How many single posts a server is asked for in a second, after the first ones, if it tells no limit.
const (
	singles       = 10
	singlesAtOnce = 40
)

// Validate says what is wrong with the settings.
func (s *Settings) Validate() []error {
	var errs []error
	servers, serverErrs := s.servers()
	errs = append(errs, serverErrs...)
	if len(servers) > maxServers {
		errs = append(errs, fmt.Errorf("servers: %d servers; at most %d are read", len(servers), maxServers))
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
			if _, err := collectors.Hashtag(tag); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", list.key, err))
			}
		}
	}
	if s.Limit < 1 || s.Limit > maxLimit {
		errs = append(errs, fmt.Errorf("limit: %d is not between 1 and %d", s.Limit, maxLimit))
	}
	if s.LookBack < 0 || s.LookBack > maxLookBack {
		errs = append(errs, fmt.Errorf("look_back: %s is not between 0 and 168h", s.LookBack))
	}
	if s.Replies && s.LookBack == 0 {
		errs = append(errs, errors.New("replies: are read of posts within look_back, which is 0"))
	}
	return errs
}

// servers gives all servers in their order, the first being `server`.
func (s *Settings) servers() (all []*server, errs []error) {
	names := map[string]bool{}
	for i, one := range append([]Server{{s.Server, s.Token}}, s.More...) {
		key := ""
		if i > 0 {
			key = fmt.Sprintf("servers[%d].", i-1)
		}
		u, err := guesthttp.ServerURL(one.Server)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s%w", key, err))
			continue
		}
		name := strings.ToLower(u.Host)
		if names[name] {
			errs = append(errs, fmt.Errorf("%sserver: %s is named twice", key, name))
			continue
		}
		names[name] = true
		all = append(all, &server{name: name, url: u, token: one.Token, pace: rate.NewLimiter(singles, singlesAtOnce)})
	}
	return all, errs
}

// Servers are those that are read.
func (s *Settings) Servers() []string {
	servers, _ := s.servers() // Validate tells what is wrong with them
	var list []string
	for _, one := range servers {
		list = append(list, one.url.String())
	}
	return list
}
