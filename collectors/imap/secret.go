package imap

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"askahead/collectors"
)

const (
	maxPrinted = 64 << 10        // bytes that a program may print for a password or token
	lastWords  = 2 * time.Second // what a program's own children get to end, when it did or must
)

// secret gives the password or token. A program that knows it is asked at every login: a token is good for an hour
// mostly, and a run, or the time between two, may be longer.
func (c *Collector) secret(ctx context.Context) (collectors.Secret, error) {
	if len(c.settings.Command) == 0 {
		return c.settings.Password, nil
	}
	short, cancel := context.WithTimeout(ctx, c.settings.Timeout)
	defer cancel()
	printed := &limited{most: maxPrinted, full: cancel}
	program := exec.CommandContext(short, c.program, c.settings.Command[1:]...)
	program.Dir, program.Stdout, program.WaitDelay = c.baseDir, printed, lastWords // its complaints may name what must not be shown
	err := program.Run()
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case printed.over:
		return "", fmt.Errorf("%w: password_command: %s prints more than a password or token", collectors.ErrSettings, c.settings.Command[0])
	case short.Err() != nil:
		return "", fmt.Errorf("%w: password_command: %s printed nothing for %s", collectors.ErrUnavailable, c.settings.Command[0], c.settings.Timeout)
	case err != nil:
		return "", c.explainProgram(err)
	}
	line, _, _ := strings.Cut(printed.text.String(), "\n")
	value := collectors.Secret(strings.TrimSuffix(line, "\r"))
	if !validSecret(value) {
		return "", fmt.Errorf("%w: password_command: the first line that %s prints is empty, or no password or token", collectors.ErrSettings, c.settings.Command[0])
	}
	return value, nil
}

// explainProgram says why a program gave nothing. One that could not be started is a mistake in the settings; one that
// failed may have asked a server that was away.
func (c *Collector) explainProgram(err error) error {
	name := c.settings.Command[0]
	if ended, ok := errors.AsType[*exec.ExitError](err); ok {
		return fmt.Errorf("%w: password_command: %s ended with %s; run it by hand, as the user that askahead runs as, to see what it says",
			collectors.ErrUnavailable, name, ended.ProcessState)
	}
	return fmt.Errorf("%w: password_command: %w", collectors.ErrSettings, err)
}

// limited is what a program printed. One that prints without an end is ended.
type limited struct {
	text bytes.Buffer // a field: embedded it would read by itself, without a limit
	most int
	over bool
	full func()
}

func (l *limited) Write(b []byte) (int, error) {
	if l.over = l.over || l.text.Len()+len(b) > l.most; l.over {
		l.full()
		return len(b), nil
	}
	return l.text.Write(b)
}
