package main

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// errStream is what was written to an app's error stream.
type errStream struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (w *errStream) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.Write(p)
}

// take gives what was written since it was last called.
func (w *errStream) take() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	defer w.b.Reset()
	return w.b.String()
}

// seen plays what was written as a terminal would show it.
func seen(text string) string {
	lines := [][]rune{{}}
	column := 0
	for _, r := range text {
		last := len(lines) - 1
		switch r {
		case '\r':
			column = 0
		case '\n':
			lines, column = append(lines, []rune{}), 0
		default:
			for len(lines[last]) <= column {
				lines[last] = append(lines[last], ' ')
			}
			lines[last][column] = r
			column++
		}
	}
	var b strings.Builder
	for i, l := range lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(strings.TrimRight(string(l), " "))
	}
	return b.String()
}

// inPipe, onTerminal and quietly are the three ways to be run.
func inPipe() (*app, *errStream) {
	w := &errStream{}
	return &app{err: w, now: time.Now}, w
}

func onTerminal(columns int) (*app, *errStream) {
	a, w := inPipe()
	a.onScreen(columns)
	return a, w
}

func TestProgressInAPipe(t *testing.T) {
	t.Run("is a line every ten seconds, whether there is news or not", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			a, w := inPipe()
			p := a.newProgress("list")
			defer p.finish()
			for n := range 9 {
				p.at(int64(100*n), 2000, "messages", fmt.Sprintf("%d questions", n))
				time.Sleep(time.Second)
			}
			synctest.Wait()
			if got := w.take(); got != "" {
				t.Errorf("after nine seconds: %q", got)
			}
			time.Sleep(time.Second)
			synctest.Wait()
			if got, want := w.take(), "list: 40 %, 800 of 2,000 messages, 80 messages/s, 8 questions\n"; got != want {
				t.Errorf("after ten seconds: %q, want %q", got, want)
			}
			time.Sleep(10 * time.Second)
			synctest.Wait()
			if got, want := w.take(), "list: 40 %, 800 of 2,000 messages, 40 messages/s, 8 questions\n"; got != want {
				t.Errorf("after twenty: %q, want %q", got, want)
			}
		})
	})
	t.Run("is nothing where it is over sooner", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			a, w := inPipe()
			p := a.newProgress("list")
			p.at(1, 1, "messages", "")
			time.Sleep(9 * time.Second)
			p.finish()
			time.Sleep(time.Minute)
			if got := w.take(); got != "" {
				t.Errorf("got %q", got)
			}
		})
	})
	t.Run("says at once that a source asks to wait, and holds no control character", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			a, w := inPipe()
			p := a.newProgress("li\x1b[31mst")
			p.waiting(time.Now().Add(time.Second))
			p.waiting(time.Now().Add(90 * time.Second))
			p.finish()
			if got, want := w.take(), "li�[31mst: the source asks to wait until 00:01:30 UTC\n"; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	})
}

func TestProgressOnATerminal(t *testing.T) {
	t.Run("is a bar with a rate after two seconds, and gone in the end", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			a, w := onTerminal(100)
			p := a.newProgress("list")
			p.at(1e6, 10e6, "bytes", "")
			time.Sleep(1900 * time.Millisecond)
			synctest.Wait()
			if got := w.take(); got != "" {
				t.Errorf("before two seconds: %q", got)
			}
			time.Sleep(time.Second)
			p.at(5e6, 10e6, "bytes", "12 questions")
			synctest.Wait()
			first := w.take()
			if got, want := seen(first), "list  [############------------]  50 %  5.0 MB of 10.0 MB  1.4 MB/s  12 questions"; got != want {
				t.Errorf("%q, want %q", got, want)
			}
			time.Sleep(2 * time.Second) // it goes on by itself
			synctest.Wait()
			next := w.take()
			if got := seen(first + next); !strings.Contains(got, " 842 kB/s ") || strings.Contains(got, "\n") {
				t.Errorf("later: %q", got)
			}
			p.finish()
			if got := seen(first + next + w.take()); got != "" {
				t.Errorf("what stays is %q", got)
			}
		})
	})
	t.Run("stands below the log", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			a, w := onTerminal(100)
			p := a.newProgress("list")
			time.Sleep(3 * time.Second)
			synctest.Wait()
			fmt.Fprintln(a.err, "level=WARN msg=odd")
			fmt.Fprint(a.err, "half a line, ")
			fmt.Fprintln(a.err, "and its end")
			if got, want := seen(w.take()), "level=WARN msg=odd\nhalf a line, and its end\n"; got != want {
				t.Errorf("%q, want %q", got, want)
			}
			p.finish()
		})
	})
	t.Run("without a total, or without news, it shows what there is", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			a, w := onTerminal(100)
			p := a.newProgress("digest")
			time.Sleep(2 * time.Second)
			synctest.Wait()
			if got, want := seen(w.take()), "digest  at it for 2s"; got != want {
				t.Errorf("%q, want %q", got, want)
			}
			p.at(1204, 0, "messages", "3 questions")
			if got, want := seen("digest  at it for 2s"+w.take()), "digest  1,204 messages  3 questions"; got != want {
				t.Errorf("%q, want %q", got, want)
			}
			p.finish()
		})
	})
	t.Run("fits the terminal, and tells of a wait while it lasts", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			a, w := onTerminal(40)
			p := a.newProgress("名前")
			p.at(1, 2, "messages", "a word that is too long for this line")
			time.Sleep(3 * time.Second)
			synctest.Wait()
			if got, want := seen(w.take()), "名前  [############------------]  50 %"; got != want {
				t.Errorf("%q, want %q", got, want)
			}
			p.waiting(time.Now().Add(5 * time.Second))
			if got, want := w.take(), "the source asks to wait until 00"; !strings.Contains(got, want) {
				t.Errorf("%q, want %q", got, want)
			}
			time.Sleep(6 * time.Second)
			synctest.Wait()
			if got := w.take(); !strings.Contains(got, "50 %") {
				t.Errorf("after the wait: %q", got)
			}
			p.finish()
		})
	})
}

func TestQuietShowsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, run := range []func() (*app, *errStream){inPipe, func() (*app, *errStream) { return onTerminal(80) }} {
			a, w := run()
			a.quiet = true
			p := a.newProgress("list")
			p.at(1, 2, "messages", "")
			p.waiting(time.Now().Add(time.Hour))
			time.Sleep(time.Minute)
			p.at(2, 2, "messages", "")
			p.finish()
			if got := w.take(); got != "" {
				t.Errorf("got %q", got)
			}
		}
	})
}

func TestRateBeginsWithTheFirstNews(t *testing.T) {
	at := time.Date(2018, 11, 1, 12, 0, 0, 0, time.UTC)
	a := &app{err: &errStream{}, now: func() time.Time { return at }}
	p := a.newProgress("archive")
	defer p.finish()
	p.at(900e6, 1000e6, "bytes", "") // it goes on from there
	at = at.Add(10 * time.Second)
	p.at(950e6, 1000e6, "bytes", "")
	if got := p.rate(at); got != 5e6 {
		t.Errorf("the rate is %v a second", got)
	}
	p.at(10, 100, "items", "") // something else begins
	at = at.Add(10 * time.Second)
	p.at(30, 100, "items", "")
	if got := p.rate(at); got != 2 {
		t.Errorf("the rate of what came next is %v a second", got)
	}
}
