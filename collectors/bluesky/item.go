package bluesky

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"askahead/collectors"
	"askahead/domain"
)

// post is a post as it came, with what is needed to put it in order.
type post struct {
	id     string // external id; empty if it has nothing to be asked for by
	mark   collectors.Mark
	moment        // when it was written
	latest moment // 0 if it does not say when it was written or found
	uri    postURI
	view   *wireView       // nil if it can't be made an item
	reason string          // why it can't
	raw    json.RawMessage // of one that can't
	size   int             // of its JSON in bytes
}

// odd is why a post can't be read that could not be decoded.
const odd = "it is JSON of an unexpected shape"

// readPost decodes a post. What can't be an item of it is found out here, so that of all others the JSON need not be
// kept.
func readPost(raw json.RawMessage) post {
	var view wireView
	p := post{reason: odd, view: &view, size: len(raw)}
	if json.Unmarshal(raw, &view) == nil {
		p.reason = view.flaw()
	}
	// Of one that has an unexpected shape, what could be decoded is there.
	name := "raw:" + string(raw)
	if uri, ok := parseURI(view.URI); ok {
		p.uri, p.id, name = uri, uri.externalID(view.CID), uri.String()
	}
	p.mark = collectors.MarkOf(name)
	if at, latest := times(view.Record.CreatedAt, view.IndexedAt); !at.IsZero() {
		p.moment, p.latest = momentOf(at), momentOf(latest)
	}
	if p.reason != "" {
		if hidden(view.Labels)+hidden(view.Author.Labels) == "" {
			p.raw = raw
		}
		p.view = nil
	}
	return p
}

// byTime orders posts, oldest first.
func byTime(a, b post) int {
	return cmp.Or(cmp.Compare(a.moment, b.moment), strings.Compare(a.id, b.id), slices.Compare(a.mark[:], b.mark[:]))
}

// flaw is why a view can't be made an item; empty if it can.
func (v *wireView) flaw() string {
	uri, ok := parseURI(v.URI)
	at, _ := times(v.Record.CreatedAt, v.IndexedAt)
	switch {
	case !ok:
		return "its uri is not that of a post"
	case v.Record.Type != "" && v.Record.Type != postCollection:
		return "its record is not a post"
	case v.Author.DID != uri.did:
		return "its author is not the one that its uri names"
	case at.IsZero():
		return "neither its createdAt nor its indexedAt is a time as in RFC 3339"
	}
	return ""
}

// needs are the people whose profile an item depends on.
func (p *post) needs() []string {
	if p.view == nil {
		return nil
	}
	dids := []string{p.uri.did}
	for _, parent := range p.view.Record.parents() {
		dids = append(dids, parent.did)
	}
	return dids
}

// parents are the posts that a post answers: the one that began the thread and the nearest, or one if they are the same.
func (r *wireRecord) parents() []postURI {
	if r.Reply == nil {
		return nil
	}
	var list []postURI
	for _, ref := range []wireRef{r.Reply.Root, r.Reply.Parent} {
		if uri, ok := parseURI(ref.URI); ok && (len(list) == 0 || list[0] != uri) {
			list = append(list, uri)
		}
	}
	return list
}

// errUnseen marks a post whose author's profile is not shown, though the post is.
var errUnseen = errors.New("the profile of its author is not shown, so that nobody knows whether they decline")

// item makes an item of a post whose people were looked at. Of one whose author declines nothing is left but its names
// and the reason. What it quotes is somebody else's and is not read.
func (v *visit) item(p *post) (domain.Item, error) {
	view, author := p.view, v.people.known[p.uri.did]
	item := domain.Item{ExternalID: p.id, Type: domain.TypeText}
	item.Canonical, item.Published, item.Public = p.uri.String(), p.moment.time(), true
	for _, rule := range []string{hidden(view.Labels), view.Author.optOut(), author.optOut} {
		if rule != "" {
			item.OptOut = rule
			return item, nil
		}
	}
	if !author.found {
		return domain.Item{}, errUnseen
	}
	text := readRich(&view.Record)
	item.Raw = []byte(text.text)
	item.Hashtags, item.Mentions = text.hashtags, text.mentions
	item.URL, item.Support = p.uri.web(), int(view.Likes)
	item.Author = domain.Author{ID: p.uri.did, Name: view.Author.DisplayName, Bio: author.bio}
	if langs := view.Record.Langs; len(langs) == 1 { // of several, nobody knows which words are in which
		item.Language = langs[0]
	}
	// Whoever declines is not named by what others reply to them.
	for _, parent := range view.Record.parents() {
		if who := v.people.known[parent.did]; who.found && who.optOut == "" {
			item.Parents = append(item.Parents, parent.String())
		}
	}
	if fact, ok := home(view.Author.Handle); ok {
		item.Facts = append(item.Facts, fact)
	}
	if name := view.Author.DisplayName; name != "" {
		item.Facts = append(item.Facts, domain.Fact{Name: domain.FactName, Value: name})
	}
	for _, tag := range text.hashtags {
		item.Facts = append(item.Facts, domain.Fact{Name: domain.FactHashtag, Value: tag})
	}
	return item, nil
}
