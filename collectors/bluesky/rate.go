package bluesky

import (
	"net/http"
)

// telling gives a client that hears what servers of this network say about their rate limit: they name its headers
// without the "X-" of all others (draft-polli-ratelimit-headers-02).
func telling(client *http.Client) *http.Client {
	c := *client
	next := c.Transport
	if next == nil {
		next = http.DefaultTransport
	}
	c.Transport = limits{next}
	return &c
}

type limits struct{ next http.RoundTripper }

func (l limits) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := l.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"RateLimit-Remaining", "RateLimit-Reset"} {
		if said := resp.Header.Get(name); said != "" && resp.Header.Get("X-"+name) == "" {
			resp.Header.Set("X-"+name, said)
		}
	}
	return resp, nil
}

// CloseIdleConnections reaches the transport below.
func (l limits) CloseIdleConnections() {
	if c, ok := l.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}
