package matterbridge

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"askahead/collectors"
)

// Settings of a source of this kind.
type Settings struct {
	Server   string            `yaml:"server"`   // address of its API: http://127.0.0.1:4242
	Token    collectors.Secret `yaml:"token"`    // as [api.…] of matterbridge.toml has it
	Spool    string            `yaml:"spool"`    // the file that keeps what was taken from the API
	Keep     time.Duration     `yaml:"keep"`     // how long it is kept there after it was stored
	Messages string            `yaml:"messages"` // "mentions" or "all"
	Name     string            `yaml:"name"`     // by which people address the bot; for "mentions"
	Gateways []string          `yaml:"gateways"` // of which messages are taken; none: of all
	Channels []string          `yaml:"channels"` // the same: "#room", or "account/#room"
	Relays   []string          `yaml:"relays"`   // nicks of other bridges' bots, whose messages begin with somebody's name
	Read     string            `yaml:"read"`     // "messages" or "stream"
	Listen   time.Duration     `yaml:"listen"`   // how long a run stays
}

// The values of Settings.Messages.
const (
	onlyMentions = "mentions" // those that address the bot
	allMessages  = "all"      // every one: for rooms that were announced as question boxes
)

// The values of Settings.Read.
const (
	readMessages = "messages" // GET /api/messages
	readStream   = "stream"   // GET /api/stream
)

const (
	maxKeep   = 14 * 24 * time.Hour
	maxListen = time.Hour
)

// Servers is the one that is read.
func (s *Settings) Servers() []string { return []string{strings.TrimSpace(s.Server)} }

// Validate says what is wrong with the settings.
func (s *Settings) Validate() []error {
	var errs []error
	add := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if _, err := serverURL(s.Server); err != nil {
		errs = append(errs, err)
	}
	if strings.ContainsFunc(strings.TrimSpace(s.Token.Reveal()), func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		add("token: holds a space or a line break; is it the Token of matterbridge.toml?")
	}
	if strings.TrimSpace(s.Spool) == "" {
		add("spool: is empty; it names the file that keeps what was taken from matterbridge until it is stored, such as matterbridge.spool")
	}
	if s.Keep < 0 || s.Keep > maxKeep {
		add("keep: %s is not between 0 and 14d", s.Keep)
	}
	switch {
	case s.Messages != onlyMentions && s.Messages != allMessages:
		add("messages: %q is neither mentions (those that address the bot by `name`) nor all (for rooms that were announced as question boxes)", s.Messages)
	case s.Messages == onlyMentions && strings.Trim(s.Name, " @") == "":
		add("name: is empty; with `messages: mentions` it is what people write before a question, such as askahead for \"askahead: who pays?\"")
	}
	for key, list := range map[string][]string{"gateways": s.Gateways, "channels": s.Channels, "relays": s.Relays} {
		if slices.ContainsFunc(list, func(v string) bool { return strings.TrimSpace(v) == "" }) {
			add("%s: one of them is empty", key)
		}
	}
	if s.Read != readMessages && s.Read != readStream {
		add("read: %q is neither messages nor stream", s.Read)
	}
	if s.Listen < 0 || s.Listen > maxListen {
		add("listen: %s is not between 0 and 1h", s.Listen)
	}
	return errs
}

func serverURL(text string) (*url.URL, error) {
	text = strings.TrimSpace(text)
	u, err := url.Parse(text)
	switch {
	case text == "":
		return nil, errors.New("server: is empty; it names the API of matterbridge, such as http://127.0.0.1:4242")
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return nil, errors.New("server: is not an address such as http://127.0.0.1:4242")
	case u.User != nil:
		return nil, errors.New("server: holds a user or a password; the token belongs under `token`")
	case u.Scheme == "http" && !near(u.Hostname()):
		return nil, errors.New("server: begins with http://, and is not in a network of your own, so that anyone on the way could read the token and the rooms; put a server with https:// in front of matterbridge")
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("server: holds more than the name and the port of the server; leave out what follows")
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host}, nil
}

// near tells a host of this machine or of the local network: matterbridge has no TLS of its own.
func near(host string) bool {
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.IsLoopback() || addr.IsPrivate() || addr.IsLinkLocalUnicast()
	}
	return !strings.Contains(host, ".") || strings.HasSuffix(host, ".internal") || strings.HasSuffix(host, ".local")
}
