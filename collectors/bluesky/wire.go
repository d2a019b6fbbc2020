package bluesky

import (
	"encoding/json"
	"strconv"
)

// What servers send, as far as it is read here (the lexicons com.atproto.server, app.bsky.feed, app.bsky.actor).

// wireSession is the answer of createSession and refreshSession.
type wireSession struct {
	AccessJwt  string          `json:"accessJwt"`
	RefreshJwt string          `json:"refreshJwt"`
	Handle     string          `json:"handle"`
	DIDDoc     json.RawMessage `json:"didDoc"`
	Active     *bool           `json:"active"` // absent: it is
	Status     string          `json:"status"` // why it is not: "takendown", "suspended", "deactivated"
}

// wireDIDDoc names the server that keeps an account (https://atproto.com/specs/did#did-documents).
type wireDIDDoc struct {
	Service []struct {
		ID       string          `json:"id"`
		Type     string          `json:"type"`
		Endpoint json.RawMessage `json:"serviceEndpoint"` // other services than the one that is wanted may have an object here
	} `json:"service"`
}

// wirePosts is the answer of searchPosts and getPosts, newest first and in any order.
type wirePosts struct {
	Posts  []json.RawMessage `json:"posts"` // wireView
	Cursor string            `json:"cursor"`
}

// wireView is app.bsky.feed.defs#postView.
type wireView struct {
	URI       string      `json:"uri"`
	CID       string      `json:"cid"`
	Author    wireProfile `json:"author"`
	Record    wireRecord  `json:"record"`
	IndexedAt string      `json:"indexedAt"`
	Likes     number      `json:"likeCount"`
	Labels    []wireLabel `json:"labels"`
}

// number is a whole number, and 0 where the server sends something else.
type number int

func (n *number) UnmarshalJSON(b []byte) error {
	if v, err := strconv.Atoi(string(b)); err == nil {
		*n = number(v)
	}
	return nil
}

// wireRecord is app.bsky.feed.post: what the author signed.
type wireRecord struct {
	Type      string            `json:"$type"`
	Text      string            `json:"text"`
	CreatedAt string            `json:"createdAt"`
	Langs     []string          `json:"langs"`
	Facets    []json.RawMessage `json:"facets"` // wireFacet
	Tags      []string          `json:"tags"`   // hashtags beside the text
	Reply     *wireReply        `json:"reply"`
}

type wireReply struct {
	Root   wireRef `json:"root"`
	Parent wireRef `json:"parent"`
}

type wireRef struct {
	URI string `json:"uri"`
}

// wireFacet says of a range of bytes of the text what it is (app.bsky.richtext.facet).
type wireFacet struct {
	Index struct {
		ByteStart int64 `json:"byteStart"`
		ByteEnd   int64 `json:"byteEnd"`
	} `json:"index"`
	Features []struct {
		URI string `json:"uri"` // a link
		DID string `json:"did"` // a mention
		Tag string `json:"tag"` // a hashtag
	} `json:"features"`
}

// wireProfile is what app.bsky.actor.defs says about a person. Only getProfiles gives the description, the bio.
type wireProfile struct {
	DID         string      `json:"did"`
	Handle      string      `json:"handle"`
	DisplayName string      `json:"displayName"`
	Description string      `json:"description"`
	Labels      []wireLabel `json:"labels"`
}

// wireLabel is a label that an author or a moderation service put on a post or an account.
type wireLabel struct {
	Val string `json:"val"`
	Neg bool   `json:"neg"` // it takes back an earlier one
}

// wireThread is the answer of getPostThread: the post, or that there is none.
type wireThread struct {
	Thread struct {
		Post     json.RawMessage `json:"post"` // wireView
		NotFound bool            `json:"notFound"`
		Blocked  bool            `json:"blocked"`
	} `json:"thread"`
}
