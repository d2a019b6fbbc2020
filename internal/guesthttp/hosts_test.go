package guesthttp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"askahead/collectors"
)

// played is a client whose servers answer out of memory, so that it lives in the time of a synctest bubble.
func played(o Options, handle http.HandlerFunc) *http.Client {
	client := New(o)
	v := client.Transport.(*retrying).next.(*visiting)
	v.next = &polite{next: inMemory{handle}, agent: "askahead", max: v.next.(*polite).max}
	return client
}

type inMemory struct{ http.Handler }

func (m inMemory) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Hostname() == "down.example" {
		return nil, io.ErrUnexpectedEOF
	}
	w := httptest.NewRecorder()
	m.ServeHTTP(w, req)
	resp := w.Result()
	resp.Request = req
	return resp, nil
}

func ask(t *testing.T, client *http.Client, address string) error {
	t.Helper()
	_, err := GetJSON(t.Context(), client, address, nil, time.Now(), new(any))
	return err
}

func TestBreaker(t *testing.T) {
	for _, c := range []struct{ name, host, why string }{
		{"a server that answers 502", "sick.example", "502 Bad Gateway"},
		{"a server that hangs up", "down.example", "the connection broke off"},
	} {
		t.Run(c.name+" is left alone, longer each time, and tried by one", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				asked, well := 0, false
				hosts := &Hosts{}
				client := played(Options{Hosts: hosts, Tries: 1}, func(w http.ResponseWriter, r *http.Request) {
					if asked++; r.Host == "sick.example" && !well {
						w.WriteHeader(502)
						return
					}
					io.WriteString(w, "[]")
				})
				address := "https://" + c.host + "/"
				state := func() Host { return hostOf(hosts, c.host) }
				for range maxFailures {
					if err := ask(t, client, address); !errors.Is(err, collectors.ErrUnavailable) || strings.Contains(err.Error(), "left alone") {
						t.Fatalf("got %v", err)
					}
				}
				for n, want := range []time.Duration{firstAlone, 2 * firstAlone, 4 * firstAlone, 8 * firstAlone, 16 * firstAlone, longestAlone, longestAlone} {
					alone := time.Until(state().Alone)
					if alone < want*3/4-time.Second || alone > want*5/4+time.Second {
						t.Errorf("the %d. time it is left alone for %v, want about %v", n+1, alone, want)
					}
					seen := state().Requests()
					err := ask(t, client, address)
					if !errors.Is(err, collectors.ErrUnavailable) || !strings.Contains(err.Error(), c.host+" has failed") ||
						!strings.Contains(err.Error(), c.why) || !strings.Contains(err.Error(), "left alone until "+state().Alone.UTC().Format("15:04:05 UTC")) || state().Requests() != seen {
						t.Errorf("after %d requests: %v", state().Requests()-seen, err)
					}
					if err := ask(t, client, "https://healthy.example/"); err != nil {
						t.Errorf("another server is left alone too: %v", err)
					}
					time.Sleep(alone)
					if err := ask(t, client, address); strings.Contains(err.Error(), "left alone") {
						t.Errorf("it was not tried: %v", err)
					}
				}
				if c.host == "down.example" {
					return
				}
				well = true
				time.Sleep(time.Until(state().Alone))
				if err := ask(t, client, address); err != nil || !hostOf(hosts, c.host).Alone.IsZero() || hostOf(hosts, c.host).Why != "" {
					t.Errorf("it works again: %v, %+v", err, hostOf(hosts, c.host))
				}
			})
		})
	}
	t.Run("one visitor alone tries whether it works again, until its answer has come", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			hosts, fail, hold := &Hosts{}, true, make(chan struct{})
			client := played(Options{Hosts: hosts, Tries: 1}, func(w http.ResponseWriter, r *http.Request) {
				if fail {
					w.WriteHeader(500)
					return
				}
				<-hold
				io.WriteString(w, "[]")
			})
			for range maxFailures {
				ask(t, client, "https://h.example/")
			}
			fail = false
			time.Sleep(time.Hour)
			done := make(chan error)
			go func() { done <- ask(t, client, "https://h.example/") }()
			synctest.Wait()
			if err := ask(t, client, "https://h.example/"); !errors.Is(err, collectors.ErrUnavailable) || !strings.Contains(err.Error(), "tried by another") {
				t.Errorf("a second one: %v", err)
			}
			close(hold)
			if err := <-done; err != nil {
				t.Errorf("the first one: %v", err)
			}
			if err := ask(t, client, "https://h.example/"); err != nil {
				t.Errorf("afterwards: %v", err)
			}
		})
	})
	for _, c := range []struct {
		name   string
		status int
		header http.Header
	}{{"404", 404, nil}, {"401", 401, nil}, {"a 429", 429, http.Header{"Retry-After": {"0"}}}, {"a 503 that asks to wait", 503, http.Header{"Retry-After": {"0"}}}} {
		t.Run(c.name+" is no failure", func(t *testing.T) {
			hosts := &Hosts{}
			client := played(Options{Hosts: hosts, Tries: 1}, func(w http.ResponseWriter, r *http.Request) {
				for name := range c.header {
					w.Header().Set(name, c.header.Get(name))
				}
				w.WriteHeader(c.status)
			})
			for range 3 * maxFailures {
				ask(t, client, "https://h.example/")
			}
			if h := hosts.Snapshot()[0]; !h.Alone.IsZero() || h.Requests() != 3*maxFailures {
				t.Errorf("got %+v", h)
			}
		})
	}
	t.Run("nor is a visitor who gives up, a private address, or a name that nobody knows", func(t *testing.T) {
		hosts := &Hosts{}
		client := New(Options{Hosts: hosts, Tries: 1})
		for range 2 * maxFailures {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			GetJSON(ctx, client, "http://127.0.0.1:1/", nil, time.Now(), new(any))
			ask(t, client, "http://127.0.0.1:1/")
			ask(t, client, "http://nobody.invalid/")
		}
		for _, h := range hosts.Snapshot() {
			if !h.Alone.IsZero() {
				t.Errorf("got %+v", h)
			}
		}
	})
	t.Run("a server that sends its answers too slowly fails", func(t *testing.T) {
		release := make(chan struct{})
		defer close(release)
		hosts := &Hosts{}
		client, address := newServer(t, Options{Hosts: hosts, Stall: 5 * time.Millisecond}, func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "[")
			w.(http.Flusher).Flush()
			select {
			case <-release:
			case <-r.Context().Done():
			}
		})
		for range maxFailures {
			if err := ask(t, client, address); !errors.Is(err, ErrStalled) || !errors.Is(err, collectors.ErrUnavailable) {
				t.Fatalf("got %v", err)
			}
		}
		if h := hosts.Snapshot()[0]; h.Alone.IsZero() || h.Why != ErrStalled.Error() {
			t.Errorf("got %+v", h)
		}
	})
	t.Run("ends the tries of one request", func(t *testing.T) {
		asked := 0
		client, address := newServer(t, Options{Tries: 50}, func(w http.ResponseWriter, r *http.Request) {
			asked++
			w.WriteHeader(500)
		})
		if err := ask(t, client, address); asked != maxFailures || !strings.Contains(err.Error(), "left alone") {
			t.Errorf("after %d requests: %v", asked, err)
		}
	})
}

