package bluesky

import (
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

	"askahead/domain"
)

// postURI is the address of a post: at://DID/app.bsky.feed.post/KEY.
type postURI struct{ did, key string }

const postCollection = "app.bsky.feed.post"

// parseURI reads the address of a post. One that names its author by a handle is none: handles change hands.
func parseURI(s string) (postURI, bool) {
	rest, ok := strings.CutPrefix(s, "at://")
	if !ok {
		return postURI{}, false
	}
	did, rest, _ := strings.Cut(rest, "/")
	key, ok := strings.CutPrefix(rest, postCollection+"/")
	return postURI{did, key}, ok && isDID(did) && isKey(key)
}

func (u postURI) String() string { return "at://" + u.did + "/" + postCollection + "/" + u.key }

// web is the page that shows the post to everyone.
func (u postURI) web() string { return "https://bsky.app/profile/" + u.did + "/post/" + u.key }

// externalID names a post and what it says: people can't edit posts, but a program can put another record in the
// place of one, which then has another cid.
func (u postURI) externalID(cid string) string {
	if !isCID(cid) {
		return u.String()
	}
	return u.String() + "#" + cid
}

// parseID takes an external id apart again. cid is empty where the server gave none.
func parseID(id string) (u postURI, cid string, ok bool) {
	uri, cid, has := strings.Cut(id, "#")
	u, ok = parseURI(uri)
	return u, cid, ok && (!has || isCID(cid))
}

// isDID tells a decentralised identifier (https://atproto.com/specs/did).
func isDID(s string) bool {
	method, id, ok := strings.Cut(strings.TrimPrefix(s, "did:"), ":")
	return ok && strings.HasPrefix(s, "did:") && len(s) <= 512 && only(method, lower) && method != "" &&
		only(id, lower+upper+digits+"._:%-") && id != "" && !strings.HasSuffix(id, ":") && !strings.HasSuffix(id, "%")
}

// isKey tells a record key (https://atproto.com/specs/record-key).
func isKey(s string) bool {
	return s != "" && len(s) <= 512 && s != "." && s != ".." && only(s, lower+upper+digits+"_~.:-")
}

func isCID(s string) bool { return s != "" && len(s) <= 128 && only(s, lower+upper+digits) }

const (
	lower  = "abcdefghijklmnopqrstuvwxyz"
	upper  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits = "0123456789"
)

func only(s, allowed string) bool { return strings.Trim(s, allowed) == "" }

// home is the evidence that lies in a handle, which is a domain name that the network has checked: who has the handle
// @alice.ngo.example or @ngo.example was given it by who owns ngo.example. Handles that a service gives to everyone
// prove an account there and no more.
func home(handle string) (domain.Fact, bool) {
	handle = strings.ToLower(strings.TrimSuffix(handle, "."))
	first, parent, ok := strings.Cut(handle, ".")
	if !ok || len(handle) > 253 || first == "" || !only(handle, lower+digits+".-") || strings.Contains(handle, "..") || strings.HasSuffix(handle, ".invalid") {
		return domain.Fact{}, false
	}
	if server, ok := strings.CutSuffix(parent, ".ap.brid.gy"); ok { // a bridge: alice of server
		return domain.Fact{Name: domain.FactInstance, Value: server}, true
	}
	for _, open := range []string{"bsky.social", "brid.gy"} {
		if parent == open || strings.HasSuffix(parent, "."+open) {
			return domain.Fact{Name: domain.FactInstance, Value: open}, true
		}
	}
	if suffix, _ := publicsuffix.PublicSuffix(handle); suffix == parent || suffix == handle {
		parent = handle
	}
	return domain.Fact{Name: domain.FactDomain, Value: parent}, true
}

// times are when a post was written and found: at orders it as the network does, by the earlier of what its author
// and what the server say; latest is the later of the two. Both are zero if neither can be read.
func times(createdAt, indexedAt string) (at, latest time.Time) {
	for _, said := range []string{createdAt, indexedAt} {
		t, err := time.Parse(time.RFC3339Nano, said)
		if err != nil || t.Year() < 1 || t.Year() > 9999 {
			continue
		}
		t = t.UTC()
		if at.IsZero() || t.Before(at) {
			at = t
		}
		if t.After(latest) {
			latest = t
		}
	}
	return at, latest
}
