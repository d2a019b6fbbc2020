package feed

import (
	"mime"
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// looksLikePage says whether a text that is no feed begins like a page for browsers.
func looksLikePage(text string) bool {
	head := strings.ToLower(cut(text, 1024))
	return strings.Contains(head, "<html") || strings.Contains(head, "<!doctype html")
}

// mostProposed is how many feeds of a page are named to a person.
const mostProposed = 3

// alternates finds the feeds that a page names in its head, as <link rel="alternate" type="application/rss+xml">.
func alternates(page string, at *url.URL) []*url.URL {
	var found []*url.URL
	base := at
	z := html.NewTokenizer(strings.NewReader(cut(page, 512<<10)))
	for len(found) < mostProposed {
		switch z.Next() {
		case html.ErrorToken:
			return found
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			tag := string(name)
			if tag == "body" {
				return found
			}
			if tag != "link" && tag != "base" {
				continue
			}
			attributes := map[string]string{}
			for more {
				var key, value []byte
				key, value, more = z.TagAttr()
				attributes[string(key)] = string(value)
			}
			u := webURL(base, attributes["href"])
			switch {
			case u == nil:
			case tag == "base":
				base = u
			case hasWord(attributes["rel"], "alternate") && isFeedType(attributes["type"]) && keyName(u) == "":
				found = append(found, u)
			}
		}
	}
	return found
}

func hasWord(list, word string) bool {
	for _, w := range strings.Fields(list) {
		if strings.EqualFold(w, word) {
			return true
		}
	}
	return false
}

func isFeedType(text string) bool {
	typ, _, err := mime.ParseMediaType(text)
	if err != nil {
		return false
	}
	switch typ {
	case "application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml":
		return true
	}
	return false
}
