package matrix

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"askahead/collectors"
)

// Settings of a source of this kind.
type Settings struct {
	Homeserver string            `yaml:"homeserver"` // address of the client API: https://matrix.example.org
	Token      collectors.Secret `yaml:"token"`      // access token; or user and password
	User       string            `yaml:"user"`       // name or whole id: askahead, @askahead:example.org
	Password   collectors.Secret `yaml:"password"`
	Rooms      []string          `yaml:"rooms"`    // ids (!…) or aliases (#room:example.org)
	Messages   string            `yaml:"messages"` // "mentions" or "all"
	Join       bool              `yaml:"join"`     // enter rooms that are public, or that the bot is invited to
	Limit      int               `yaml:"limit"`    // events to ask for at once
}

// The values of Settings.Messages.
const (
	onlyMentions = "mentions" // those that mention the bot
	allMessages  = "all"      // every one: for rooms that were announced as question boxes
)

const (
	maxLimit = 100 // more than this, servers shorten
	maxRooms = 50
)

// Servers is the one that is read.
func (s *Settings) Servers() []string { return []string{strings.TrimSpace(s.Homeserver)} }

// Validate says what is wrong with the settings.
func (s *Settings) Validate() []error {
	var errs []error
	add := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if _, err := serverURL(s.Homeserver); err != nil {
		errs = append(errs, err)
	}
	token := strings.TrimSpace(s.Token.Reveal())
	switch {
	case token == "" && s.User == "" && s.Password == "":
		add("token: is empty; make one for the bot's account, and write env:NAME or file:PATH here, or set `user` and `password`")
	case token != "" && (s.User != "" || s.Password != ""):
		add("token: stands beside `user` or `password`; one way to log in is enough")
	case strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r >= 0x7f }):
		add("token: holds a space or a line break; is it an access token?")
	case token == "" && s.User == "":
		add("user: is empty; it names the account that `password` belongs to")
	case token == "" && s.Password == "":
		add("password: is empty; write env:NAME or file:PATH here, or set a `token` instead of `user`")
	}
	if len(s.Rooms) == 0 {
		add("rooms: is empty; name rooms by alias, such as #questions:example.org, or by id")
	}
	if len(s.Rooms) > maxRooms {
		add("rooms: %d are named; at most %d are read by one source", len(s.Rooms), maxRooms)
	}
	seen := map[string]bool{}
	for _, room := range s.Rooms {
		room = strings.TrimSpace(room)
		if !isRoom(room) {
			add("rooms: %q is neither the id of a room (!…) nor an alias such as #questions:example.org", room)
		}
		if seen[room] {
			add("rooms: %s is named twice", room)
		}
		seen[room] = true
	}
	if s.Messages != onlyMentions && s.Messages != allMessages {
		add("messages: %q is neither mentions (those that mention the bot) nor all (for a room that was announced as a question box)", s.Messages)
	}
	if s.Limit < 1 || s.Limit > maxLimit {
		add("limit: %d is not between 1 and %d", s.Limit, maxLimit)
	}
	return errs
}

// isRoom tells a room's id or alias (specification of Matrix, appendices, "Identifier Grammar"): at most 255
// bytes. From room version 12 on, an id names no server.
func isRoom(s string) bool {
	if len(s) < 2 || len(s) > 255 || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return false
	}
	name, server, _ := strings.Cut(s[1:], ":")
	return s[0] == '!' && name != "" || s[0] == '#' && name != "" && server != ""
}

func serverURL(text string) (*url.URL, error) {
	text = strings.TrimSpace(text)
	u, err := url.Parse(text)
	switch {
	case text == "":
		return nil, errors.New("homeserver: is empty; it names the server of the bot's account, such as https://matrix.example.org")
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return nil, errors.New("homeserver: is not an address such as https://matrix.example.org")
	case u.User != nil:
		return nil, errors.New("homeserver: holds a user or a password; they belong under `user` and `password`")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return nil, errors.New("homeserver: begins with http://, so that anyone on the way could read the token; write https://")
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("homeserver: holds more than the name of the server; leave out what follows it")
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host}, nil
}

func loopback(host string) bool { return host == "localhost" || host == "127.0.0.1" || host == "::1" }
