package guesthttp

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// dribble gives a few bytes at a time.
type dribble struct {
	text  io.Reader
	bytes int
	every time.Duration
	ctx   context.Context
}

func (d *dribble) Read(p []byte) (int, error) {
	select {
	case <-time.After(d.every):
		return d.text.Read(p[:min(len(p), d.bytes)])
	case <-d.ctx.Done():
		return 0, d.ctx.Err()
	}
}

func (*dribble) Close() error { return nil }

type dribbling struct{ dribble }

func (d dribbling) RoundTrip(req *http.Request) (*http.Response, error) {
	body := d.dribble
	body.ctx = req.Context()
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: &body, ContentLength: -1, Request: req}, nil
}

func TestSlowBodies(t *testing.T) {
	for _, c := range []struct {
		name  string
		size  int
		bytes int
		every time.Duration
		ends  time.Duration
		err   error
	}{
		{"of a byte per second ends after 20 seconds", 1 << 20, 1, time.Second, 20 * time.Second, ErrStalled},
		{"that stops in the middle ends after 20 seconds", 1 << 20, 4096, time.Hour, 20 * time.Second, ErrStalled},
		{"of 128 bytes per second is read", 8 << 10, 128, time.Second, 66 * time.Second, nil},
		{"of 1 kB in nearly 20 seconds is read, until the time for all is over", 1 << 20, 64, 1200 * time.Millisecond, 2 * time.Minute, errTimeout},
		{"of three small pieces is read", 3, 1, 4 * time.Second, 16 * time.Second, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client := New(Options{Tries: 1})
				client.Transport.(*retrying).next.(*visiting).next = dribbling{dribble{text: strings.NewReader(strings.Repeat("x", c.size)), bytes: c.bytes, every: c.every}}
				began := time.Now()
				got, err := get(t, client, "https://slow.example/")
				if took := time.Since(began); took.Round(time.Second) != c.ends || c.err == nil && (err != nil || len(got) != c.size) || c.err != nil && !isOrTimeout(err, c.err) {
					t.Errorf("%d bytes after %v, %v", len(got), took, err)
				}
			})
		})
	}
	t.Run("is not what a reader makes slow", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			client := New(Options{Tries: 1, Timeout: 24 * time.Hour})
			client.Transport.(*retrying).next.(*visiting).next = dribbling{dribble{text: strings.NewReader(strings.Repeat("x", 100)), bytes: 1, every: time.Millisecond}}
			resp, err := client.Get("https://slow.example/")
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			for n := range 100 {
				if _, err := resp.Body.Read(make([]byte, 1)); err != nil {
					t.Fatalf("byte %d: %v", n, err)
				}
				time.Sleep(time.Minute)
			}
		})
	})
}

var errTimeout = errors.New("a timeout")

func isOrTimeout(err, want error) bool {
	slow, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](err)
	return errors.Is(err, want) || want == errTimeout && ok && slow.Timeout()
}
