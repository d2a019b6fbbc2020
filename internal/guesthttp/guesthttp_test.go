package guesthttp

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"askahead/collectors"
)

// newServer answers with handle on loopback, and gives a client that may visit it.
func newServer(t *testing.T, o Options, handle http.HandlerFunc) (*http.Client, string) {
	t.Helper()
	server := httptest.NewServer(handle)
	t.Cleanup(server.Close)
	o.Allow = append(o.Allow, "127.0.0.1")
	setDefault(&o.FirstWait, time.Millisecond)
	client := New(o)
	t.Cleanup(client.CloseIdleConnections)
	return client, server.URL
}

// baseOf is what connects at last.
func baseOf(client *http.Client) *http.Transport {
	return client.Transport.(*retrying).next.(*visiting).next.(*polite).next.(*http.Transport)
}

func get(t *testing.T, client *http.Client, url string) (string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return string(body), err
}

func TestManners(t *testing.T) {
	t.Run("names askahead and a contact", func(t *testing.T) {
		client, url := newServer(t, Options{Version: "1.2", Contact: "mailto:organiser@example.org"}, func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, r.UserAgent())
		})
		if got, err := get(t, client, url); err != nil || got != "askahead/1.2 (+mailto:organiser@example.org)" {
			t.Errorf("got %q, %v", got, err)
		}
	})
	t.Run("keeps line breaks of a contact out of the header", func(t *testing.T) {
		if got := UserAgent("", "mailto:a@example.org\r\nX: y"); got != "askahead (+mailto:a@example.orgX:y)" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("ignores the proxy of the environment", func(t *testing.T) {
		t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
		client, _ := newServer(t, Options{}, func(http.ResponseWriter, *http.Request) {})
		if baseOf(client).Proxy != nil {
			t.Error("a proxy is set")
		}
	})
}

func TestGuard(t *testing.T) {
	var visited atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visited.Add(1) }))
	t.Cleanup(server.Close)
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	for _, host := range []string{"127.0.0.1", "localhost", "[::1]", "0.0.0.0", "[::ffff:127.0.0.1]", "10.0.0.1", "169.254.169.254", "[fe80::1]", "192.168.1.1", "[fd00::1]"} {
		t.Run("refuses "+host, func(t *testing.T) {
			_, err := get(t, New(Options{FirstWait: time.Millisecond}), "http://"+host+":"+port)
			if !errors.Is(err, ErrPrivate) && !strings.Contains(fmt.Sprint(err), "unreachable") {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("refuses a redirect from an allowed host to a private one", func(t *testing.T) {
		client, url := newServer(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://localhost:"+port, http.StatusFound)
		})
		if _, err := get(t, client, url); !errors.Is(err, ErrPrivate) {
			t.Errorf("got %v", err)
		}
	})
	if n := visited.Load(); n != 0 {
		t.Errorf("the private server was visited %d times", n)
	}
	t.Run("names the host and what to do, as an error of the settings", func(t *testing.T) {
		_, err := GetJSON(t.Context(), New(Options{}), "http://localhost:"+port, http.Header{}, time.Now(), new(any))
		if !errors.Is(err, collectors.ErrSettings) || !strings.Contains(err.Error(), "localhost; if it is a server of yours, name it in `private_hosts`") {
			t.Errorf("got %v", err)
		}
	})
}

func TestRedirects(t *testing.T) {
	t.Run("end after five", func(t *testing.T) {
		var asked int
		client, url := newServer(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
			asked++
			http.Redirect(w, r, "/again", http.StatusFound)
		})
		if _, err := get(t, client, url); err == nil || !strings.Contains(err.Error(), "more than 5 redirects") {
			t.Errorf("got %v", err)
		}
		if asked != 6 {
			t.Errorf("asked %d times", asked)
		}
	})
}

func TestBodies(t *testing.T) {
	send := func(n int, chunked bool) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if chunked {
				w.(http.Flusher).Flush()
			}
			io.WriteString(w, strings.Repeat("x", n))
		}
	}
	for _, c := range []struct {
		name    string
		n       int
		chunked bool
		tooBig  bool
	}{
		{"of exactly the limit are read", 100, true, false},
		{"of one byte more are not, when announced", 101, false, true},
		{"of one byte more are not, when not announced", 101, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			client, url := newServer(t, Options{MaxBody: 100}, send(c.n, c.chunked))
			body, err := get(t, client, url)
			if errors.Is(err, ErrTooLarge) != c.tooBig || len(body) > 100 || !c.tooBig && (err != nil || len(body) != c.n) {
				t.Errorf("got %d bytes, %v", len(body), err)
			}
		})
	}
	t.Run("are counted after decompression", func(t *testing.T) {
		client, url := newServer(t, Options{MaxBody: 1000}, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			z.Write(make([]byte, 1<<20))
			z.Close()
		})
		if body, err := get(t, client, url); !errors.Is(err, ErrTooLarge) || len(body) > 1000 {
			t.Errorf("got %d bytes, %v", len(body), err)
		}
	})
	t.Run("that dribble end with the time limit", func(t *testing.T) {
		release := make(chan struct{})
		client, url := newServer(t, Options{Timeout: 50 * time.Millisecond}, func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "[")
			w.(http.Flusher).Flush()
			<-release
		})
		defer close(release)
		_, err := GetJSON(t.Context(), client, url, http.Header{}, time.Now(), new([]int))
		if !errors.Is(err, collectors.ErrUnavailable) {
			t.Errorf("got %v", err)
		}
	})
}

