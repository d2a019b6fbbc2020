package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"askahead/collectors"
	"askahead/internal/guesthttp"
)

// visit is one run against Discord: what is learnt there is remembered until its end.
type visit struct {
	c        *Collector
	session  *discordgo.Session
	answer   *answer
	until    map[string]time.Time    // by bucket: when it may be asked again
	me       text                    // the bot's own id
	guilds   map[text]*guild         // by id
	channels map[string]*wireChannel // by id; nil for those that may not be seen
	intent   bool                    // the bot is known to be given the text of all messages
}

func (c *Collector) newVisit() (*visit, error) {
	session, err := discordgo.New("Bot " + c.token.Reveal())
	if err != nil {
		return nil, fmt.Errorf("%w: token: it cannot be used", collectors.ErrSettings)
	}
	client := *c.client
	v := &visit{c: c, session: session, answer: &answer{next: client.Transport},
		until: map[string]time.Time{}, guilds: map[text]*guild{}, channels: map[string]*wireChannel{}}
	if v.answer.next == nil {
		v.answer.next = http.DefaultTransport
	}
	client.Transport = v.answer
	session.Client = &client
	session.ShouldRetryOnRateLimit, session.MaxRestRetries = false, 0
	session.UserAgent += " " + c.agent // Discord wants to see the library first
	return v, nil
}

// maxBody is the most that is read of one answer; 100 messages at their longest take less than 1 MB.
const maxBody = 16 << 20

// answer keeps what discordgo does not hand on of an answer. It takes the rate limits out of what discordgo
// sees: its own limiter sleeps without regard to the context, and fails on headers that it can't read.
type answer struct {
	next   http.RoundTripper
	status int // 0 when there was none
	header http.Header
}

func (a *answer) RoundTrip(req *http.Request) (*http.Response, error) {
	a.status, a.header = 0, nil
	resp, err := a.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	a.status, a.header = resp.StatusCode, resp.Header.Clone()
	for name := range resp.Header {
		if strings.HasPrefix(strings.ToLower(name), "x-ratelimit-") {
			delete(resp.Header, name)
		}
	}
	resp.Body = http.MaxBytesReader(nil, resp.Body, maxBody)
	return resp, nil
}

// refusal is an answer that says no to one request, not to the bot as a whole.
type refusal struct{ status, code int }

func (r *refusal) Error() string {
	return fmt.Sprintf("discord answered %d %s (code %d)", r.status, http.StatusText(r.status), r.code)
}

// What Discord says in the code of a refusal (developer documentation, "JSON Error Codes").
const (
	codeUnknownChannel     = 10003
	codeUnknownMessage     = 10008
	codeMissingAccess      = 50001
	codeMissingPermissions = 50013
)

func isRefusal(err error, codes ...int) bool {
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

// get asks for address and decodes the answer into into. bucket names what Discord counts requests by. A refusal
// is a *refusal, all other errors are those of package collectors, or the context's.
func (v *visit) get(ctx context.Context, bucket, address string, into any) error {
	if err := v.wait(ctx, bucket); err != nil {
		return err
	}
	v.answer.status = 0
	body, err := v.session.RequestWithBucketID(http.MethodGet, address, nil, bucket,
		discordgo.WithContext(ctx), discordgo.WithRetryOnRatelimit(false), discordgo.WithRestRetries(0))
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if _, failed := errors.AsType[*url.Error](err); failed { // also after an answer that was a redirect
		return guesthttp.TransportError(ctx, "Discord", err)
	}
	status, now := v.answer.status, v.c.now()
	if status > 0 {
		v.note(bucket, now)
	}
	switch {
	case status == 0:
		return guesthttp.TransportError(ctx, "Discord", err)
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable && v.answer.header.Get("Retry-After") != "":
		return &collectors.RateLimited{Until: now.Add(retryAfter(v.answer.header, body, now))}
	case status == http.StatusUnauthorized:
		return fmt.Errorf("%w: Discord does not know the bot's token: was it reset? Make a new one in the developer portal under Bot, and set it as `token`", collectors.ErrUnauthorized)
	case status >= 500, status == http.StatusRequestTimeout, status == http.StatusTooEarly:
		return fmt.Errorf("%w: Discord answered %d %s", collectors.ErrUnavailable, status, http.StatusText(status))
	case status < 200 || status > 299:
		var said struct{ Code text }
		json.Unmarshal(body, &said) // without a code it stays 0
		code, _ := strconv.Atoi(string(said.Code))
		return &refusal{status, code}
	case err != nil:
		return fmt.Errorf("%w: the answer of Discord broke off", collectors.ErrUnavailable)
	}
	return decode(body, into)
}

// decode reads an answer. Text of the answer never becomes part of an error: it may be somebody's words.
func decode(body []byte, into any) error {
	body = bytes.Trim(body, "\ufeff \t\r\n")
	if len(body) == 0 || body[0] == '<' || string(body) == "null" {
		return fmt.Errorf("%w: Discord answered without JSON: is it being repaired, or does something stand between?", collectors.ErrUnavailable)
	}
	err := json.Unmarshal(body, into)
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("%w: the JSON of Discord is broken at byte %d of %d", collectors.ErrUnavailable, syntax.Offset, len(body))
	}
	if err != nil {
		return fmt.Errorf("the JSON of Discord is not of the shape that was expected: %T", into)
	}
	return nil
}

