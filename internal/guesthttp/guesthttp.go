// Package guesthttp makes the HTTP client that askahead visits other people's servers with, and behaves as a
// guest does: it says who it is, asks once, waits when it is told to, and takes no more than it can carry.
// It also keeps a hostile server from turning askahead against the network it runs in.
package guesthttp

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Options of a client. The zero value of each is a good default.
type Options struct {
	Version   string        // of askahead, for the User-Agent
	Contact   string        // who runs this askahead: a mailto: or https: address, for the User-Agent
	Allow     []string      // hosts, without port, that may have private addresses: servers of one's own network
	Timeout   time.Duration // for a whole answer, its retries and redirects included; 2 minutes
	MaxBody   int64         // the largest body that is read, in bytes after decompression; 32 MB
	Tries     int           // how often a GET is tried when the server or the network fails; 3
	FirstWait time.Duration // before the second try, growing and jittered from there; 500 ms
	MaxWait   time.Duration // a Retry-After up to here is waited for, a longer one is handed to the caller; 5 s
	Now       func() time.Time
}

// Limits that no caller needs to change.
const (
	maxRedirects  = 5
	headerTimeout = 30 * time.Second
	dialTimeout   = 15 * time.Second
	maxHeader     = 1 << 20
)

// ErrTooLarge means that a body is larger than Options.MaxBody.
var ErrTooLarge = errors.New("the answer is larger than what is read")

// New makes a client. It uses no proxy of the environment, keeps no cookies, follows at most five redirects
// and none from https to http, and refuses addresses that are not public unless the host is in o.Allow.
func New(o Options) *http.Client {
	o = o.withDefaults()
	base := &http.Transport{
		Proxy:                  nil, // a proxy would dial in our place, past the guard
		DialContext:            guardedDial(o.Allow),
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           16,
		MaxIdleConnsPerHost:    2,
		MaxConnsPerHost:        4,
		IdleConnTimeout:        30 * time.Second,
		TLSHandshakeTimeout:    dialTimeout,
		ResponseHeaderTimeout:  headerTimeout,
		MaxResponseHeaderBytes: maxHeader,
	}
	return &http.Client{
		Transport:     &retrying{next: &polite{next: base, agent: UserAgent(o.Version, o.Contact), max: o.MaxBody}, o: o},
		CheckRedirect: checkRedirect,
		Timeout:       o.Timeout,
	}
}

func (o Options) withDefaults() Options {
	setDefault(&o.Timeout, 2*time.Minute)
	setDefault(&o.MaxBody, 32<<20)
	setDefault(&o.Tries, 3)
	setDefault(&o.FirstWait, 500*time.Millisecond)
	setDefault(&o.MaxWait, 5*time.Second)
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

func setDefault[T comparable](v *T, to T) {
	if zero := *new(T); *v == zero {
		*v = to
	}
}

// UserAgent is how askahead names itself: `askahead/1.2 (+mailto:organiser@example.org)`. What can't stand in
// a header is left out.
func UserAgent(version, contact string) string {
	agent := "askahead"
	if v := headerWord(version); v != "" {
		agent += "/" + v
	}
	if c := headerWord(contact); c != "" {
		agent += " (+" + c + ")"
	}
	return agent
}

func headerWord(s string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r >= 0x7f || r == '(' || r == ')' {
			return -1
		}
		return r
	}, s)
}

// polite names askahead in each request and caps each body.
type polite struct {
	next  http.RoundTripper
	agent string
	max   int64
}

func (p *polite) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Header.Get("User-Agent") == "" {
		req = req.Clone(req.Context())
		req.Header.Set("User-Agent", p.agent)
	}
	resp, err := p.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if resp.ContentLength > p.max {
		resp.Body.Close()
		return nil, fmt.Errorf("%w: it announces %d bytes, %d are read", ErrTooLarge, resp.ContentLength, p.max)
	}
	resp.Body = &cappedBody{ReadCloser: resp.Body, left: p.max}
	return resp, nil
}

func checkRedirect(req *http.Request, via []*http.Request) error {
	first := via[0]
	switch {
	case len(via) > maxRedirects:
		return fmt.Errorf("more than %d redirects", maxRedirects)
	case req.URL.Scheme != "https" && req.URL.Scheme != "http":
		return fmt.Errorf("a redirect to %q", req.URL.Scheme)
	case first.URL.Scheme == "https" && req.URL.Scheme != "https":
		return errors.New("a redirect from https to http")
	}
	if req.URL.Host != first.URL.Host {
		// net/http keeps it for subdomains of the first host; a token is for one server alone.
		req.Header.Del("Authorization")
	}
	return nil
}
