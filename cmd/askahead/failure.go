package main

import (
	"errors"
	"strings"

	"askahead/collectors"
	"askahead/delivery"
	"askahead/domain"
	"askahead/protect"
	"askahead/schedule"
	"askahead/store"
)

// maxFailure keeps what a server says short enough for a line of status.
const maxFailure = 400

// failureOf says who must act about a failed run, and what is recorded of it: what servers and file names say may
// hold anything, and addresses are nobody's business.
func failureOf(err error) schedule.Failure {
	f := schedule.Failure{Cause: store.CauseOther, Text: failureText(err)}
	var limited *collectors.RateLimited
	var later *delivery.Later
	var left unread
	if errors.As(err, &left) {
		f.Left = left.left
	}
	is := func(any ...error) bool {
		for _, one := range any {
			if errors.Is(err, one) {
				return true
			}
		}
		return false
	}
	switch {
	case is(collectors.ErrUnauthorized, delivery.ErrUnauthorized):
		f.Cause = store.CauseUnauthorized
	case is(collectors.ErrSettings, collectors.ErrCursor, delivery.ErrSettings):
		f.Cause = store.CauseSettings
	case errors.As(err, &limited):
		f.Cause, f.Until = store.CauseRateLimited, limited.Until
	case errors.As(err, &later):
		f.Cause, f.Until = store.CauseRateLimited, later.Until
	case is(collectors.ErrUnavailable, delivery.ErrUnavailable, store.ErrUnreachable, store.ErrLocked, domain.ErrConflict):
		f.Cause = store.CauseUnavailable
	}
	return f
}

func failureText(err error) string {
	text := strings.Join(strings.Fields(protect.Mask(protect.NotReadable(err.Error()))), " ")
	if runes := []rune(text); len(runes) > maxFailure {
		text = string(runes[:maxFailure-1]) + "…"
	}
	return text
}
