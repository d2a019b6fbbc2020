package guesthttp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"

	"askahead/internal/netfault"
)

// visiting asks Hosts before each visit, and tells it afterwards how it went. A redirect is a visit of its own.
type visiting struct {
	next  http.RoundTripper
	hosts *Hosts
	o     Options
}

func (v *visiting) RoundTrip(req *http.Request) (*http.Response, error) {
	name := HostName(req.URL)
	wait, err := v.hosts.enter(name, v.o.Now(), v.o.MaxWait)
	if err != nil {
		return nil, err
	}
	end := func(err error, fault string) {
		how := broke
		switch {
		case err == nil && fault == "":
			how = worked
		case err != nil && !blames(req.Context(), err):
			how = unproven
		case err != nil:
			fault = shortly(err)
		}
		v.hosts.ended(name, v.o.Now(), how, fault)
	}
	if err := sleep(req.Context(), wait); err != nil {
		end(err, "")
		return nil, err
	}
	ctx, stop := context.WithCancelCause(req.Context())
	resp, err := v.next.RoundTrip(req.WithContext(ctx))
	if err != nil {
		stop(nil)
		if !errors.Is(err, ErrPrivate) { // then nobody was asked
			v.hosts.failed(name, v.o.Now())
		}
		end(err, "")
		return nil, err
	}
	v.hosts.answered(name, resp, v.o.Now())
	fault := ""
	if _, asked := asksToWait(resp, v.o.Now()); resp.StatusCode >= 500 && !asked {
		fault = fmt.Sprintf("%d %s", resp.StatusCode, http.StatusText(resp.StatusCode))
	}
	resp.Body = &watchedBody{ReadCloser: resp.Body, ctx: ctx, stop: stop, stall: v.o.Stall, ended: func(err error) { end(err, fault) }}
	return resp, nil
}

// blames says whether an error is the doing of the server that was visited: not of whoever gave up, not of the
// guard, nor of a network that this machine is not in at the moment.
func blames(ctx context.Context, err error) bool {
	if errors.Is(err, ErrPrivate) || errors.Is(err, ErrTooLarge) || errors.Is(context.Cause(ctx), context.Canceled) {
		return false
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return false
	}
	return !errors.Is(err, syscall.ENETUNREACH) && !errors.Is(err, syscall.EHOSTUNREACH)
}

// shortly says how a visit failed, in words that are askahead's own.
func shortly(err error) string {
	if errors.Is(err, ErrStalled) {
		return ErrStalled.Error()
	}
	if netfault.Trust(err, netfault.Server{}) != "" {
		return "its certificate does not hold"
	}
	if errors.Is(err, syscall.ECONNREFUSED) {
		return "connection refused"
	}
	if slow, ok := errors.AsType[net.Error](err); ok && slow.Timeout() {
		return "no answer in time"
	}
	return "the connection broke off"
}
