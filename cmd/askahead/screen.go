package main

import (
	"io"
	"os"
	"strings"
	"sync"

	"github.com/rivo/uniseg"
	"golang.org/x/term"
)

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// columnsOf is how wide a terminal is.
func columnsOf(f *os.File) int {
	if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
		return width
	}
	return 80
}

// screen is a terminal with one line at its end that is drawn again and again. What is written besides, such as the
// log, stands above it.
type screen struct {
	columns int

	mu    sync.Mutex
	w     io.Writer
	drawn string
}

// draw replaces the line; an empty one is none.
func (s *screen) draw(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if line == s.drawn {
		return
	}
	var b strings.Builder
	b.WriteString("\r" + line)
	if missing := uniseg.StringWidth(s.drawn) - uniseg.StringWidth(line); missing > 0 {
		b.WriteString(strings.Repeat(" ", missing) + "\r" + line)
	}
	s.drawn = line
	_, _ = io.WriteString(s.w, b.String()) // a bar that can't be drawn must not stop a run
}

// Write writes something else, and draws the line again below it.
func (s *screen) Write(text []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.drawn == "" {
		return s.w.Write(text)
	}
	_, _ = io.WriteString(s.w, "\r"+strings.Repeat(" ", uniseg.StringWidth(s.drawn))+"\r")
	n, err := s.w.Write(text)
	if err == nil && strings.HasSuffix(string(text), "\n") {
		_, _ = io.WriteString(s.w, s.drawn)
		return n, nil
	}
	s.drawn = "" // it comes again by itself
	return n, err
}
