package feed

import (
	"net/url"
	"time"
)

// document is what a feed says, whatever its format. Nothing of it is trusted yet.
type document struct {
	at          *url.URL // where it was read: relative addresses begin there
	format      string   // "RSS 2.0"
	title       string
	description string
	generator   string
	lang        string
	author      person
	older       string // the address of the page with older posts, as the document names it
	declines    string // the rule by which its publisher declines; empty if it does not
	posts       []*post
}

// post is one item of a feed.
type post struct {
	guid, link string
	title      string
	body       string
	html       bool // body is HTML, not plain text
	author     person
	published  time.Time // zero where the feed does not say, or says what cannot be
	updated    time.Time
	tags       []string
	lang       string
	answers    string // the id of what it answers, as the feed names it
	declines   string
	raw        string // the item as it stood there
	fault      string // why it could not be read; then there is nothing else but raw

	name
}

type person struct{ name, email, uri string }
