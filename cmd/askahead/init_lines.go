package main

import (
	"bufio"
	"context"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// lines reads what a person types, and lets go of waiting when the context ends: Ctrl-C has to work while the
// program waits for an answer.
type lines struct{ in *bufio.Reader }

func newLines(in io.Reader) *lines { return &lines{bufio.NewReader(in)} }

// next gives the next line without its end; io.EOF if there is none.
func (l *lines) next(ctx context.Context) (string, error) {
	return wait(ctx, func() (string, error) {
		text, err := l.in.ReadString('\n')
		if err == io.EOF && text != "" {
			err = nil
		}
		return strings.TrimRight(text, "\r\n"), err
	})
}

// hiddenLine reads a line from the terminal without showing it.
func hiddenLine(ctx context.Context) (string, error) {
	fd := int(os.Stdin.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return "", err
	}
	text, err := wait(ctx, func() (string, error) {
		raw, err := term.ReadPassword(fd)
		return string(raw), err
	})
	if ctx.Err() != nil {
		_ = term.Restore(fd, before) // ReadPassword still waits; the terminal must show again what is typed
	}
	return text, err
}

// wait calls read, and returns before it does if the context ends.
func wait(ctx context.Context, read func() (string, error)) (string, error) {
	type answer struct {
		text string
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		text, err := read()
		done <- answer{text, err}
	}()
	select {
	case a := <-done:
		return a.text, a.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
