package feed

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// maxURL is longer than any address of a page that people follow.
const maxURL = 2000

// feedURL reads an address of the settings. Its errors go on behind "urls: number 1".
func feedURL(text string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	switch {
	case text == "":
		return nil, errors.New("is empty")
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || len(text) > maxURL:
		return nil, errors.New("is not an address such as https://forum.example.org/latest.rss")
	case u.User != nil:
		return nil, errors.New("holds a user or a password; what needs one is not public, and a feed counts as public: name one that everyone may read")
	case keyName(u) != "":
		return nil, fmt.Errorf("holds a key (%q); what needs one is not public, and a feed counts as public: name the feed that everyone may read", keyName(u))
	}
	u.Fragment, u.RawFragment = "", ""
	return u, nil
}

// keyWords are the words in names of parameters whose value opens what is not for everyone.
var keyWords = []string{"key", "apikey", "token", "accesstoken", "authtoken", "auth", "authkey", "secret", "pass", "password", "passwd",
	"passphrase", "pwd", "passkey", "sig", "signature", "sid", "sessionid", "jwt", "credential", "credentials", "hmac"}

// keyName finds what makes an address private: a parameter that is named like a key, or a part of its path that says
// so, as those of calendars do. It is empty if there is nothing.
func keyName(u *url.URL) string {
	for _, pair := range strings.FieldsFunc(u.RawQuery, func(r rune) bool { return r == '&' || r == ';' }) {
		name, value, _ := strings.Cut(pair, "=")
		if decoded, err := url.QueryUnescape(name); err == nil {
			name = decoded
		}
		if value != "" && slices.ContainsFunc(words(name), func(w string) bool { return slices.Contains(keyWords, w) }) {
			return name
		}
	}
	for _, part := range strings.Split(u.Path, "/") {
		if w := words(part); len(w) > 0 && w[0] == "private" && len(part) > len("private") {
			return "private"
		}
	}
	return ""
}

// words splits api_key, apiKey and api-key alike, in lower case.
func words(name string) []string {
	var list []string
	start, lower := 0, false
	add := func(end int) {
		if end > start {
			list = append(list, strings.ToLower(name[start:end]))
		}
	}
	for i, r := range name {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			add(i)
			start = i + len(string(r))
		case unicode.IsUpper(r) && lower:
			add(i)
			start = i
		}
		lower = unicode.IsLower(r)
	}
	add(len(name))
	return list
}

// show is how an address is named in messages: what may be a secret in it is left out.
func show(u *url.URL) string {
	s := u.Host + u.EscapedPath()
	switch {
	case u.Scheme == "" || u.Host == "":
		return "an address that cannot be read"
	case keyName(u) != "" && u.RawQuery == "":
		return u.Host + "/…"
	case u.RawQuery != "" && keyName(u) != "":
		return s + "?…"
	case u.RawQuery != "":
		return s + "?" + u.RawQuery
	}
	return s
}

// webURL resolves text against base; it is nil if that is not an address that a browser can open.
func webURL(base *url.URL, text string) *url.URL {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > maxURL {
		return nil
	}
	u, err := url.Parse(text)
	if err != nil {
		return nil
	}
	if base != nil {
		u = base.ResolveReference(u)
	}
	if u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil
	}
	u.User = nil
	return u
}

// tracking are the parameters by which publishers count clicks: two addresses that differ in nothing else lead to the
// same page.
var tracking = []string{"fbclid", "gclid", "dclid", "msclkid", "yclid", "igshid", "mc_cid", "mc_eid", "ref_src", "at_medium", "at_campaign", "xtor"}

// sameAddress is the same text for addresses that lead to the same post: with http and https, any case of the host,
// the usual port, and parameters of tracking. What follows "#" often tells the comments of a page apart, and stays.
func sameAddress(u *url.URL) string {
	host := strings.TrimSuffix(strings.ToLower(u.Host), ".")
	if u.Scheme == "http" {
		host = strings.TrimSuffix(host, ":80")
	} else {
		host = strings.TrimSuffix(host, ":443")
	}
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	s := "https://" + host + path
	if q := withoutTracking(u.RawQuery); q != "" {
		s += "?" + q
	}
	if f := u.EscapedFragment(); f != "" {
		s += "#" + f
	}
	return s
}

func withoutTracking(query string) string {
	if query == "" {
		return ""
	}
	return strings.Join(slices.DeleteFunc(strings.Split(query, "&"), func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		return name == "" || strings.HasPrefix(name, "utm_") || slices.Contains(tracking, name)
	}), "&")
}
