package feed

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"slices"
	"strings"
)

// name is what a post is known by. The first that a feed gives is its canonical id: the guid, else the link, else
// what it says. The rest lets the same post be known again when its guid has changed.
type name struct {
	canonical string
	marks     marks
}

// marks stand for a post in a cursor. Of 2^48 and more, two among some thousand posts are alike once in 10^7 times,
// and a link or a text counts only where the date is the same too.
type marks struct {
	id   [9]byte // of the canonical id
	link [6]byte // of the link and the author; zero where the link does not tell posts apart
	text [6]byte // of author, title and text
	date [4]byte // seconds of Published; zero if it is not known
}

const marksSize = 9 + 6 + 6 + 4

func (m marks) append(b []byte) []byte {
	b = append(b, m.id[:]...)
	b = append(b, m.link[:]...)
	b = append(b, m.text[:]...)
	return append(b, m.date[:]...)
}

func readMarks(b []byte) (m marks) {
	b = b[copy(m.id[:], b):]
	b = b[copy(m.link[:], b):]
	b = b[copy(m.text[:], b):]
	copy(m.date[:], b)
	return m
}

// externalID names a post at this source.
func (m marks) externalID() string { return "feed:" + base64.RawURLEncoding.EncodeToString(m.id[:]) }

func sum(parts ...string) []byte {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return h.Sum(nil)
}

// nameAll names the posts of a document. Of two versions of one post the newer stays.
func nameAll(d *document) {
	guids, links := map[string][]*post{}, map[string][]*post{}
	for _, p := range d.posts {
		if p.fault != "" {
			continue
		}
		p.link = absolute(d, p.link)
		if p.guid = strings.TrimSpace(p.guid); p.guid != "" {
			key := guidKey(d, p)
			guids[key] = append(guids[key], p)
		}
		if p.link != "" {
			key := linkKey(p.link)
			links[key] = append(links[key], p)
		}
	}
	for _, same := range guids {
		if namesNothing(same) {
			for _, p := range same {
				p.guid = ""
			}
		}
	}
	for _, p := range d.posts {
		if p.fault != "" {
			p.setCanonical(d.site() + "/broken/" + base64.RawURLEncoding.EncodeToString(sum(p.raw)[:12]))
			continue
		}
		shared := leadsToMany(links[linkKey(p.link)])
		p.setMarks(shared, d.declines)
		switch {
		case p.guid != "":
			p.setCanonical(guidKey(d, p))
		case p.link != "" && !shared:
			p.setCanonical(linkKey(p.link))
		default:
			p.setCanonical(d.site() + "/text/" + base64.RawURLEncoding.EncodeToString(append(p.marks.text[:], p.marks.date[:]...)))
		}
	}
	d.posts = newestVersions(d.posts)
}

// namesNothing says whether a guid that several posts of a document have tells none of them: they are different posts.
func namesNothing(posts []*post) bool {
	first := posts[0]
	for _, p := range posts[1:] {
		switch {
		case linkKey(p.link) != linkKey(first.link):
			return true
		case p.title != first.title && (p.link == "" || !p.published.Equal(first.published)):
			return true
		case p.link == "" && p.body != first.body:
			return true
		}
	}
	return false
}

// leadsToMany says whether the posts that have one link are different ones: the link leads to a page with all of them.
func leadsToMany(posts []*post) bool {
	for i := 1; i < len(posts); i++ {
		first, p := posts[0], posts[i]
		if p.guid != first.guid || p.guid == "" && (p.title != first.title || p.body != first.body) {
			return true
		}
	}
	return false
}

func newestVersions(posts []*post) []*post {
	newest := make(map[string]*post, len(posts))
	for _, p := range posts {
		if have := newest[p.canonical]; have == nil || p.updated.After(have.updated) {
			newest[p.canonical] = p
		}
	}
	return slices.DeleteFunc(posts, func(p *post) bool { return newest[p.canonical] != p })
}

func (p *post) setCanonical(id string) {
	p.canonical = id
	copy(p.marks.id[:], sum(id))
}

func (p *post) setMarks(sharedLink bool, declines string) {
	author := p.author.name + "\x00" + p.author.email + "\x00" + account(p)
	if p.link != "" && !sharedLink {
		copy(p.marks.link[:], sum(linkKey(p.link), author))
	}
	if p.title != "" || p.body != "" {
		copy(p.marks.text[:], sum(author, p.title, p.body, declines, p.declines)) // who declines from now on is an edit
	}
	if !p.published.IsZero() {
		binary.BigEndian.PutUint32(p.marks.date[:], uint32(p.published.Unix()))
	}
}

func (d *document) site() string { return "feed:" + strings.ToLower(d.at.Host) }

func absolute(d *document, link string) string {
	if u := webURL(d.at, link); u != nil {
		return u.String()
	}
	return ""
}

// linkKey is an address without what may differ between two of the same post.
func linkKey(link string) string {
	if u := webURL(nil, link); u != nil {
		return sameAddress(u)
	}
	return link
}

// maxGUID is longer than any that feeds have; of a longer one its hash is used.
const maxGUID = 1000

// guidKey is the canonical id that a guid gives. An address or another URI names a post everywhere; anything else is of
// this site alone. Posts of Discourse have one name in all feeds of their forum, and posts of Mastodon the one that they
// have on every server.
func guidKey(d *document, p *post) string {
	if host, topic, number, ok := discoursePost(p.guid); ok {
		return discourseID(host, topic, number)
	}
	if u := webURL(nil, p.guid); u != nil {
		if d.isMastodon() {
			if id := activityID(p.guid); id != "" {
				return id
			}
		}
		return sameAddress(u)
	}
	guid := p.guid
	if len(guid) > maxGUID {
		guid = base64.RawURLEncoding.EncodeToString(sum(guid))
	}
	if scheme, rest, ok := strings.Cut(guid, ":"); ok && rest != "" && (scheme == "tag" || scheme == "urn" || scheme == "at") {
		return guid
	}
	return d.site() + "/" + guid
}

// sortPosts gives the posts oldest first: by date where all have one; else by their place, since feeds begin with what is
// newest.
func sortPosts(d *document) []*post {
	list := slices.Clone(d.posts)
	slices.Reverse(list)
	for _, p := range list {
		if p.published.IsZero() && p.fault == "" {
			return list
		}
	}
	slices.SortStableFunc(list, func(a, b *post) int { return a.published.Compare(b.published) })
	return list
}

// oldEnd is the post at the end of the document at which older ones fall out of it: its last one, or the first where most
// follow on older ones. Posts that are held at the top have no say.
func oldEnd(d *document) *post {
	up, down := 0, 0
	for i := 1; i < len(d.posts); i++ {
		switch d.posts[i].published.Compare(d.posts[i-1].published) {
		case 1:
			up++
		case -1:
			down++
		}
	}
	switch {
	case len(d.posts) == 0:
		return nil
	case up > down:
		return d.posts[0]
	}
	return d.posts[len(d.posts)-1]
}
