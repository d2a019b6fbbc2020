package mastodon

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"askahead/collectors"
	"askahead/internal/guesthttp"
)

// visit is one run against a server: what is learnt there is remembered until its end.
type visit struct {
	c        *Collector
	server   *server
	patient  bool // a rate limit is waited for, and not told
	rate     guesthttp.Rate
	instance *wireInstance
	noBulk   bool // the server does not give several statuses at once
	shown    bool // it has shown a status that was asked for by its id
	asked    int  // requests
	declined declined
}

// get asks for a path of the API. It keeps to the server's rate limit without running into it.
func (v *visit) get(ctx context.Context, path string, query url.Values, into any) (http.Header, error) {
	for waited := 0; ; waited++ {
		header, err := v.try(ctx, path, query, into)
		limit, limited := errors.AsType[*collectors.RateLimited](err)
		if !limited || !v.patient || waited == maxWaits {
			return header, err
		}
		if err := v.wait(ctx, limit); err != nil {
			return nil, err
		}
	}
}

func (v *visit) try(ctx context.Context, path string, query url.Values, into any) (http.Header, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	now := v.c.now()
	if v.rate.Known && v.rate.Remaining <= 0 && v.rate.Reset.After(now) {
		return nil, &collectors.RateLimited{Until: v.rate.Reset}
	}
	u := *v.server.url
	u.Path, u.RawQuery = path, query.Encode()
	header := http.Header{}
	if v.server.token != "" {
		header.Set("Authorization", "Bearer "+v.server.token.Reveal())
	}
	v.asked++
	answer, err := guesthttp.GetJSON(ctx, v.c.client, u.String(), header, now, into)
	if err != nil {
		return nil, v.explain(err)
	}
	v.rate = guesthttp.ReadRate(answer, now)
	return answer, nil
}

// single asks for a path that is of one post alone. There may be very many of those, so their pace is ours where the server
// sets none.
func (v *visit) single(ctx context.Context, path string, into any) error {
	if !v.rate.Known {
		if err := v.server.pace.Wait(ctx); err != nil {
			return cmp.Or(context.Cause(ctx), context.DeadlineExceeded) // the latter would pass before the turn comes
		}
	}
	_, err := v.get(ctx, path, nil, into)
	return err
}

// How long a server is waited for at once, and how often for one answer. Mastodon's own limits are of five minutes.
const (
	maxWait  = 15 * time.Minute
	maxWaits = 3
)

// wait waits as long as a server asks for, or gives its request back where that is too long.
func (v *visit) wait(ctx context.Context, limit *collectors.RateLimited) error {
	left := limit.Until.Sub(v.c.now())
	if left > maxWait {
		return limit
	}
	if left > time.Second {
		v.c.waiting(limit.Until)
	}
	v.rate = guesthttp.Rate{}
	return v.c.sleep(ctx, limit.Until)
}

