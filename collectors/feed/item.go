package feed

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"askahead/collectors"
	"askahead/domain"
)

// reader makes items of the posts of one document.
type reader struct {
	d        *document
	titles   *titles
	profiles *profiles
}

func (c *Collector) newReader(d *document, profiles *profiles) *reader {
	return &reader{d: d, titles: newTitles(d), profiles: profiles}
}

// item makes an item. Of one whose author or publisher declines nothing is left but its names and the reason.
func (r *reader) item(ctx context.Context, p *post) (domain.Item, error) {
	item := domain.Item{ExternalID: p.marks.externalID(), Type: domain.TypeText}
	item.Canonical, item.Published, item.Public = p.canonical, p.published, true
	acct := ""
	if r.d.isMastodon() {
		acct = account(p)
	}
	switch {
	case r.d.declines != "":
		item.OptOut = r.d.declines
	case p.declines != "":
		item.OptOut = p.declines
	case r.d.isMastodon():
		rule, err := r.profiles.declines(ctx, r.d.at, acct)
		if err != nil {
			return domain.Item{}, err
		}
		item.OptOut = rule
	}
	if item.OptOut != "" {
		return item, nil
	}
	item.Subject = p.title
	text := p.body
	if r.titles.own(p) {
		text = withTitle(p)
	}
	item.Raw = []byte(text)
	if p.html {
		item.Type = domain.TypeHTML
	}
	item.Edited = !p.published.IsZero() && p.updated.Sub(p.published) > time.Minute
	if u := webURL(nil, p.link); u != nil && keyName(u) == "" {
		item.URL = p.link
	}
	if item.Language = p.lang; item.Language == "" {
		item.Language = r.d.lang
	}
	item.Hashtags = hashtags(p.tags)
	item.Parents = r.parents(p)
	item.Author = r.author(p, acct)
	item.Facts = r.facts(p, &item, acct)
	return item, nil
}

// broken is a post that could not be read.
func (p *post) broken() collectors.Broken {
	typ := "application/xml"
	if strings.HasPrefix(p.raw, "{") {
		typ = "application/json"
	}
	return collectors.Broken{ID: p.marks.externalID(), Type: typ, Reason: p.fault, Raw: []byte(p.raw)}
}

// maxTags is more than any post has that is not made for search engines.
const maxTags = 50

func hashtags(tags []string) []string {
	var list []string
	for _, t := range tags {
		t = strings.TrimLeft(plainText(t), "#＃")
		if t != "" && len(t) <= 200 && len(list) < maxTags && !slices.Contains(list, t) {
			list = append(list, t)
		}
	}
	return list
}

// parents are what a post answers: what it names itself (RFC 4685), the topic of a post at Discourse, the page of a
// comment.
func (r *reader) parents(p *post) []string {
	if p.answers != "" {
		return []string{guidKey(r.d, &post{guid: strings.TrimSpace(p.answers)})}
	}
	if host, topic, number, ok := discoursePost(p.guid); ok && number > 1 {
		return []string{discourseID(host, topic, 1)}
	}
	if page, comment, ok := strings.Cut(p.canonical, "#"); ok && strings.HasPrefix(comment, "comment") {
		return []string{page}
	}
	return nil
}

// placeholder is an address that software puts where there is none, the same for everybody.
var placeholder = regexp.MustCompile(`(?i)^(?:no-?reply|no-?email|nobody|none|do-?not-?reply|unknown|anonymous|noemail)@`)

// author is whom an item is by: the mail address, the page of a person, or the name, which stands for one person on
// one site. All items of a site without an author count as one person's, so that nothing is asked by a crowd that may be
// one.
func (r *reader) author(p *post, acct string) domain.Author {
	who := p.author
	if who == (person{}) {
		who = r.d.author
	}
	name := cut(who.name, maxTitle)
	site := r.d.site()
	switch page := webURL(r.d.at, who.uri); {
	case acct != "":
		return domain.Author{ID: acct, Name: name}
	case isMailAddress(who.email):
		return domain.Author{ID: strings.ToLower(who.email), Name: name}
	case page != nil && strings.Trim(page.Path, "/") != "":
		return domain.Author{ID: sameAddress(page), Name: name}
	case name != "":
		if strings.HasPrefix(name, "@") { // Discourse: "@ada Ada Example"
			handle, rest, _ := strings.Cut(name, " ")
			return domain.Author{ID: site + "/" + strings.ToLower(handle), Name: strings.TrimSpace(rest)}
		}
		return domain.Author{ID: site + "/" + strings.ToLower(name), Name: name}
	}
	return domain.Author{ID: site}
}

func isMailAddress(s string) bool {
	local, host, ok := strings.Cut(s, "@")
	return ok && local != "" && strings.Contains(host, ".") && !strings.ContainsAny(s, " <>()") && !placeholder.MatchString(s)
}

func (r *reader) facts(p *post, item *domain.Item, acct string) []domain.Fact {
	var facts []domain.Fact
	add := func(name, value string) {
		if value != "" {
			facts = append(facts, domain.Fact{Name: name, Value: value})
		}
	}
	_, host, _ := strings.Cut(acct, "@")
	add(domain.FactInstance, host)
	if who := p.author; isMailAddress(who.email) {
		add(domain.FactDomain, strings.ToLower(who.email[strings.IndexByte(who.email, '@')+1:]))
	}
	add(domain.FactName, item.Author.Name)
	add(domain.FactChannel, r.d.title)
	for _, t := range item.Hashtags {
		add(domain.FactHashtag, t)
	}
	return facts
}
