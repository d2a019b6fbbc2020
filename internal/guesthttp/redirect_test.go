package guesthttp

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"askahead/collectors"
)

func TestRedirectsAreLimited(t *testing.T) {
	request := func(url string) *http.Request {
		r := httptest.NewRequest(http.MethodGet, url, nil)
		r.Header = http.Header{"Authorization": {"Bearer x"}, "Api-Key": {"x"}, "Referer": {"https://example.org/?key=x"}, "Accept": {"application/json"}}
		return r
	}
	allowed := newHostSet([]string{"Intranet.example", "fd00::1"})
	from := func(url string) []*http.Request { return []*http.Request{request(url)} }
	for _, to := range []string{"http://example.org/", "ftp://example.org/", "file:///etc/passwd", "https://u:p@example.org/", "https://intränet.example/"} {
		t.Run("none to "+to, func(t *testing.T) {
			if allowed.checkRedirect(request(to), from("https://example.org/")) == nil {
				t.Error("it was followed")
			}
		})
	}
	for _, to := range []string{"https://intranet.example/", "https://INTRANET.example.:8443/", "https://[fd00::1]/", "https://[FD00:0::1]/"} {
		t.Run("none from outside to "+to+", which is allowed by name", func(t *testing.T) {
			if err := allowed.checkRedirect(request(to), from("https://example.org/")); !errors.Is(err, ErrPrivate) {
				t.Errorf("got %v", err)
			}
			if err := allowed.checkRedirect(request(to), from("https://intranet.example/a")); err != nil {
				t.Errorf("within one's own network: %v", err)
			}
		})
	}
	t.Run("carry what is secret to no other host", func(t *testing.T) {
		for _, to := range []string{"https://sub.example.org/", "https://example.org:8443/", "https://evil.example/"} {
			other := request(to)
			if err := allowed.checkRedirect(other, from("https://example.org/")); err != nil || len(other.Header) != 1 || other.Header.Get("Accept") == "" {
				t.Errorf("%s gets %v, %v", to, other.Header, err)
			}
		}
		same := request("https://example.org/b")
		if allowed.checkRedirect(same, from("https://example.org/")) != nil || same.Header.Get("Authorization") == "" {
			t.Error("the same host does not get the token")
		}
	})
	t.Run("carry nothing that was posted to another host", func(t *testing.T) {
		visited := false
		other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visited = true }))
		defer other.Close()
		client, url := newServer(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
		})
		if resp, err := client.Post(url, "text/plain", strings.NewReader("password")); err == nil || visited {
			t.Errorf("got %v, %v", resp, err)
		}
	})
}

// names is a name server on loopback that gives every name the same addresses, and gives a resolver that asks it.
func names(t *testing.T, a [4]byte, aaaa [16]byte) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	go func() {
		buf := make([]byte, 512)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			q := m.Questions[0]
			m.Response, m.Additionals = true, nil
			head := dnsmessage.ResourceHeader{Name: q.Name, Class: dnsmessage.ClassINET, TTL: 0}
			switch q.Type {
			case dnsmessage.TypeA:
				m.Answers = []dnsmessage.Resource{{Header: head, Body: &dnsmessage.AResource{A: a}}}
			case dnsmessage.TypeAAAA:
				m.Answers = []dnsmessage.Resource{{Header: head, Body: &dnsmessage.AAAAResource{AAAA: aaaa}}}
			}
			if packed, err := m.Pack(); err == nil {
				conn.WriteTo(packed, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

func TestNamesThatLeadInside(t *testing.T) {
	visited := 0
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visited++ }))
	defer server.Close()
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	ip6 := func(s string) [16]byte { return [16]byte(net.ParseIP(s).To16()) }
	for _, c := range []struct {
		name string
		a    [4]byte
		aaaa [16]byte
	}{
		{"loopback", [4]byte{127, 0, 0, 1}, ip6("::1")},
		{"a private network", [4]byte{10, 0, 0, 1}, ip6("fd00::1")},
		{"link-local", [4]byte{169, 254, 169, 254}, ip6("fe80::1")},
		{"an IPv4 address in IPv6", [4]byte{127, 0, 0, 2}, ip6("::ffff:127.0.0.1")},
		{"an IPv4 address behind NAT64", [4]byte{0, 0, 0, 0}, ip6("64:ff9b::7f00:1")},
		{"an IPv4 address in 6to4", [4]byte{100, 64, 0, 1}, ip6("2002:7f00:1::")},
	} {
		t.Run(c.name, func(t *testing.T) {
			client := New(Options{Tries: 1})
			baseOf(client).DialContext = guardedDial(nil, names(t, c.a, c.aaaa))
			_, err := GetJSON(t.Context(), client, "http://rebound.example:"+port, nil, testNow(), new(any))
			if !errors.Is(err, ErrPrivate) || !errors.Is(err, collectors.ErrSettings) {
				t.Errorf("got %v", err)
			}
		})
	}
	if visited > 0 {
		t.Errorf("it was visited %d times", visited)
	}
	t.Run("a name that is allowed is visited wherever it leads", func(t *testing.T) {
		client := New(Options{Tries: 1})
		baseOf(client).DialContext = guardedDial(newHostSet([]string{"Intranet.Example."}), names(t, [4]byte{127, 0, 0, 1}, ip6("::1")))
		if _, err := get(t, client, "http://intranet.example:"+port); err != nil || visited != 1 {
			t.Errorf("got %v after %d visits", err, visited)
		}
	})
}

func TestHTTP2(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/large" {
			w.Write(make([]byte, 4096))
			return
		}
		fmt.Fprintf(w, "%q", r.Proto+" "+r.UserAgent())
	}))
	server.EnableHTTP2 = true
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	guest := func() *http.Client {
		client := New(Options{Allow: []string{"127.0.0.1"}, MaxBody: 1024})
		t.Cleanup(client.CloseIdleConnections)
		return client
	}
	t.Run("is not trusted without a certificate that holds", func(t *testing.T) {
		_, err := GetJSON(t.Context(), guest(), server.URL+"/?token=secret", nil, testNow(), new(any))
		if !errors.Is(err, collectors.ErrUnavailable) || !strings.Contains(err.Error(), "certificate") || strings.Contains(err.Error(), "secret") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("is spoken, with the same manners", func(t *testing.T) {
		client := guest()
		baseOf(client).TLSClientConfig = &tls.Config{RootCAs: server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
		var said string
		if _, err := GetJSON(t.Context(), client, server.URL, nil, testNow(), &said); err != nil || said != "HTTP/2.0 askahead" {
			t.Errorf("got %q, %v", said, err)
		}
		if _, err := get(t, client, server.URL+"/large"); !errors.Is(err, ErrTooLarge) {
			t.Errorf("got %v", err)
		}
	})
}