// sleepUntil waits for a time, and no longer than the context lasts. After a refusal it is a second at least.
func (c *Collector) sleepUntil(ctx context.Context, until time.Time) error {
	timer := time.NewTimer(max(until.Sub(c.now()), time.Second))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// explain adds what to do about a refusal.
func (v *visit) explain(err error) error {
	if !errors.Is(err, collectors.ErrUnauthorized) {
		return err
	}
	if v.server.token == "" {
		return fmt.Errorf("%w: %s", err, tokenHint)
	}
	return fmt.Errorf("%w: is the `token` of this server, still valid, and allowed to read:statuses?", err)
}

const (
	makeToken = "make a token with the scope read:statuses in the settings of an account there (Development), and set it as `token`"
	tokenHint = "the server shows hashtags to its members only: " + makeToken
)

// timelinePage is one answer of a hashtag's timeline.
type timelinePage struct {
	statuses []json.RawMessage // newest first
	prev     string            // the min_id with which the server itself would go on to newer posts; may be empty
}

// timeline asks for the posts under tag that come right after minID, or the newest before maxID; either may be empty.
func (v *visit) timeline(ctx context.Context, tag, minID, maxID string, limit int) (timelinePage, error) {
	query := url.Values{"limit": {strconv.Itoa(limit)}}
	for key, values := range v.c.with {
		query[key] = values
	}
	if minID != "" {
		query.Set("min_id", minID)
	}
	if maxID != "" {
		query.Set("max_id", maxID)
	}
	var p timelinePage
	header, err := v.get(ctx, "/api/v1/timelines/tag/"+tag, query, &p.statuses)
	if status, ok := errors.AsType[*guesthttp.StatusError](err); ok && status.Code == http.StatusNotFound {
		if status.Message == "" {
			return p, fmt.Errorf("%w: server: %s has no Mastodon API: %w", collectors.ErrSettings, v.server.name, err)
		}
		return timelinePage{}, nil // GoToSocial: nobody has used this hashtag yet
	}
	if err != nil {
		return timelinePage{}, fmt.Errorf("read #%s: %w", tag, err)
	}
	if prev := linkParam(header.Values("Link"), "prev", "min_id"); isID(text(prev)) {
		p.prev = prev
	}
	return p, nil
}

// linkParam finds the link of a relation (RFC 8288) and gives a parameter of its address.
func linkParam(headers []string, rel, param string) string {
	for _, rest := range headers {
		for {
			_, after, ok := strings.Cut(rest, "<")
			if !ok {
				break
			}
			address, attributes, ok := strings.Cut(after, ">")
			if !ok {
				break
			}
			rest = attributes
			if i := strings.Index(attributes, "<"); i >= 0 {
				attributes = attributes[:i]
			}
			if !strings.Contains(attributes, `rel="`+rel+`"`) && !strings.Contains(attributes, "rel="+rel) {
				continue
			}
			if u, err := url.Parse(address); err == nil {
				return u.Query().Get(param)
			}
		}
	}
	return ""
}

// bulkLimit is how many statuses Mastodon gives at once by their ids.
const bulkLimit = 20

// statuses asks for statuses by id. Those that are gone, or that cannot be read, are left out of the answer;
// sure says that the server said so of each one by itself, which alone is proof that a post is gone. One that is
// there and can't be decoded is odd then.
func (v *visit) statuses(ctx context.Context, ids []string, sure bool) (map[string]*wireStatus, error) {
	found := make(map[string]*wireStatus, len(ids))
	if !v.noBulk {
		for some := range slices.Chunk(ids, bulkLimit) {
			if err := v.bulk(ctx, some, found); err != nil {
				return nil, err
			}
		}
	}
	if !v.noBulk && !sure {
		return found, nil
	}
	silent := len(found) == 0
	var refused error
	for _, id := range ids {
		if found[id] != nil {
			continue
		}
		s, err := v.status(ctx, id)
		switch {
		case isForbidden(err):
			refused = err // of this post alone, if the server shows others
		case err != nil:
			return nil, err
		case s != nil:
			found[id] = s
			v.noBulk = v.noBulk || silent // it answers, and with nothing: it understands something else
		}
	}
	if refused != nil && !v.shown {
		return nil, refused
	}
	return found, nil
}

// status asks for one status; it is nil where there is none.
func (v *visit) status(ctx context.Context, id string) (*wireStatus, error) {
	var raw json.RawMessage
	err := v.single(ctx, "/api/v1/statuses/"+id, &raw)
	if guesthttp.Missing(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	v.shown = true
	s := &wireStatus{}
	// What is no status says nothing about the one that was asked for, least of all that it is not public any more.
	if json.Unmarshal(raw, s) != nil || string(s.ID) != id || s.Visibility == "" {
		s = &wireStatus{odd: true}
	}
	return s, nil
}

func isForbidden(err error) bool {
	return errors.Is(err, collectors.ErrUnauthorized) && guesthttp.HasStatus(err, http.StatusForbidden)
}

// bulk asks for up to bulkLimit statuses at once (since Mastodon 4.3) and adds them to found.
func (v *visit) bulk(ctx context.Context, ids []string, found map[string]*wireStatus) error {
	var list []json.RawMessage
	_, err := v.get(ctx, "/api/v1/statuses", url.Values{"id[]": ids}, &list)
	if guesthttp.HasStatus(err, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusBadRequest, http.StatusUnprocessableEntity) {
		v.noBulk = true
		return nil
	}
	if err != nil {
		return err
	}
	for _, raw := range list {
		var s wireStatus
		if json.Unmarshal(raw, &s) == nil && slices.Contains(ids, string(s.ID)) && s.Visibility != "" {
			found[string(s.ID)] = &s
			v.shown = true
		}
	}
	return nil
}

// about asks the server about itself, once. Where it does not tell, the answer is empty.
func (v *visit) about(ctx context.Context) (*wireInstance, error) {
	if v.instance != nil {
		return v.instance, nil
	}
	for _, path := range []string{"/api/v2/instance", "/api/v1/instance"} {
		var found wireInstance
		_, err := v.get(ctx, path, nil, &found)
		_, limited := errors.AsType[*collectors.RateLimited](err)
		switch {
		case err == nil:
			v.instance = &found
			return v.instance, nil
		case limited || errors.Is(err, collectors.ErrUnavailable) || errors.Is(err, collectors.ErrSettings) || ctx.Err() != nil:
			return nil, err
		}
	}
	v.instance = &wireInstance{}
	return v.instance, nil
}

// domain is what stands behind the "@" in the names of the server's own accounts. It may differ from the name
// of the server.
func (v *visit) domain(ctx context.Context) (string, error) {
	about, err := v.about(ctx)
	if err != nil {
		return "", err
	}
	for _, name := range []text{about.Domain, about.URI} {
		if u, err := url.Parse(string(name)); err == nil && u.Host != "" {
			name = text(u.Host)
		}
		if host := strings.ToLower(string(name)); host != "" && !strings.ContainsAny(host, "/@ ") {
			return host, nil
		}
	}
	return strings.ToLower(v.server.url.Hostname()), nil
}

// closed says what hashtags lack, where the server tells (Mastodon from 4.5 on): it may show them to its members only, or
// to nobody. all says that they lack everything.
func (v *visit) closed(ctx context.Context) (all bool, err error) {
	about, err := v.about(ctx)
	if err != nil {
		return false, err
	}
	access := about.Configuration.TimelinesAccess.HashtagFeeds
	var shut []string
	whom, advice := "everyone", "name another server"
	for _, feed := range []struct {
		of     string
		access text
	}{{"its own posts", access.Local}, {"posts from other servers", access.Remote}} {
		switch {
		case feed.access == "disabled": // no token opens it
		case feed.access == "" || feed.access == "public" || v.server.token != "":
			continue
		default:
			whom, advice = "visitors", makeToken
		}
		shut = append(shut, feed.of+" ("+strconv.QuoteToASCII(string(feed.access))+")")
	}
	if len(shut) == 0 {
		return false, nil
	}
	return len(shut) == 2, fmt.Errorf("%w: %s closed its hashtags to %s for %s; %s",
		collectors.ErrUnauthorized, v.server.name, whom, strings.Join(shut, " and "), advice)
}

func parseTime(t text) (time.Time, error) {
	at, err := time.Parse(time.RFC3339Nano, string(t))
	return at.UTC(), err
}