func hostOf(hosts *Hosts, name string) Host {
	for _, h := range hosts.Snapshot() {
		if h.Name == name {
			return h
		}
	}
	return Host{}
}

func TestWaiting(t *testing.T) {
	// visits plays a server that answers so once, and asks it for two sources with a client each.
	visits := func(t *testing.T, status int, header http.Header) (asked int, took time.Duration, first, second error) {
		hosts := &Hosts{}
		handle := func(w http.ResponseWriter, r *http.Request) {
			if asked++; asked == 1 {
				for name := range header {
					w.Header().Set(name, header.Get(name))
				}
				w.WriteHeader(status)
			}
			io.WriteString(w, "[]")
		}
		began := time.Now()
		first = ask(t, played(Options{Hosts: hosts, Tries: 1}, handle), "https://h.example/a")
		second = ask(t, played(Options{Hosts: hosts, Tries: 1}, handle), "https://H.example:443/b")
		return asked, time.Since(began), first, second
	}
	for _, c := range []struct {
		name   string
		status int
		header http.Header
		wait   time.Duration // what is asked for; a second source waits as long as is borne, or is told
		first  bool          // the first one has its answer
	}{
		{"429 with Retry-After", 429, http.Header{"Retry-After": {"90"}}, 90 * time.Second, false},
		{"429 without", 429, nil, defaultWait, false},
		{"429 with a reset", 429, http.Header{"X-Ratelimit-Reset": {"60"}}, time.Minute, false},
		{"503 with Retry-After", 503, http.Header{"Retry-After": {"120"}}, 2 * time.Minute, false},
		{"429 with a short Retry-After", 429, http.Header{"Retry-After": {"3"}}, 3 * time.Second, false},
		{"the last request of a budget", 200, http.Header{"X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Reset": {"300"}}, 5 * time.Minute, true},
		{"the last one of a bucket among many", 200, http.Header{"X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Reset": {"300"}, "X-Ratelimit-Bucket": {"a"}}, 0, true},
		{"the last but one", 200, http.Header{"Ratelimit-Remaining": {"1"}, "Ratelimit-Reset": {"300"}}, 0, true},
	} {
		t.Run(c.name+" holds for the other sources of the server", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				asked, took, first, second := visits(t, c.status, c.header)
				until := func(err error) time.Duration {
					if limited, ok := errors.AsType[*collectors.RateLimited](err); ok {
						return limited.Until.Sub(began)
					}
					return -1
				}
				switch {
				case c.first != (first == nil), !c.first && until(first) != c.wait:
					t.Errorf("the first source: %v", first)
				case c.wait > 5*time.Second && (until(second) != c.wait || asked != 1 || took != 0):
					t.Errorf("the second source, after %v and %d requests: %v", took, asked, second)
				case c.wait <= 5*time.Second && (second != nil || asked != 2 || took != c.wait):
					t.Errorf("the second source, after %v and %d requests: %v", took, asked, second)
				}
			})
		})
	}
	t.Run("ends with the wait", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			left := 1
			client := played(Options{Tries: 1}, func(w http.ResponseWriter, r *http.Request) {
				if left--; left >= 0 {
					w.Header().Set("Retry-After", "3600")
					w.WriteHeader(429)
				}
				io.WriteString(w, "[]")
			})
			ask(t, client, "https://h.example/")
			time.Sleep(59*time.Minute + 50*time.Second)
			if err := ask(t, client, "https://h.example/"); err == nil {
				t.Error("ten seconds too early it was asked")
			}
			time.Sleep(10 * time.Second)
			if err := ask(t, client, "https://h.example/"); err != nil {
				t.Errorf("got %v", err)
			}
		})
	})
}

