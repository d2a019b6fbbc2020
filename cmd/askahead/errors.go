package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"askahead/collectors"
	"askahead/delivery"
	"askahead/domain"
	"askahead/store"
)

// usageError is a fault in the words on the command line: exit code 2.
type usageError struct{ error }

func usage(err error) error { return usageError{err} }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

func (e usageError) Unwrap() error { return e.error }

// errSaid is the error of a command whose output has told already what is wrong.
var errSaid = errors.New("something does not work")

// hinted is an error with what to do about it.
type hinted struct {
	error
	hint string
}

func withHint(err error, format string, args ...any) error {
	return hinted{err, fmt.Sprintf(format, args...)}
}

func (e hinted) Unwrap() error { return e.error }

// explainError prints an error as people read it: what is wrong and, on a line of its own, what to do.
func (a *app) explainError(err error) int {
	if errors.Is(err, context.Canceled) {
		fmt.Fprintln(a.err, "askahead: stopped; what was collected so far is saved, the same command goes on from there")
		return 1
	}
	if errors.Is(err, errSaid) {
		return 1
	}
	for i, one := range unjoin(err) {
		if i > 0 {
			fmt.Fprintln(a.err)
		}
		a.printError(one)
	}
	if aboutWords(err) {
		return 2
	}
	return 1
}

// aboutWords says that the command line is at fault. Cobra gives an unknown command no type of its own.
func aboutWords(err error) bool {
	var words usageError
	return errors.As(err, &words) || strings.HasPrefix(err.Error(), "unknown command")
}

func (a *app) printError(err error) {
	// Several problems at once (a configuration) read better below the prefix than behind it.
	// File names and what servers say may hold anything.
	if text := printable(err.Error()); strings.Contains(text, "\n") {
		fmt.Fprintf(a.err, "askahead: error:\n%s\n", strings.TrimRight(text, "\n"))
	} else {
		fmt.Fprintf(a.err, "askahead: error: %s\n", text)
	}
	if hint := hintFor(err); hint != "" {
		fmt.Fprintf(a.err, "askahead: hint: %s\n", hint)
	}
}

// unjoin lists the errors of an errors.Join at the top of err, and of those that it joins.
func unjoin(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || err.Error() != errors.Join(joined.Unwrap()...).Error() {
		return []error{err}
	}
	var all []error
	for _, one := range joined.Unwrap() {
		all = append(all, unjoin(one)...)
	}
	return all
}

// about says what an error is about, of each of those that it joins; nil stays nil.
func about(what string, err error) error {
	if err == nil {
		return nil
	}
	var all []error
	for _, one := range unjoin(err) {
		all = append(all, fmt.Errorf("%s: %w", what, one))
	}
	return errors.Join(all...)
}

// hintFor says what to do, for the errors that more than one command meets. The message itself often says so
// already; then there is no hint.
func hintFor(err error) string {
	var own hinted
	var limited *collectors.RateLimited
	switch {
	case errors.As(err, &own):
		return own.hint
	case errors.As(err, &limited):
		return "nothing is lost; run the same command after that time"
	case errors.Is(err, collectors.ErrUnauthorized):
		return "check the account, password or token of this source in the configuration"
	case errors.Is(err, collectors.ErrUnavailable), errors.Is(err, delivery.ErrUnavailable), errors.As(err, new(*delivery.Later)):
		return "nothing is lost; the next run goes on where this one stopped"
	case errors.As(err, new(*store.Leased)):
		return "it is probably askahead run; try again when it is done, or look at askahead status"
	case errors.Is(err, domain.ErrConflict):
		return "another askahead collects this source right now; let it finish and try again"
	case errors.Is(err, store.ErrLocked):
		return "wait until the other askahead is done, or stop it"
	case errors.Is(err, store.ErrFull):
		return "free some space and run the same command again: it goes on where it stopped"
	case errors.Is(err, fs.ErrNotExist):
		return "look at the spelling; a relative path starts at the folder that you are in"
	case errors.Is(err, fs.ErrPermission):
		return "look at the owner and the mode of that file, and who runs askahead"
	case aboutWords(err):
		return "askahead help shows every command, askahead COMMAND --help its flags and an example"
	}
	return ""
}
