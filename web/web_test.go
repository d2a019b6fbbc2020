package web

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// lines is a log that may be written by many.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newSite(t *testing.T, level slog.Level) (*Site, *lines) {
	t.Helper()
	var log lines
	return New(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: level})), time.Now), &log
}

// serve serves the site until the test ends or stop is called, which gives Serve's error.
func serve(t *testing.T, s *Site) (address string, stop func() error) {
	t.Helper()
	l, err := Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	t.Cleanup(func() { _ = stop() })
	return l.Addr().String(), stop
}

func TestLogTellsNothingOfACaller(t *testing.T) {
	s, log := newSite(t, slog.LevelDebug)
	s.Handle("POST /leave/{token}", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) }))
	for _, path := range []string{"/leave/secret-of-ada?who=ada@example.org", "/nowhere/secret-of-ada"} {
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader("ada asks"))
		r.Header.Set("User-Agent", "ada's browser")
		r.Header.Set("X-Forwarded-For", "192.0.2.7")
		s.Handler().ServeHTTP(httptest.NewRecorder(), r)
	}
	r := httptest.NewRequest("ADA", "/leave/x", nil)
	s.Handler().ServeHTTP(httptest.NewRecorder(), r)
	got := log.String()
	if !strings.Contains(got, `for="POST /leave/{token}" method=POST status=200`) || strings.Count(got, "status=4") != 2 {
		t.Error(got)
	}
	for _, trace := range []string{"ada", "ADA", "192.0.2", "nowhere"} {
		if strings.Contains(got, trace) {
			t.Errorf("%q stands in the log:\n%s", trace, got)
		}
	}
}

func TestNoiseIsNotLogged(t *testing.T) {
	s, log := newSite(t, slog.LevelInfo)
	s.Handle("/in", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusUnauthorized) }))
	for _, path := range []string{"/wp-login.php", "/in"} {
		s.Handler().ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil))
	}
	if log.String() != "" {
		t.Error(log)
	}
}

func TestBodiesAreBounded(t *testing.T) {
	s, _ := newSite(t, slog.LevelInfo)
	var read int
	var failed error
	s.Handle("/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		read, failed = len(b), err
	}))
	s.Handler().ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/", strings.NewReader(strings.Repeat("x", maxBody+1))))
	if read != maxBody || !errors.As(failed, new(*http.MaxBytesError)) {
		t.Errorf("%d bytes were read, %v", read, failed)
	}
}

func TestAFaultEndsOneAnswerAlone(t *testing.T) {
	s, log := newSite(t, slog.LevelInfo)
	s.Handle("/fault", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("what ada wrote") }))
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/fault", nil))
	if w.Code != 500 || strings.Contains(w.Body.String()+log.String(), "ada") || !strings.Contains(log.String(), "web_test.go") {
		t.Errorf("%d %s, log %s", w.Code, w.Body, log)
	}
}

func TestHeaders(t *testing.T) {
	s, _ := newSite(t, slog.LevelInfo)
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
}

func TestWhoIsAnsweredAtTheEndGetsAllOfIt(t *testing.T) {
	s, _ := newSite(t, slog.LevelInfo)
	begun, goOn := make(chan bool), make(chan bool)
	s.Handle("/slow", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(begun)
		<-goOn
		io.WriteString(w, "all of it")
	}))
	address, stop := serve(t, s)
	got := make(chan string, 1)
	go func() {
		response, err := http.Get("http://" + address + "/slow")
		if err != nil {
			got <- err.Error()
			return
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			body = []byte(err.Error())
		}
		got <- string(body)
	}()
	<-begun
	ended := make(chan error, 1)
	go func() { ended <- stop() }()
	for { // until nobody new is let in
		conn, err := net.Dial("tcp", address)
		if err != nil {
			break
		}
		conn.Close()
		time.Sleep(time.Millisecond)
	}
	close(goOn)
	if body := <-got; body != "all of it" {
		t.Error(body)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestAPortThatIsTaken(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if _, err := Listen(t.Context(), l.Addr().String()); err == nil || !strings.Contains(err.Error(), "write another port under web.listen") {
		t.Error(err)
	}
}

func TestConnectionFaultsNameNobody(t *testing.T) {
	_, log := newSite(t, slog.LevelDebug)
	faults := slog.NewLogLogger(quiet{slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})}, slog.LevelDebug)
	faults.Print("http: something about 192.0.2.7:4711")
	if got := log.String(); strings.Contains(got, "192.0.2.7") || !strings.Contains(got, "a connection from outside went wrong") {
		t.Error(got)
	}
}
