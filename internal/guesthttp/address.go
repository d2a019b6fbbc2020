package guesthttp

import (
	"errors"
	"net/url"
	"strings"
)

// ServerURL reads the setting `server` of a kind whose server is a whole host: its scheme and its host, and nothing else.
// Errors begin with the key.
func ServerURL(text string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	switch {
	case text == "":
		return nil, errors.New("server: is empty; it names the server to ask, such as https://social.example.org")
	case err != nil || u.Hostname() == "" || (u.Scheme != "https" && u.Scheme != "http"):
		return nil, errors.New("server: is not an address such as https://social.example.org")
	case u.User != nil:
		return nil, errors.New("server: holds a user or a password; a token belongs under `token`")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return nil, errors.New("server: begins with http://, so that anyone on the way could read and change what comes; write https://")
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("server: holds more than the name of the server; leave out what follows it")
	}
	return &url.URL{Scheme: u.Scheme, Host: strings.ToLower(u.Host)}, nil
}

func loopback(host string) bool { return host == "localhost" || host == "127.0.0.1" || host == "::1" }
