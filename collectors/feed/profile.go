package feed

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"askahead/collectors"
	"askahead/domain"
	"askahead/internal/guesthttp"
)

// profiles remembers during a run who declines. The feeds of Mastodon do not say, so the server is asked about the
// author of each new post (https://docs.joinmastodon.org/methods/accounts/#lookup).
type profiles struct {
	c     *Collector
	rules map[string]string // by server and account
}

func newProfiles(c *Collector) *profiles { return &profiles{c, map[string]string{}} }

// unseen is the rule by which the post of someone is left alone whose profile cannot be seen.
const unseen = "profile: it cannot be seen whether its author declines"

// declines gives the rule by which an account declines, and unseen where the server does not show the account.
func (p *profiles) declines(ctx context.Context, at *url.URL, acct string) (string, error) {
	if acct == "" {
		return unseen, nil
	}
	key := at.Host + " " + acct
	if rule, ok := p.rules[key]; ok {
		return rule, nil
	}
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	u := url.URL{Scheme: at.Scheme, Host: at.Host, Path: "/api/v1/accounts/lookup"}
	u.RawQuery = url.Values{"acct": {strings.TrimSuffix(acct, "@"+strings.ToLower(at.Host))}}.Encode()
	var found profile
	_, err := guesthttp.GetJSON(ctx, p.c.client, u.String(), nil, p.c.now(), &found)
	_, limited := errors.AsType[*collectors.RateLimited](err)
	switch {
	case err == nil:
		p.rules[key] = found.declines()
	case ctx.Err() != nil:
		return "", context.Cause(ctx)
	case errors.Is(err, collectors.ErrUnauthorized):
		return "", fmt.Errorf("%w: %s does not show visitors whether the authors of posts decline; read its hashtags as a source of the kind mastodon, with a token", collectors.ErrUnauthorized, at.Host)
	case limited, errors.Is(err, collectors.ErrUnavailable), errors.Is(err, collectors.ErrSettings):
		return "", fmt.Errorf("look whether the author of a post declines: %w", withoutAddress(err))
	default:
		p.rules[key] = unseen // the server does not know them any more, or shows something else
	}
	return p.rules[key], nil
}

// withoutAddress drops the address of the request, which names a person, from an error of the network.
func withoutAddress(err error) error {
	if outer, ok := errors.AsType[*url.Error](err); ok {
		return fmt.Errorf("%w: %w", collectors.ErrUnavailable, outer.Err)
	}
	return err
}

// profile is what is read of an account of Mastodon's API. Every account has a bio, if an empty one: an answer without is
// none of an account, and one of another type is of an unexpected shape.
type profile struct {
	NoIndex     bool    `json:"noindex"`
	Note        *string `json:"note"`
	DisplayName string  `json:"display_name"`
	Fields      []struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	} `json:"fields"`
}

func (p *profile) declines() string {
	switch {
	case p.NoIndex:
		return "profile: noindex"
	case p.Note == nil:
		return unseen
	}
	if tag := domain.Declines(withoutTags(cut(p.DisplayName, maxPlain))); tag != "" {
		return "name: #" + tag
	}
	texts := []string{*p.Note}
	for _, f := range p.Fields {
		texts = append(texts, f.Name+" "+f.Value)
	}
	for _, t := range texts {
		if tag := domain.Declines(withoutTags(cut(t, maxPlain))); tag != "" {
			return "bio: #" + tag
		}
	}
	return ""
}