// The longest that a run waits for a bucket to be filled again, and what a rate limit counts as that says
// nothing, or too much.
const (
	maxWait      = time.Minute
	defaultRetry = time.Minute
	maxRetry     = 24 * time.Hour
)

// wait waits until bucket may be asked, and no longer than the context lasts.
func (v *visit) wait(ctx context.Context, bucket string) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if until, ok := v.until[bucket]; ok {
		left := until.Sub(v.c.now())
		if left > maxWait {
			return &collectors.RateLimited{Until: until}
		}
		delete(v.until, bucket)
		if left > time.Second {
			v.c.waiting(until)
		}
		timer := time.NewTimer(left)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	if err := v.c.pace.Wait(ctx); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return context.DeadlineExceeded // it would pass before the turn comes
	}
	return nil
}

// note remembers a bucket that is used up.
func (v *visit) note(bucket string, now time.Time) {
	if strings.TrimSpace(v.answer.header.Get("X-RateLimit-Remaining")) != "0" {
		return
	}
	if d, ok := resetAfter(v.answer.header, now); ok {
		v.until[bucket] = now.Add(d)
	}
}

// retryAfter is how long to wait after a 429: by its header, by its body, or by the state of the bucket.
func retryAfter(h http.Header, body []byte, now time.Time) time.Duration {
	if until, ok := guesthttp.RetryAfter(h, now); ok {
		return until.Sub(now)
	}
	var said struct {
		RetryAfter text `json:"retry_after"` // seconds, with a fraction
	}
	if json.Unmarshal(body, &said) == nil {
		if d, ok := seconds(string(said.RetryAfter)); ok {
			return d
		}
	}
	if d, ok := resetAfter(h, now); ok {
		return d
	}
	return defaultRetry
}

// resetAfter is when a bucket is full again. X-RateLimit-Reset is in seconds since 1970 at Discord, and in
// milliseconds at Spacebar.
func resetAfter(h http.Header, now time.Time) (time.Duration, bool) {
	if d, ok := seconds(h.Get("X-RateLimit-Reset-After")); ok {
		return d, true
	}
	at, err := strconv.ParseFloat(strings.TrimSpace(h.Get("X-RateLimit-Reset")), 64)
	if err != nil || math.IsNaN(at) || at <= 0 {
		return 0, false
	}
	const newestSecond = 1e11 // the year 5138
	if at > newestSecond {
		at /= 1000
	}
	left := max(0, at-float64(now.UnixMilli())/1000)
	return time.Duration(min(left, maxRetry.Seconds()) * float64(time.Second)), true
}

func seconds(s string) (time.Duration, bool) {
	n, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || math.IsNaN(n) || n < 0 {
		return 0, false
	}
	return time.Duration(min(n, maxRetry.Seconds()) * float64(time.Second)), true
}
