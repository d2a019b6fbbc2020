package mastodon

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"askahead/domain"
	"askahead/internal/guesthttp"
)

// errNotPublic marks a post that is not for everyone: it is passed over.
var errNotPublic = errors.New("not public")

// reader makes items of what a server shows.
type reader struct {
	v       *visit
	domain  string            // of accounts without one
	parents map[string]parent // what is replied to, by id
}

// parent is a status as something that is replied to.
type parent struct {
	uri      string
	declines bool // whoever declines is not named by what others reply to them
}

// maxParentRequests is how often a run asks a server for what is replied to. A backlog of replies is read without it:
// they are there, and do not name what they answer.
const maxParentRequests = 20

// newReader asks the server for what the statuses leave open: its domain, and what they reply to, unless known has it.
// spare is how many requests for the latter are left; nil sets no limit.
func (v *visit) newReader(ctx context.Context, statuses []*wireStatus, spare *int, known func(id string) (parent, bool)) (*reader, error) {
	r := &reader{v: v, parents: map[string]parent{}}
	local := false
	for _, s := range statuses {
		s = s.shown()
		r.parents[string(s.ID)] = s.asParent()
		local = local || !strings.Contains(string(s.Account.Acct), "@")
		for _, m := range s.Mentions {
			local = local || !strings.Contains(string(m.Acct), "@")
		}
	}
	var missing []string
	for _, s := range statuses {
		id := string(s.shown().InReplyToID)
		if _, here := r.parents[id]; here || !isID(text(id)) {
			continue
		}
		var found bool
		if r.parents[id], found = known(id); !found {
			missing = append(missing, id)
		}
	}
	var err error
	if local {
		if r.domain, err = v.domain(ctx); err != nil {
			return nil, err
		}
	}
	for some := range slices.Chunk(missing, bulkLimit) {
		if spare != nil && *spare <= 0 {
			break
		}
		before := v.asked
		found, err := v.statuses(ctx, some, false)
		if _, refused := errors.AsType[*guesthttp.StatusError](err); err != nil && !refused {
			return nil, fmt.Errorf("ask for what is replied to: %w", err)
		} // a refusal holds nothing up: then what is replied to is not named
		for id, s := range found {
			r.parents[id] = s.asParent()
		}
		if spare != nil {
			*spare -= v.asked - before
		}
	}
	return r, nil
}

func (s *wireStatus) asParent() parent {
	return parent{uri: string(s.URI), declines: s.Account.optOut() != ""}
}

// shown is the status itself, or the one that it boosts.
func (s *wireStatus) shown() *wireStatus {
	if s.Reblog != nil {
		return s.Reblog
	}
	return s
}

// isPublic says that the status is for everyone, and that it was when it was boosted, too.
func (s *wireStatus) isPublic() bool {
	return s.Visibility == "public" && s.shown().Visibility == "public"
}

// declines gives the rule by which its author declines, or whoever boosts it; empty if nobody does.
func (s *wireStatus) declines() string {
	if rule := s.Account.optOut(); rule != "" {
		return rule
	}
	return s.shown().Account.optOut()
}

// edited says that the post was edited. Of a copy only its own server can tell, if that is one of the source's: others
// hear of edits late or never, and would bring back what was there before.
func (v *visit) edited(s *wireStatus) bool { return s.shown().EditedAt != "" && !v.isCopy(s) }

// isCopy says that another of the source's servers is the one on which the post was written.
func (v *visit) isCopy(s *wireStatus) bool {
	home, err := url.Parse(string(s.shown().URI))
	return err == nil && slices.ContainsFunc(v.c.servers, func(other *server) bool {
		return other != v.server && other.name == strings.ToLower(home.Host)
	})
}

// item makes an item of a status. A boost gives the post that is boosted, under the id of the boost, so that a sweep
// hears of both people again. If one of them declines, nothing is left of it but its names and the reason.
func (r *reader) item(s *wireStatus) (domain.Item, error) {
	if !s.isPublic() {
		return domain.Item{}, errNotPublic
	}
	post := s.shown()
	at, err := parseTime(post.CreatedAt)
	switch {
	case !isID(s.ID):
		return domain.Item{}, errors.New("it has no id that could be asked for")
	case post.URI == "":
		return domain.Item{}, errors.New("it has no uri, which names it on every server")
	case post.Account.Acct == "":
		return domain.Item{}, errors.New("it has no author")
	case err != nil:
		return domain.Item{}, errors.New("its created_at is not a time as in RFC 3339")
	}
	item := domain.Item{ExternalID: r.v.server.external(string(s.ID)), Type: domain.TypeHTML}
	item.Canonical, item.Published, item.Public = string(post.URI), at, true
	if item.OptOut = r.v.declined.rule(item.Canonical, s.declines()); item.OptOut != "" {
		return item, nil
	}
	item.Raw = []byte(post.Content)
	item.Edited = r.v.edited(s)
	item.Language = string(post.Language)
	item.URL = webAddress(post.URL, post.URI)
	item.Author = domain.Author{ID: r.full(post.Account.Acct), Name: string(post.Account.DisplayName), Bio: plain(string(post.Account.Note))}
	item.Context = aside(post)
	item.Support = int(post.Favourites)
	for _, m := range post.Mentions {
		item.Mentions = append(item.Mentions, "@"+r.full(m.Acct))
	}
	for _, t := range post.Tags {
		item.Hashtags = append(item.Hashtags, string(t.Name))
	}
	if p := r.parents[string(post.InReplyToID)]; p.uri != "" && !p.declines {
		item.Parents = []string{p.uri}
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