func TestWhatHostsTold(t *testing.T) {
	now := testNow()
	statuses := []int{200, 404, 500, 429}
	hosts := &Hosts{}
	client := played(Options{Hosts: hosts, Tries: 1, MaxWait: time.Nanosecond, Now: func() time.Time { return now }}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-RateLimit-Limit", "300")
		w.Header().Set("X-RateLimit-Remaining", "298")
		w.Header().Set("X-RateLimit-Reset", "2026-03-01T12:05:00Z")
		w.WriteHeader(statuses[0])
		statuses = statuses[1:]
	})
	for range len(statuses) {
		ask(t, client, "https://social.example/")
	}
	for range 3 { // one more than are there is not asked any more
		ask(t, client, "https://social.example/")
	}
	ask(t, client, "https://down.example:8443/")
	until := time.Date(2026, 3, 1, 12, 5, 0, 0, time.UTC)
	want := []Host{
		{Name: "down.example:8443", Answers: map[string]uint64{"failed": 1}, Why: "the connection broke off"},
		{Name: "social.example", Answers: map[string]uint64{"2xx": 1, "4xx": 1, "5xx": 1, "429": 1}, Waits: 1, Until: until, Rate: Rate{true, 298, until, 300}},
	}
	got := hosts.Snapshot()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if n := got[1].Requests(); n != 4 {
		t.Errorf("%d requests", n)
	}
}

func TestHostsAreForgotten(t *testing.T) {
	hosts, now := &Hosts{}, testNow()
	for n := range 10_000 {
		hosts.enter(fmt.Sprint("h", n), now.Add(time.Duration(n)), 0)
		hosts.enter("configured", now.Add(time.Duration(n)), 0)
	}
	if len(hosts.all) != maxHosts || hosts.all["configured"] == nil || hosts.all["h9999"] == nil {
		t.Errorf("%d hosts are remembered", len(hosts.all))
	}
}

func TestHostNames(t *testing.T) {
	for address, want := range map[string]string{
		"https://Social.Example./x": "social.example", "https://social.example:443": "social.example", "http://social.example:80": "social.example",
		"http://social.example:443": "social.example:443", "https://[2001:DB8:0::1]:8443": "[2001:db8::1]:8443", "https://[::ffff:192.0.2.1]": "192.0.2.1",
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := HostName(u); got != want {
			t.Errorf("%s is %q, want %q", address, got, want)
		}
	}
}

func TestHostsUnderManyVisitors(t *testing.T) {
	hosts := &Hosts{}
	var n atomic.Int64
	client := played(Options{Hosts: hosts, Tries: 1}, func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1)%3 == 0 {
			w.WriteHeader(500)
		}
		io.WriteString(w, "[]")
	})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i := range 50 {
				ask(t, client, fmt.Sprintf("https://h%d.example/", i%7))
				hosts.Snapshot()
			}
		})
	}
	all.Wait()
	var total uint64
	for _, h := range hosts.Snapshot() {
		total += h.Requests()
	}
	if int64(total) != n.Load() {
		t.Errorf("%d requests are told of, %d were made", total, n.Load())
	}
}

func TestLateFailuresMakeNothingLonger(t *testing.T) {
	b, now := breaker{}, testNow()
	for range maxFailures {
		b.ended(now, broke, "x")
	}
	until := b.until
	for range 10 { // of visitors who were there before
		b.ended(now.Add(time.Second), broke, "x")
	}
	if until.IsZero() || !b.until.Equal(until) {
		t.Errorf("left alone until %v, then until %v", until, b.until)
	}
}
