package imap

import (
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// What ends a connection besides a wrong answer. The library reports all of them alike, so guard keeps the one
// that it saw.
var (
	errLost    = errors.New("the connection was lost")
	errSilent  = errors.New("the server went silent")
	errSlow    = errors.New("the answer took too long")
	errTooMuch = errors.New("the server sends more than was asked for")
)

const (
	idleBytes = 1 << 20 // what a server may say unasked between two commands
	patience  = 10      // an answer may take so many timeouts in all, even if it never stops flowing
)

// guard is a connection that can neither keep its reader waiting for ever nor feed it for ever: the library
// waits without a limit for the next answer and reads lines of any length. Limits hold while a command is under
// way; a connection that waits for its next command may be silent.
type guard struct {
	net.Conn
	silence time.Duration

	mu    sync.Mutex
	busy  bool
	end   time.Time // of the command, at the latest
	left  int64     // bytes that may still come
	over  bool      // closed on this side: what fails afterwards is no cause
	cause error     // what ended the connection first
}

func newGuard(conn net.Conn, silence time.Duration) *guard {
	return &guard{Conn: conn, silence: silence, left: idleBytes}
}

// begin starts a command whose answer has at most budget bytes.
func (g *guard) begin(budget int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.busy, g.left = true, budget+idleBytes
	g.end = time.Now().Add(patience * g.silence)
	g.wait()
}

// finish ends it.
func (g *guard) finish() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.busy, g.left = false, idleBytes
	g.Conn.SetDeadline(time.Time{})
}

// wait moves the deadline; the caller holds mu.
func (g *guard) wait() {
	at := time.Now().Add(g.silence)
	if at.After(g.end) {
		at = g.end
	}
	g.Conn.SetDeadline(at)
}

// why says what ended the connection; nil if it was not the connection that failed.
func (g *guard) why() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.cause
}

func (g *guard) Read(b []byte) (int, error) {
	n, err := g.Conn.Read(b)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.left -= int64(n)
	switch {
	case g.left < 0:
		g.fail(errTooMuch)
		return 0, errTooMuch
	case errors.Is(err, os.ErrDeadlineExceeded) && !time.Now().Before(g.end):
		g.fail(errSlow)
	case errors.Is(err, os.ErrDeadlineExceeded):
		g.fail(errSilent)
	case err != nil:
		g.fail(errLost)
	case g.busy:
		g.wait()
	}
	return n, err
}

func (g *guard) Write(b []byte) (int, error) {
	n, err := g.Conn.Write(b)
	if err != nil {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.fail(errLost)
	}
	return n, err
}

func (g *guard) fail(cause error) {
	if g.cause == nil && !g.over {
		g.cause = cause
	}
}

// Close ends the connection from this side: the library does so when it cannot read an answer.
func (g *guard) Close() error {
	g.mu.Lock()
	g.over = true
	g.mu.Unlock()
	return g.Conn.Close()
}

// The library sets deadlines of its own, and lifts them where guard needs them most.
func (g *guard) SetDeadline(time.Time) error      { return nil }
func (g *guard) SetReadDeadline(time.Time) error  { return nil }
func (g *guard) SetWriteDeadline(time.Time) error { return nil }
