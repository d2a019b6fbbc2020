package monitor

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"askahead/internal/serving"
)

// What one who asks may cost. A scrape takes milliseconds; all of this is far beyond.
const (
	maxConnections = 32
	maxScrapes     = 2
	maxHeader      = 8 << 10 // bytes
	headerTimeout  = 5 * time.Second
	readTimeout    = 10 * time.Second
	answerTimeout  = 10 * time.Second // of the store
	writeTimeout   = 20 * time.Second
	idleTimeout    = 2 * time.Minute
)

// Listen opens HOST:PORT, which must be on loopback: whoever reaches it needs no password.
func Listen(ctx context.Context, address string) (net.Listener, error) {
	l, err := serving.Listen(ctx, address, "metrics", "run.listen")
	if err != nil {
		return nil, err
	}
	if tcp, ok := l.Addr().(*net.TCPAddr); !ok || !tcp.IP.IsLoopback() {
		l.Close()
		return nil, fmt.Errorf("listen on %s for metrics: it can be reached from other machines; write a loopback address such as 127.0.0.1:9464 under run.listen", address)
	}
	return l, nil
}

// Serve answers on l, which it closes, until ctx ends.
func (m *Monitor) Serve(ctx context.Context, l net.Listener) error {
	s := &http.Server{
		Handler:           m.Handler(),
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(m.opts.Log.Handler(), slog.LevelDebug), // what clients do wrong
	}
	if err := serving.Serve(ctx, l, s, maxConnections); err != nil {
		return fmt.Errorf("serve metrics: %w", err)
	}
	return nil
}

// Handler answers GET of /metrics, /healthz and /readyz, and nothing else, to whoever asks for a loopback name.
func (m *Monitor) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", m.metrics)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { answer(w, "alive", m.alive()) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), answerTimeout)
		defer cancel()
		answer(w, "ready", m.ready(ctx))
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		if !loopbackName(r.Host) {
			// A page on the web can make a browser on this machine ask, by a name of its own that leads here.
			http.Error(w, "ask for 127.0.0.1, ::1 or localhost by name", http.StatusMisdirectedRequest)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// loopbackName tells whether a Host header names this machine to itself.
func loopbackName(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && ip.IsLoopback()
}

// answer says yes with 200, or why not with 503, in one line.
func answer(w http.ResponseWriter, yes string, no error) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if no != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		yes = oneLine(no.Error())
	}
	io.WriteString(w, yes+"\n")
}

// maxLine keeps a reason short, in bytes.
const maxLine = 300

func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > maxLine {
		s = strings.ToValidUTF8(s[:maxLine], "") + "…"
	}
	return s
}

// metrics gives all figures, those of the store as they are now.
func (m *Monitor) metrics(w http.ResponseWriter, r *http.Request) {
	select {
	case m.busy <- struct{}{}:
		defer func() { <-m.busy }()
	default:
		http.Error(w, "others are asking already; ask again in a moment", http.StatusServiceUnavailable)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), answerTimeout)
	defer cancel()
	promhttp.HandlerFor(m.gatherer(ctx), promhttp.HandlerOpts{
		ErrorLog: slog.NewLogLogger(m.opts.Log.Handler(), slog.LevelWarn), ErrorHandling: promhttp.ContinueOnError,
	}).ServeHTTP(w, r)
}

// gatherer is what is counted here, and one snapshot.
func (m *Monitor) gatherer(ctx context.Context) prometheus.Gatherer {
	now := prometheus.NewRegistry()
	f := &figures{desc: m.desc, known: m.known, beat: *m.beat.Load()}
	f.snapshot, f.up = m.snapshot(ctx)
	now.MustRegister(f)
	return prometheus.Gatherers{m.registry, now}
}
