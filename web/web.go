// Package web is where askahead is called from outside: one listener, behind a web server that speaks TLS, for
// everything that has an address under public_url. It bounds what a caller may cost, and its log tells nothing of them.
package web

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"time"

	"askahead/internal/serving"
)

// What a caller may cost.
const (
	maxConnections = 128
	maxHeader      = 16 << 10 // bytes
	maxBody        = 1 << 20  // bytes
	headerTimeout  = 5 * time.Second
	readTimeout    = 10 * time.Second
	writeTimeout   = 20 * time.Second
	idleTimeout    = 2 * time.Minute
)

// Site is what is served, by path. Add everything before Serve.
type Site struct {
	mux *http.ServeMux
	log *slog.Logger
	now func() time.Time
}

// New makes a site that has nothing yet.
func New(log *slog.Logger, now func() time.Time) *Site {
	return &Site{mux: http.NewServeMux(), log: log, now: now}
}

// Handle lets h answer for a pattern of net/http. It panics on one that is there already, as net/http does.
func (s *Site) Handle(pattern string, h http.Handler) { s.mux.Handle(pattern, h) }

// Listen opens HOST:PORT.
func Listen(ctx context.Context, address string) (net.Listener, error) {
	return serving.Listen(ctx, address, "calls", "web.listen")
}

// Serve answers on l, which it closes, until ctx ends.
func (s *Site) Serve(ctx context.Context, l net.Listener) error {
	err := serving.Serve(ctx, l, &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(quiet{s.log.Handler()}, slog.LevelDebug),
	}, maxConnections)
	if err != nil {
		return fmt.Errorf("serve what is called from outside: %w", err)
	}
	return nil
}

// quiet tells that a connection went wrong and not what net/http says of it, which names the caller's address.
type quiet struct{ slog.Handler }

func (q quiet) Handle(ctx context.Context, r slog.Record) error {
	return q.Handler.Handle(ctx, slog.NewRecord(r.Time, r.Level, "a connection from outside went wrong", r.PC))
}

// Handler answers for everything that was added, and 404 for the rest.
func (s *Site) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		noted := &answer{ResponseWriter: w}
		began := s.now()
		defer func() {
			if fault := recover(); fault != nil { // what it says may quote what was sent
				s.log.Error("an answer failed", "to", r.Pattern, "stack", string(debug.Stack()))
				if noted.status == 0 {
					http.Error(noted, "askahead failed at this; its log says where", http.StatusInternalServerError)
				}
			}
			s.note(r, noted, s.now().Sub(began))
		}()
		s.mux.ServeHTTP(noted, r)
	})
}

// note logs a request by what it was for. Its address may hold what is for one person alone, so only the pattern is
// told; who asked is nobody's business. What nothing answers for is the noise of the Internet.
func (s *Site) note(r *http.Request, a *answer, took time.Duration) {
	level := slog.LevelInfo
	if r.Pattern == "" || a.status == http.StatusUnauthorized {
		level = slog.LevelDebug
	}
	s.log.Log(r.Context(), level, "was called", "for", r.Pattern, "method", methodOf(r), "status", cmp.Or(a.status, http.StatusOK), "took", took.Round(time.Millisecond).String())
}

// methodOf is the method, if it is a known one: a caller may write anything there.
func methodOf(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return r.Method
	}
	return "other"
}

// answer remembers the status.
type answer struct {
	http.ResponseWriter
	status int
}

func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	return a.ResponseWriter.Write(b)
}

// Unwrap lets net/http reach what it wrapped.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
