package mastodon

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"askahead/domain"
)

// errNotPublic marks a post that is not for everyone: it is passed over.
var errNotPublic = errors.New("not public")

// reader makes items of statuses.
type reader struct {
	domain  string                 // of accounts without one
	parents map[string]*wireStatus // what is replied to, by id; nil where it is unknown
}

// newReader asks the server for what the statuses leave open: its domain, and what they reply to.
func newReader(ctx context.Context, v *visit, statuses []*wireStatus) (*reader, error) {
	r := &reader{parents: map[string]*wireStatus{}}
	local := false
	var missing []string
	for _, s := range statuses {
		s = s.shown()
		r.parents[string(s.ID)] = s
		local = local || !strings.Contains(string(s.Account.Acct), "@")
		for _, m := range s.Mentions {
			local = local || !strings.Contains(string(m.Acct), "@")
		}
	}
	for _, s := range statuses {
		if id := string(s.shown().InReplyToID); isID(s.shown().InReplyToID) {
			if _, known := r.parents[id]; !known {
				r.parents[id] = nil
				missing = append(missing, id)
			}
		}
	}
	var err error
	if local {
		if r.domain, err = v.domain(ctx); err != nil {
			return nil, err
		}
	}
	if len(missing) > 0 {
		found, err := v.statuses(ctx, missing, false)
		if err != nil {
			return nil, fmt.Errorf("ask for what is replied to: %w", err)
		}
		for id, s := range found {
			r.parents[id] = s
		}
	}
	return r, nil
}

// shown is the status itself, or the one that it boosts.
func (s *wireStatus) shown() *wireStatus {
	if s.Reblog != nil {
		return s.Reblog
	}
	return s
}

// item makes an item of a status. A boost gives the status that is boosted, unless one of the two people
// declines. Of an item whose author declines nothing is left but its names and the reason.
func (r *reader) item(s *wireStatus) (domain.Item, error) {
	post := s.shown()
	if s.Visibility != "public" || post.Visibility != "public" {
		return domain.Item{}, errNotPublic
	}
	at, err := parseTime(post.CreatedAt)
	switch {
	case !isID(post.ID):
		return domain.Item{}, errors.New("it has no id that could be asked for")
	case post.URI == "":
		return domain.Item{}, errors.New("it has no uri, which names it on every server")
	case post.Account.Acct == "":
		return domain.Item{}, errors.New("it has no author")
	case err != nil:
		return domain.Item{}, errors.New("its created_at is not a time as in RFC 3339")
	}
	item := domain.Item{ExternalID: string(post.ID), Type: domain.TypeHTML}
	item.Canonical, item.Published, item.Public = string(post.URI), at, true
	for _, person := range []*wireAccount{&s.Account, &post.Account} {
		if item.OptOut = person.optOut(); item.OptOut != "" {
			return item, nil
		}
	}
	item.Raw = []byte(post.Content)
	item.Edited = post.EditedAt != ""
	item.Language = string(post.Language)
	item.URL = webAddress(post.URL, post.URI)
	item.Author = domain.Author{ID: r.full(post.Account.Acct), Name: string(post.Account.DisplayName), Bio: plain(string(post.Account.Note))}
	item.Context = aside(post)
	for _, m := range post.Mentions {
		item.Mentions = append(item.Mentions, "@"+r.full(m.Acct))
	}
	for _, t := range post.Tags {
		item.Hashtags = append(item.Hashtags, string(t.Name))
	}
	// Whoever declines is not named by what others reply to them.
	if parent := r.parents[string(post.InReplyToID)]; parent != nil && parent.Account.optOut() == "" && parent.URI != "" {
		item.Parents = []string{string(parent.URI)}
	}
	item.Facts = r.facts(post)
	return item, nil
}

// isID allows what ids of known servers are made of; they become part of an address.
func isID(id text) bool {
	for _, c := range id {
		if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '_') {
			return false
		}
	}
	return id != "" && len(id) <= 64
}

func (r *reader) facts(post *wireStatus) []domain.Fact {
	_, host, _ := strings.Cut(r.full(post.Account.Acct), "@")
	facts := []domain.Fact{{Name: domain.FactInstance, Value: host}}
	add := func(name string, value text) {
		if value != "" {
			facts = append(facts, domain.Fact{Name: name, Value: string(value)})
		}
	}
	add(domain.FactName, post.Account.DisplayName)
	for _, role := range post.Account.Roles {
		add(domain.FactRole, role.Name)
	}
	for _, t := range post.Tags {
		add(domain.FactHashtag, t.Name)
	}
	return facts
}

// full completes the name of an account with its server: "alice@social.example".
func (r *reader) full(acct text) string {
	name := strings.TrimPrefix(string(acct), "@")
	if strings.Contains(name, "@") {
		return name
	}
	return name + "@" + r.domain
}

// aside is the content warning, and the options of a poll.
func aside(s *wireStatus) string {
	var parts []string
	if s.SpoilerText != "" {
		parts = append(parts, string(s.SpoilerText))
	}
	if s.Poll != nil {
		var options []string
		for _, o := range s.Poll.Options {
			options = append(options, string(o.Title))
		}
		parts = append(parts, strings.Join(options, " / "))
	}
	return strings.Join(parts, "\n")
}

// webAddress is the first of the addresses that a browser can open.
func webAddress(addresses ...text) string {
	for _, a := range addresses {
		if u, err := url.Parse(string(a)); err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" {
			return string(a)
		}
	}
	return ""
}
