package guesthttp

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"askahead/collectors"
)

// Hosts remembers what each server has told, and how it does, for all who visit it: what one source was asked to
// wait holds for the others too. It lives as long as the process, and may be used by several goroutines.
type Hosts struct {
	mu  sync.Mutex
	all map[string]*host
}

// maxHosts bounds the memory: redirects lead to servers that nobody has configured. The one that was visited
// longest ago is forgotten first.
const maxHosts = 256

type host struct {
	breaker breaker
	until   time.Time // asked to be left alone until then
	rate    Rate
	answers map[string]uint64
	waits   uint64
	visited time.Time
}

// Host is what is known of one server since the process began.
type Host struct {
	Name    string            // HOST, or HOST:PORT where the port is not that of the scheme
	Answers map[string]uint64 // requests by what came of them: one of Answers(); none of the others
	Waits   uint64            // how often it asked to wait
	Until   time.Time         // it asks to be left alone until then; zero, or over, if it does not
	Rate    Rate              // what it last said about the requests that are left
	Alone   time.Time         // it has failed too often, and is left alone until then; zero while it works
	Why     string            // how it failed last; empty while it works
}

// Requests is how often the server was asked.
func (h Host) Requests() (n uint64) {
	for _, one := range h.Answers {
		n += one
	}
	return n
}

// Answers lists what may come of a request. "failed" is none: the network failed, or the server hung up.
func Answers() []string { return []string{"2xx", "3xx", "4xx", "429", "5xx", "failed"} }

func answerClass(code int) string {
	switch {
	case code == http.StatusTooManyRequests:
		return "429"
	case code < 300:
		return "2xx"
	case code < 400:
		return "3xx"
	case code < 500:
		return "4xx"
	}
	return "5xx"
}

// HostName is the name under which Hosts knows the server of an address.
func HostName(u *url.URL) string {
	name, port := collectors.PlainHost(u.Hostname()), u.Port()
	if strings.Contains(name, ":") {
		name = "[" + name + "]"
	}
	if port == "" || port == "443" && u.Scheme == "https" || port == "80" && u.Scheme == "http" {
		return name
	}
	return name + ":" + port
}

// Snapshot gives what is known, by name.
func (h *Hosts) Snapshot() []Host {
	h.mu.Lock()
	defer h.mu.Unlock()
	var list []Host
	for name, one := range h.all {
		list = append(list, Host{Name: name, Answers: maps.Clone(one.answers), Waits: one.waits, Until: one.until, Rate: one.rate,
			Alone: one.breaker.until, Why: one.breaker.why})
	}
	slices.SortFunc(list, func(a, b Host) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// of gives what is remembered of a server; h is locked.
func (h *Hosts) of(name string, now time.Time) *host {
	one := h.all[name]
	if one == nil {
		if h.all == nil {
			h.all = map[string]*host{}
		}
		if len(h.all) >= maxHosts {
			h.forgetOne()
		}
		one = &host{answers: map[string]uint64{}}
		h.all[name] = one
	}
	one.visited = now
	return one
}

func (h *Hosts) forgetOne() {
	oldest := ""
	for name, one := range h.all {
		if oldest == "" || one.visited.Before(h.all[oldest].visited) {
			oldest = name
		}
	}
	delete(h.all, oldest)
}

// enter says whether a server may be visited now: at once, after a wait of at most maxWait, or not at all.
func (h *Hosts) enter(name string, now time.Time, maxWait time.Duration) (wait time.Duration, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	one := h.of(name, now)
	if wait = one.until.Sub(now); wait > maxWait {
		return 0, &collectors.RateLimited{Until: one.until.UTC()}
	}
	if err := one.breaker.enter(now); err != nil {
		return 0, fmt.Errorf("%w: %s %w", collectors.ErrUnavailable, name, err)
	}
	return max(0, wait), nil
}

// answered notes what a server says in the head of an answer.
func (h *Hosts) answered(name string, resp *http.Response, now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	one := h.of(name, now)
	one.answers[answerClass(resp.StatusCode)]++
	if until, asked := asksToWait(resp, now); asked {
		one.waits++
		one.until = later(one.until, until)
	}
	// A server that counts by bucket says how it stands with one of many; its own collector knows them.
	if rate := ReadRate(resp.Header, now); rate.Known && resp.Header.Get("X-RateLimit-Bucket") == "" {
		one.rate = rate
		if rate.Remaining <= 0 {
			one.until = later(one.until, rate.Reset)
		}
	}
}

// failed notes that no answer came.
func (h *Hosts) failed(name string, now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.of(name, now).answers["failed"]++
}

// ended notes how a visit went in all.
func (h *Hosts) ended(name string, now time.Time, how outcome, why string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.of(name, now).breaker.ended(now, how, why)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
