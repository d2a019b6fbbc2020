package config

import (
	"encoding"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"strings"
)

// DSN names the database: sqlite:PATH, or postgres://USER@HOST/NAME. Its password shows nowhere but in Reveal.
type DSN string

var (
	_ fmt.Formatter          = DSN("")
	_ encoding.TextMarshaler = DSN("")
	_ slog.LogValuer         = DSN("")
)

// Reveal gives it whole, for opening the database.
func (d DSN) Reveal() string { return string(d) }

// SQLite gives the path of an SQLite database, as written: see Config.Resolve.
func (d DSN) SQLite() (path string, ok bool) { return strings.CutPrefix(string(d), "sqlite:") }

// String gives it without a password. What follows the "?" may hold one and is left out.
func (d DSN) String() string {
	if _, ok := d.SQLite(); ok {
		return string(d)
	}
	u, err := url.Parse(string(d))
	if err != nil || u.Host == "" && u.Path == "" {
		return "***"
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// Format writes the same for every verb.
func (d DSN) Format(f fmt.State, _ rune) { io.WriteString(f, d.String()) }

// MarshalText is what encoders write.
func (d DSN) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// LogValue is what slog writes.
func (d DSN) LogValue() slog.Value { return slog.StringValue(d.String()) }

// problem says what is wrong with a database's name. inFile is whether it stands in the configuration itself,
// where it may hold no password. The text never repeats the name.
func (d DSN) problem(inFile bool) string {
	const allowed = "write sqlite:PATH or postgres://USER@HOST/NAME"
	if path, ok := d.SQLite(); ok {
		if path == "" {
			return "names no file; write sqlite:PATH"
		}
		return ""
	}
	u, err := url.Parse(string(d))
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return "is not a database that askahead knows; " + allowed
	}
	if u.Host == "" && u.Query().Get("host") == "" {
		return "names no host; " + allowed
	}
	_, password := u.User.Password()
	if inFile && (password || u.Query().Has("password") || u.Query().Has("sslpassword")) {
		return "holds a password, and a secret does not stand in this file; write the whole URL into an environment variable or a file, and here env:NAME or file:PATH"
	}
	return ""
}
