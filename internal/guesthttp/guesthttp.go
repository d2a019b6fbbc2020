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
	Allow     []string      // names or addresses of hosts, without port, that may have private addresses: servers of one's own network
	Timeout   time.Duration // for a whole answer, its retries and redirects included; 2 minutes
	MaxBody   int64         // the largest body that is read, in bytes after decompression; 32 MB
	Tries     int           // how often a GET is tried when the server or the network fails; 3
	FirstWait time.Duration // before the second try, growing and jittered from there; 500 ms
	MaxWait   time.Duration // a Retry-After up to here is waited for, a longer one is handed to the caller; 5 s
	Stall     time.Duration // how long a body may take for each kilobyte; 20 s
	Hosts     *Hosts        // what is remembered of servers, for clients that share it; nil: the client has its own
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
// and none from https to http, and refuses addresses that are not public unless the host is in o.Allow. It leaves
// alone, for a while, servers that ask for it (*collectors.RateLimited) and those that keep failing
// (collectors.ErrUnavailable): both come as the error of a request that was not made.
func New(o Options) *http.Client {
	o = o.withDefaults()
	allowed := newHostSet(o.Allow)
	base := &http.Transport{
		Proxy:                  nil, // a proxy would dial in our place, past the guard
		DialContext:            guardedDial(allowed, nil),
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
		Transport: &retrying{o: o, next: &visiting{o: o, hosts: o.Hosts,
			next: &polite{next: base, agent: UserAgent(o.Version, o.Contact), max: o.MaxBody}}},
		CheckRedirect: allowed.checkRedirect,
		Timeout:       o.Timeout,
	}
}

func (o Options) withDefaults() Options {
	setDefault(&o.Timeout, 2*time.Minute)
	setDefault(&o.MaxBody, 32<<20)
	setDefault(&o.Tries, 3)
	setDefault(&o.FirstWait, 500*time.Millisecond)
	setDefault(&o.MaxWait, 5*time.Second)
	setDefault(&o.Stall, 20*time.Second)
	if o.Hosts == nil {
		o.Hosts = &Hosts{}
	}
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
