package imap

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"askahead/collectors"
)

// Settings of a source of this kind.
type Settings struct {
	Server    string            `yaml:"server"`           // imaps://imap.example.org, or imap:// for STARTTLS; nothing is sent unencrypted
	User      string            `yaml:"user"`             // the account's name, mostly its address
	Password  collectors.Secret `yaml:"password"`         // or the token, for xoauth2 and oauthbearer
	Command   []string          `yaml:"password_command"` // a program that prints it instead, and what to hand it; asked at every login
	Auth      string            `yaml:"auth"`             // password, xoauth2 or oauthbearer
	CA        string            `yaml:"ca"`               // PEM file of a certificate authority of one's own; relative to the configuration's folder
	Mailboxes []string          `yaml:"mailboxes"`        // names, or a special use (RFC 6154) such as \Archive
	MarkSeen  bool              `yaml:"mark_seen"`        // mark what was taken as read; otherwise nothing is changed
	MaxSize   int64             `yaml:"max_size"`         // in bytes: a larger mail is not fetched whole
	Timeout   time.Duration     `yaml:"timeout"`          // how long the server may be silent
}

// The ways to log in.
const (
	authPassword    = "password"
	authXOAuth2     = "xoauth2"
	authOAuthBearer = "oauthbearer"
)

const (
	inbox          = "INBOX"
	maxMailboxes   = 50
	maxName        = 800 // bytes of a mailbox's name: an external id holds it, and has a limit
	minTimeout     = time.Second
	maxTimeout     = 10 * time.Minute
	defaultTimeout = time.Minute
)

// defaults are the settings that need not be written.
func defaults() *Settings {
	return &Settings{Auth: authPassword, MaxSize: collectors.MaxRaw, Timeout: defaultTimeout}
}

// Validate says what is wrong with the settings.
func (s *Settings) Validate() []error {
	var errs []error
	if _, err := parseServer(s.Server); err != nil {
		errs = append(errs, err)
	}
	if strings.TrimSpace(s.User) == "" || strings.ContainsAny(s.User, "\x00\r\n\x01") {
		errs = append(errs, errors.New("user: is empty or has a line break; it names the account, mostly by its mail address"))
	}
	switch s.Auth {
	case authPassword, authXOAuth2, authOAuthBearer:
	default:
		errs = append(errs, fmt.Errorf("auth: %q is not a way to log in; write password, xoauth2 or oauthbearer", s.Auth))
	}
	switch {
	case len(s.Command) > 0 && s.Password != "":
		errs = append(errs, errors.New("password_command: stands beside `password`; leave one of the two out"))
	case len(s.Command) > 0 && strings.TrimSpace(s.Command[0]) == "":
		errs = append(errs, errors.New("password_command: begins with an empty word; write [PROGRAM, WHAT IT IS GIVEN…]"))
	case len(s.Command) == 0 && !validSecret(s.Password):
		errs = append(errs, errors.New("password: is empty or has a line break; set it as env:NAME or file:PATH, or name a program under `password_command`"))
	}
	if len(s.Mailboxes) > maxMailboxes {
		errs = append(errs, fmt.Errorf("mailboxes: %d names; at most %d are read by one source", len(s.Mailboxes), maxMailboxes))
	}
	for i, name := range s.Mailboxes {
		if !validName(name) || strings.ContainsAny(name, "*%") {
			errs = append(errs, fmt.Errorf("mailboxes: entry %d is not the name of a mailbox; write INBOX, a name as the server lists it, or a special use such as \\Archive", i+1))
		}
	}
	if s.MaxSize < 1 || s.MaxSize > collectors.MaxRaw {
		errs = append(errs, fmt.Errorf("max_size: %d is not between 1 and %d bytes", s.MaxSize, collectors.MaxRaw))
	}
	if s.Timeout < minTimeout || s.Timeout > maxTimeout {
		errs = append(errs, fmt.Errorf("timeout: %s is not between %s and %s", s.Timeout, minTimeout, maxTimeout))
	}
	return errs
}

// validSecret says whether a password or token can be handed to a server by every mechanism.
func validSecret(s collectors.Secret) bool {
	return s != "" && !strings.ContainsAny(s.Reveal(), "\x00\r\n\x01")
}

// validName says whether a mailbox's name can be part of an external id.
func validName(name string) bool {
	return strings.TrimSpace(name) != "" && len(name) <= maxName && utf8.ValidString(name) && !strings.ContainsAny(name, "\x00\r\n")
}

// Host names the mail server: see collectors.Hosted.
func (s *Settings) Host() string {
	at, err := parseServer(s.Server)
	if err != nil {
		return ""
	}
	return at.host
}

// server is where to connect.
type server struct {
	host, port string
	startTLS   bool
}

func (s server) addr() string { return net.JoinHostPort(s.host, s.port) }

// parseServer reads imaps://host[:port] and imap://host[:port]. An address without encryption does not exist.
func parseServer(text string) (server, error) {
	const example = "imaps://imap.example.org"
	if strings.TrimSpace(text) == "" {
		return server{}, errors.New("server: is empty; it names the server to ask, such as " + example)
	}
	u, err := url.Parse(strings.TrimSpace(text))
	switch {
	case err != nil || u.Hostname() == "" || (u.Scheme != "imaps" && u.Scheme != "imap"):
		return server{}, errors.New("server: is not an address such as " + example + ", or imap://… for STARTTLS")
	case u.User != nil:
		return server{}, errors.New("server: holds a user or a password; they belong under `user` and `password`")
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return server{}, errors.New("server: holds more than the server's name; name mailboxes under `mailboxes`")
	}
	s := server{host: u.Hostname(), port: u.Port(), startTLS: u.Scheme == "imap"}
	switch {
	case s.port == "" && s.startTLS:
		s.port = "143"
	case s.port == "":
		s.port = "993"
	}
	if n, err := strconv.Atoi(s.port); err != nil || n < 1 || n > 65535 {
		return server{}, fmt.Errorf("server: port %s is not between 1 and 65535", s.port)
	}
	return s, nil
}
