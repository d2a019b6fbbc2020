package monitor_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"askahead/monitor"
)

// get asks a handler, without a network.
func get(h http.Handler, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Host = "127.0.0.1:9464"
	h.ServeHTTP(w, r)
	return w
}

// serve starts a monitor on a port of its own, and gives its address.
func serve(t *testing.T, r *rig) string {
	t.Helper()
	l, err := monitor.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

// ask sends one request as it is written, and gives the status and the body.
func ask(t *testing.T, address, request string) (int, string) {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("%.60q: %v", request, err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body) // the connection may be cut where not all of the request was read
	return resp.StatusCode, string(body)
}

func TestOnlyWhatIsMeantIsServed(t *testing.T) {
	address := serve(t, newRig())
	for _, c := range []struct {
		request string
		status  int
	}{
		{"GET /metrics HTTP/1.1\r\nHost: " + address, 200},
		{"GET /healthz HTTP/1.1\r\nHost: localhost", 200},
		{"GET /readyz HTTP/1.1\r\nHost: [::1]:9464", 200},
		{"GET / HTTP/1.1\r\nHost: localhost", 404},
		{"GET /metrics/ HTTP/1.1\r\nHost: localhost", 404},
		{"GET /debug/pprof/ HTTP/1.1\r\nHost: localhost", 404},
		{"POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0", 405},
		{"DELETE /healthz HTTP/1.1\r\nHost: localhost", 405},
		{"GET /metrics HTTP/1.1\r\nHost: rebound.example", 421},
		{"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1.rebound.example:9464", 421},
		{"GET /metrics HTTP/1.1\r\nHost: 192.0.2.1", 421},
		{"GET /metrics HTTP/1.0", 421},
		{"GET /metrics HTTP/1.1\r\nHost: localhost\r\nX-Long: " + strings.Repeat("a", 20<<10), 431},
	} {
		if status, body := ask(t, address, c.request+"\r\n\r\n"); status != c.status {
			t.Errorf("%.60q: status %d, want %d: %s", c.request, status, c.status, body)
		}
	}
	resp, err := http.Head("http://" + address + "/metrics")
	if err != nil || resp.StatusCode != 200 {
		t.Errorf("HEAD: %v, %v", resp, err)
	}
}

func TestHealthFollowsTheScheduler(t *testing.T) {
	r := newRig()
	for _, c := range []struct {
		wait   time.Duration
		beat   bool
		status int
		says   string
	}{
		{0, false, 200, "alive\n"},
		{5 * time.Minute, false, 200, "alive\n"},
		{7 * time.Minute, false, 503, "the scheduler has been silent for 12m0s: restart askahead and report this\n"},
		{0, true, 200, "alive\n"},
	} {
		r.later(c.wait)
		if c.beat {
			r.Beat()
		}
		if w := get(r.Handler(), "/healthz"); w.Code != c.status || w.Body.String() != c.says {
			t.Errorf("after %v more: %d %s", c.wait, w.Code, w.Body)
		}
	}
}

func TestReadinessSaysWhatIsWrongInOneLine(t *testing.T) {
	r := newRig()
	if w := get(r.Handler(), "/readyz"); w.Code != 200 || w.Body.String() != "ready\n" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	r.source.set(func(s *source) {
		s.notReady = errors.New("the disk is full:\n free some space " + strings.Repeat("ü", 300))
	})
	w := get(r.Handler(), "/readyz")
	if w.Code != 503 || !strings.HasPrefix(w.Body.String(), "the disk is full: free some space ü") || strings.Count(w.Body.String(), "\n") != 1 || w.Body.Len() > 310 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	r.source.set(func(s *source) { s.notReady = nil })
	r.Stop()
	if w := get(r.Handler(), "/readyz"); w.Code != 503 || w.Body.String() != "askahead is stopping\n" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestManyWhoAskAtOnceCostLittle(t *testing.T) {
	r := newRig()
	r.source.hold, r.source.held = make(chan struct{}), make(chan struct{})
	answers := make(chan int)
	for range 2 {
		go func() { answers <- get(r.Handler(), "/metrics").Code }()
		<-r.source.held
	}
	if w := get(r.Handler(), "/metrics"); w.Code != 503 || !strings.Contains(w.Body.String(), "ask again") {
		t.Errorf("the third one gets %d %s", w.Code, w.Body)
	}
	close(r.source.hold)
	for range 2 {
		if code := <-answers; code != 200 {
			t.Errorf("the first two get %d", code)
		}
	}
}

// pipes is a listener whose connections are made in memory, so that a simulated clock rules them.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
}

func (p pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}
func (p pipes) Close() error   { close(p.done); return nil }
func (p pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

func TestWhoSendsTooSlowlyIsCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		l := pipes{make(chan net.Conn), make(chan struct{})}
		ended := make(chan error, 1)
		go func() { ended <- newRig().Serve(ctx, l) }()
		ours, theirs := net.Pipe()
		l.conns <- theirs
		go io.Copy(io.Discard, ours)
		begin := time.Now()
		var err error
		for n := 0; err == nil && n < 100; n++ {
			if _, err = fmt.Fprintf(ours, "%c", "GET /metrics HTTP/1.1"[n%21]); err == nil {
				time.Sleep(time.Second) // of the simulated clock
			}
		}
		if took := time.Since(begin); err == nil || took > 6*time.Second {
			t.Errorf("after %v: %v", took, err)
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func TestWhoIsBeingAnsweredGetsAllOfItWhenItEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		r.source.hold, r.source.held = make(chan struct{}), make(chan struct{})
		ctx, stop := context.WithCancel(t.Context())
		l := pipes{make(chan net.Conn), make(chan struct{})}
		ended, answered := make(chan error, 1), make(chan string, 1)
		go func() { ended <- r.Serve(ctx, l) }()
		ours, theirs := net.Pipe()
		l.conns <- theirs
		go func() {
			io.WriteString(ours, "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
			all, _ := io.ReadAll(ours)
			answered <- string(all)
		}()
		<-r.source.held
		stop()
		synctest.Wait()
		select {
		case <-ended:
			t.Error("it ended while somebody was being answered")
		default:
		}
		close(r.source.hold)
		if all := <-answered; !strings.Contains(all, "askahead_store_up 1") {
			t.Errorf("the answer is %s", all)
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func TestOnlyLoopbackIsListenedOn(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", "[::]:0", ":0"} {
		if l, err := monitor.Listen(t.Context(), address); err == nil || !strings.Contains(err.Error(), "can be reached from other machines") {
			t.Errorf("%s: %v", address, err)
			if err == nil {
				l.Close()
			}
		}
	}
	address := serve(t, newRig())
	if _, err := monitor.Listen(t.Context(), address); err == nil || !strings.Contains(err.Error(), "another port under run.listen") {
		t.Errorf("a port that is taken: %v", err)
	}
}
