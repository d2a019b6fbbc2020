package matrix

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"askahead/collectors"
	"askahead/internal/guesthttp"
)

// visit is one run against the homeserver: what is learnt there is remembered until its end.
type visit struct {
	c        *Collector
	token    collectors.Secret
	loggedIn bool // with a password: the token is to be given back
	me       string
	until    time.Time // before then the server wants no request
	joined   map[string]bool
	rooms    map[string]*room // by id
	bundles  bool             // the server is known to put the newest edit beside a message
	noRelate bool             // it does not tell relations
}

func (c *Collector) newVisit() *visit {
	return &visit{c: c, token: c.token, rooms: map[string]*room{}}
}

// refusal is an answer that says no to one request. One that says no to the bot as a whole, or that the server is
// unwell, becomes an error of package collectors, which wraps no refusal.
type refusal struct {
	status int
	code   string // as Matrix names it: M_FORBIDDEN
	soft   bool   // M_UNKNOWN_TOKEN: the session goes on with a new token
}

func (r *refusal) Error() string {
	if r.code == "" {
		return fmt.Sprintf("the homeserver answered %d %s", r.status, http.StatusText(r.status))
	}
	return fmt.Sprintf("the homeserver answered %d %s (%s)", r.status, http.StatusText(r.status), r.code)
}

// What Matrix says in the code of a refusal (client-server API, "Common error codes").
const (
	codeForbidden    = "M_FORBIDDEN"
	codeNotFound     = "M_NOT_FOUND"
	codeUnknownToken = "M_UNKNOWN_TOKEN"
	codeMissingToken = "M_MISSING_TOKEN"
	codeLimited      = "M_LIMIT_EXCEEDED"
	codeUnrecognized = "M_UNRECOGNIZED"
)

func isRefusal(err error, codes ...string) bool {
	r, ok := errors.AsType[*refusal](err)
	if !ok {
		return false
	}
	for _, code := range codes {
		if r.code == code {
			return true
		}
	}
	return len(codes) == 0
}

// api is the path of an endpoint; its parts are escaped.
func api(parts ...string) string {
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return "/_matrix/client/v3/" + strings.Join(parts, "/")
}

// get asks for a path and decodes the answer into into. A refusal is a *refusal, all other errors are those
// of package collectors, or the context's.
func (v *visit) get(ctx context.Context, path string, query url.Values, into any) error {
	return v.call(ctx, http.MethodGet, path, query, nil, into)
}

// The longest that a run waits because the server asks to, how often it does so for one request, and what a
// rate limit counts as that says nothing, or too much.
const (
	maxWait      = time.Minute
	maxWaits     = 5
	defaultRetry = 30 * time.Second
	maxRetry     = 24 * time.Hour
)

func (v *visit) call(ctx context.Context, method, path string, query url.Values, body, into any) error {
	for try := 1; ; try++ {
		if err := v.wait(ctx); err != nil {
			return err
		}
		err := v.once(ctx, method, path, query, body, into)
		limited, ok := errors.AsType[*collectors.RateLimited](err)
		if !ok {
			return err
		}
		v.until = limited.Until
		if soon := v.c.now().Add(time.Second); v.until.Before(soon) {
			v.until = soon // a server that says no and asks for no pause
		}
		if try >= maxWaits || limited.Until.Sub(v.c.now()) > maxWait {
			return err
		}
	}
}

// wait waits until the server may be asked, and no longer than the context lasts.
func (v *visit) wait(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if left := v.until.Sub(v.c.now()); left > 0 {
		if left > maxWait {
			return &collectors.RateLimited{Until: v.until}
		}
		if left > time.Second {
			v.c.waiting(v.until)
		}
		if err := v.c.sleep(ctx, v.until); err != nil {
			return err
		}
		v.until = time.Time{}
	}
	if err := v.c.pace.Wait(ctx); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return context.DeadlineExceeded // it would pass before the turn comes
	}
	return nil
}

// sleepUntil waits for a time, and no longer than the context lasts.
func (c *Collector) sleepUntil(ctx context.Context, until time.Time) error {
	timer := time.NewTimer(until.Sub(c.now()))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (v *visit) once(ctx context.Context, method, path string, query url.Values, body, into any) error {
	u := v.c.server.String() + path
	if len(query) > 0 {
		u += "?" + query.Encode()
	}
	var content io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		content = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, u, content)
	if err != nil {
		return fmt.Errorf("%w: homeserver: its address cannot be used", collectors.ErrSettings)
	}
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if v.token != "" {
		req.Header.Set("Authorization", "Bearer "+v.token.Reveal())
	}
	resp, err := v.c.client.Do(req)
	if err != nil {
		// The error of net/http names the address, in which the id of somebody may stand.
		if said, ok := errors.AsType[*url.Error](err); ok {
			err = said.Err
		}
		return guesthttp.TransportError(ctx, v.c.server.Host, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 200 && resp.StatusCode < 300 {
		return guesthttp.DecodeJSON(ctx, resp, into)
	}
	return v.refused(resp)
}

// refused reads an answer that is no success.
func (v *visit) refused(resp *http.Response) error {
	var said struct {
		Code       loose[string]  `json:"errcode"`
		RetryAfter loose[float64] `json:"retry_after_ms"`
		Soft       loose[bool]    `json:"soft_logout"`
	}
	if b, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10)); err == nil {
		json.Unmarshal(b, &said) // without a code it stays empty
	}
	r := &refusal{resp.StatusCode, errorCode(said.Code.V), said.Soft.V}
	now := v.c.now()
	until, told := guesthttp.RetryAfter(resp.Header, now)
	switch {
	case r.status == http.StatusTooManyRequests || r.code == codeLimited:
		if !told {
			wait := time.Duration(said.RetryAfter.V * float64(time.Millisecond))
			if wait <= 0 || wait > maxRetry {
				wait = defaultRetry
			}
			until = now.Add(wait)
		}
		return &collectors.RateLimited{Until: until}
	case r.status == http.StatusServiceUnavailable && told:
		return &collectors.RateLimited{Until: until}
	case r.code == codeUnknownToken, r.code == codeMissingToken:
		return v.expired(r)
	case r.status >= 500, r.status == http.StatusRequestTimeout, r.status == http.StatusTooEarly:
		return fmt.Errorf("%w: %s: %v", collectors.ErrUnavailable, v.c.server.Host, r)
	case r.status == http.StatusUnauthorized:
		return fmt.Errorf("%w: %s: %v", collectors.ErrUnauthorized, v.c.server.Host, r)
	}
	return r
}

func (v *visit) expired(r *refusal) error {
	switch {
	case v.loggedIn:
		return fmt.Errorf("%w: %s ended the session that was just begun: %v", collectors.ErrUnavailable, v.c.server.Host, r)
	case r.soft:
		return fmt.Errorf("%w: the access token has expired, as those do that Element shows on some servers: make one that lasts, as docs/sources/matrix.md says, and set it as `token`", collectors.ErrUnauthorized)
	}
	return fmt.Errorf("%w: %s does not know the access token: was the bot's session ended? Make a new one, and set it as `token`", collectors.ErrUnauthorized, v.c.server.Host)
}

// errorCode lets through what looks like a code of Matrix: anything else may be somebody's words.
func errorCode(s string) string {
	for _, r := range s {
		if (r < 'A' || r > 'Z') && r != '_' && r != '.' {
			return ""
		}
	}
	return s[:min(len(s), 40)]
}
