package bluesky

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"askahead/collectors"
	"askahead/internal/guesthttp"
)

// visit is one run against the network: the session, and what is learnt, are kept until its end.
type visit struct {
	c       *Collector
	session *session
	rate    guesthttp.Rate
	people  people
}

func newVisit(c *Collector) *visit { return &visit{c: c, people: people{known: map[string]person{}}} }

// endpoint is the address of a method (https://atproto.com/specs/xrpc).
func endpoint(server *url.URL, method string, query url.Values) string {
	u := *server
	u.Path, u.RawQuery = "/xrpc/"+method, query.Encode()
	return u.String()
}

// get asks for a method as the account that searches. It logs in first, and again when the session has ended, and
// keeps to the rate limit without running into it.
func (v *visit) get(ctx context.Context, method string, query url.Values, into any) error {
	if v.session == nil {
		if err := v.login(ctx); err != nil {
			return fmt.Errorf("log in: %w", err)
		}
	}
	err := v.ask(ctx, method, query, into)
	if refused(err) {
		if err := v.renew(ctx); err != nil {
			return fmt.Errorf("log in again: %w", err)
		}
		err = v.ask(ctx, method, query, into)
	}
	if errors.Is(err, collectors.ErrUnauthorized) {
		return fmt.Errorf("%w: it lets the account log in, but not ask for posts; was it limited by the service's moderators?", err)
	}
	return err
}

func (v *visit) ask(ctx context.Context, method string, query url.Values, into any) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	now := v.c.now()
	if v.rate.Known && v.rate.Remaining <= 0 && v.rate.Reset.After(now) {
		return &collectors.RateLimited{Until: v.rate.Reset}
	}
	header := http.Header{"Authorization": {"Bearer " + v.session.access.Reveal()}}
	answer, err := guesthttp.GetJSON(ctx, v.c.client, endpoint(v.session.server, method, query), header, now, into)
	if err != nil {
		return err
	}
	v.rate = guesthttp.ReadRate(answer, now)
	return nil
}

// refused says that a server does not take the token of a request: it has expired or was revoked.
func refused(err error) bool {
	return guesthttp.HasStatus(err, http.StatusUnauthorized) || isError(err, "ExpiredToken", "InvalidToken")
}

// isError says whether err is a refusal with one of these names, which the lexicon of its method gives.
func isError(err error, names ...string) bool {
	refusal, ok := errors.AsType[*guesthttp.StatusError](err)
	return ok && slices.Contains(names, refusal.Message)
}
