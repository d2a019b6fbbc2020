package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"askahead/monitor"
)

// social is a server with Mastodon's API and no posts, at a private address; it answers as answer does first.
func social(t *testing.T, answer func(w http.ResponseWriter) (done bool)) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if answer(w) {
			return
		}
		if strings.Contains(r.URL.Path, "instance") {
			io.WriteString(w, `{"domain":"social.example","version":"4.4.0"}`)
			return
		}
		io.WriteString(w, "[]")
	}))
	t.Cleanup(server.Close)
	return server
}

// writeSocial writes a configuration that reads a hashtag there.
func writeSocial(t *testing.T, server, more string) {
	t.Helper()
	t.Chdir(t.TempDir())
	text := fmt.Sprintf(`contact: mailto:organiser@example.org
%s
sessions:
  - id: a
    title: A
    sources:
      - {name: hashtag, mastodon: {server: %q, hashtags: [IGF2018]}}
`, more, server)
	if err := os.WriteFile("askahead.yaml", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestCheckOfServers(t *testing.T) {
	limits := func(w http.ResponseWriter) bool {
		w.Header().Set("X-RateLimit-Limit", "300")
		w.Header().Set("X-RateLimit-Remaining", "298")
		w.Header().Set("X-RateLimit-Reset", "2126-01-01T12:05:00Z")
		return false
	}
	for _, c := range []struct {
		name, more string
		answer     func(http.ResponseWriter) bool
		code       int
		says       []string
	}{
		{"tells what is left", "private_hosts: [127.0.0.1]", limits, 0,
			[]string{"ok   let sources visit these hosts at private addresses: 127.0.0.1\n", "web servers that were visited\n  ok   127.0.0.1:PORT: 2 requests; 298 of 300 are left until "}},
		{"tells what was asked, where the server tells nothing", "private_hosts: [127.0.0.1]", func(http.ResponseWriter) bool { return false }, 0,
			[]string{"  ok   127.0.0.1:PORT: 2 requests\n"}},
		{"tells that the server asks to wait", "private_hosts: [127.0.0.1]", func(w http.ResponseWriter) bool {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(429)
			return true
		}, 1, []string{"warn 127.0.0.1:PORT: 1 request; it asks to wait until ", "FAIL visit 127.0.0.1:PORT\n       the source asks to wait until "}},
		{"tells that the server fails", "private_hosts: [127.0.0.1]", func(w http.ResponseWriter) bool {
			w.WriteHeader(502)
			return true
		}, 1, []string{"FAIL visit 127.0.0.1:PORT\n"}},
		{"refuses a private address that nobody has allowed, and says how to", "", limits, 1,
			[]string{"FAIL visit 127.0.0.1:PORT\n       the address is not a public one: 127.0.0.1; if it is a server of yours, name it in `private_hosts` at the top of the configuration\n"}},
		{"warns of a host that nobody visits", "private_hosts: [127.0.0.1, old.example]", limits, 0,
			[]string{`private_hosts[1]: no source visits "old.example"; leave it out`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := social(t, c.answer)
			writeSocial(t, server.URL, c.more)
			a, out := newApp(nil)
			code := a.main(t.Context(), []string{"check"})
			port := server.URL[strings.LastIndex(server.URL, ":"):]
			got := strings.ReplaceAll(out.String(), port, ":PORT")
			for _, want := range c.says {
				if code != c.code || !strings.Contains(got, want) {
					t.Errorf("exit %d, want %q in:\n%s", code, want, got)
				}
			}
		})
	}
}

func TestHostFigures(t *testing.T) {
	asked := 0
	server := social(t, func(w http.ResponseWriter) bool {
		if asked++; asked > 2 {
			w.WriteHeader(500)
			return true
		}
		w.Header().Set("X-RateLimit-Remaining", "7")
		return false
	})
	elsewhere := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(elsewhere.Close)
	writeSocial(t, server.URL, "private_hosts: [127.0.0.1]")
	a, _ := newApp(nil)
	a.configPath = "askahead.yaml"
	e, err := a.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.close() })
	name := strings.TrimPrefix(server.URL, "http://")
	want := func(h monitor.Host) {
		t.Helper()
		if got := e.hostFigures(); len(got) == 0 || got[0].Name != name || fmt.Sprint(got[0]) != fmt.Sprint(h) {
			t.Errorf("got %+v, want %+v", got, h)
		}
	}
	answers := map[string]uint64{"2xx": 0, "3xx": 0, "4xx": 0, "429": 0, "5xx": 0, "failed": 0}
	want(monitor.Host{Name: name, Answers: answers, Left: -1})
	for _, address := range []string{server.URL, server.URL, elsewhere.URL, server.URL, server.URL} {
		if resp, err := e.http.Get(address); err == nil {
			resp.Body.Close()
		}
	}
	answers["2xx"], answers["5xx"] = 2, 5
	want(monitor.Host{Name: name, Answers: answers, Left: 7, Alone: true})
	if got := e.hostFigures(); len(got) != 2 || got[1].Name != strings.TrimPrefix(elsewhere.URL, "http://") {
		t.Errorf("got %+v", got)
	}
	if c := e.checkHosts(); len(c.Findings) != 1 || c.Findings[0].State != warning || !strings.Contains(c.Findings[0].What, "failed again and again (500 Internal Server Error)") {
		t.Errorf("check says %+v", c)
	}
	w := httptest.NewRecorder()
	e.newMonitor(nil).Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://127.0.0.1/metrics", nil))
	for _, want := range []string{`askahead_host_answers_total{answer="5xx",host="` + name + `"} 5`, `askahead_host_left_alone{host="` + name + `"} 1`,
		`askahead_host_answers_total{answer="4xx",host="other"} 1`} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("there is no %s in the metrics:\n%s", want, w.Body)
		}
	}
}