func TestRetries(t *testing.T) {
	// serve answers with the statuses in turn, and with 200 after them.
	serve := func(t *testing.T, o Options, header http.Header, statuses ...int) (status int, asked int, err error) {
		client, url := newServer(t, o, func(w http.ResponseWriter, r *http.Request) {
			asked++
			if asked > len(statuses) {
				return
			}
			for name := range header {
				w.Header().Set(name, header.Get(name))
			}
			w.WriteHeader(statuses[asked-1])
		})
		resp, err := client.Get(url)
		if err != nil {
			return 0, asked, err
		}
		resp.Body.Close()
		return resp.StatusCode, asked, nil
	}
	for _, c := range []struct {
		name     string
		header   http.Header
		statuses []int
		want     int
		asked    int
	}{
		{"pass over two server errors", nil, []int{502, 500}, 200, 3},
		{"end at three tries", nil, []int{503, 503, 503, 503}, 503, 3},
		{"do not repeat what the server does not have", nil, []int{404}, 404, 1},
		{"do not repeat what it cannot do", nil, []int{501}, 501, 1},
		{"do not press on when told to slow down", nil, []int{429}, 429, 1},
		{"wait for a short Retry-After", http.Header{"Retry-After": {"0"}}, []int{429, 503}, 200, 3},
		{"hand on a long Retry-After", http.Header{"Retry-After": {"3600"}}, []int{503}, 503, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, asked, err := serve(t, Options{}, c.header, c.statuses...)
			if err != nil || status != c.want || asked != c.asked {
				t.Errorf("got %d after %d requests, %v; want %d after %d", status, asked, err, c.want, c.asked)
			}
		})
	}
	t.Run("reach a server that hung up once", func(t *testing.T) {
		asked := 0
		client, url := newServer(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
			if asked++; asked == 1 {
				panic(http.ErrAbortHandler)
			}
			io.WriteString(w, "here")
		})
		if got, err := get(t, client, url); err != nil || got != "here" || asked < 2 {
			t.Errorf("got %q after %d requests, %v", got, asked, err)
		}
	})
	t.Run("do not repeat a POST", func(t *testing.T) {
		asked := 0
		client, url := newServer(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
			asked++
			w.WriteHeader(502)
		})
		resp, err := client.Post(url, "text/plain", strings.NewReader("x"))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if asked != 1 {
			t.Errorf("asked %d times", asked)
		}
	})
	t.Run("end when the context does", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		client, url := newServer(t, Options{FirstWait: time.Hour}, func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(502)
			cancel()
		})
		_, err := GetJSON(ctx, client, url, http.Header{}, time.Now(), new(any))
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}
